"""Optimizer updates: against their formulas in float64, and numbers that MXNet 1.9.1 gave."""

import numpy as np
import optimizer_calls
import pytest

import mxlite as mx
from mxlite.device import host
from mxlite.ops.schema import REGISTRY

nd = mx.nd
TOLERANCE = {"float16": 1e-2, "float32": 1e-5, "float64": 1e-12}


def clip(x, bound):
    return np.clip(x, -bound, bound) if bound >= 0 else x


def sgd(w, g, lr, wd):
    return [(1 - lr * wd) * w - lr * g]


def sgd_mom(w, g, mom, lr, wd, momentum):
    mom = momentum * mom - lr * (g + wd * w)
    return [w + mom, mom]


def nag(w, g, mom, lr, wd, momentum):
    new = w - momentum * mom + (1 + momentum) * (momentum * mom - lr * (g + wd * w))
    return [new, momentum * mom - lr * (g + wd * new)]


def adam(w, g, mean, var, lr, wd, beta1):
    mean, var = beta1 * mean + (1 - beta1) * g, 0.999 * var + 0.001 * g * g
    return [w - lr * mean / (np.sqrt(var) + 1e-8), mean, var]


def rmsprop(w, g, n, lr, wd, gamma1, clip_weights=-1.0):
    n = (1 - gamma1) * g * g + gamma1 * n
    return [clip(w - lr * g / np.sqrt(n + 1e-8), clip_weights), n]


def rmsprop_alex(w, s, n, g, delta, lr, wd, gamma1):
    n, g = (1 - gamma1) * s * s + gamma1 * n, (1 - gamma1) * s + gamma1 * g
    delta = 0.9 * delta - lr * s / np.sqrt(n - g * g + 1e-8)
    return [w + delta, n, g, delta]


def signum(w, g, mom, lr, wd, momentum, wd_lh):
    mom = momentum * mom - (1 - momentum) * (g + wd * w)
    return [(1 - lr * wd_lh) * w + lr * np.sign(mom), mom]


def ftrl(w, g, z, n, lr, wd, lamda1):
    z = z + g - (np.sqrt(n + g * g) - np.sqrt(n)) * w / lr
    n = n + g * g
    return [np.where(np.abs(z) > lamda1,
                     (np.sign(z) * lamda1 - z) / ((1 + np.sqrt(n)) / lr + wd), 0), z, n]


def ftml(w, g, d, v, z, lr, wd, beta1, t):
    v = 0.999 * v + 0.001 * g * g
    new = (1 - beta1 ** t) / lr * (np.sqrt(v / (1 - 0.999 ** t)) + 1e-8)
    z = beta1 * z + (1 - beta1) * g - (new - beta1 * d) * w
    return [-z / new, new, v, z]


# name: rule, number of states, parameters, whether the clipped gradient has the weight decay in it
RULES = {
    "sgd_update": (sgd, 0, {}, False),
    "sgd_mom_update": (sgd_mom, 1, {"momentum": 0.9}, False),
    "nag_mom_update": (nag, 1, {"momentum": 0.9}, False),
    "adam_update": (adam, 2, {"beta1": 0.8}, True),
    "rmsprop_update": (rmsprop, 1, {"gamma1": 0.9, "clip_weights": 1.5}, True),
    "rmspropalex_update": (rmsprop_alex, 3, {"gamma1": 0.9}, True),
    "signsgd_update": (lambda w, g, lr, wd: sgd(w, np.sign(g), lr, wd), 0, {}, False),
    "signum_update": (signum, 1, {"momentum": 0.9, "wd_lh": 0.02}, False),
    "ftrl_update": (ftrl, 2, {"lamda1": 0.2}, False),
    "ftml_update": (ftml, 3, {"beta1": 0.6, "t": 3.0}, True),
}


def draw(rng, count, shape=(7, 5)):
    """weight, gradient, states; the first state is large, as a mean of squares has to be."""
    signed = [rng.standard_normal(shape) for _ in range(2)]
    return signed + [rng.uniform(1, 2, shape) * 0.1 ** i for i in range(count)]


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize(("wd", "rescale", "bound"), [(0.0, 1.0, -1.0), (0.1, 0.5, 0.3), (0, 1, 0)])
def test_update(rng, name, dtype, wd, rescale, bound):
    rule, count, own, decays_first = RULES[name]
    own = dict(own)
    arrays = [nd.array(v, dtype=dtype) for v in draw(rng, count)]
    weight, grad, *states = [a.asnumpy().astype("float64") for a in arrays]
    slope = clip(rescale * grad + (wd * weight if decays_first else 0), bound)
    want = rule(weight, slope if name != "signsgd_update" else grad, *states, lr=0.1, wd=wd, **own)
    own["clip_grad" if name == "ftml_update" else "clip_gradient"] = bound
    got = getattr(nd, name)(*arrays, lr=0.1, wd=wd, rescale_grad=rescale, out=arrays[0], **own)
    assert got is arrays[0]
    for array, value in zip([got, *arrays[2:]], want, strict=True):
        np.testing.assert_allclose(array.asnumpy().astype("float64"), value,
                                   rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


# weight [1, -2, 3], grad [0.5, 0.3, -4], states [.1, .2, .3] and [.4, .5, .6] in MXNet 1.9.1, with
# lr 0.1, wd 0.01, rescale_grad 0.5, clip_gradient 0.2, momentum 0.9 where there is one
RECORDED = {
    "sgd_update": [[0.979, -2.013, 3.017]],
    "sgd_mom_update": [[1.069, -1.833, 3.287], [0.069, 0.167, 0.287]],
    "adam_update": [[0.9825996, -2.0273075, 2.9677100], [0.11, 0.193, 0.25],
                    [0.39964, 0.4995169, 0.5994400]],
    "nag_mom_update": [[1.0411, -1.8627001, 3.2753], [0.0689589, 0.1668627, 0.2867247]],
    "signsgd_update": [[0.899, -2.098, 3.097]],
    "signum_update": [[1.1, -1.9, 3.1], [0.069, 0.167, 0.287]],
    "ftrl_update": [[0, -0.0379789, 0.0362076], [-0.0086942, 0.6646971, -0.6620996],
                    [0.44, 0.5225, 0.64]],
}


@pytest.mark.parametrize("name", RECORDED)
def test_numbers_of_mxnet(name):
    given = [[1, -2, 3], [0.5, 0.3, -4], [0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]
    arrays = [nd.array(value) for value in given[:1 + len(RECORDED[name])]]
    momentum = {"momentum": 0.9} if "mom" in name or "signum" in name else {}
    getattr(nd, name)(*arrays, lr=0.1, wd=0.01, rescale_grad=0.5, clip_gradient=0.2, out=arrays[0],
                      **momentum)
    for array, want in zip([arrays[0], *arrays[2:]], RECORDED[name], strict=True):
        np.testing.assert_allclose(array.asnumpy(), want, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["sgd_update", "adam_update"])
def test_without_out_the_weight_stays(rng, name):
    arrays = [nd.array(v) for v in draw(rng, RULES[name][1])]
    before = arrays[0].asnumpy()
    got = getattr(nd, name)(*arrays, lr=0.1)
    np.testing.assert_array_equal(arrays[0].asnumpy(), before)
    assert np.abs(got.asnumpy() - before).max() > 0


MASTER_RULES = {"mp_sgd_update": sgd, "mp_sgd_mom_update": sgd_mom, "mp_nag_mom_update": nag}


def test_every_update_is_compared_with_a_formula():
    updates = {op.name for op in REGISTRY.values() if op.name.endswith("_update")}
    updates -= {name for name in updates if name.startswith("_listed_")}    # parts of preloaded_
    updates -= {"_sparse_adagrad_update", "_contrib_group_adagrad_update"}   # tests/sparse
    recorded = {name for name, *_ in optimizer_calls.CALLS if name.endswith("_update")}
    updates -= {"_contrib_group_adagrad_update"}                # test_contrib_updates.py
    assert updates == {*RULES, *MASTER_RULES} | recorded


@pytest.mark.parametrize("name", MASTER_RULES)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_master_weights(rng, name, dtype):
    rule = MASTER_RULES[name]
    weight, grad, mom = draw(rng, 1)
    arrays = [nd.array(weight).astype(dtype), nd.array(grad).astype(dtype)]
    states = [nd.array(weight)] if rule is sgd else [nd.array(mom), nd.array(weight)]
    own = {} if rule is sgd else {"momentum": 0.9}
    slope = clip(arrays[1].astype("float64").asnumpy() * 0.5, 0.3)
    want = rule(weight, slope, *([] if rule is sgd else [mom]), lr=0.1, wd=0.1, **own)
    getattr(nd, name)(*arrays, *states, lr=0.1, wd=0.1, rescale_grad=0.5, clip_gradient=0.3,
                      out=arrays[0], **own)
    np.testing.assert_allclose(states[-1].asnumpy(), want[0], rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(arrays[0].asnumpy(), states[-1].astype(dtype).asnumpy())
    if rule is not sgd:
        np.testing.assert_allclose(states[0].asnumpy(), want[1], rtol=1e-5, atol=1e-6)


def test_large_and_empty_arrays_on_any_number_of_threads(rng):
    results = []
    values = draw(rng, 2, (100003,))
    for threads in (1, 3):
        host.set_num_threads(threads)
        arrays = [nd.array(v) for v in values]
        nd.adam_update(*arrays, lr=0.1, out=arrays[0])
        results.append(arrays[0].asnumpy().tobytes())
    assert results[0] == results[1]
    assert nd.sgd_update(nd.zeros((0, 3)), nd.zeros((0, 3)), lr=0.1).shape == (0, 3)


def test_refuses():
    weight = nd.ones((3,))
    with pytest.raises(TypeError, match="sgd_update: missing parameter 'lr'"):
        nd.sgd_update(weight, weight)
    with pytest.raises(ValueError, match=r"sgd_mom_update: mom must have shape \(3,\), as weight"):
        nd.sgd_mom_update(weight, weight, nd.ones((4,)), lr=0.1)
    with pytest.raises(TypeError, match="adam_update: grad must have dtype float32, as weight is"):
        nd.adam_update(weight, weight.astype("float64"), weight, weight, lr=0.1)
    with pytest.raises(TypeError, match="mp_sgd_update: weight must have dtype float16 or"):
        nd.mp_sgd_update(weight, weight, weight, lr=0.1)

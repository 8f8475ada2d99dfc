"""Updates of several weights, AdamW and LAMB against their formulas in float64."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, nd

TOLERANCE = {"float16": 1e-2, "bfloat16": 5e-2, "float32": 1e-5, "float64": 1e-12}
RATES = {"lrs": (0.1, 0.02, 0.3), "wds": (0.01, 0.2, 0.0)}
SHAPES = [(3, 2), (4,), (0, 3)]
BOUND, SCALE = 0.6, 0.5


def clipped(g):
    return np.clip(SCALE * g, -BOUND, BOUND)


def sgd(lr, wd, w, g):
    return [w - lr * (clipped(g) + wd * w)]


def sgd_mom(lr, wd, w, g, mom):
    mom = 0.9 * mom - lr * (clipped(g) + wd * w)
    return [w + mom, mom]


def adamw(lr, wd, w, g, mean, var, eta=0.5):
    g = clipped(g)
    mean, var = 0.8 * mean + 0.2 * g, 0.99 * var + 0.01 * g * g
    return [w - eta * (lr * mean / (np.sqrt(var) + 1e-3) + wd * w), mean, var]


def lamb(lr, wd, w, g, mean, var, t=3, low=0.5, high=1.2):
    g = clipped(g)
    mean, var = 0.8 * mean + 0.2 * g, 0.99 * var + 0.01 * g * g
    step = mean / (1 - 0.8 ** t) / (np.sqrt(var / (1 - 0.99 ** t)) + 1e-3) + wd * w
    length, reach = np.sqrt((w * w).sum()), np.sqrt((step * step).sum())
    ratio = np.clip(length, low, high) / reach if reach else 1
    return [w - lr * ratio * step, mean, var]


ADAM = {"beta1": 0.8, "beta2": 0.99, "epsilon": 1e-3}
# operator without multi_: rule, number of states, parameters
RULES = {"sgd_update": (sgd, 0, {}), "sgd_mom_update": (sgd_mom, 1, {"momentum": 0.9}),
         "adamw_update": (adamw, 2, {**ADAM, "etas": (0.5,) * 3}),
         "lamb_update": (lamb, 2, {**ADAM, "lower_bound": 0.5, "upper_bound": 1.2,
                                   "step_count": (3,) * 3})}


def arrays_of(rng, states, dtype, has_masters):
    """A list of arrays for each weight: weight, gradient, states, master."""
    groups = []
    for shape in SHAPES:
        weight = nd.array(rng.standard_normal(shape)).astype(dtype)
        group = [weight, nd.array(rng.standard_normal(shape)).astype(dtype)]
        kind = "float32" if has_masters else dtype
        group += [nd.array(rng.uniform(0.5, 1, shape)).astype(kind) for _ in range(states)]
        groups.append(group + [weight.astype("float32")] * has_masters)
    return groups


def float64(array):
    return array.astype("float64").asnumpy()


def called(name, rule, groups, has_masters, prefix=""):
    """Call the operator in place, and check all that it writes."""
    rule, states, params = RULES[rule]
    params = dict(params)
    want = []
    for lr, wd, group in zip(RATES["lrs"], RATES["wds"], groups, strict=True):
        weight = group[-1] if has_masters else group[0]
        want.append(rule(lr, wd, *map(float64, [weight, *group[1:2 + states]])))
    flat = [array for group in groups for array in group]
    params["clip_gradient"] = BOUND
    if "adamw" in name:
        flat.append(nd.array([SCALE]))
    else:
        params["rescale_grad"] = SCALE
    if prefix:
        flat += [nd.array(RATES["lrs"]), nd.array(RATES["wds"])]
    elif "lamb" in name:
        params |= {"learning_rates": RATES["lrs"], "wds": RATES["wds"]}
    else:
        params |= RATES
    params["num_tensors" if "lamb" in name else "num_weights"] = len(groups)
    got = getattr(nd, prefix + name)(*flat, out=[group[0] for group in groups], **params)
    assert all(x is group[0] for x, group in zip(got, groups, strict=True))
    return want


def compare(groups, want, states, has_masters, tolerance):
    for group, values in zip(groups, want, strict=True):
        written = [group[-1] if has_masters else group[0], *group[2:2 + states]]
        for array, value in zip(written, values, strict=True):
            np.testing.assert_allclose(float64(array), value, tolerance, tolerance)
        if has_masters:
            np.testing.assert_array_equal(
                float64(group[0]), float64(group[-1].astype(group[0].dtype)))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("name", [
    "multi_sgd_update", "multi_sgd_mom_update", "preloaded_multi_sgd_update",
    "preloaded_multi_sgd_mom_update", "_multi_adamw_update", "_multi_lamb_update"])
def test_several_weights(rng, name, dtype):
    prefix = "preloaded_" if name.startswith("preloaded_") else ""
    name = name.removeprefix("preloaded_")
    rule = name.removeprefix("_").removeprefix("multi_")
    groups = arrays_of(rng, RULES[rule][1], dtype, False)
    want = called(name, rule, groups, False, prefix)
    tolerance = 1e-6 if prefix and dtype == "float64" else TOLERANCE[dtype]
    compare(groups, want, RULES[rule][1], False, tolerance)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("name", [
    "multi_mp_sgd_update", "multi_mp_sgd_mom_update", "preloaded_multi_mp_sgd_update",
    "preloaded_multi_mp_sgd_mom_update", "_multi_mp_adamw_update", "_multi_mp_lamb_update"])
def test_several_weights_with_masters(rng, name, dtype):
    prefix = "preloaded_" if name.startswith("preloaded_") else ""
    name = name.removeprefix("preloaded_")
    rule = name.removeprefix("_").removeprefix("multi_").removeprefix("mp_")
    groups = arrays_of(rng, RULES[rule][1], dtype, True)
    want = called(name, rule, groups, True, prefix)
    compare(groups, want, RULES[rule][1], True, 1e-5)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_the_master_of_lamb_follows(rng, dtype):
    """MXNet's stays as it was; docs/differences.md."""
    weight, g, master = [nd.array(rng.standard_normal((3, 2))) for _ in range(3)]
    want = float64(master) - 0.1 * 2 / 4 * float64(g)
    weight = weight.astype(dtype)
    nd.mp_lamb_update_phase2(weight, g, nd.array([2]), nd.array([4]), master, lr=0.1, out=weight)
    np.testing.assert_allclose(float64(master), want, 1e-5, 1e-6)
    np.testing.assert_array_equal(float64(weight), float64(master.astype(dtype)))


def test_the_gradient_stays(rng):
    """MXNet's _adamw_update writes to it; docs/differences.md."""
    (weight, grad, mean, var), *_ = arrays_of(rng, 2, "float32", False)
    before = grad.asnumpy()
    nd._adamw_update(weight, grad, mean, var, nd.array([0.5]), lr=0.1, eta=1, out=weight)
    np.testing.assert_array_equal(grad.asnumpy(), before)


@pytest.mark.parametrize("scale", [0, np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_no_update_where_the_scale_is_no_number(rng, scale, dtype):
    has_masters = dtype == "float16"
    group = arrays_of(rng, 2, dtype, has_masters)[0]
    before = [array.asnumpy() for array in group]
    name = "_mp_adamw_update" if has_masters else "_adamw_update"
    out = getattr(nd, name)(*group, nd.array([scale]), lr=0.1, eta=1)
    for array, values in zip([out, *group], [before[0], *before], strict=True):
        np.testing.assert_array_equal(array.asnumpy(), values)


def test_a_call_again_and_again_with_other_rates(rng):
    """As under a scheduler: rates are parameters that each call may change."""
    groups = arrays_of(rng, 1, "float64", False)[:2]
    values = [[float64(array) for array in group] for group in groups]
    for step in range(1, 6):
        rates = {"lrs": (0.1 / step, 0.2 / step), "wds": (0.0, 0.1)}
        nd.multi_sgd_mom_update(*groups[0], *groups[1], **rates, momentum=0.9, num_weights=2,
                                rescale_grad=SCALE, clip_gradient=BOUND,
                                out=[groups[0][0], groups[1][0]])
        for i, (w, g, mom) in enumerate(values):
            w, mom = sgd_mom(rates["lrs"][i], rates["wds"][i], w, g, mom)
            values[i] = [w, g, mom]
    for group, (w, _, mom) in zip(groups, values, strict=True):
        np.testing.assert_allclose(group[0].asnumpy(), w, 1e-12)
        np.testing.assert_allclose(group[2].asnumpy(), mom, 1e-12)


def test_seventy_weights():
    """More inputs than there are bits of what is written: all states are noted as such."""
    count = 70
    weights, states = [[nd.full((2,), i) for i in range(count)] for _ in range(2)]
    grads = [nd.ones((2,)) for _ in range(count)]
    flat = [x for group in zip(weights, grads, states, strict=True) for x in group]
    nd.multi_sgd_mom_update(*flat, lrs=(0.5,) * count, wds=(0,) * count, momentum=1,
                            num_weights=count, out=weights)
    for i in range(count):
        assert states[i].asnumpy().tolist() == [i - 0.5] * 2
        assert weights[i].asnumpy().tolist() == [2 * i - 0.5] * 2


def test_writes_to_a_late_state_are_seen_by_autograd():
    count = 30
    flat = [nd.ones((2,)) for _ in range(3 * count)]
    x, state = nd.ones((2,)), flat[-1]
    x.attach_grad()
    with autograd.record():
        y = x * state
    nd.multi_sgd_mom_update(*flat, lrs=(0.5,) * count, wds=(0,) * count, num_weights=count)
    with pytest.raises(mx.MXNetError, match="was written to"):
        y.backward()


def test_an_out_that_does_not_fit_leaves_all_as_it_is():
    w, g, mom = nd.ones((2,)), nd.ones((2,)), nd.ones((2,))
    with pytest.raises(ValueError, match=r"out must have shape \(2,\); got \(3,\)"):
        nd.multi_sgd_mom_update(w, g, mom, lrs=(1,), wds=(0,), out=[nd.ones((3,))])
    assert mom.asnumpy().tolist() == [1, 1]


# mx.nd.contrib ------------------------------------------------------------------------------------

@pytest.mark.parametrize("scale", [SCALE, nd.array([SCALE])])
@pytest.mark.parametrize("has_masters", [False, True])
def test_adamw_of_contrib(rng, scale, has_masters):
    group = arrays_of(rng, 2, "float16" if has_masters else "float32", has_masters)[0]
    weight = group[-1] if has_masters else group[0]
    want = adamw(0.1, 0.01, *map(float64, [weight, *group[1:4]]))
    function = nd.contrib.mp_adamw_update if has_masters else nd.contrib.adamw_update
    function(*group, scale, 0.1, 0.5, wd=0.01, clip_gradient=BOUND, out=group[0], **ADAM)
    compare([group], [want], 2, has_masters, 1e-5)


@pytest.mark.parametrize("has_masters", [False, True])
@pytest.mark.parametrize("rule", ["adamw", "lamb"])
def test_several_weights_of_contrib(rng, rule, has_masters):
    groups = arrays_of(rng, 2, "float16" if has_masters else "float32", has_masters)
    lists = list(zip(*groups, strict=True))
    want = []
    for lr, wd, group in zip(RATES["lrs"], RATES["wds"], groups, strict=True):
        values = map(float64, [group[-1] if has_masters else group[0], *group[1:4]])
        want.append(RULES[f"{rule}_update"][0](lr, wd, *values))
    function = getattr(nd.contrib, f"multi_{'mp_' if has_masters else ''}{rule}_update")
    if rule == "adamw":
        function(*lists, SCALE, *RATES.values(), (0.5,) * 3, clip_gradient=BOUND, out=lists[0],
                 **ADAM)
    else:
        function(*lists, (3,) * 3, *RATES.values(), rescale_grad=SCALE, clip_gradient=BOUND,
                 lower_bound=0.5, upper_bound=1.2, out=lists[0], **ADAM)
    compare(groups, want, 2, has_masters, 1e-5)

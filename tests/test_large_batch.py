"""Optimizers for large batches: numbers recorded from MXNet 1.9.1."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import nd

# weight name, arguments, what is left of [1, 2, 3, 4] after three updates by [.1, -.2, .3, 2] * t,
# the last with half the learning rate
ARGUMENTS = {"momentum": 0.9, "wd": 0.1, "clip_gradient": 0.5, "eta": 0.01, "eps": 1e-3}
LARS = [
    ("a_weight", {}, [0.9999326467514038, 2.0001347064971924, 2.999798059463501,
                      3.9986541271209717]),
    ("a_bias", {}, [0.9775000214576721, 2.0450000762939453, 2.932499885559082,
                    3.549999952316284]),
    ("a_weight", {"momentum": 0.9}, [0.9998854398727417, 2.0002291202545166, 2.9996562004089355,
                                     3.9977095127105713]),
    ("a_weight", ARGUMENTS, [0.9979865550994873, 1.999269962310791, 2.993959665298462,
                             3.9892971515655518]),
    ("a_bias", ARGUMENTS, [0.9664750099182129, 2.067049980163574, 2.8994250297546387,
                           3.78725004196167]),
]
# arguments, what is left of [1, 2, 3, 4] after six updates
LBSGD = [
    ({}, [0.8950001001358032, 2.2099997997283936, 2.684999942779541, 1.899999976158142]),
    ({"momentum": 0.9, "batch_scale": 2, "updates_per_epoch": 2, "warmup_epochs": 2},
     [0.8480124473571777, 2.3039751052856445, 2.544037342071533, 0.9602501392364502]),
    ({"momentum": 0.9, "wd": 0.1, "warmup_strategy": "lars", "clip_gradient": 0.5},
     [0.612199068069458, 1.9981465339660645, 1.8843367099761963, 2.2579400539398193]),
    ({"warmup_strategy": "power2", "batch_scale": 2, "updates_per_epoch": 3, "warmup_epochs": 2,
      "begin_epoch": 1},
     [0.9263889193534851, 2.1472220420837402, 2.7791666984558105, 2.527777671813965]),
    ({"warmup_strategy": "sqrt", "batch_scale": 3, "updates_per_epoch": 3, "warmup_epochs": 2},
     [0.9008578658103943, 2.198284387588501, 2.702573776245117, 2.0171573162078857]),
]


def updated(optimizer, count, halved_at=-1, dtype="float32"):
    weight, grad = nd.array([[1, 2], [3, 4]], dtype=dtype), nd.zeros((2, 2), dtype=dtype)
    state = optimizer.create_state_multi_precision(0, weight)
    for step in range(count):
        if step == halved_at:
            optimizer.set_learning_rate(optimizer.learning_rate / 2)
        grad[:] = np.array([[0.1, -0.2], [0.3, 2]]) * (step + 1)        # the same buffer, as always
        optimizer.update_multi_precision(0, weight, grad, state)
    return weight.astype("float32").asnumpy().ravel()


@pytest.mark.parametrize("name, arguments, want", LARS)
def test_lars(name, arguments, want):
    def make(**more):
        return mx.optimizer.create("lars", learning_rate=0.1, rescale_grad=0.5,
                                   param_idx2name={0: name}, **arguments, **more)

    np.testing.assert_allclose(updated(make(), 3, halved_at=2), want, rtol=1e-6)
    half = updated(make(multi_precision=True), 3, halved_at=2, dtype="float16")
    np.testing.assert_allclose(half, want, rtol=2e-3)


def test_lars_decays_weights_alone_and_corrects_momentum_where_it_is_asked():
    names = {0: "a_weight", 1: "a_gamma", 2: "a_bias"}
    optimizer = mx.optimizer.LARS(wd=0.5, param_idx2name=names)
    assert [optimizer._get_wd(index) for index in names] == [0.5, 0, 0]
    kept, corrected = [updated(mx.optimizer.LARS(
        learning_rate=0.1, momentum=0.9, param_idx2name={0: "a_bias"}, momentum_correction=flag),
        2, halved_at=1) for flag in (False, True)]
    grad = np.array([0.1, -0.2, 0.3, 2])
    start = np.array([1, 2, 3, 4]) - 0.1 * grad
    np.testing.assert_allclose(kept, start - 0.9 * 0.1 * grad - 0.05 * 2 * grad, rtol=1e-6)
    np.testing.assert_allclose(corrected, start - 0.45 * 0.1 * grad - 0.05 * 2 * grad, rtol=1e-6)


def test_lars_of_no_gradient_is_sgd_with_decay():
    optimizer = mx.optimizer.LARS(learning_rate=0.1, wd=0.5)
    weight = nd.array([2, 4])
    optimizer.update(0, weight, nd.zeros(2), optimizer.create_state(0, weight))
    np.testing.assert_allclose(weight.asnumpy(), [1.9, 3.8], rtol=1e-6)


@pytest.mark.parametrize("arguments, want", LBSGD)
def test_lbsgd(arguments, want):
    def make(**more):
        return mx.optimizer.create("lbsgd", learning_rate=0.1, rescale_grad=0.5, **arguments,
                                   **more)

    np.testing.assert_allclose(updated(make(), 6), want, rtol=1e-5)
    half = updated(make(multi_precision=True), 6, dtype="float16")
    np.testing.assert_allclose(half, want, rtol=3e-3)


def test_lbsgd_refuses():
    with pytest.raises(ValueError, match="LBSGD: warmup_strategy must be 'linear', 'power2'"):
        mx.optimizer.LBSGD(warmup_strategy="cube")
    with pytest.raises(ValueError, match="LBSGD: batch_scale must be an integer of at least 1"):
        mx.optimizer.LBSGD(batch_scale=0)


def test_a_trainer_takes_them():
    for name in ("lars", "lbsgd"):
        net = mx.gluon.nn.Dense(1, in_units=2)
        net.initialize(mx.init.One())
        trainer = mx.gluon.Trainer(net.collect_params(), name, {"learning_rate": 0.5})
        with mx.autograd.record():
            y = net(nd.ones((1, 2)))
        y.backward()
        trainer.step(1)
        assert net.bias.data().asscalar() == -0.5

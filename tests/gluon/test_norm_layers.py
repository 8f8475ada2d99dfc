"""The layers of LeakyReLU and of the row norms: parameters, values, gradients, what they print."""

import math

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd
from mxlite.gluon import nn


def normalised(values, axes, eps=1e-5):
    return (values - values.mean(axes, keepdims=True)) / np.sqrt(
        values.var(axes, keepdims=True) + eps)


def parameters_of(layer):
    """[(name without the layer's prefix, shape)]."""
    return [(name.removeprefix(layer.prefix), param.shape)
            for name, param in layer.collect_params().items()]


def gelu(x):
    return x * (1 + np.vectorize(math.erf)(x / math.sqrt(2))) / 2


ACTIVATIONS = [
    (lambda: nn.LeakyReLU(0.25), lambda x: np.where(x > 0, x, x / 4)),
    (lambda: nn.PReLU(), lambda x: np.where(x > 0, x, x / 4)),
    (lambda: nn.PReLU(mx.init.One(), in_channels=3), lambda x: x),
    (lambda: nn.ELU(), lambda x: np.where(x > 0, x, np.expm1(x))),
    (lambda: nn.ELU(0.5), lambda x: np.where(x > 0, x, np.expm1(x) / 2)),
    (lambda: nn.SELU(), lambda x: 1.0507009873554805 * np.where(
        x > 0, x, 1.6732632423543772 * np.expm1(x))),
    (lambda: nn.GELU(), gelu),
    (lambda: nn.Swish(), lambda x: x / (1 + np.exp(-x))),
    (lambda: nn.Swish(2.0), lambda x: x / (1 + np.exp(-2 * x))),
]


@pytest.mark.parametrize(("make", "oracle"), ACTIVATIONS, ids=[
    f"{type(make()).__name__}{i}" for i, (make, _) in enumerate(ACTIVATIONS)])
@pytest.mark.parametrize("hybrid", [False, True])
def test_activations(make, oracle, hybrid, rng):
    layer = make()
    layer.initialize()
    if hybrid:
        layer.hybridize()
    values = rng.uniform(-3, 3, (2, 3, 4))
    x = mx.nd.array(values)
    x.attach_grad()
    with autograd.record():
        out = layer(x)
    out.backward()
    np.testing.assert_allclose(out.asnumpy(), oracle(values), 1e-5, 2e-6)
    slope = (oracle(values + 1e-6) - oracle(values - 1e-6)) / 2e-6
    np.testing.assert_allclose(x.grad.asnumpy(), slope, 1e-4, 1e-5)


def test_prelu_learns_a_slope_for_each_channel():
    layer = nn.PReLU(in_channels=3)
    layer.initialize()
    assert parameters_of(layer) == [("alpha", (3,))]
    assert layer.alpha.data().asnumpy().tolist() == [0.25] * 3
    x = mx.nd.array([[-1, 2, -3], [-4, -5, 6]])
    with autograd.record():
        out = layer(x)
    out.backward()
    assert out.asnumpy().tolist() == [[-0.25, 2, -0.75], [-1, -1.25, 6]]
    assert layer.alpha.grad().asnumpy().tolist() == [-5, -5, -3]
    assert parameters_of(nn.PReLU()) == [("alpha", (1,))]


NORMS = [       # layer, shape of x, axes of the statistics, shape of gamma, gamma shaped like x
    (lambda: nn.LayerNorm(scale=True), (2, 3, 5), -1, (5,), (5,)),
    (lambda: nn.LayerNorm(axis=1, in_channels=3), (2, 3, 5), 1, (3,), (3, 1)),
    (lambda: nn.InstanceNorm(scale=True), (2, 3, 5), 2, (3,), (3, 1)),
    (lambda: nn.InstanceNorm(axis=2, scale=True), (2, 3, 5), 1, (5,), (5,)),
    (lambda: nn.InstanceNorm(axis=-1, scale=True), (2, 3, 4, 5), (1, 2), (5,), (5,)),
    (lambda: nn.GroupNorm(), (2, 4, 3), (1, 2), (1,), (1, 1)),
]


@pytest.mark.parametrize(("make", "shape", "axes", "vector", "spread"), NORMS, ids=[
    repr(make()) for make, *_ in NORMS])
def test_norms(make, shape, axes, vector, spread, rng):
    layer = make()
    layer.initialize()
    values = rng.standard_normal(shape) * 3 + 1
    x = mx.nd.array(values)
    layer(x)
    assert parameters_of(layer) == [("gamma", vector), ("beta", vector)]
    gamma, beta = rng.uniform(0.5, 2, (2, *vector))
    layer.gamma.set_data(mx.nd.array(gamma))
    layer.beta.set_data(mx.nd.array(beta))
    dy = rng.standard_normal(shape)
    with autograd.record():
        out = layer(x)
    out.backward(mx.nd.array(dy))
    normal = normalised(values, axes)
    want = normal * gamma.reshape(spread) + beta.reshape(spread)
    np.testing.assert_allclose(out.asnumpy(), want, 1e-4, 1e-5)
    kept = (1,) * (len(shape) - len(spread)) + spread
    others = tuple(i for i, n in enumerate(kept) if n == 1)
    for param, given in ((layer.gamma, dy * normal), (layer.beta, dy)):
        np.testing.assert_allclose(param.grad().asnumpy(), given.sum(others).reshape(vector),
                                   1e-4, 1e-4)


def test_group_norm_has_one_gamma_a_group(rng):
    layer = nn.GroupNorm(2)
    layer.initialize()
    values = rng.standard_normal((2, 4, 3, 3))
    layer.gamma.set_data(mx.nd.array([1, 2]))
    assert parameters_of(layer) == [("gamma", (2,)), ("beta", (2,))]
    want = normalised(values.reshape(2, 2, -1), 2) * np.array([[1], [2]])
    np.testing.assert_allclose(layer(mx.nd.array(values)).asnumpy(), want.reshape(2, 4, 3, 3),
                               1e-4, 1e-5)


def test_scale_and_center_fix_parameters():
    layer = nn.LayerNorm(scale=False, center=False, in_channels=3)
    assert layer.gamma.grad_req == layer.beta.grad_req == "null"
    assert nn.InstanceNorm().gamma.grad_req == "null"
    assert nn.InstanceNorm().beta.grad_req == "write"
    assert nn.GroupNorm(center=False).beta.grad_req == "null"


@pytest.mark.parametrize("make", [nn.LayerNorm, nn.InstanceNorm, nn.GroupNorm])
def test_float16(make):
    layer = make()
    layer.cast("float16")
    layer.initialize()
    out = layer(mx.nd.array([[[1, 2, 4], [3, 5, 9]]], dtype="float16"))
    assert out.dtype == np.float16
    assert np.isfinite(out.asnumpy()).all()


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_batch_norm_of_16_bits_has_parameters_of_float32(dtype):
    layer = nn.BatchNorm()
    layer.cast(dtype)
    layer.initialize()
    with mx.autograd.record():
        out = layer(mx.nd.array([[1, 2, 4], [3, 5, 9]], dtype=dtype))
    out.backward()
    assert out.dtype == mx.nd.ones(1, dtype=dtype).dtype
    assert layer.gamma.data().dtype == layer.running_var.data().dtype == np.float32
    np.testing.assert_allclose(layer.running_mean.data().asnumpy(), [0.2, 0.35, 0.65], rtol=1e-2)


def test_repr_as_mxnet_prints():
    assert repr(nn.LeakyReLU(0.1)) == "LeakyReLU(0.1)"
    assert repr(nn.PReLU()) == "PReLU(\n\n)"
    assert repr(nn.LayerNorm()) == (
        "LayerNorm(eps=1e-05, axis=-1, center=True, scale=True, in_channels=0)")
    assert repr(nn.InstanceNorm(in_channels=5)) == (
        "InstanceNorm(eps=1e-05, axis=1, center=True, scale=False, in_channels=5)")
    assert repr(nn.GroupNorm(2)) == (
        "GroupNorm(eps=1e-05, num_groups=2, center=True, scale=True)")


def test_refuses():
    with pytest.raises(ValueError, match="LeakyReLU: alpha must be at least 0; got -1"):
        nn.LeakyReLU(-1)
    with pytest.raises(ValueError, match="GroupNorm: num_groups must be at least 1; got 0"):
        nn.GroupNorm(0)
    layer = nn.GroupNorm(3)
    layer.initialize()
    with pytest.raises(ValueError, match="GroupNorm: num_groups must be a divisor of 4, the len"):
        layer(mx.nd.ones((2, 4, 3)))

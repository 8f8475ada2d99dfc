"""gluon.contrib.nn: blocks side by side, pixels of channels, normalization over devices."""

import importlib
import json

import numpy as np
import pytest

import mxlite as mx
from mxlite.base import MXNetError
from mxlite.gluon import nn
from mxlite.gluon.contrib import nn as contrib


@pytest.mark.parametrize("kind", ["Concurrent", "HybridConcurrent"])
@pytest.mark.parametrize("axis", [1, -1, 0])
def test_blocks_side_by_side(kind, axis):
    net = getattr(contrib, kind)(axis=axis, prefix="beside_")
    with net.name_scope():
        net.add(nn.Dense(3 if axis == -1 else 4, flatten=False), contrib.Identity(),
                nn.Lambda(lambda x: 2 * x) if kind == "Concurrent" else
                nn.HybridLambda(lambda F, x: 2 * x))
    net.initialize()
    x = np.random.default_rng(0).normal(size=(2, 5, 4)).astype("f4")
    with mx.autograd.record():
        y = net(mx.nd.array(x))
    y.backward()
    weight = net[0].weight.data().asnumpy()
    np.testing.assert_allclose(y.asnumpy(), np.concatenate([x @ weight.T, x, 2 * x], axis), 1e-5,
                               1e-6)
    np.testing.assert_allclose(net[0].weight.grad().asnumpy(),
                               np.broadcast_to(x.sum((0, 1)), weight.shape), 1e-5, 1e-6)
    assert [*net.collect_params()] == ["beside_dense0_weight", "beside_dense0_bias"]
    assert isinstance(net, nn.Sequential if kind == "Concurrent" else nn.HybridSequential)
    assert len(net) == 3 and repr(net).startswith(f"{kind}(\n  (0): Dense(")


def test_shapes_are_found_through_branches():
    net = nn.HybridSequential()
    beside = contrib.HybridConcurrent(axis=1)
    beside.add(nn.Conv2D(2, 1), contrib.Identity())
    net.add(beside, nn.Conv2D(3, 1))
    net.infer_shape(mx.nd.zeros((1, 5, 4, 4)))
    assert net[1].weight.shape == (3, 7, 1, 1)


def test_blocks_that_do_not_fit_side_by_side():
    net = contrib.HybridConcurrent(axis=0)
    net.add(contrib.Identity(), nn.Flatten())
    with pytest.raises(MXNetError, match=r"Concat: data1 must have shape \(any, 3, 4\)"):
        net(mx.nd.ones((2, 3, 4)))


def test_identity():
    x = mx.nd.ones(3)
    assert contrib.Identity()(x) is x and repr(contrib.Identity()) == "Identity(\n\n)"


def shuffled(x, factors):
    """Pixel by pixel: the channel c of output position p * f + r is c * product(f) + index of r."""
    n, channels, *spatial = x.shape
    out = np.empty((n, channels // np.prod(factors), *np.multiply(spatial, factors)), x.dtype)
    for place in np.ndindex(*out.shape[1:]):
        channel, *position = place
        at = np.floor_divide(position, factors)
        group = np.ravel_multi_index(np.mod(position, factors), factors)
        out[(slice(None), *place)] = x[(slice(None), channel * np.prod(factors) + group, *at)]
    return out


@pytest.mark.parametrize("factors", [(1,), (2,), (3,), (2, 3), (1, 2), (3, 1), (2, 3, 4), (1, 2, 1),
                                     (2, 1, 1), (1, 1, 1)])
def test_pixel_shuffle(factors):
    layer = getattr(contrib, f"PixelShuffle{len(factors)}D")(factors)
    shape = (2, 2 * int(np.prod(factors)), *range(2, 2 + len(factors)))
    x = np.arange(np.prod(shape), dtype="f4").reshape(shape)
    assert (layer(mx.nd.array(x)).asnumpy() == shuffled(x, factors)).all()


def test_one_factor_for_all_axes():
    for number, text in (("1", "2"), ("2", "(2, 2)"), ("3", "(2, 2, 2)")):
        assert repr(getattr(contrib, f"PixelShuffle{number}D")(2)) == (
            f"PixelShuffle{number}D({text})")


@pytest.mark.parametrize("factor, message", [
    ((2,), r"PixelShuffle2D: factor must be a number or a tuple of 2; got \(2,\)"),
    (0, "PixelShuffle2D: factor must be an integer of at least 1; got 0"),
])
def test_factors_that_are_none(factor, message):
    with pytest.raises(ValueError, match=message):
        contrib.PixelShuffle2D(factor)


def test_channels_that_do_not_divide():
    with pytest.raises(MXNetError, match=r"Reshape: .* -4 splits an axis of 3 evenly"):
        contrib.PixelShuffle1D(2)(mx.nd.ones((1, 3, 4)))


def test_sync_batch_norm_is_batch_norm():
    one, two = contrib.SyncBatchNorm(in_channels=3, num_devices=1, epsilon=0.1), nn.BatchNorm(
        epsilon=0.1, in_channels=3)
    x = mx.nd.random.normal(2, 3, shape=(4, 3, 5))
    for layer in (one, two):
        layer.initialize()
        with mx.autograd.record():
            layer.out = layer(x)
    assert (one.out.asnumpy() == two.out.asnumpy()).all()
    assert (one.running_var.data().asnumpy() == two.running_var.data().asnumpy()).all()
    assert contrib.SyncBatchNorm().prefix.startswith("syncbatchnorm")


def test_paths_of_mxnet():
    module = importlib.import_module("mxlite.gluon.contrib.nn.basic_layers")
    assert mx.gluon.contrib.nn is contrib
    assert module.HybridConcurrent is contrib.HybridConcurrent


def test_the_graph_of_sync_batch_norm_names_the_layer():
    layer = contrib.SyncBatchNorm(prefix="sync_")
    node = json.loads(layer(mx.sym.var("x")).tojson())["nodes"][-1]
    assert (node["op"], node["name"]) == ("_contrib_SyncBatchNorm", "sync_fwd")
    assert node["attrs"] == {
        "eps": "1e-05", "fix_gamma": "False", "key": "sync_", "momentum": "0.9", "ndev": "1",
        "use_global_stats": "False"}

"""Transposed convolutions and channels last as layers: against NumPy, deferred, in graphs."""

import json

import numpy as np
import pytest
from samples.image_layers import channels_last, deconvolution
from samples.nn import convolution, pooling

import mxlite as mx
from mxlite.gluon import nn


def of(function, layout=None, **params):
    """The oracle of a layer from x and parameters."""
    def oracle(x, *parameters):
        known = dict(params)
        if parameters:
            known["num_filter"] = len(parameters[1])
        if layout is None:
            return function(x, *parameters, **known)
        return channels_last(function)(x, *parameters, layout=layout, **known)
    return oracle


LAYERS = [      # layer, shape of the input, weight's shape, oracle
    (lambda: nn.Conv1DTranspose(4, 3, strides=2, padding=1, output_padding=1), (2, 3, 7), (3, 4, 3),
     of(deconvolution, kernel=(3,), stride=(2,), pad=(1,), adj=(1,))),
    (lambda: nn.Conv2DTranspose(4, (3, 2), activation="relu"), (2, 3, 5, 6), (3, 4, 3, 2),
     lambda *xs: np.maximum(of(deconvolution, kernel=(3, 2))(*xs), 0)),
    (lambda: nn.Conv2DTranspose(4, 3, groups=2, dilation=2), (2, 6, 5, 6), (6, 2, 3, 3),
     of(deconvolution, kernel=(3, 3), num_group=2, dilate=(2, 2))),
    (lambda: nn.Conv3DTranspose(4, 2, strides=2), (2, 3, 2, 3, 4), (3, 4, 2, 2, 2),
     of(deconvolution, kernel=(2, 2, 2), stride=(2, 2, 2))),
    (lambda: nn.Conv2DTranspose(4, 3, groups=2, layout="NHWC"), (2, 5, 6, 6), (6, 3, 3, 2),
     of(deconvolution, "NHWC", kernel=(3, 3), num_group=2)),
    (lambda: nn.Conv1D(4, 3, layout="NWC"), (2, 7, 3), (4, 3, 3),
     of(convolution, "NWC", kernel=(3,))),
    (lambda: nn.Conv2D(4, (3, 2), strides=2, layout="NHWC"), (2, 9, 8, 3), (4, 3, 2, 3),
     of(convolution, "NHWC", kernel=(3, 2), stride=(2, 2))),
    (lambda: nn.Conv3D(6, 2, groups=3, layout="NDHWC"), (2, 4, 5, 6, 3), (6, 2, 2, 2, 1),
     of(convolution, "NDHWC", kernel=(2, 2, 2), num_group=3)),
]
POOLS = [
    (lambda: nn.MaxPool1D(layout="NWC"), (2, 7, 3), of(pooling, "NWC", kernel=(2,), stride=(2,))),
    (lambda: nn.MaxPool2D(3, 2, ceil_mode=True, layout="NHWC"), (2, 8, 8, 3), of(
        pooling, "NHWC", kernel=(3, 3), stride=(2, 2), pooling_convention="full")),
    (lambda: nn.AvgPool3D(2, 1, layout="NDHWC"), (2, 4, 5, 6, 3), of(
        pooling, "NDHWC", kernel=(2, 2, 2), pool_type="avg")),
    (lambda: nn.GlobalAvgPool2D(layout="NHWC"), (2, 7, 5, 3),
     lambda x: x.mean((1, 2), keepdims=True)),
    (lambda: nn.GlobalMaxPool1D(layout="NWC"), (2, 7, 3), lambda x: x.max(1, keepdims=True)),
]


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("make, shape, weight, oracle", LAYERS,
                         ids=[repr(make()) for make, *_ in LAYERS])
def test_convolutions_as_in_numpy(rng, make, shape, weight, oracle, hybridize):
    layer = make()
    layer.initialize(mx.init.Normal(0.5))
    layer.bias.set_data(mx.nd.array(rng.standard_normal(layer.bias.shape)))
    if hybridize:
        layer.hybridize()
    x = rng.standard_normal(shape)
    y = layer(mx.nd.array(x))
    assert layer.weight.shape == weight
    parameters = [p.data().asnumpy().astype("float64") for p in (layer.weight, layer.bias)]
    want = oracle(x.astype("float32").astype("float64"), *parameters)
    np.testing.assert_allclose(y.asnumpy(), want, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("make, shape, oracle", POOLS, ids=[repr(make()) for make, *_ in POOLS])
def test_pooling_as_in_numpy(rng, make, shape, oracle):
    x = rng.standard_normal(shape).astype("float32")
    np.testing.assert_allclose(make()(mx.nd.array(x)).asnumpy(), oracle(x.astype("float64")),
                               rtol=1e-5, atol=1e-6)


def test_a_transposed_layer_trains(rng):
    """Weights that made the targets are found again."""
    layer = nn.Conv2DTranspose(2, 3, strides=2, in_channels=3)
    layer.initialize(mx.init.Normal(0.1))
    trainer = mx.gluon.Trainer(layer.collect_params(), "adam", {"learning_rate": 0.05})
    x = mx.nd.array(rng.standard_normal((4, 3, 5, 5)))
    weight = mx.nd.array(rng.uniform(-1, 1, (3, 2, 3, 3)))
    target = mx.nd.Deconvolution(x, weight, kernel=(3, 3), stride=(2, 2), num_filter=2)
    for _ in range(400):
        with mx.autograd.record():
            loss = mx.gluon.loss.L2Loss()(layer(x), target)
        loss.backward()
        trainer.step(4)
    np.testing.assert_allclose(layer.weight.data().asnumpy(), weight.asnumpy(), atol=0.02)


def test_the_node_of_a_transposed_layer_has_mxnets_attributes():
    graph = json.loads(nn.Conv2DTranspose(8, 3)(mx.sym.var("data")).tojson())
    node = graph["nodes"][-1]
    assert node["op"] == "Deconvolution"
    assert node["attrs"] == {
        "adj": "(0, 0)", "dilate": "(1, 1)", "kernel": "(3, 3)", "layout": "NCHW",
        "no_bias": "False", "num_filter": "8", "num_group": "1", "pad": "(0, 0)",
        "stride": "(1, 1)"}
    assert graph["nodes"][1]["attrs"]["__shape__"] == "(0, 8, 3, 3)"


def test_texts():
    assert repr(nn.Conv2DTranspose(8, 3, in_channels=4)) == (
        "Conv2DTranspose(4 -> 8, kernel_size=(3, 3), stride=(1, 1))")
    layer = nn.Conv1DTranspose(8, 3, strides=2, output_padding=1, groups=2, use_bias=False)
    assert repr(layer) == (
        "Conv1DTranspose(None -> 4, kernel_size=(3,), stride=(2,), output_padding=(1,), groups=2, "
        "bias=False)")
    assert repr(nn.Conv2D(8, 3, in_channels=4, layout="NHWC")) == (
        "Conv2D(4 -> 8, kernel_size=(3, 3), stride=(1, 1))")


@pytest.mark.parametrize(("make", "message"), [
    (lambda: nn.Conv2DTranspose(4, 3, layout="NCW"),
     "Conv2DTranspose: layout must be 'NCHW' or 'NHWC'; got 'NCW'"),
    (lambda: nn.Conv2DTranspose(4, 3, output_padding=(1, 1, 1)),
     "Conv2DTranspose: output_padding must be a number or a tuple of 2"),
    (lambda: nn.Conv2DTranspose(5, 3, groups=2),
     "Conv2DTranspose: channels must be a multiple of groups, 2; got 5"),
    (lambda: nn.Conv2DTranspose(4, 3, groups=2, in_channels=3),
     "Conv2DTranspose: in_channels must be a multiple of groups, 2; got 3"),
])
def test_misuse_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()

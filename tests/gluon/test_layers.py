"""Layers: shapes, parameters, values in simple cases, and what they print."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd
from mxlite.gluon import nn

SHAPES = [      # layer, input, output
    (lambda: nn.Dense(4), (2, 3, 5), (2, 4)),
    (lambda: nn.Dense(4, flatten=False, activation="tanh"), (2, 3, 5), (2, 3, 4)),
    (lambda: nn.Dense(4, use_bias=False), (2, 3), (2, 4)),
    (lambda: nn.Conv1D(4, 3, padding=1), (2, 3, 7), (2, 4, 7)),
    (lambda: nn.Conv2D(4, (3, 2), strides=2, activation="relu"), (2, 3, 9, 8), (2, 4, 4, 4)),
    (lambda: nn.Conv2D(4, 3, groups=2, dilation=2, use_bias=False), (2, 6, 9, 8), (2, 4, 5, 4)),
    (lambda: nn.Conv3D(4, 2), (2, 3, 4, 5, 6), (2, 4, 3, 4, 5)),
    (lambda: nn.MaxPool1D(), (2, 3, 7), (2, 3, 3)),
    (lambda: nn.MaxPool2D(3, 2, ceil_mode=True), (2, 3, 8, 8), (2, 3, 4, 4)),
    (lambda: nn.MaxPool3D(), (2, 3, 4, 5, 6), (2, 3, 2, 2, 3)),
    (lambda: nn.AvgPool1D(3, 1, 1), (2, 3, 7), (2, 3, 7)),
    (lambda: nn.AvgPool2D(), (2, 3, 8, 8), (2, 3, 4, 4)),
    (lambda: nn.AvgPool3D(2, 1), (2, 3, 4, 5, 6), (2, 3, 3, 4, 5)),
    (lambda: nn.GlobalMaxPool1D(), (2, 3, 7), (2, 3, 1)),
    (lambda: nn.GlobalMaxPool2D(), (2, 3, 7, 5), (2, 3, 1, 1)),
    (lambda: nn.GlobalMaxPool3D(), (2, 3, 2, 7, 5), (2, 3, 1, 1, 1)),
    (lambda: nn.GlobalAvgPool1D(), (2, 3, 7), (2, 3, 1)),
    (lambda: nn.GlobalAvgPool2D(), (2, 3, 7, 5), (2, 3, 1, 1)),
    (lambda: nn.GlobalAvgPool3D(), (2, 3, 2, 7, 5), (2, 3, 1, 1, 1)),
    (lambda: nn.BatchNorm(), (2, 3, 4, 5), (2, 3, 4, 5)),
    (lambda: nn.Flatten(), (2, 3, 4), (2, 12)),
    (lambda: nn.Dropout(0.5), (2, 3), (2, 3)),
    (lambda: nn.Activation("softsign"), (2, 3), (2, 3)),
    (lambda: nn.Swish(), (2, 3), (2, 3)),
    (lambda: nn.HybridLambda(lambda F, x: F.relu(x) + 1), (2, 3), (2, 3)),
    (lambda: nn.Lambda("tanh"), (2, 3), (2, 3)),
]


@pytest.mark.parametrize(("make", "shape", "expected"), SHAPES,
                         ids=[repr(make()).replace("\n", "") for make, _, _ in SHAPES])
def test_shapes_and_gradients_to_every_parameter(make, shape, expected):
    layer = make()
    layer.initialize()
    x = mx.nd.random.uniform(-1, 1, shape=shape)
    x.attach_grad()
    with autograd.record():
        out = layer(x)
    out.backward()
    assert out.shape == expected
    assert x.grad.shape == shape
    for param in layer.collect_params().values():
        assert param.grad_req == "null" or np.isfinite(param.grad().asnumpy()).all()


def test_dense_computes_x_weight_bias():
    layer = nn.Dense(1)
    layer.initialize(mx.init.One())
    assert layer(mx.nd.array([[1, 2], [3, 4]])).asnumpy().tolist() == [[3], [7]]


def test_embedding_takes_rows_and_gives_them_gradients():
    layer = nn.Embedding(5, 2)
    layer.initialize()
    index = mx.nd.array([[1, 1], [4, 0]])
    with autograd.record():
        out = layer(index)
    out.backward()
    assert (out.asnumpy() == layer.weight.data().asnumpy()[[[1, 1], [4, 0]]]).all()
    assert layer.weight.grad().asnumpy()[:, 0].tolist() == [1, 2, 0, 0, 1]


def test_batch_norm_in_training_and_after():
    layer = nn.BatchNorm(momentum=0.5, epsilon=1e-5)
    layer.initialize()
    x = mx.nd.random.normal(3, 2, shape=(8, 2, 5))
    with autograd.record():
        out = layer(x)
    out.backward()      # updates the running statistics, as in MXNet
    values = x.asnumpy().astype("f8")
    mean, var = values.mean((0, 2)), values.var((0, 2))
    want = (values - mean[:, None]) / np.sqrt(var + 1e-5)[:, None]
    np.testing.assert_allclose(out.asnumpy(), want, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(layer.running_mean.data().asnumpy(), mean / 2, rtol=1e-5)
    np.testing.assert_allclose(layer.running_var.data().asnumpy(), 0.5 + var / 2, rtol=1e-5)
    running = layer.running_mean.data().asnumpy(), layer.running_var.data().asnumpy()
    want = (values - running[0][:, None]) / np.sqrt(running[1] + 1e-5)[:, None]
    np.testing.assert_allclose(layer(x).asnumpy(), want, rtol=1e-4, atol=1e-5)


def test_batch_norm_options_fix_parameters():
    layer = nn.BatchNorm(scale=False, center=False, in_channels=3)
    assert layer.gamma.grad_req == layer.beta.grad_req == layer.running_var.grad_req == "null"
    layer.cast("float16")
    assert layer.gamma.dtype == "float32"


def test_dropout_only_in_training():
    layer, x = nn.Dropout(0.5), mx.nd.ones((1000,))
    assert (layer(x) == x).asnumpy().all()
    with autograd.record():
        dropped = layer(x).asnumpy()
    assert set(dropped) == {0, 2} and 400 < (dropped == 0).sum() < 600


def test_repr_as_mxnet_prints():
    assert repr(nn.Conv2D(4, 3, in_channels=8, groups=2, use_bias=False, dilation=2, strides=2,
                          padding=1)) == (
        "Conv2D(4 -> 4, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), dilation=(2, 2), "
        "groups=2, bias=False)")
    assert repr(nn.AvgPool2D(3, 2, 1)) == (
        "AvgPool2D(size=(3, 3), stride=(2, 2), padding=(1, 1), ceil_mode=False, "
        "global_pool=False, pool_type=avg, layout=NCHW)")
    assert repr(nn.BatchNorm()) == (
        "BatchNorm(axis=1, eps=1e-05, momentum=0.9, fix_gamma=False, use_global_stats=False, "
        "in_channels=None)")
    assert repr(nn.Dropout(0.5)) == "Dropout(p = 0.5, axes=())"
    assert repr(nn.Embedding(3, 4)) == "Embedding(3 -> 4, float32)"


@pytest.mark.parametrize(("make", "message"), [
    (lambda: nn.Dense(0), "Dense: units must be at least 1; got 0"),
    (lambda: nn.Conv2D(4, (3, 3, 3)), r"kernel_size must be a number or a tuple of 2; got \(3, 3"),
    (lambda: nn.Conv2D(4, 3, layout="NHWC"), "Conv2D: layout must be 'NCHW'; got 'NHWC'"),
    (lambda: nn.Conv2D(4, 3, groups=2, in_channels=3), "in_channels must be a multiple of groups"),
    (lambda: nn.MaxPool1D(layout="NWC"), "MaxPool1D: layout must be 'NCW'; got 'NWC'"),
    (lambda: nn.Lambda("rleu"), "Lambda: function 'rleu' is not in mx.nd; did you mean 'relu'"),
    (lambda: nn.HybridLambda(3), "HybridLambda: function must be a name or callable; got int"),
])
def test_misuse_is_named(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()


def test_convolution_of_too_few_axes_names_the_layout():
    layer = nn.Conv2D(4, 3)
    layer.initialize()
    message = r"Convolution: data must have shape of 4 axes, NCHW; got \(3, 8\)"
    with pytest.raises(ValueError, match=message):
        layer(mx.nd.ones((3, 8)))

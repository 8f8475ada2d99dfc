"""Layers: values and gradients against NumPy in float64, parameters, and what they print."""

import numpy as np
import pytest
from gradcheck import check_vjp
from samples.nn import batch_norm, convolution, fully_connected, pooling

import mxlite as mx
from mxlite import autograd
from mxlite.gluon import nn


def conv(**params):
    """The oracle of a convolution of these parameters: x, weight, bias -> output."""
    return lambda x, weight, bias=0.0: convolution(x, weight, bias, num_filter=4, **params)


def pool(**params):
    return lambda x: pooling(x, **params)


def normalised(x, gamma, beta, running_mean, running_var):
    return batch_norm(x, gamma, beta, running_mean, running_var, eps=1e-5, fix_gamma=False,
                      training=True)


LAYERS = [      # layer, shape of the input, x and parameters in float64 -> output
    (lambda: nn.Dense(4), (2, 3, 5), fully_connected),
    (lambda: nn.Dense(4, flatten=False, activation="tanh"), (2, 3, 5),
     lambda x, weight, bias: np.tanh(x @ weight.T + bias)),
    (lambda: nn.Dense(4, use_bias=False), (2, 3), fully_connected),
    (lambda: nn.Conv1D(4, 3, padding=1), (2, 3, 7), conv(kernel=(3,), pad=(1,))),
    (lambda: nn.Conv2D(4, (3, 2), strides=2, activation="tanh"), (2, 3, 9, 8),
     lambda *xs: np.tanh(conv(kernel=(3, 2), stride=(2, 2))(*xs))),
    (lambda: nn.Conv2D(4, 3, groups=2, dilation=2, use_bias=False), (2, 6, 9, 8),
     conv(kernel=(3, 3), num_group=2, dilate=(2, 2))),
    (lambda: nn.Conv3D(4, 2), (2, 3, 4, 5, 6), conv(kernel=(2, 2, 2))),
    (lambda: nn.MaxPool1D(), (2, 3, 7), pool(kernel=(2,), stride=(2,))),
    (lambda: nn.MaxPool2D(3, 2, ceil_mode=True), (2, 3, 8, 8),
     pool(kernel=(3, 3), stride=(2, 2), pooling_convention="full")),
    (lambda: nn.MaxPool3D(), (2, 3, 4, 5, 6), pool(kernel=(2, 2, 2), stride=(2, 2, 2))),
    (lambda: nn.AvgPool1D(3, 1, 1), (2, 3, 7), pool(kernel=(3,), pad=(1,), pool_type="avg")),
    (lambda: nn.AvgPool1D(3, 1, 1, count_include_pad=False), (2, 3, 7),
     pool(kernel=(3,), pad=(1,), pool_type="avg", count_include_pad=False)),
    (lambda: nn.AvgPool2D(), (2, 3, 8, 8), pool(kernel=(2, 2), stride=(2, 2), pool_type="avg")),
    (lambda: nn.AvgPool3D(2, 1), (2, 3, 4, 5, 6), pool(kernel=(2, 2, 2), pool_type="avg")),
    (lambda: nn.GlobalMaxPool1D(), (2, 3, 7), lambda x: x.max(2, keepdims=True)),
    (lambda: nn.GlobalMaxPool2D(), (2, 3, 7, 5), lambda x: x.max((2, 3), keepdims=True)),
    (lambda: nn.GlobalMaxPool3D(), (2, 3, 2, 7, 5), lambda x: x.max((2, 3, 4), keepdims=True)),
    (lambda: nn.GlobalAvgPool1D(), (2, 3, 7), lambda x: x.mean(2, keepdims=True)),
    (lambda: nn.GlobalAvgPool2D(), (2, 3, 7, 5), lambda x: x.mean((2, 3), keepdims=True)),
    (lambda: nn.GlobalAvgPool3D(), (2, 3, 2, 7, 5), lambda x: x.mean((2, 3, 4), keepdims=True)),
    (lambda: nn.BatchNorm(), (2, 3, 4, 5), normalised),
    (lambda: nn.Flatten(), (2, 3, 4), lambda x: x.reshape(2, 12)),
    (lambda: nn.Activation("softsign"), (2, 3), lambda x: x / (1 + np.abs(x))),
    (lambda: nn.Swish(), (2, 3), lambda x: x / (1 + np.exp(-x))),
    (lambda: nn.HybridLambda(lambda F, x: F.exp(x) + 1), (2, 3), lambda x: np.exp(x) + 1),
    (lambda: nn.Lambda("tanh"), (2, 3), np.tanh),
]


def spread(rng, shape):
    """float64 values of either sign, no two of which are near each other: maxima stay maxima."""
    count = int(np.prod(shape))
    return ((rng.permutation(count) + 0.5) / count * 2 - 1).reshape(shape).astype("f4").astype("f8")


@pytest.mark.parametrize("hybrid", [False, True])
@pytest.mark.parametrize(("make", "shape", "oracle"), LAYERS,
                         ids=[repr(make()).replace("\n", "") for make, _, _ in LAYERS])
def test_values_and_gradients(make, shape, oracle, hybrid, rng):
    layer = make()
    layer.initialize()
    layer.hybridize(hybrid)
    layer(mx.nd.ones(shape))                         # the parameters have their shapes now
    parameters = list(layer.collect_params().values())
    values = [spread(rng, shape), *[spread(rng, param.shape) for param in parameters]]
    variables = [0, *[i for i, param in enumerate(parameters, 1) if param.grad_req != "null"]]

    def forward_and_gradients(dys, x, *others):
        array = mx.nd.array(x, dtype="float32")
        array.attach_grad()
        for param, value in zip(parameters, others, strict=True):
            param.set_data(mx.nd.array(value))
        with autograd.record():
            out = layer(array)
        np.testing.assert_allclose(out.asnumpy(), oracle(*values), 1e-4, 1e-5)
        out.backward(mx.nd.array(dys[0]))
        gradients = [array.grad, *[param.grad() for param in parameters
                                   if param.grad_req != "null"]]
        return [gradient.asnumpy().astype("float64") for gradient in gradients]

    check_vjp(lambda *xs: [oracle(*xs)], forward_and_gradients, values, rng, variables, rtol=1e-4,
              atol=1e-4)


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
    x.attach_grad()
    with autograd.record():
        out = layer(x)
    out.backward()
    dropped = out.asnumpy()
    assert set(dropped) == {0, 2} and 400 < (dropped == 0).sum() < 600
    assert (x.grad == out).asnumpy().all()


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
    (lambda: nn.Dense(0), "Dense: units must be an integer of at least 1; got 0"),
    (lambda: nn.Conv2D(4, (3, 3, 3)), r"kernel_size must be a number or a tuple of 2; got \(3, 3"),
    (lambda: nn.Conv2D(4, 3, layout="NWC"),
     "Conv2D: layout must be 'NCHW' or 'NHWC'; got 'NWC'"),
    (lambda: nn.Conv2D(4, 3, groups=2, in_channels=3), "in_channels must be a multiple of groups"),
    (lambda: nn.MaxPool1D(layout="NHWC"),
     "MaxPool1D: layout must be 'NCW' or 'NWC'; got 'NHWC'"),
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

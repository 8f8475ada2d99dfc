"""gluon.contrib.cnn, ReflectionPad2D and BatchNormReLU."""

import numpy as np
import pytest

import mxlite as mx
from mxlite.gluon import nn
from mxlite.gluon.contrib import cnn


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("layer, channels", [(cnn.DeformableConvolution, 36),
                                             (cnn.ModulatedDeformableConvolution, 54)])
def test_it_begins_as_a_convolution(rng, layer, channels, hybridize):
    """Offsets begin at 0, and factors at 2 * sigmoid(0) = 1."""
    net = layer(4, 3, strides=(2, 1), padding=1, groups=2, num_deformable_group=2,
                activation="relu", offset_weight_initializer="zeros",
                weight_initializer=mx.init.Normal(0.5))
    net.initialize()
    if hybridize:
        net.hybridize()
    x = mx.nd.array(rng.standard_normal((2, 6, 7, 8)))
    with mx.autograd.record():
        y = net(x)
    y.backward()
    assert net.offset_weight.shape == (channels, 3, 3, 3)
    assert net.offset_bias.shape == (channels,)
    weight, bias = net.deformable_conv_weight.data(), net.deformable_conv_bias.data()
    assert weight.shape == (4, 3, 3, 3) and bias.shape == (4,)
    want = mx.nd.relu(mx.nd.Convolution(x, weight, bias, kernel=(3, 3), stride=(2, 1), pad=(1, 1),
                                        num_filter=4, num_group=2))
    np.testing.assert_allclose(y.asnumpy(), want.asnumpy(), 1e-5, 1e-5)
    assert net.offset_weight.grad().asnumpy().any()


def test_names_and_texts():
    net = cnn.DeformableConvolution(4, 3, padding=1, in_channels=3, prefix="d_")
    assert [*net.collect_params()] == ["d_offset_weight", "d_offset_bias",
                                       "d_deformable_conv_weight", "d_deformable_conv_bias"]
    assert repr(net) == ("DeformableConvolution(3 -> 4, kernel_size=(3, 3), stride=(1, 1), "
                         "padding=(1, 1))")
    assert repr(cnn.ModulatedDeformableConvolution(4, 3, use_bias=False, dilation=2, groups=2)) == (
        "ModulatedDeformableConvolution(None -> 4, kernel_size=(3, 3), stride=(1, 1), "
        "dilation=(2, 2), groups=2, bias=False)")
    assert cnn.ModulatedDeformableConvolution(4).name.startswith("modulated_deformable_conv")


@pytest.mark.parametrize("options, message", [
    ({"layout": "NHWC"}, "DeformableConvolution: layout must be 'NCHW'; got 'NHWC'"),
    ({"groups": 2, "in_channels": 3}, "in_channels must be a multiple of groups, 2; got 3"),
    ({"num_deformable_group": 0}, "num_deformable_group must be an integer of at least 1"),
])
def test_misuse_is_named(options, message):
    with pytest.raises(ValueError, match=message):
        cnn.DeformableConvolution(4, 3, **options)


@pytest.mark.parametrize("padding, width", [(2, [(2, 2), (2, 2)]),
                                            ((0, 0, 0, 0, 1, 2, 3, 0), [(1, 2), (3, 0)])])
def test_reflection_padding(rng, padding, width):
    x = rng.standard_normal((2, 3, 5, 6)).astype("float32")
    layer = nn.ReflectionPad2D(padding)
    layer.hybridize()
    want = np.pad(x, [(0, 0), (0, 0), *width], mode="reflect")
    assert (layer(mx.nd.array(x)).asnumpy() == want).all()


def test_reflection_padding_that_cannot_be():
    with pytest.raises(ValueError, match=r"ReflectionPad2D: padding must be .* 8"):
        nn.ReflectionPad2D((1, 1))


def test_batch_norm_relu_is_both(rng):
    x = mx.nd.array(rng.standard_normal((4, 3, 5)))
    both, apart = nn.BatchNormReLU(in_channels=3), nn.BatchNorm(in_channels=3)
    for layer in (both, apart):
        layer.initialize()
    with mx.autograd.record():
        got, want = both(x), mx.nd.relu(apart(x))
    np.testing.assert_allclose(got.asnumpy(), want.asnumpy(), 1e-6, 1e-6)
    assert repr(both) == ("BatchNormReLU(axis=1, eps=1e-05, momentum=0.9, fix_gamma=False, "
                          "use_global_stats=False, in_channels=3)")
    assert both(mx.sym.var("x")).name == f"{both.name}_fwd"

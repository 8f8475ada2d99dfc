"""Operators on quantized arrays: exact sums, ends of ranges, dtypes, and what they refuse."""

import numpy as np
import pytest

import mxlite as mx

c = mx.nd.contrib


def array(values, dtype="float32"):
    return mx.nd.array(values, dtype=dtype)


def ends(low, high):
    return [array([low]), array([high])]


def values(outputs):
    return [y.asnumpy().tolist() for y in outputs]


def draw(rng, shape, dtype):
    low, high = {"int8": (-128, 128), "uint8": (0, 256)}[dtype]
    return rng.integers(low, high, shape)


def naive_convolution(data, weight, stride, dilate, pad, groups):
    """By its definition, in Python's integers: data (N, C, H, W)."""
    data = np.pad(data, ((0, 0), (0, 0), (pad[0],) * 2, (pad[1],) * 2))
    F, C, KH, KW = weight.shape
    OH, OW = [(n - d * (k - 1) - 1) // s + 1
              for n, k, s, d in zip(data.shape[2:], (KH, KW), stride, dilate, strict=True)]
    out = np.zeros((len(data), F, OH, OW), "int64")
    for f in range(F):
        first = f // (F // groups) * C
        for y in range(OH):
            for x in range(OW):
                window = data[:, first:first + C,
                              y * stride[0]:y * stride[0] + dilate[0] * (KH - 1) + 1:dilate[0],
                              x * stride[1]:x * stride[1] + dilate[1] * (KW - 1) + 1:dilate[1]]
                out[:, f, y, x] = (window * weight[f]).sum((1, 2, 3))
    return out


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
@pytest.mark.parametrize("shape, filters, kernel, stride, dilate, pad, groups", [
    ((2, 3, 7, 9), 5, (3, 3), (1, 1), (1, 1), (1, 1), 1),
    ((1, 4, 11, 8), 6, (2, 3), (2, 3), (2, 1), (3, 0), 2),
    ((2, 20, 17, 19), 3, (1, 1), (1, 1), (1, 1), (0, 0), 1),
    ((1, 6, 6, 7), 6, (3, 5), (1, 2), (1, 1), (4, 4), 6),
    ((1, 3, 40, 41), 9, (5, 5), (1, 1), (1, 1), (2, 2), 1),
    ((5, 33, 7, 7), 40, (3, 3), (1, 1), (1, 1), (1, 1), 1),
    ((3, 70, 9, 9), 20, (1, 1), (2, 2), (1, 1), (0, 0), 1),
    ((7, 40, 129, 130), 4, (3, 3), (2, 2), (1, 1), (1, 1), 1),      # copied some at a time
])
def test_convolutions_are_exact(dtype, shape, filters, kernel, stride, dilate, pad, groups, rng):
    data = draw(rng, shape, dtype)
    weight = draw(rng, (filters, shape[1] // groups, *kernel), "int8")
    parameters = {"kernel": kernel, "stride": stride, "dilate": dilate, "pad": pad,
                  "num_group": groups, "num_filter": filters, "no_bias": True}
    out = c.quantized_conv(array(data, dtype), array(weight, "int8"), *ends(-1, 1), *ends(-1, 1),
                           **parameters)[0]
    assert out.dtype == np.int32
    np.testing.assert_array_equal(
        out.asnumpy(), naive_convolution(data, weight, stride, dilate, pad, groups))


@pytest.mark.parametrize("layout, axes", [("NHWC", (0, 2, 3, 1)), ("NCHW", (0, 1, 2, 3))])
def test_convolutions_of_other_layouts(layout, axes, rng):
    data, weight = draw(rng, (2, 3, 5, 6), "uint8"), draw(rng, (4, 3, 3, 3), "int8")
    out = c.quantized_conv(array(data.transpose(axes), "uint8"),
                           array(weight.transpose(axes), "int8"), *ends(0, 1), *ends(-1, 1),
                           kernel=(3, 3), num_filter=4, no_bias=True, layout=layout)[0]
    expected = naive_convolution(data, weight, (1, 1), (1, 1), (0, 0), 1)
    np.testing.assert_array_equal(out.asnumpy(), expected.transpose(axes))


def test_convolutions_over_one_and_three_axes(rng):
    data, weight = draw(rng, (2, 3, 9), "int8"), draw(rng, (4, 3, 2), "int8")
    out = c.quantized_conv(array(data, "int8"), array(weight, "int8"), *ends(-1, 1), *ends(-1, 1),
                           kernel=(2,), num_filter=4, no_bias=True)[0]
    windows = np.lib.stride_tricks.sliding_window_view(data, 2, 2)
    np.testing.assert_array_equal(out.asnumpy(), np.einsum("nclk,fck->nfl", windows, weight))
    data, weight = draw(rng, (1, 2, 4, 5, 6), "int8"), draw(rng, (3, 2, 2, 3, 2), "int8")
    out = c.quantized_conv(array(data, "int8"), array(weight, "int8"), *ends(-1, 1), *ends(-1, 1),
                           kernel=(2, 3, 2), num_filter=3, no_bias=True)[0]
    windows = np.lib.stride_tricks.sliding_window_view(data, (2, 3, 2), (2, 3, 4))
    np.testing.assert_array_equal(
        out.asnumpy(), np.einsum("ncxyzijk,fcijk->nfxyz", windows, weight))


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
@pytest.mark.parametrize("M, N, K", [
    (1, 1, 1), (3, 5, 7), (17, 33, 65), (64, 70, 130), (2, 3, 0), (600, 300, 1100), (1, 600, 1025),
    (70, 5, 2050), (33, 16, 64)])
def test_products_are_exact(dtype, M, N, K, rng):
    data, weight = draw(rng, (M, K), dtype), draw(rng, (N, K), "int8")
    out = c.quantized_fully_connected(array(data, dtype), array(weight, "int8"), *ends(-1, 1),
                                      *ends(-1, 1), num_hidden=N, no_bias=True)[0]
    np.testing.assert_array_equal(out.asnumpy(), data @ weight.T)


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
def test_biases_are_added_to_sums(dtype, rng):
    data, weight = draw(rng, (50, 70), dtype), draw(rng, (40, 70), "int8")
    bias = rng.integers(-10 ** 6, 10 ** 6, 40)
    out = mx.nd._internal._integer_fully_connected(
        array(data, dtype), array(weight, "int8"), array(bias, "int32"), num_hidden=40)
    np.testing.assert_array_equal(out.asnumpy(), data @ weight.T + bias)
    out = mx.nd._internal._integer_convolution(
        array(data.reshape(5, 70, 2, 5), dtype), array(weight.reshape(40, 70, 1, 1), "int8"),
        array(bias, "int32"), kernel=(1, 1), num_filter=40)
    want = np.einsum("nchw,fc->nfhw", data.reshape(5, 70, 2, 5), weight)
    np.testing.assert_array_equal(out.asnumpy(), want + bias.reshape(40, 1, 1))


def test_long_sums_of_the_largest_products_are_exact():
    """Where 16-bit pairs saturate, MXNet's differ; beyond 32 bits sums wrap."""
    for length, total in ((40000, 40000 * 255 * -128), (70000, 70000 * 255 * -128 + 2 ** 32)):
        data, weight = np.full((1, length), 255), np.full((1, length), -128)
        out = c.quantized_fully_connected(
            array(data, "uint8"), array(weight, "int8"), *ends(0, 1), *ends(-1, 1),
            num_hidden=1, no_bias=True)[0]
        assert out.asscalar() == total


def test_results_of_mxnet():
    """Recorded from MXNet 1.9.1 where its output is right but its range is not, or it has no
    eager call."""
    data = np.arange(32).reshape(1, 2, 4, 4) * 8
    weight = (np.arange(54).reshape(3, 2, 3, 3) - 27) * 4
    out = c.quantized_conv(array(data, "uint8"), array(weight, "int8"), *ends(0, 2), *ends(-1, 1),
                           kernel=(3, 3), num_filter=3, no_bias=True)[0]
    assert out.asnumpy().ravel().tolist() == RECORDED_CONVOLUTION
    lhs, rhs = array([[1, -2, 127, -128]], "int8"), array([[100, 50, -7, 3]], "int8")
    four = [*ends(-2, 1.5), *ends(-3, 1)]
    assert values(c.quantized_elemwise_mul(lhs, rhs, *four)) == [
        [[100, -100, -889, -384]], [-798865.5], [798865.5]]
    assert values(c.quantized_elemwise_mul(lhs, rhs, *four, -2.5, 4.5)) == [
        [[1, -1, -9, -4]], [-2.5], [4.5]]
    assert values(c.quantized_elemwise_mul(lhs, rhs, *four, -0.5, 0.5)) == [
        [[9, -9, -83, -36]], [-0.5], [0.5]]


RECORDED_CONVOLUTION = [-112800, -123456, -155424, -166080, 21984, 21696, 20832, 20544, 156768,
                        166848, 197088, 207168]


def test_ties_are_rounded_to_even_and_ends_hold():
    x = array([-3, -1.5, -0.1, 0, 0.1, 0.5, 1, 2.5, 4])
    assert values(c.quantize(x, *ends(0, 3))) == [
        [0, 0, 0, 0, 8, 42, 85, 212, 255], [0.0], [3.0]]
    assert values(c.quantize(x, *ends(-2, 3), out_type="int8")) == [
        [-127, -64, -4, 0, 4, 21, 42, 106, 127], [-3.0], [3.0]]
    assert values(c.quantize_v2(x, "auto", -1, 3)) == [
        [-128, -64, -4, 0, 4, 21, 42, 106, 127], [-3.0], [3.0]]
    assert values(c.quantize_v2(x, "auto", 0, 3)) == [
        [0, 0, 0, 0, 9, 43, 85, 213, 255], [0.0], [3.0]]
    q = array([-2 ** 31, -5e8, -1000, 0, 3, 1e9, 2 ** 31 - 1], "int32")
    assert values(c.requantize(q, *ends(-100, 90), min_calib_range=-20, max_calib_range=30)) == [
        [-128, -99, 0, 0, 0, 127, 127], [-30.0], [30.0]]
    assert values(c.requantize(q, *ends(-100, 90))) == [
        [-127, -30, 0, 0, 0, 59, 127], [-100.0], [100.0]]
    total = c.quantized_elemwise_add(array([127], "int8"), array([127], "int8"), *ends(-3, 3),
                                     *ends(-4, 4))[0].asscalar()
    assert total == pytest.approx(127 / 127.5 * 2 ** 31, rel=2e-7)      # float32's


def test_data_without_a_magnitude_stays_zero():
    assert values(c.quantize_v2(array([0, 0]))) == [[0, 0], [0.0], [0.0]]
    assert values(c.requantize(array([0, 0], "int32"), *ends(-1, 1)))[0] == [0, 0]
    assert values(c.quantized_concat(array([[1]], "int8"), array([[2]], "int8"), *ends(0, 0),
                                     *ends(0, 0), num_args=2))[0] == [[0, 0]]


def test_quantized_data_stays_as_it_is():
    """With the range that its levels have; MXNet shows uint8 as int8."""
    assert values(c.quantize_v2(array([1, -2], "int8"))) == [[1, -2], [-127.5], [127.5]]
    out = c.quantize_v2(array([1, 200], "uint8"))
    assert values(out) == [[1, 200], [0.0], [255.5]] and out[0].dtype == np.uint8
    assert values(c.quantize_v2(array([7], "int8"), "int8", -1, 3)) == [[7], [-1.0], [3.0]]
    out = c.quantized_act(array([0, 200], "uint8"), *ends(0, 1), act_type="relu")[0]
    assert out.dtype == np.uint8 and out.asnumpy().tolist() == [0, 200]
    assert values(c.quantize_asym(array([-128, 0, 127], "int8"))) == [[0, 128, 255], [1.0], [128.0]]
    assert values(c.quantize_asym(array([0, 9], "uint8"))) == [[0, 9], [1.0], [0.0]]


def test_a_bias_is_rescaled_to_the_sum():
    """data 1/127.5, weight 1/127.5: a bias of 127 in (-2, 2) is 127 * 2 * 127.5 steps."""
    out = c.quantized_fully_connected(
        array([[0]], "int8"), array([[0]], "int8"), array([127], "int8"), *ends(-1, 1),
        *ends(-1, 1), *ends(-2, 2), num_hidden=1)[0]
    assert out.asscalar() == 127 * 2 * 127.5
    out = c.quantized_conv(
        array([[[[0]]]], "int8"), array([[[[0]]]], "int8"), array([127], "int8"), *ends(-1, 1),
        *ends(-1, 1), *ends(-2, 2), num_filter=1, kernel=(1, 1))[0]
    assert out.asscalar() == 127 * 2 * 127.5


def test_pooling_of_whole_images_and_of_channels_last():
    data = np.arange(24).reshape(1, 2, 3, 4) - 12
    out = c.quantized_pooling(array(data, "int8"), *ends(-1, 1), global_pool=True, pool_type="avg")
    assert out[0].asnumpy().ravel().tolist() == [-6, 6]         # -6.5 and 5.5, to even
    out = c.quantized_pooling(array(data.transpose(0, 2, 3, 1), "int8"), *ends(-1, 1),
                              kernel=(3, 4), layout="NHWC")
    assert out[0].asnumpy().ravel().tolist() == [-1, 11]


def test_averages_at_the_edge_of_full_pooling_are_those_of_pooling(rng):
    data = draw(rng, (1, 1, 4, 4), "int8")
    parameters = {"kernel": (3, 3), "stride": (2, 2), "pool_type": "avg",
                  "pooling_convention": "full"}
    out = c.quantized_pooling(array(data, "int8"), *ends(-1, 1), **parameters)[0]
    expected = mx.nd.Pooling(array(data), **parameters).asnumpy()
    np.testing.assert_array_equal(out.asnumpy(), np.rint(expected))


def test_no_gradient_flows():
    x = array([1, 2])
    x.attach_grad()
    with mx.autograd.record():
        y = c.dequantize(*c.quantize_v2(x)) + x
    y.backward()
    assert x.grad.asnumpy().tolist() == [1, 1]


def test_graphs_give_what_calls_give(rng):
    data, weight = draw(rng, (2, 3, 5, 5), "uint8"), draw(rng, (4, 3, 3, 3), "int8")
    bias = draw(rng, (4,), "int8")
    net = mx.sym.contrib.quantized_conv(mx.sym.var("data"), kernel=(3, 3), num_filter=4, name="q")
    arguments = dict(zip(net.list_arguments(), [
        array(data, "uint8"), array(weight, "int8"), array(bias, "int8"), *ends(0, 2),
        *ends(-1, 1), *ends(-3, 3)], strict=True))
    outputs = net.bind(mx.cpu(), arguments, grad_req="null").forward()
    expected = c.quantized_conv(*arguments.values(), kernel=(3, 3), num_filter=4)
    assert values(outputs) == values(expected)


def test_concat_in_graphs_makes_variables_for_ranges():
    net = mx.sym.contrib.quantized_concat(mx.sym.var("a"), mx.sym.var("b"), num_args=2, name="q")
    assert net.list_arguments() == ["a", "b", "q_arg0_min", "q_arg0_max", "q_arg1_min",
                                    "q_arg1_max"]
    assert net.attr("num_args") == "2"
    assert mx.sym.load_json(net.tojson()).list_arguments() == net.list_arguments()


def test_the_best_threshold_of_a_histogram():
    """Recorded from MXNet 1.9.1, which adds up in float32."""
    counts = np.floor(np.exp(-np.linspace(-4, 4, 801) ** 2) * 1000)
    threshold, left = c.calibrate_entropy(array(counts), array(np.linspace(-4, 4, 802)))
    assert threshold.asscalar() == np.float32(2.621722936630249)
    np.testing.assert_allclose(left.asscalar(), 3.449066e-05, rtol=5e-3)


one, two = array([1]), array([1, 2])
matrix, filters = array([[1, 2]], "int8"), array([[[[1]]]], "int8")


@pytest.mark.parametrize("call, message", [
    (lambda: c.quantize(two, two, one),
     r"contrib.quantize: min_range must have shape \(1,\); got \(2,\)"),
    (lambda: c.quantize(matrix, one, one),
     "contrib.quantize: data must have dtype float32; got int8"),
    (lambda: c.quantize(two, one, one, out_type="int32"), "out_type must be one of"),
    (lambda: c.quantize_v2(array([1], "int32")),
     "data must have dtype float32 or int8 or uint8; got int32"),
    (lambda: c.dequantize(two, one, one), "data must have dtype int8 or uint8; got float32"),
    (lambda: c.requantize(matrix, one, one), "data must have dtype int32; got int8"),
    (lambda: c.quantized_fully_connected(matrix, matrix, one, one, one, one, num_hidden=1),
     "contrib.quantized_fully_connected: missing input 'max_weight'"),
    (lambda: c.quantized_fully_connected(matrix, array([[1, 2]], "uint8"), one, one, one, one,
                                         num_hidden=1, no_bias=True),
     "contrib.quantized_fully_connected: weight must have dtype int8; got uint8"),
    (lambda: c.quantized_fully_connected(matrix, array([[1]], "int8"), one, one, one, one,
                                         num_hidden=1, no_bias=True),
     r"contrib.quantized_fully_connected: weight must have shape \(1, 2\)"),
    (lambda: c.quantized_conv(matrix, filters, one, one, one, one, kernel=(1, 1), num_filter=1,
                              no_bias=True), "contrib.quantized_conv: data must have shape"),
    (lambda: c.quantized_pooling(filters, one, one, kernel=(1, 1), pool_type="sum"),
     "pool_type must be 'max' or 'avg'; got 'sum'"),
    (lambda: c.quantized_act(matrix, one, one, act_type="tanh"), "act_type must be 'relu'"),
    (lambda: c.quantized_concat(matrix, matrix, one, one),
     "the number of arrays must be 3 for each array to be joined; got 4"),
    (lambda: c.quantized_concat(matrix, filters, one, one, one, one),
     r"contrib.quantized_concat: arg1 must have shape \(1, any\)"),
    (lambda: c.quantized_concat(matrix, matrix, one, two, one, one),
     r"contrib.quantized_concat: arg0_max must have shape \(1,\); got \(2,\)"),
    (lambda: c.quantized_elemwise_add(matrix, array([1, 2], "int8"), one, one, one, one),
     r"rhs must have shape \(1, 2\), as lhs has; got \(2,\)"),
    (lambda: c.quantized_elemwise_mul(matrix, array([[1, 2]], "uint8"), one, one, one, one),
     "rhs must have dtype int8; got uint8"),
    (lambda: c.quantized_batch_norm(matrix, two, two, two, two, one, one),
     "min_calib_range and max_calib_range must be given"),
    (lambda: c.quantized_embedding(one, matrix, one, one, input_dim=2, output_dim=2),
     r"contrib.quantized_embedding: weight must have shape \(2, 2\)"),
    (lambda: c.calibrate_entropy(array(np.ones(300)), array(np.ones(301))),
     r"hist must have shape \(B,\) with an odd B of at least 255; got \(300,\)"),
    (lambda: c.calibrate_entropy(array(np.ones(301)), array(np.ones(301))),
     r"hist_edges must have shape \(302,\), one more than hist has; got \(301,\)"),
    (lambda: mx.nd._rescale(one, two, dtype="int8"), r"scale must have shape \(1,\); got \(2,\)"),
])
def test_refusals(call, message):
    with pytest.raises(mx.MXNetError, match=message):
        call()

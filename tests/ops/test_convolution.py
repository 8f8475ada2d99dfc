"""Convolution: against sums over the window's taps in float64, and against the naive kernel."""

import itertools

import numpy as np
import pytest
from gradcheck import check_gradients

import mxlite as mx
from mxlite.device import host
from mxlite.ndarray.function import OpFunction
from mxlite.ops.nn import convolution

nd = mx.nd
TOLERANCE = {"float16": 2e-3, "float32": 2e-6, "float64": 1e-14}
CASES = [      # data, num_filter, kernel, stride, dilate, pad, num_group
    ((2, 3, 7, 9), 5, (3, 3), (1, 1), (1, 1), (0, 0), 1),
    ((1, 1, 1, 1), 1, (1, 1), (1, 1), (1, 1), (0, 0), 1),
    ((3, 3, 10, 11), 20, (3, 2), (2, 3), (1, 2), (1, 2), 1),
    ((2, 6, 9, 9), 6, (3, 3), (1, 1), (1, 1), (1, 1), 6),
    ((2, 4, 8, 8), 34, (1, 1), (2, 2), (1, 1), (0, 0), 1),
    ((2, 3, 9, 9), 4, (2, 2), (3, 1), (1, 1), (3, 4), 1),
    ((5, 16, 33, 40), 16, (5, 5), (2, 1), (1, 1), (2, 2), 2),
    ((3, 2, 30), 3, (7,), (4,), (3,), (2,), 1),
    ((2, 4, 5, 6, 7), 6, (3, 2, 3), (2, 1, 2), (1, 2, 1), (1, 1, 0), 2),
    ((2, 40, 20, 20), 130, (3, 3), (1, 1), (1, 1), (1, 1), 1),
    ((2, 4, 12, 13), 6, (8, 9), (1, 1), (1, 1), (0, 0), 2),       # few windows in large images
    ((1, 2, 90, 120), 3, (3, 3), (1, 1), (1, 1), (1, 1), 1),
    ((0, 3, 7, 9), 5, (3, 3), (1, 1), (1, 1), (0, 0), 1),
    ((5, 20, 150, 140), 2, (3, 3), (1, 1), (1, 1), (1, 1), 1),    # more images than are copied and
    ((70, 3, 9, 9), 8, (3, 3), (1, 1), (1, 1), (1, 1), 1),        # packed at a time, with a rest
]
GATHERED = [   # small images of many channels, in both directions: their columns are gathered
    ((5, 34, 7, 7), 40, (3, 3), (2, 2), (1, 1), (1, 1), 1),
    ((6, 40, 5, 5), 36, (3, 3), (1, 1), (2, 2), (2, 2), 1),
    ((3, 64, 3, 4, 4), 80, (2, 3, 3), (1, 2, 1), (1, 1, 1), (1, 1, 1), 2),
    ((90, 32, 4, 3), 33, (2, 3), (1, 3), (1, 1), (0, 2), 1),
]
FEW_COLUMNS = [                        # of images so small that the weight is not packed
    ((1, 20, 4, 4), 70, (3, 3), (1, 1), (1, 1), (1, 1), 1),
    ((2, 10, 6, 6), 260, (3, 3), (2, 2), (1, 1), (1, 1), 2),      # a rest of less than a vector
    ((1, 950, 3, 3), 66, (3, 3), (1, 1), (1, 1), (1, 1), 1),      # sums in two rounds
]
BY_ROWS = [                            # rows of outputs fill whole vectors
    ((2, 3, 21, 32), 9, (3, 3), (2, 2), (1, 1), (1, 1), 1),
    ((1, 30, 9, 56), 8, (5, 5), (1, 1), (1, 1), (2, 2), 1),   # the last vector alone; two rounds
    ((3, 4, 3, 5, 64), 52, (2, 3, 3), (1, 1, 2), (1, 1, 1), (0, 1, 1), 2),
]
DEPTHWISE = [  # one channel of data a group
    ((2, 20, 14, 14), 20, (3, 3), (1, 1), (1, 1), (1, 1), 20),
    ((2, 5, 9, 30), 10, (3, 5), (2, 2), (1, 2), (1, 3), 5),
    ((3, 3, 40), 12, (4,), (3,), (2,), (5,), 3),
    ((2, 4, 5, 6, 7), 4, (2, 3, 2), (2, 1, 2), (1, 2, 1), (1, 1, 0), 4),
    ((1, 2, 6, 6), 10, (3, 3), (1, 1), (1, 1), (1, 1), 2),
    ((2, 3, 1, 1), 3, (1, 1), (2, 2), (1, 1), (0, 0), 3),
    ((0, 4, 7, 9), 4, (3, 3), (1, 1), (1, 1), (0, 0), 4),
]
PLANES = [     # the same with small windows: row by row of the result
    ((2, 3, 7, 7), 3, (3, 3), (1, 1), (1, 1), (1, 1), 3),         # rows shorter than a vector
    ((2, 2, 5, 3), 4, (3, 3), (2, 2), (1, 1), (1, 1), 2),
    ((1, 3, 40, 33), 3, (5, 5), (2, 2), (1, 1), (2, 1), 3),
    ((1, 2, 13, 29), 2, (5, 5), (1, 1), (1, 1), (0, 4), 2),
    ((1, 3, 6, 200), 6, (3, 3), (2, 2), (1, 1), (0, 1), 3),
    ((1, 2, 170, 300), 2, (3, 3), (1, 1), (1, 1), (2, 0), 2),     # several strips
    ((1, 2, 90, 300), 2, (5, 5), (2, 2), (1, 1), (2, 2), 2),
    ((3, 70, 9, 16), 70, (3, 3), (1, 1), (1, 1), (1, 1), 70),     # several threads
    ((0, 4, 7, 9), 4, (3, 3), (1, 1), (1, 1), (1, 1), 4),
]
POINTWISE = [  # one matrix for all pixels: a product without a copy of the image
    ((2, 5, 9, 11), 20, (1, 1), (1, 1), (1, 1), (0, 0), 1),
    ((2, 6, 30), 7, (1,), (1,), (1,), (0,), 1),
    ((2, 3, 4, 5, 6), 4, (1, 1, 1), (1, 1, 1), (2, 1, 1), (0, 0, 0), 1),
    ((3, 450, 14, 15), 160, (1, 1), (1, 1), (1, 1), (0, 0), 1),
    ((2, 470, 12, 12), 290, (1, 1), (1, 1), (1, 1), (0, 0), 1),   # packed once for all images
    ((0, 3, 4, 4), 2, (1, 1), (1, 1), (1, 1), (0, 0), 1),
]
STRIDED = [    # the same for the pixels that a stride meets
    ((2, 5, 23, 21), 20, (1, 1), (2, 2), (1, 1), (0, 0), 1),
    ((2, 6, 310), 7, (1,), (3,), (1,), (0,), 1),
    ((2, 3, 5, 12, 13), 4, (1, 1, 1), (1, 2, 3), (1, 1, 2), (0, 0, 0), 1),
    ((2, 70, 20, 10), 33, (1, 1), (2, 1), (1, 1), (0, 0), 1),      # of several threads
    ((3, 20, 300, 141), 3, (1, 1), (2, 1), (1, 1), (0, 0), 1),     # images two and one at a time
    ((0, 3, 20, 20), 2, (1, 1), (2, 2), (1, 1), (0, 0), 1),
]
WINOGRAD = [   # float32 of these goes by Winograd's filtering
    ((2, 24, 13, 17), 30, (3, 3), (1, 1), (1, 1), (0, 0), 1),     # tiles with a rest both ways
    ((3, 16, 12, 34), 19, (3, 3), (1, 1), (1, 1), (1, 2), 1),
    ((3, 110, 7, 7), 130, (3, 3), (1, 1), (1, 1), (2, 1), 1),     # groups of filters with a rest
    ((50, 65, 9, 9), 70, (3, 3), (1, 1), (1, 1), (1, 1), 1),      # many blocks of tiles
    ((1, 300, 20, 20), 20, (3, 3), (1, 1), (1, 1), (1, 1), 1),    # channels in two rounds
    ((1, 20, 6, 500), 20, (3, 3), (1, 1), (1, 1), (1, 1), 1),     # the most tiles in a row
    ((1, 16, 6, 520), 16, (3, 3), (1, 1), (1, 1), (1, 1), 1),     # more: the general way
]
ALL = [*CASES, *FEW_COLUMNS, *BY_ROWS, *DEPTHWISE, *PLANES, *POINTWISE, *STRIDED, *WINOGRAD,
       *GATHERED]
WINOGRAD_LOSS = 20                                                # more error than sums of products


@pytest.fixture
def naive(register):
    """Convolution by the naive kernel."""
    @register("_test_conv_naive", inputs="data weight bias")
    class NaiveConvolution(convolution.ConvolutionBase):
        def infer_shape(self, data, weight, bias):
            return [self.output_shape(data)]

        def prepare(self, inputs, outputs):
            return self.call("conv_naive", inputs[0].dtype, inputs[0].shape, has_bias=True)

    return OpFunction(NaiveConvolution, "naive")


def options_of(case):
    return dict(zip(("num_filter", "kernel", "stride", "dilate", "pad", "num_group"), case[1:],
                    strict=True))


def inputs_of(case, rng):
    """(data, weight, bias) in float64."""
    shape, filters, kernel, _, _, _, groups = case
    return (rng.standard_normal(shape), rng.standard_normal((filters, shape[1] // groups, *kernel)),
            rng.standard_normal(filters))


def taps(case, out):
    """Per tap of the window: its index, and where in padded data the outputs meet it."""
    _, _, kernel, stride, dilate, _, _ = case
    for tap in itertools.product(*map(range, kernel)):
        yield tap, tuple([slice(k * d, k * d + s * (n - 1) + 1, s)
                          for k, d, s, n in zip(tap, dilate, stride, out, strict=True)])


def padded(data, pad):
    return np.pad(data, [(0, 0), (0, 0), *[(p, p) for p in pad]])


def forward(case, data, weight, bias):
    """y[n, g, f] = bias + sum over taps and channels."""
    shape, _, kernel, stride, dilate, pad, groups = case
    out = [(n + 2 * p - d * (k - 1) - 1) // s + 1
           for n, k, s, d, p in zip(shape[2:], kernel, stride, dilate, pad, strict=True)]
    data = padded(data, pad)
    data = data.reshape(shape[0], groups, shape[1] // groups, *data.shape[2:])
    weight = weight.reshape(groups, -1, *weight.shape[1:])
    y = np.zeros((shape[0], groups, weight.shape[1], *out))
    for tap, slices in taps(case, out):
        y += np.einsum("gfc,ngc...->ngf...", weight[(..., *tap)], data[(..., *slices)])
    return y.reshape(shape[0], bias.size, *out) + bias.reshape(-1, *[1] * len(out))


def tolerance(case, dtype):
    return TOLERANCE[dtype] * (WINOGRAD_LOSS if case in WINOGRAD and dtype == "float32" else 1)


def close(got, want, atol):
    got = got.asnumpy().astype("float64")
    assert got.shape == want.shape
    size = max(1.0, np.abs(want).max(initial=0))
    np.testing.assert_allclose(got / size, want / size, rtol=0, atol=atol)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("case", ALL, ids=str)
def test_forward(rng, case, dtype):
    inputs = [value.astype(dtype) for value in inputs_of(case, rng)]
    want = forward(case, *[value.astype("float64") for value in inputs])
    arrays = [nd.array(value, dtype=dtype) for value in inputs]
    close(nd.Convolution(*arrays, **options_of(case)), want, tolerance(case, dtype))


@pytest.mark.parametrize("case", [
    *CASES[:6], *CASES[7:9], *DEPTHWISE, *PLANES, *POINTWISE[:3], *STRIDED, *GATHERED], ids=str)
def test_all_ways_agree_with_the_naive_kernel(rng, case, naive):
    arrays = [nd.array(value, dtype="float64") for value in inputs_of(case, rng)]
    close(naive(*arrays, **options_of(case)),
          nd.Convolution(*arrays, **options_of(case)).asnumpy(), TOLERANCE["float64"])


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("case", ALL, ids=str)
def test_gradients_are_transposes(rng, case, dtype):
    """<dy, conv(x, w)> = <dx(dy, w), x> = <dw(x, dy), w> for random dy; the bias gets the sum."""
    values = [value.astype(dtype) for value in inputs_of(case, rng)]
    arrays = [nd.array(value, dtype=dtype) for value in values]
    for array in arrays:
        array.attach_grad()
    with mx.autograd.record():
        y = nd.Convolution(*arrays, **options_of(case))
    dy = rng.standard_normal(y.shape).astype(dtype)
    y.backward(nd.array(dy, dtype=dtype))
    data, weight, bias = [value.astype("float64") for value in values]
    want = np.sum(dy.astype("float64") * forward(case, data, weight, 0 * bias))
    reach = forward(case, np.abs(data), np.abs(weight), 0 * bias)
    size = 1 + np.sum(np.abs(dy.astype("float64")) * reach)
    for array, value in zip(arrays[:2], (data, weight), strict=True):
        along = np.sum(array.grad.asnumpy().astype("float64") * value)
        assert abs(along - want) <= tolerance(case, dtype) * size
    sums = dy.astype("float64").sum(axis=(0, *range(2, dy.ndim)))
    np.testing.assert_allclose(arrays[2].grad.asnumpy(), sums, rtol=0,
                               atol=TOLERANCE[dtype] * (1 + np.abs(dy).sum(dtype="float64")))


@pytest.mark.parametrize("no_bias", [False, True])
@pytest.mark.parametrize("case", [*CASES[:6], *CASES[7:9], *DEPTHWISE[1:6],
                                  *POINTWISE[:3], *STRIDED[:3]], ids=str)
def test_derivatives_of_both_orders(rng, case, no_bias):
    values = inputs_of(case, rng)[:2 if no_bias else 3]
    check_gradients(lambda *arrays: nd.Convolution(*arrays, no_bias=no_bias, **options_of(case)),
                    values, rng)


@pytest.mark.parametrize("case", [
    *CASES[9:11], *WINOGRAD[:5], *GATHERED, *FEW_COLUMNS, *BY_ROWS, *PLANES[5:8], *STRIDED[3:5],
    ((3, 40, 40, 40), 40, (3, 3), (2, 1), (1, 1), (1, 1), 40),
], ids=str)
def test_results_do_not_depend_on_threads(rng, case):
    arrays = [nd.array(value, dtype="float32") for value in inputs_of(case, rng)]
    for array in arrays:
        array.attach_grad()
    results = []
    for threads in (1, 2, 5):
        host.set_num_threads(threads)
        with mx.autograd.record():
            y = nd.Convolution(*arrays, **options_of(case))
        y.backward()
        results.append([a.asnumpy().tobytes() for a in (y, *[array.grad for array in arrays])])
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize("case", WINOGRAD[:6], ids=str)
def test_every_gradient_of_winograd_is_that_of_float64(rng, case):
    """A sum over all of them, as above, would not see single ones that are wrong."""
    values, grads = inputs_of(case, rng), {}
    for dtype in ("float32", "float64"):
        arrays = [nd.array(value, dtype=dtype) for value in values]
        for array in arrays:
            array.attach_grad()
        with mx.autograd.record():
            y = nd.Convolution(*arrays, **options_of(case))
        y.backward(nd.array(np.cos(np.arange(y.size)).reshape(y.shape), dtype=dtype))
        grads[dtype] = [array.grad for array in arrays[:2]]
    for got, want in zip(*grads.values(), strict=True):
        close(got, want.asnumpy(), tolerance(case, "float32"))


@pytest.mark.parametrize("case", WINOGRAD, ids=str)
def test_winograd_is_what_its_cases_take(rng, case):
    """Its results are other than those of the general way, which a window of 3 x 4 takes."""
    data, weight, _ = inputs_of(case, rng)
    weight /= np.sqrt(9 * data.shape[1])
    wider = np.concatenate([weight, np.zeros_like(weight[..., :1])], axis=3)
    by_window = [nd.Convolution(nd.array(np.pad(padded(data, case[5]), [*[(0, 0)] * 3, (0, more)])),
                                nd.array(w), no_bias=True, kernel=w.shape[2:], num_filter=case[1])
                 for more, w in enumerate((weight, wider))]
    difference = np.abs(by_window[0].asnumpy() - by_window[1].asnumpy()).max()
    assert (difference > 0) == (case is not WINOGRAD[-1]) and difference < 3e-5


@pytest.mark.parametrize("bad", [np.inf, np.nan, 1e38])
def test_what_is_not_finite_reaches_only_its_windows_by_winograd(rng, bad):
    """Also where only the transforms overflow: then all is computed anew."""
    case = WINOGRAD[0]
    values, results = inputs_of(case, rng), {}
    values[0][1, 2, 6, 5], values[1][:] = bad, values[1] / 10
    for dtype in ("float32", "float64"):
        arrays = [nd.array(value, dtype=dtype) for value in values[:2]]
        for array in arrays:
            array.attach_grad()
        with mx.autograd.record():
            y = nd.Convolution(*arrays, no_bias=True, **options_of(case))
        y.backward()
        results[dtype] = [a.asnumpy().astype("float32") for a in (y, arrays[1].grad)]
    for got, want in zip(*results.values(), strict=True):
        np.testing.assert_array_equal(np.isfinite(got), np.isfinite(want))
        there = np.isfinite(want)
        assert there.any() and there.all() == (bad == 1e38)
        np.testing.assert_allclose(got[there], want[there], rtol=1e-4, atol=1e-3)


def test_infinity_reaches_only_its_windows():
    data = np.ones((1, 1, 6, 40), "float32")
    data[0, 0, 2, 39] = np.inf
    y = nd.Convolution(nd.array(data), nd.ones((1, 1, 3, 3)), no_bias=True, kernel=(3, 3),
                       num_filter=1, pad=(1, 1)).asnumpy()[0, 0]
    hit = np.isinf(y)
    assert hit[1:4, 38:].all() and hit.sum() == 6 and np.isfinite(y[~hit]).all()


def test_infinity_reaches_only_its_taps_in_the_gradient_of_a_depthwise_weight():
    data = np.random.default_rng(0).standard_normal((1, 2, 6, 40)).astype("float32")
    grads = []
    for corner in (np.inf, 0):
        data[0, 0, 0, 0] = corner
        x, w = nd.array(data), nd.ones((2, 1, 3, 3))
        w.attach_grad()
        with mx.autograd.record():
            y = nd.Convolution(x, w, no_bias=True, kernel=(3, 3), num_filter=2, num_group=2,
                               pad=(1, 1))
        y.backward()
        grads.append(w.grad.asnumpy()[:, 0])
    hit = np.isinf(grads[0])            # a corner is under no tap of the last row and column
    assert hit[0, :2, :2].all() and hit.sum() == 4
    np.testing.assert_allclose(grads[0][~hit], grads[1][~hit], 1e-5)


def test_mxnets_unused_parameters_are_taken():
    y = nd.Convolution(nd.ones((1, 1, 4, 4)), nd.ones((2, 1, 3, 3)), nd.zeros((2,)), (3, 3), (),
                       (), (), 2, 1, 256, False, "off", True, "NCHW")
    assert y.shape == (1, 2, 2, 2) and (y.asnumpy() == 9).all()


@pytest.mark.parametrize("shapes, options, message", [
    (((2, 3, 8), (5, 3, 3, 3)), {}, r"data must have shape of 4 axes, NCHW; got \(2, 3, 8\)"),
    (((2, 3, 8, 8), (5, 4, 3, 3)), {},
     r"weight must have shape \(5, 3, 3, 3\) .*; got \(5, 4, 3, 3\)"),
    (((2, 3, 2, 8), (5, 3, 3, 3)), {}, "data must have shape at least as large as kernel"),
    (((2, 3, 8, 8), (5, 3, 3, 3)), {"stride": (1,)}, "stride must be 2 integers of at least 1"),
    (((2, 3, 8, 8), (5, 3, 3, 3)), {"pad": (-1, 0)}, "pad must be 2 integers of at least 0"),
    (((2, 3, 8, 8), (5, 3, 3, 3)), {"num_group": 2}, "num_filter must be a multiple of num_group"),
    (((2, 3, 8, 8), (5, 3, 3, 3)), {"num_group": 5}, "data must .*multiple of num_group 5"),
    (((2, 3, 8, 8), (5, 3, 3, 3)), {"layout": "NCW"}, "layout must be NCHW"),
    (((2, 3, 8, 8), (5, 3, 3, 3)), {"no_bias": False},
     "missing input 'bias', which it takes with no_bias"),
    (((2, 3, 8, 8), (5, 3, 3, 3)), {"kernel": (0, 3)}, "kernel must be 1 to 3 integers"),
])
def test_errors(shapes, options, message):
    given = {"kernel": (3, 3), "num_filter": 5, "no_bias": True, **options}
    with pytest.raises(mx.MXNetError, match="Convolution: " + message):
        nd.Convolution(*[nd.ones(shape) for shape in shapes], **given)

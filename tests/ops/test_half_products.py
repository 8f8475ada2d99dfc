"""Products and convolutions of bfloat16 and float16, which have a way of their own where there is
AMX: against float64 NumPy on the same rounded numbers."""

from itertools import product as every

import numpy as np
import pytest

from mxlite import autograd, nd
from mxlite.device import host

# Of a result: half a unit in the last of eight or eleven digits
TOLERANCE = {"bfloat16": 2.0 ** -8 * 1.01, "float16": 2.0 ** -11 * 1.01}
SIZES = [      # M, N, K: tiles of 16 and 32, blocks of 512, whole and cut; several units; nothing
    (1, 1, 1), (16, 16, 32), (17, 15, 33), (32, 32, 512), (33, 31, 513), (5, 700, 40),
    (700, 5, 41), (530, 270, 64), (48, 300, 1100), (300, 48, 1031), (1, 64, 300), (64, 1, 300),
    (600, 520, 70), (3, 4, 0), (0, 4, 3),
]


@pytest.fixture(params=list(TOLERANCE))
def dtype(request):
    return request.param


def rounded(rng, dtype, *shape):
    """Numbers of a dtype: (array, the same in float64)."""
    array = nd.array(rng.standard_normal(shape), dtype=dtype)
    return array, array.astype("float64").asnumpy()


def close(got, want, dtype):
    got = got.astype("float64").asnumpy()
    assert got.shape == want.shape
    scale = np.abs(want).max(initial=1e-30)         # of what the sums in float are off by
    np.testing.assert_allclose(got, want, rtol=TOLERANCE[dtype], atol=2e-6 * scale)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("flags", list(every((False, True), repeat=2)), ids=str)
def test_products(rng, dtype, size, flags):
    M, N, K = size
    a, wide_a = rounded(rng, dtype, *((K, M) if flags[0] else (M, K)))
    b, wide_b = rounded(rng, dtype, *((N, K) if flags[1] else (K, N)))
    want = (wide_a.T if flags[0] else wide_a) @ (wide_b.T if flags[1] else wide_b)
    close(nd.dot(a, b, transpose_a=flags[0], transpose_b=flags[1]), want, dtype)


@pytest.mark.parametrize("rows, units, width", [(7, 50, 300), (300, 17, 90), (64, 64, 64)])
def test_a_dense_layer(rng, dtype, rows, units, width):
    (x, wide_x), (w, wide_w) = rounded(rng, dtype, rows, width), rounded(rng, dtype, units, width)
    bias, wide_bias = rounded(rng, dtype, units)
    close(nd.FullyConnected(x, w, bias, num_hidden=units), wide_x @ wide_w.T + wide_bias, dtype)


@pytest.mark.parametrize("flags", list(every((False, True), repeat=2)), ids=str)
def test_products_of_a_batch(rng, dtype, flags):
    a, wide_a = rounded(rng, dtype, 5, *((40, 33) if flags[0] else (33, 40)))
    b, wide_b = rounded(rng, dtype, 5, *((18, 40) if flags[1] else (40, 18)))
    want = (wide_a.swapaxes(1, 2) if flags[0] else wide_a) @ (
        wide_b.swapaxes(1, 2) if flags[1] else wide_b)
    close(nd.batch_dot(a, b, transpose_a=flags[0], transpose_b=flags[1]), want, dtype)


@pytest.mark.parametrize("cols", [40, 300])
def test_infinities_and_nan(dtype, cols):
    x = np.ones((300, 70))
    x[0, 3], x[1, 4], x[299, 5:7] = np.inf, np.nan, [-np.inf, np.inf]
    y = nd.dot(nd.array(x, dtype=dtype), nd.ones((70, cols), dtype=dtype)).astype("float32")
    want = np.full((300, cols), 70.0)
    want[0], want[[1, 299]] = np.inf, np.nan
    np.testing.assert_array_equal(y.asnumpy(), want)
    y = nd.dot(nd.ones((cols, 70), dtype=dtype), nd.array(x, dtype=dtype), transpose_b=True)
    np.testing.assert_array_equal(y.astype("float32").asnumpy(), want.T)


def test_infinities_and_nan_in_images(dtype):
    x, w = np.ones((2, 20, 9, 9)), nd.ones((17, 20, 3, 3), dtype=dtype)
    x[0, 3, 4, 4], x[1, 0, 0, 0] = np.inf, np.nan
    data = nd.array(x, dtype=dtype)
    w.attach_grad()
    with autograd.record():
        y = nd.Convolution(data, w, kernel=(3, 3), pad=(1, 1), num_filter=17, no_bias=True)
    y.backward(nd.ones(y.shape, dtype=dtype))
    y = y.astype("float32").asnumpy()
    assert np.isinf(y[0, :, 3:6, 3:6]).all() and np.isinf(y).sum() == 17 * 9
    assert np.isnan(y[1, :, :2, :2]).all() and np.isnan(y).sum() == 17 * 4
    grad = w.grad.astype("float32").asnumpy()
    assert np.isinf(grad[:, 3]).all() and np.isnan(grad[:, 0, :2, :2]).all()
    assert np.isfinite(grad).sum() == grad.size - 17 * (9 + 4)


def test_the_greatest_and_the_least_numbers(dtype):
    large, small = (65504, 2.0 ** -24) if dtype == "float16" else (3e38, 2.0 ** -120)
    x = nd.array(np.tile([[large], [small]], (20, 33)), dtype=dtype)
    ones = nd.array(np.eye(33), dtype=dtype)
    assert nd.dot(x, ones).astype("float64").asnumpy().tolist() == x.astype(
        "float64").asnumpy().tolist()


def windows(x, kernel, stride, dilate):
    """(N, C, *out, *kernel): what each position of a padded image meets."""
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilate, strict=True)]
    axes = tuple(range(2, x.ndim))
    view = np.lib.stride_tricks.sliding_window_view(x, reach, axes, writeable=True)
    here = [slice(None, None, s) for s in stride]
    return view[(slice(None), slice(None), *here, *[slice(None, None, d) for d in dilate])]


CONVOLUTIONS = [    # images, channels, size, filters, groups, kernel, stride, dilate, pad
    (2, 3, (9, 11), 5, 1, (3, 3), (1, 1), (1, 1), (1, 1)),
    (3, 40, (7, 7), 50, 1, (3, 3), (1, 1), (1, 1), (1, 1)),
    (2, 20, (14, 14), 33, 1, (1, 1), (1, 1), (1, 1), (0, 0)),
    (2, 20, (14, 13), 33, 1, (1, 1), (2, 2), (1, 1), (0, 0)),
    (2, 8, (15, 16), 12, 1, (3, 3), (2, 2), (1, 1), (1, 1)),
    (1, 3, (21, 23), 16, 1, (7, 7), (2, 2), (1, 1), (3, 3)),
    (2, 6, (12, 10), 8, 2, (3, 2), (1, 1), (2, 1), (2, 0)),
    (2, 6, (12, 10), 12, 6, (3, 3), (1, 1), (1, 1), (1, 1)),
    (2, 9, (40,), 17, 1, (5,), (3,), (1,), (2,)),
    (1, 4, (5, 6, 7), 6, 1, (2, 3, 3), (1, 2, 1), (1, 1, 1), (0, 1, 1)),
    (2, 4, (3, 3), 5, 1, (1, 1), (1, 1), (1, 1), (1, 1)),
    (7, 64, (70, 70), 8, 1, (3, 3), (1, 1), (1, 1), (1, 1)),        # copied six at a time
    (1, 70, (20, 20), 540, 1, (3, 3), (1, 1), (1, 1), (1, 1)),      # two units of filters
]


@pytest.mark.parametrize("case", CONVOLUTIONS, ids=str)
def test_convolutions_and_their_gradients(rng, dtype, case):
    images, channels, size, filters, groups, kernel, stride, dilate, pad = case
    x, wide_x = rounded(rng, dtype, images, channels, *size)
    w, wide_w = rounded(rng, dtype, filters, channels // groups, *kernel)
    bias, wide_bias = rounded(rng, dtype, filters)
    x.attach_grad()
    w.attach_grad()
    with autograd.record():
        y = nd.Convolution(x, w, bias, kernel=kernel, stride=stride, dilate=dilate, pad=pad,
                           num_filter=filters, num_group=groups)
    dy, wide_dy = rounded(rng, dtype, *y.shape)
    y.backward(dy)

    padded = np.pad(wide_x, [(0, 0), (0, 0), *[(p, p) for p in pad]])
    dx, n = np.zeros_like(padded), len(size)
    into = windows(dx, kernel, stride, dilate)      # a view, whose places overlap
    view = windows(padded, kernel, stride, dilate)
    want, dw = np.empty(y.shape), np.empty_like(wide_w)
    taps = list(range(2 + n, 2 + 2 * n))
    for g in range(groups):
        of_data = slice(g * channels // groups, (g + 1) * channels // groups)
        of_result = slice(g * filters // groups, (g + 1) * filters // groups)
        part = np.tensordot(view[:, of_data], wide_w[of_result],
                            ([1, *taps], [1, *range(2, 2 + n)]))
        want[:, of_result] = np.moveaxis(part, -1, 1)
        outer = [0, *range(2, 2 + n)]
        dw[of_result] = np.tensordot(wide_dy[:, of_result], view[:, of_data], (outer, outer))
        for tap in np.ndindex(*kernel):
            into[(slice(None), of_data, ..., *tap)] += np.moveaxis(np.tensordot(
                wide_dy[:, of_result], wide_w[(of_result, slice(None), *tap)], ([1], [0])), -1, 1)
    close(y, want + wide_bias.reshape(-1, *[1] * n), dtype)
    close(x.grad, dx[(..., *[slice(p, p + s) for p, s in zip(pad, size, strict=True)])], dtype)
    close(w.grad, dw, dtype)


def test_threads_change_no_bit(rng, dtype):
    x, _ = rounded(rng, dtype, 6, 30, 40, 40)
    w, _ = rounded(rng, dtype, 70, 30, 3, 3)
    results = []
    for threads in (1, 3):
        host.set_num_threads(threads)
        x.attach_grad()
        w.attach_grad()
        with autograd.record():
            y = nd.Convolution(x, w, kernel=(3, 3), pad=(1, 1), num_filter=70, no_bias=True)
        y.backward(y)
        results.append([array.asnumpy().tobytes() for array in (
            y, x.grad, w.grad, nd.dot(w.reshape((70, -1)), w.reshape((70, -1)), transpose_b=True))])
    assert results[0] == results[1]

"""Products and convolutions of bfloat16, which have kernels of their own where there is AMX:
against float64 NumPy on the same rounded numbers."""

from itertools import product as every

import numpy as np
import pytest

from mxlite import autograd, nd
from mxlite.device import host

# Of a result: half a unit in the last of eight digits, and what the sums in float are off by.
TOLERANCE = 2.0 ** -8 * 1.01
SIZES = [      # M, N, K: tiles of 16 and 32, blocks of 512, whole and cut; several units; nothing
    (1, 1, 1), (16, 16, 32), (17, 15, 33), (32, 32, 512), (33, 31, 513), (5, 700, 40),
    (700, 5, 41), (530, 270, 64), (48, 300, 1100), (300, 48, 1031), (1, 64, 300), (64, 1, 300),
    (600, 520, 70), (3, 4, 0), (0, 4, 3),
]


def rounded(rng, *shape):
    """Numbers of bfloat16: (array, the same in float64)."""
    array = nd.array(rng.standard_normal(shape), dtype="bfloat16")
    return array, array.astype("float64").asnumpy()


def close(got, want):
    got = got.astype("float64").asnumpy()
    assert got.shape == want.shape
    scale = np.abs(want).max(initial=1e-30)
    np.testing.assert_allclose(got, want, rtol=TOLERANCE, atol=2e-6 * scale)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("flags", list(every((False, True), repeat=2)), ids=str)
def test_products(rng, size, flags):
    M, N, K = size
    a, wide_a = rounded(rng, *((K, M) if flags[0] else (M, K)))
    b, wide_b = rounded(rng, *((N, K) if flags[1] else (K, N)))
    want = (wide_a.T if flags[0] else wide_a) @ (wide_b.T if flags[1] else wide_b)
    close(nd.dot(a, b, transpose_a=flags[0], transpose_b=flags[1]), want)


@pytest.mark.parametrize("rows, units, width", [(7, 50, 300), (300, 17, 90), (64, 64, 64)])
def test_a_dense_layer(rng, rows, units, width):
    (x, wide_x), (w, wide_w) = rounded(rng, rows, width), rounded(rng, units, width)
    bias, wide_bias = rounded(rng, units)
    close(nd.FullyConnected(x, w, bias, num_hidden=units), wide_x @ wide_w.T + wide_bias)


@pytest.mark.parametrize("flags", list(every((False, True), repeat=2)), ids=str)
def test_products_of_a_batch(rng, flags):
    a, wide_a = rounded(rng, 5, *((40, 33) if flags[0] else (33, 40)))
    b, wide_b = rounded(rng, 5, *((18, 40) if flags[1] else (40, 18)))
    want = (wide_a.swapaxes(1, 2) if flags[0] else wide_a) @ (
        wide_b.swapaxes(1, 2) if flags[1] else wide_b)
    close(nd.batch_dot(a, b, transpose_a=flags[0], transpose_b=flags[1]), want)


def test_infinities_and_nan():
    x = nd.array([[np.inf, 1], [np.nan, 1], [-np.inf, np.inf]], dtype="bfloat16")
    y = nd.dot(x, nd.ones((2, 40), dtype="bfloat16")).astype("float32").asnumpy()
    np.testing.assert_array_equal(y[:, 0], [np.inf, np.nan, np.nan])
    assert (np.isnan(y) == np.isnan(y[:, :1])).all()


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
def test_convolutions_and_their_gradients(rng, case):
    images, channels, size, filters, groups, kernel, stride, dilate, pad = case
    x, wide_x = rounded(rng, images, channels, *size)
    w, wide_w = rounded(rng, filters, channels // groups, *kernel)
    bias, wide_bias = rounded(rng, filters)
    x.attach_grad()
    w.attach_grad()
    with autograd.record():
        y = nd.Convolution(x, w, bias, kernel=kernel, stride=stride, dilate=dilate, pad=pad,
                           num_filter=filters, num_group=groups)
    dy, wide_dy = rounded(rng, *y.shape)
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
    close(y, want + wide_bias.reshape(-1, *[1] * n))
    close(x.grad, dx[(..., *[slice(p, p + s) for p, s in zip(pad, size, strict=True)])])
    close(w.grad, dw)


def test_threads_change_no_bit(rng):
    x, _ = rounded(rng, 6, 30, 40, 40)
    w, _ = rounded(rng, 70, 30, 3, 3)
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

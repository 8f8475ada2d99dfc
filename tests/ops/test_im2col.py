"""im2col, col2im and LRN beyond the samples."""

import numpy as np
import pytest
from samples.resample import col2im, im2col

import mxlite as mx

nd = mx.nd
CASES = [
    ((2, 3, 9), {"kernel": (3,), "stride": (2,), "pad": (2,)}),
    ((1, 2, 6, 7), {"kernel": (3, 3), "dilate": (2, 1), "pad": (4, 0)}),     # rows of padding only
    ((1, 2, 6, 7), {"kernel": (1, 2), "stride": (3, 2)}),
    ((2, 2, 3, 4, 5), {"kernel": (2, 2, 3), "stride": (1, 2, 1), "pad": (1, 0, 2)}),
    ((70, 3, 12, 12), {"kernel": (3, 3), "pad": (1, 1)}),
]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("shape, params", CASES, ids=str)
def test_both_ways(rng, shape, params, dtype):
    x = rng.integers(-8, 9, shape).astype("float64")        # sums of these are exact
    columns = nd.im2col(nd.array(x, dtype=dtype), **params)
    want = im2col(x, **params)
    assert columns.shape == want.shape and (columns.asnumpy() == want).all()
    if shape[0] > 2:
        return                                  # the oracle of col2im is a matrix
    back = nd.col2im(columns, output_size=shape[2:], **params)
    assert (back.asnumpy() == col2im(want, shape[2:], **params)).all()


def test_sums_of_16_bits_are_added_up_in_32():
    """2048 + 1 + 1 + ... stays 2048 in float16."""
    columns = nd.ones((1, 4096, 1), dtype="float16")
    image = nd.col2im(columns.reshape((1, 1, 4096)), output_size=(4096,), kernel=(1,))
    assert image.shape == (1, 1, 4096)
    wide = nd.col2im(nd.ones((1, 64, 64), dtype="float16") * 33, output_size=(1,), kernel=(64,),
                     pad=(63,))
    assert wide.asnumpy().item() == 64 * 33


def test_a_convolution_of_them(rng):
    x, w = rng.standard_normal((2, 3, 6, 7)), rng.standard_normal((4, 3, 3, 2))
    x, w = nd.array(x, dtype="float64"), nd.array(w, dtype="float64")
    params = {"kernel": (3, 2), "stride": (2, 1), "pad": (1, 0)}
    y = nd.dot(w.reshape((4, -1)), nd.im2col(x, **params).transpose((1, 0, 2)).reshape((18, -1)))
    want = nd.Convolution(x, w, no_bias=True, num_filter=4, **params)
    got = y.reshape((4, 2, *want.shape[2:])).transpose((1, 0, 2, 3))
    np.testing.assert_allclose(got.asnumpy(), want.asnumpy(), 1e-12, 1e-12)


@pytest.mark.parametrize("call, message", [
    (lambda: nd.im2col(nd.ones((1, 2, 5)), kernel=(3, 3)), "im2col: data must have shape of 4"),
    (lambda: nd.im2col(nd.ones((1, 2, 5)), kernel=()), "kernel must be 1 to 3 integers"),
    (lambda: nd.im2col(nd.ones((1, 2, 5)), kernel=(2,), stride=(0,)), "stride must be 1 integers"),
    (lambda: nd.im2col(nd.ones((1, 2, 5)), kernel=(2,), pad=(0, 0)), "pad must be 1 integers"),
    (lambda: nd.im2col(nd.ones((1, 2, 5)), kernel=(6,)),
     r"im2col: data must have shape at least as large as kernel \(6,\), dilated, after padding"),
    (lambda: nd.col2im(nd.ones((1, 4, 15)), kernel=(2, 2), output_size=(5, 6)),
     r"col2im: data must have shape \(N, C \* 4, 20\); got \(1, 4, 15\)"),
    (lambda: nd.col2im(nd.ones((1, 3, 20)), kernel=(2, 2), output_size=(5, 6)),
     r"col2im: data must have shape \(N, C \* 4, 20\); got \(1, 3, 20\)"),
    (lambda: nd.col2im(nd.ones((1, 4, 15)), kernel=(2, 2), output_size=(5,)),
     "output_size must be 2 integers of at least 1, as kernel has"),
    (lambda: nd.col2im(nd.ones((1, 4, 15)), kernel=(2, 2), output_size=(1, 6)),
     "output_size must have shape at least as large as kernel"),
    (lambda: nd.LRN(nd.ones((1, 2, 3, 3)), nsize=2), "LRN: nsize must be odd; got 2"),
    (lambda: nd.LRN(nd.ones((3,)), nsize=3), r"LRN: data must have shape of at least 2 axes"),
])
def test_errors(call, message):
    with pytest.raises(mx.MXNetError, match=message):
        call()

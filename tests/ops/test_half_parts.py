"""16-bit pooling and softmax, which go to float and back in parts: shapes that are cut each way."""

import numpy as np
import pytest

import mxlite as mx

nd = mx.nd
EPSILON = {"float16": 2.0 ** -11, "bfloat16": 2.0 ** -8}    # of rounding to nearest
# alone and small; some units to a part; columns of a unit; units that are larger than a part
SOFTMAX_SHAPES = [(3, 7, 1), (5000, 9, 1), (3, 700, 50), (2, 1100, 17), (1, 40000, 1), (0, 4, 3)]
# (outer, H, W, inner)
POOLING_SHAPES = [(1, 4, 6, 1), (300, 8, 8, 1), (2, 40, 40, 72), (1, 128, 130, 17),
                  (3, 260, 256, 1)]


def half(rng, shape, dtype):
    """Random values, and what they are in `dtype`, as float64."""
    array = nd.array(rng.standard_normal(shape)).astype(dtype)
    return array, array.astype("float64").asnumpy()


def windows(x):
    """(outer, H, W, inner) -> (outer, H / 2, W / 2, inner, 4): windows of 2 x 2."""
    outer, height, width, inner = x.shape
    x = x.reshape(outer, height // 2, 2, width // 2, 2, inner)
    return x.transpose(0, 1, 3, 5, 2, 4).reshape(outer, height // 2, width // 2, inner, 4)


def from_windows(x):
    outer, height, width, inner, _ = x.shape
    x = x.reshape(outer, height, width, inner, 2, 2).transpose(0, 1, 4, 2, 5, 3)
    return x.reshape(outer, 2 * height, 2 * width, inner)


def check(got, want, dtype, times=1.01):
    scale = np.abs(want).max(initial=0)
    np.testing.assert_allclose(got.astype("float64").asnumpy(), want, rtol=times * EPSILON[dtype],
                               atol=1e-6 * scale + 1e-7)


@pytest.mark.parametrize("dtype", EPSILON)
@pytest.mark.parametrize("shape", SOFTMAX_SHAPES, ids=str)
def test_softmax(rng, dtype, shape):
    x, values = half(rng, shape, dtype)
    dy, given = half(rng, shape, dtype)
    power = np.exp(values - values.max(1, keepdims=True)) if values.size else values
    want = power / power.sum(1, keepdims=True)
    check(nd.softmax(x, axis=1), want, dtype)
    check(nd.log_softmax(x, axis=1), np.log(want), dtype)
    y = nd.array(want).astype(dtype)
    held = y.astype("float64").asnumpy()
    total = (given * held).sum(1, keepdims=True)
    got = nd._backward_softmax(dy, y, axis=1)
    check(got, held * (given - total), dtype, times=1.5)


@pytest.mark.parametrize("dtype", EPSILON)
@pytest.mark.parametrize("shape", POOLING_SHAPES, ids=str)
@pytest.mark.parametrize("pool_type", ["max", "avg"])
def test_pooling(rng, dtype, shape, pool_type):
    x, values = half(rng, shape, dtype)
    layout = {"layout": "NHWC"}
    if shape[3] == 1:
        x, layout = x.reshape((shape[0], 1, *shape[1:3])), {}
    x.attach_grad()
    with mx.autograd.record():
        y = nd.Pooling(x, kernel=(2, 2), stride=(2, 2), pool_type=pool_type, **layout)
    taps = windows(values)
    check(y, (taps.max(-1) if pool_type == "max" else taps.mean(-1)).reshape(y.shape), dtype)
    dy, given = half(rng, y.shape, dtype)
    y.backward(dy)
    share = np.full_like(taps, 0.25)
    if pool_type == "max":
        share = np.arange(4) == taps.argmax(-1)[..., None]
    want = from_windows(share * given.reshape(taps.shape[:-1])[..., None])
    check(x.grad, want.reshape(x.shape), dtype)


def test_every_half_comes_and_goes_as_it_is():
    """x + 0 converts blocks: eight at a time where the machine can, and their rests."""
    bits = np.arange(65536, dtype=np.uint16)
    for first in (0, 3):
        half = bits[first:].view(np.float16)
        got = (mx.nd.array(half, dtype="float16") + 0).asnumpy()
        with np.errstate(invalid="ignore"):         # signalling NaN
            want = half + np.float16(0)
        np.testing.assert_array_equal(got, want)
        np.testing.assert_array_equal(np.signbit(got), np.signbit(want))


def test_sums_of_halves_round_to_even():
    rng = np.random.default_rng(3)
    x, y = (rng.uniform(-2048, 2048, 4099).astype(np.float16) for _ in range(2))
    got = (mx.nd.array(x, dtype="float16") + mx.nd.array(y, dtype="float16")).asnumpy()
    np.testing.assert_array_equal(got, (x.astype(np.float32) + y).astype(np.float16))

"""Arrays made from nothing."""

import numpy as np
import pytest
from assertions import assert_same

import mxlite as mx

nd = mx.nd
DTYPES = ["float16", "float32", "float64", "int8", "uint8", "int32", "int64"]


@pytest.mark.parametrize("dtype", [*DTYPES, "bool"])
@pytest.mark.parametrize("shape", [(3,), (2, 0), (70, 1000)], ids=str)
def test_filled(dtype, shape):
    assert_same(nd._zeros(shape=shape, dtype=dtype), np.zeros(shape, dtype))
    assert_same(nd._ones(shape=shape, dtype=dtype), np.ones(shape, dtype))
    assert_same(nd._full(shape=shape, value=5, dtype=dtype), np.full(shape, 5, dtype))


def test_zeros_of_both_signs():
    for value in (0.0, -0.0, 0.0):
        got = nd._full(shape=(2,), value=value).asnumpy()
        assert np.signbit(got).tolist() == [np.signbit(value)] * 2


@pytest.mark.parametrize(("value", "dtype", "want"), [
    (3.7, "int32", 3), (-3.7, "int64", -3), (-1, "uint8", 255), (300, "int8", 44),
    (0.1, "float16", 0.0999755859375), (1e30, "float16", np.inf), (np.nan, "float64", np.nan),
    (-0.0, "float32", -0.0), (2, "bool", True),
])
def test_full_casts_as_mxnet_does(value, dtype, want):
    got = nd._full(shape=(3,), value=value, dtype=dtype).asnumpy()
    np.testing.assert_array_equal(got, np.full(3, want, dtype))
    assert np.signbit(got.astype("float64")).all() == np.signbit(float(want))


def test_full_refuses_infinity_for_integers():
    with pytest.raises(ValueError, match="_full: value must be finite for dtype int32; got inf"):
        nd._full(shape=(2,), value=float("inf"), dtype="int32")


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("start", "stop", "step", "repeat"), [
    (0, 5, 1, 1), (5, 0, -2, 1), (0, 6, 2, 3), (0, 0, 1, 1), (2, 100, 3, 1),
])
def test_arange(dtype, start, stop, step, repeat):
    if dtype == "uint8" and step < 0:
        start, stop, step = 0, 5, 2
    want = np.repeat(np.arange(start, stop, step), repeat).astype(dtype)
    assert_same(nd._arange(start=start, stop=stop, step=step, repeat=repeat, dtype=dtype), want)


def test_arange_rounds_every_step_as_mxnet_does():
    got = nd._arange(start=0.3, stop=7.7, step=0.013).asnumpy()
    f = np.float32
    np.testing.assert_array_equal(got, f(0.3) + np.arange(570, dtype=f) * f(0.013))
    assert_same(nd._arange(start=0.5, stop=5, step=1.5, dtype="int32"),
                np.array([0, 1, 2], "int32"))
    assert_same(nd._arange(start=4), np.arange(4, dtype=f))


def test_arange_refuses():
    with pytest.raises(ValueError, match=r"_arange: step must be such that it leads from 5\.0"):
        nd._arange(start=5, stop=0)
    with pytest.raises(ValueError, match="_arange: step must be finite and not 0"):
        nd._arange(start=0, stop=5, step=0)
    with pytest.raises(TypeError, match="_arange: dtype must have dtype other than bool"):
        nd._arange(start=5, dtype="bool")


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("endpoint", [True, False])
def test_linspace(dtype, endpoint):
    for num in (0, 1, 2, 50):
        want = np.linspace(1, 90, num, endpoint=endpoint)
        got = nd._linspace(start=1, stop=90, num=num, endpoint=endpoint, dtype=dtype)
        steps = np.arange(num) * ((90 - 1) / max(num - endpoint, 1)) + 1
        np.testing.assert_allclose(steps, want)
        assert_same(got, steps.astype(dtype))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("N", "M", "k"), [(3, 0, 0), (3, 5, 1), (5, 3, -2), (2, 2, 7), (0, 3, 0)])
def test_eye(dtype, N, M, k):
    assert_same(nd._eye(N=N, M=M, k=k, dtype=dtype), np.eye(N, M or N, k, dtype))

"""Sorting, extremes, counts and running sums on a GPU."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import nd

DTYPES = ["float32", "float64", "float16", "int8", "uint8", "int32", "int64"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape, axis", [((3, 700), 1), ((300, 2, 3), 0), ((1,), 0), ((2, 257), 1),
                                         ((17000,), 0)])
def test_order(dtype, shape, axis, gpu, rng):
    x = rng.integers(-100, 100, shape).astype(dtype)
    y = nd.array(x, ctx=gpu, dtype=dtype)
    np.testing.assert_array_equal(nd.sort(y, axis=axis).asnumpy(), np.sort(x, axis))
    np.testing.assert_array_equal(nd.argsort(y, axis=axis, dtype="int32").asnumpy(),
                                  np.argsort(x, axis, kind="stable"))
    k = min(5, shape[axis])
    values = nd.topk(y, axis=axis, k=k, ret_typ="value").asnumpy()
    np.testing.assert_array_equal(values, np.flip(np.sort(x, axis), axis).take(range(k), axis))


def test_nan_is_last_and_zeros_are_equal(gpu):
    x = nd.array([0.0, np.nan, -0.0, -np.inf, 3, np.inf, -2], ctx=gpu)
    assert nd.argsort(x, dtype="int32").asnumpy().tolist() == [3, 6, 0, 2, 4, 5, 1]
    assert nd.argsort(x, is_ascend=False, dtype="int32").asnumpy().tolist() == [5, 4, 0, 2, 6, 3, 1]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape, axis", [((3, 2000), 1), ((100, 7), 0), ((4, 1), 1)])
def test_extremes(dtype, shape, axis, gpu, rng):
    if dtype in ("int8", "uint8") and shape[axis] > 128:
        return                                  # whose places do not fit into the dtype
    x = rng.integers(0, 100, shape).astype(dtype)
    for name in ("argmax", "argmin"):
        found = getattr(nd, name)(nd.array(x, ctx=gpu, dtype=dtype), axis=axis).asnumpy()
        expected = getattr(np, name)(x, axis).astype(dtype)
        np.testing.assert_array_equal(found, expected)


def test_extremes_stop_at_the_first_nan(gpu):
    x = nd.array([[1, np.nan, 5, np.nan], [2, 2, -1, -1]], ctx=gpu)
    assert nd.argmax(x, axis=1).asnumpy().tolist() == [1, 0]
    assert nd.argmin(x, axis=1).asnumpy().tolist() == [1, 2]


@pytest.mark.parametrize("dtype", DTYPES)
def test_running_sums(dtype, gpu, rng):
    x = nd.array(rng.integers(0, 4, (3, 30, 2)), dtype=dtype)
    for options in ({}, {"axis": 1}, {"axis": -1, "dtype": "float64"},
                    {"axis": 0, "dtype": "int32"}):
        found = nd.cumsum(x.as_in_context(gpu), **options)
        expected = nd.cumsum(x, **options)
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found.asnumpy(), expected.asnumpy())


@pytest.mark.parametrize("shape, axis", [((2, 3000), 1), ((1100, 3), 0), ((2, 1024, 2), 1)])
def test_running_sums_of_long_lines(shape, axis, gpu, rng):
    for dtype in ("int64", "float32"):
        x = rng.integers(-5, 9, shape).astype(dtype)
        found = nd.cumsum(nd.array(x, ctx=gpu, dtype=dtype), axis=axis).asnumpy()
        np.testing.assert_array_equal(found, x.cumsum(axis))


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32"])
def test_histograms(dtype, gpu, rng):
    x = (rng.standard_normal(1000) * 3).astype(dtype)
    for options in ({"bin_cnt": 7, "range": (-2.1, 3.3)}, {"bin_cnt": 3, "range": (1, 1)}):
        counts, bounds = nd._internal._histogram(nd.array(x, ctx=gpu, dtype=dtype), **options)
        expected, others = nd._internal._histogram(nd.array(x, dtype=dtype), **options)
        np.testing.assert_array_equal(counts.asnumpy(), expected.asnumpy())
        np.testing.assert_allclose(bounds.asnumpy(), others.asnumpy(), 1e-15)
    bins = np.array([-3, -1, 0, 0, 5]).astype(dtype)
    y = nd.array(x, ctx=gpu, dtype=dtype)
    counts, _ = nd.histogram(y, nd.array(bins, ctx=gpu, dtype=dtype))
    np.testing.assert_array_equal(counts.asnumpy(), np.histogram(x, bins)[0])
    with pytest.raises(ValueError, match="met a value"):                 # bounds that do not ascend
        nd.histogram(y, nd.array(bins[::-1], ctx=gpu, dtype=dtype))[0].asnumpy()


def test_all_values_together(gpu):
    x, y = nd.array([1, 2, np.nan, np.inf], ctx=gpu), nd.array([1, 2.0001, np.nan, np.inf], ctx=gpu)
    close = nd.contrib.allclose
    assert close(x, x, equal_nan=True).asscalar() == 1
    assert close(x, x, equal_nan=False).asscalar() == 0
    assert close(x, y, rtol=1e-3).asscalar() == 1 and close(x, y).asscalar() == 0
    assert nd.all_finite(x).asnumpy().tolist() == [0]
    assert nd.multi_all_finite(x[:2], nd.zeros((300, 300), ctx=gpu)).asnumpy().tolist() == [1]
    many = [nd.ones(3, ctx=gpu) for _ in range(150)]
    assert nd.multi_all_finite(*many).asnumpy().tolist() == [1]
    assert nd.multi_all_finite(*many, x, *many).asnumpy().tolist() == [0]
    with pytest.raises(NotImplementedError, match="no gpu kernel for more than 64 arrays; it runs"):
        nd.multi_all_finite(*many, init_output=False)
    nd.reset_arrays(*many)
    assert not any(y.asnumpy().any() for y in many)
    flag = nd.zeros(1, ctx=gpu)
    nd.all_finite(x[:2], init_output=False, out=flag)
    assert flag.asscalar() == 0
    z = nd.ones((5, 5), ctx=gpu, dtype="float16")
    nd.reset_arrays(x, z)
    assert x.asnumpy().tolist() == [0] * 4 and not z.asnumpy().any()


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_moments_and_norms(dtype, gpu, rng):
    x = nd.array(rng.standard_normal((3, 4, 5)), dtype=dtype)
    for found, expected in zip(nd.moments(x.as_in_context(gpu), axes=(0, 2)),
                               nd.moments(x, axes=(0, 2)), strict=True):
        np.testing.assert_allclose(found.asnumpy(), expected.asnumpy(), 1e-5, 1e-5)
    found = nd.norm(x.as_in_context(gpu), axis=1, out_dtype="float64")
    np.testing.assert_allclose(found.asnumpy(), nd.norm(x, axis=1, out_dtype="float64").asnumpy())


def test_shapes(gpu):
    x = nd.zeros((3, 4, 0), ctx=gpu)
    assert nd.shape_array(x).asnumpy().tolist() == [3, 4, 0]
    assert nd.size_array(x).asnumpy().tolist() == [0]
    assert nd.cumsum(nd.ones((), ctx=gpu) if mx.util.is_np_shape() else nd.ones(1, ctx=gpu),
                     axis=0).asnumpy().tolist() == [1]

"""Reductions: against float64 NumPy, every layout of axes, gradients of both orders."""

import itertools

import numpy as np
import pytest
from assertions import gradient
from gradcheck import check_gradients

import mxlite as mx
from mxlite.device import host

nd = mx.nd
FLOATS = {"float16": 2e-3, "float32": 2e-6, "float64": 1e-12}
INTEGERS = ["int8", "uint8", "int32", "int64"]
ORACLES = {
    "sum": np.sum, "mean": np.mean, "prod": np.prod, "max": np.max, "min": np.min,
    "nansum": np.nansum, "nanprod": np.nanprod,
    "norm": lambda x, **kw: np.sqrt((x * x).sum(**kw)),
}
SHAPES = [(3,), (40,), (3, 4), (70, 33), (5, 1, 7), (2, 3, 4, 5), (2, 3, 2, 3, 2), (600, 3)]


def all_axes(ndim):
    return itertools.chain.from_iterable(
        itertools.combinations(range(ndim), n) for n in range(1, ndim + 1))


def draw(rng, shape, dtype):
    if dtype in FLOATS:
        return rng.standard_normal(shape).astype(dtype)
    return rng.integers(0 if dtype == "uint8" else -5, 5, shape).astype(dtype)


@pytest.mark.parametrize("name", ORACLES)
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_floats(rng, name, dtype, shape):
    values = draw(rng, shape, dtype)
    if "prod" in name:
        values = np.exp(values / 32).astype(dtype)
    if "nan" in name:
        values[rng.random(shape) < 0.2] = np.nan
    for axes in all_axes(len(shape)):
        want = ORACLES[name](values.astype("float64"), axis=axes, keepdims=True)
        got = getattr(nd, name)(nd.array(values, dtype=dtype), axis=axes, keepdims=True)
        assert got.dtype == np.dtype(dtype)
        np.testing.assert_allclose(got.asnumpy().astype("float64"), want, rtol=FLOATS[dtype],
                                   atol=FLOATS[dtype])


@pytest.mark.parametrize("name", ["sum", "prod", "max", "min"])
@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers_wrap(rng, name, dtype):
    values = draw(rng, (7, 30, 5), dtype)
    for axes in all_axes(3):
        want = ORACLES[name](values.astype("int64"), axis=axes, keepdims=True).astype(dtype)
        got = getattr(nd, name)(nd.array(values, dtype=dtype), axis=axes, keepdims=True)
        np.testing.assert_array_equal(got.asnumpy(), want)


def test_bool():
    array = nd.array([[1, 1], [1, 0], [0, 0]], dtype="bool")
    assert nd.sum(array, axis=1).asnumpy().tolist() == [True, True, False]
    assert nd.prod(array, axis=1).asnumpy().tolist() == [True, False, False]
    assert nd.max(array, axis=0).asnumpy().tolist() == [True, True]
    assert nd.min(array, axis=0).asnumpy().tolist() == [False, False]


@pytest.mark.parametrize(("params", "shape"), [
    ({}, (1,)), ({"axis": ()}, (1,)), ({"keepdims": True}, (1, 1, 1)), ({"axis": -1}, (2, 3)),
    ({"axis": (0, 2)}, (3,)), ({"axis": 1, "exclude": True}, (3,)), ({"axis": "(0, 1)"}, (4,)),
    ({"axis": (0, 1, 2)}, (1,)), ({"axis": -2, "keepdims": True}, (2, 1, 4)),
])
def test_shapes(rng, params, shape):
    assert nd.sum(nd.ones((2, 3, 4)), **params).shape == shape
    assert nd.sum(nd.ones((2, 3, 4)), **params).asnumpy().sum() == 24


def test_mean_of_integers_goes_towards_zero():
    assert nd.mean(nd.array([-3, -4], dtype="int32")).asscalar() == -3
    assert nd.mean(nd.array([3, 4], dtype="int64")).asscalar() == 3


def test_empty():
    empty = nd.zeros((0, 3))
    for name, value in {"sum": 0, "prod": 1, "norm": 0, "nansum": 0, "mean": np.nan}.items():
        np.testing.assert_array_equal(getattr(nd, name)(empty, axis=0).asnumpy(), [value] * 3)
        assert getattr(nd, name)(empty, axis=1).shape == (0,)
    for name in ("max", "min", "argmax", "argmin"):
        with pytest.raises(ValueError, match=f"{name}: data must have shape without an axis of"):
            getattr(nd, name)(empty, axis=0)


def test_a_nan_is_the_extreme():
    array = nd.array([[1, np.nan, 2, 5], [np.nan, np.nan, 3, 0], [1, 2, 3, -np.inf]])
    np.testing.assert_array_equal(nd.max(array, axis=1).asnumpy(), [np.nan, np.nan, 3])
    np.testing.assert_array_equal(nd.min(array, axis=0).asnumpy(), [np.nan, np.nan, 2, -np.inf])
    assert nd.argmax(array, axis=1).asnumpy().tolist() == [1, 0, 2]
    assert nd.argmin(array, axis=0).asnumpy().tolist() == [1, 0, 0, 2]


@pytest.mark.parametrize("name", ["argmax", "argmin"])
@pytest.mark.parametrize("dtype", [*FLOATS, *INTEGERS])
def test_positions(rng, name, dtype):
    values = draw(rng, (3, 70, 5), "int8" if dtype != "uint8" else dtype).astype(dtype)
    array, oracle = nd.array(values, dtype=dtype), getattr(np, name)
    for axis in (0, 1, -1):
        got = getattr(nd, name)(array, axis=axis)
        assert got.dtype == np.dtype(dtype)
        np.testing.assert_array_equal(got.asnumpy(), oracle(values, axis).astype(dtype))
    if values.size <= 128 or "8" not in dtype:
        assert getattr(nd, name)(array).asnumpy().tolist() == [oracle(values).astype(dtype)]
    assert getattr(nd, name)(array, axis=1, keepdims=True).shape == (3, 1, 5)


def test_argmax_channel(rng):
    values = rng.standard_normal((3, 4, 5)).astype("float32")
    got = nd.argmax_channel(nd.array(values)).asnumpy()
    np.testing.assert_array_equal(got, values.argmax(1))


@pytest.mark.parametrize("shape", [(300000,), (3, 100000), (100000, 3), (2, 70000, 3)], ids=str)
@pytest.mark.parametrize("name", ["sum", "max", "norm"])
def test_the_same_on_any_number_of_threads(rng, name, shape):
    values = rng.standard_normal(shape).astype("float32")
    array = nd.array(values)
    for axes in all_axes(len(shape)):
        results = []
        for threads in (1, 2, 3):
            host.set_num_threads(threads)
            results.append(getattr(nd, name)(array, axis=axes).asnumpy())
        want = ORACLES[name](values.astype("float64"), axis=axes)
        np.testing.assert_allclose(results[0].reshape(np.shape(want)), want, rtol=2e-5, atol=1e-4)
        assert results[0].tobytes() == results[1].tobytes() == results[2].tobytes()


@pytest.mark.parametrize("name", ORACLES)
@pytest.mark.parametrize("params", [
    {}, {"axis": 1}, {"axis": (0, 2), "keepdims": True}, {"axis": -1},
], ids=str)
def test_gradients(rng, name, params):
    values = rng.permutation(np.linspace(0.5, 2, 24)).reshape(2, 3, 4)
    check_gradients(lambda x: getattr(nd, name)(x, **params), [values], rng)


def test_more_gradients(rng):
    values = rng.permutation(np.linspace(-2, 2, 24)).reshape(2, 3, 4)
    check_gradients(lambda x: nd.norm(x, ord=1, axis=1), [values], rng)
    check_gradients(lambda x: nd.sum(x, axis=1, exclude=True), [values], rng)
    check_gradients(lambda x: nd.moments(x, axes=(0, 2))[0], [values], rng)
    check_gradients(lambda x: nd.moments(x, axes=(0, 2))[1], [values], rng)


@pytest.mark.parametrize(("name", "want"), [
    ("max", [[0, 1, 1], [1, 1, 0]]), ("min", [[1, 0, 0], [0, 0, 1]]),
])
def test_equal_extremes_all_get_the_gradient(name, want):
    x = nd.array([[1, 2, 2], [3, 3, 0]])
    x.attach_grad()
    with mx.autograd.record():
        y = getattr(nd, name)(x, axis=1)
    y.backward()
    assert x.grad.asnumpy().tolist() == want


def test_gradients_around_nan_and_zero_are_mxnets():
    x = nd.array([[1, np.nan, 2], [0, 2, 0]])
    for name, want in {"nansum": [[1, 0, 1], [1, 1, 1]],
                       "nanprod": [[2, 0, 1], [np.nan, 0, np.nan]]}.items():
        x.attach_grad()
        with mx.autograd.record():
            y = getattr(nd, name)(x, axis=1)
        y.backward()
        np.testing.assert_array_equal(x.grad.asnumpy(), want)


def test_moments_and_norm_of_another_dtype(rng):
    values = rng.standard_normal((4, 5)).astype("float32")
    mean, variance = nd.moments(nd.array(values), axes=(0,), keepdims=True)
    np.testing.assert_allclose(mean.asnumpy(), values.mean(0, keepdims=True), atol=1e-6)
    np.testing.assert_allclose(variance.asnumpy(), values.var(0, keepdims=True), atol=1e-6)
    got = nd.norm(nd.array(values), axis=1, out_dtype="float64")
    assert got.dtype == np.float64
    np.testing.assert_allclose(got.asnumpy(), np.linalg.norm(values.astype("float64"), axis=1))


def test_refuses():
    array = nd.ones((2, 3))
    with pytest.raises(IndexError, match=r"sum: axis must be in \[-2, 1\].*got 2"):
        nd.sum(array, axis=2)
    with pytest.raises(ValueError, match=r"max: axis must be free of repetitions; got \(1, -1\)"):
        nd.max(array, axis=(1, -1))
    with pytest.raises(ValueError, match="norm: ord must be one of 1 or 2; got 3"):
        nd.norm(array, ord=3)
    with pytest.raises(ValueError, match="argmax: axis must be an integer"):
        nd.argmax(array, axis=(0, 1))
    with pytest.raises(TypeError, match="argmin: data must have dtype other than bool; got bool"):
        nd.argmin(nd.ones((2,), dtype="bool"))
    with pytest.raises(ValueError, match="moments: axes must be a tuple of at least one axis"):
        nd.moments(array)
    with pytest.raises(TypeError, match=r"sum: unknown parameter 'axes'.*'axis'"):
        nd.sum(array, axes=1)


@pytest.mark.parametrize("dtype", [*FLOATS, *INTEGERS, "bool"])
@pytest.mark.parametrize("axis", [None, 0, 1, -1])
def test_cumsum(rng, dtype, axis):
    values = rng.integers(0, 8, (3, 70, 5)).astype(dtype)
    array = nd.array(values, dtype=dtype)
    want = values.astype("float64").cumsum(axis)
    got = nd.cumsum(array, axis=axis)
    assert got.dtype == (np.int64 if dtype == "bool" else np.dtype(dtype))
    kind = "int64" if "int" in dtype or dtype == "bool" else "float32"
    np.testing.assert_allclose(got.asnumpy(), want.astype(kind).astype(got.dtype), rtol=2e-3)
    wide = array.cumsum(axis=axis, dtype="float64")
    assert wide.dtype == np.float64
    np.testing.assert_array_equal(wide.asnumpy(), want)


def test_cumsum_of_integers_wraps_round():
    for dtype in INTEGERS:
        most = np.iinfo(dtype).max
        values = np.full((5, 3), most, dtype)
        for axis in (0, 1):
            with np.errstate(over="ignore"):
                want = values.cumsum(axis, dtype=dtype)
            got = nd.cumsum(nd.array(values, dtype=dtype), axis=axis)
            np.testing.assert_array_equal(got.asnumpy(), want)


def test_cumsum_as_bool_says_what_was_not_zero():
    for data in (nd.array([0, -0.5, 0.5, 0]), nd.array([0, 1, 1, 0], dtype="bool")):
        assert nd.cumsum(data, dtype="bool").asnumpy().tolist() == [False, True, True, True]


def test_cumsum_of_another_dtype_has_a_gradient():
    data = nd.array([[1, 2], [3, 4]])
    weights = nd.array([[1, 2], [3, 4]], dtype="float64")
    slope = gradient(lambda x: nd.cumsum(x, axis=0, dtype="float64") * weights, data)
    assert slope.tolist() == [[4, 6], [3, 4]] and slope.dtype == np.float32      # MXNet's numbers
    with pytest.raises(IndexError, match=r"cumsum: axis must be in \[-2, 1\]"):
        nd.cumsum(data, axis=2)
    assert nd.cumsum(nd.zeros((0, 2)), axis=0).shape == (0, 2)

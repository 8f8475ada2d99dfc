"""Operators on arrays as wholes: finite values, sums of squares, layer-wise rates, zeros."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, nd

FLOATS = ["float16", "bfloat16", "float32", "float64"]
LARGEST = {"float16": 65504, "bfloat16": 3.3e38, "float32": 3.4e38, "float64": 1e308}


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_one_value_that_is_not_finite(dtype, wrong):
    for place in (0, 17, 98):
        values = np.linspace(-3, 3, 99)
        values[place] = wrong
        bad = nd.array(values, dtype=dtype)
        assert nd.all_finite(bad).asnumpy().tolist() == [0]
        assert nd.multi_all_finite(nd.ones(3, dtype=dtype), bad, num_arrays=2).asscalar() == 0
        assert nd.multi_all_finite(bad, nd.ones(3, dtype=dtype)).asscalar() == 0


@pytest.mark.parametrize("dtype", FLOATS)
def test_all_values_are_finite(dtype):
    """The largest numbers are; MXNet finds 1e300 in float64 infinite; docs/differences.md."""
    x = nd.array([LARGEST[dtype], -LARGEST[dtype], 0, 1e-30], dtype=dtype)
    got = nd.all_finite(x)
    assert got.dtype == np.float32 and got.asnumpy().tolist() == [1]
    assert nd.multi_all_finite(x, nd.zeros((0, 2), dtype=dtype)).asnumpy().tolist() == [1]
    assert nd.all_finite(nd.zeros((0,), dtype=dtype)).asscalar() == 1


@pytest.mark.parametrize("before", [0, 1])
def test_the_output_goes_on_from_what_it_was(before):
    out, good, bad = nd.array([before]), nd.ones(2), nd.array([1, np.nan])
    assert nd.all_finite(good, init_output=False, out=out).asscalar() == before
    assert nd.multi_all_finite(good, good, init_output=False, out=out).asscalar() == before
    assert nd.all_finite(bad, init_output=False, out=out).asscalar() == 0
    assert nd.all_finite(good, init_output=False, out=out).asscalar() == 0


@pytest.mark.parametrize("dtype", FLOATS)
def test_sums_of_squares(rng, dtype):
    arrays = [nd.array(rng.standard_normal(shape), dtype=dtype) for shape in
              [(3, 4), (1000,), (), (0, 2)]]
    want = [(array.astype("float64").asnumpy() ** 2).sum() for array in arrays]
    got = nd.multi_sum_sq(*arrays, num_arrays=4)
    assert got.dtype == np.float32 and got.shape == (4,)
    np.testing.assert_allclose(got.asnumpy(), want, 1e-5)
    np.testing.assert_array_equal(nd.multi_sum_sq(*arrays).asnumpy(), got.asnumpy())


def test_squares_beyond_float16():
    assert nd.multi_sum_sq(nd.full((4,), 300, dtype="float16")).asscalar() == 360000


def test_rates_of_lars(rng):
    lrs, w, g, wds = [rng.uniform(0.1, 1, 5) for _ in range(4)]
    w[1], g[2] = 0, 0
    norm, slope = np.sqrt(w), np.sqrt(g)
    want = np.where((w > 0) & (g > 0), lrs * 0.3 * norm / (0.5 * slope + wds * norm + 1e-3), lrs)
    rates = nd.array(lrs)
    got = nd.multi_lars(rates, nd.array(w), nd.array(g), nd.array(wds), eta=0.3, eps=1e-3,
                        rescale_grad=0.5, out=rates)
    assert got is rates
    np.testing.assert_allclose(rates.asnumpy(), want, 1e-5)


@pytest.mark.parametrize("count", [1, 3, 200])
def test_zeros_of_arrays_of_any_dtype(count):
    dtypes = ["float32", "int8", "bool", "bfloat16", "int64", "float16"]
    arrays = [nd.ones((i % 5, 2), dtype=dtypes[i % len(dtypes)]) for i in range(count)]
    nd.reset_arrays(*arrays, num_arrays=count)
    assert all(array.astype("float32").asnumpy().sum() == 0 for array in arrays)


def test_zeros_are_writes_that_autograd_sees():
    x, arrays = nd.ones(2), [nd.ones(2) for _ in range(70)]
    x.attach_grad()
    with autograd.record():
        y = x * arrays[-1]
    nd.reset_arrays(*arrays)
    with pytest.raises(mx.MXNetError, match="was written to"):
        y.backward()


def test_a_call_without_outputs_is_not_recorded():
    x = nd.ones(2)
    x.attach_grad()
    with autograd.record():
        y = x * 2
        nd.reset_arrays(x)
        assert nd.reset_arrays(nd.ones(2)) == []
    y.backward()
    assert x.grad.asnumpy().tolist() == [2, 2] and x.asnumpy().tolist() == [0, 0]


def test_an_array_over_another():
    target, value = nd.zeros((2, 3)), nd.array([[1, 2, 3], [4, 5, 6]])
    nd._overwrite(target, value)
    np.testing.assert_array_equal(target.asnumpy(), value.asnumpy())
    nd._overwrite(nd.zeros((0,)), nd.zeros((0,)))


X = nd.ones((2,))


@pytest.mark.parametrize(("call", "message"), [
    (lambda: nd.all_finite(X.astype("int32")), "data must have dtype of floating point; got int32"),
    (lambda: nd.multi_all_finite(X, X.astype("float64")),
     "array_1 must have dtype float32, as array_0 is; got float64"),
    (lambda: nd.multi_sum_sq(X, X, num_arrays=3),
     "multi_sum_sq: num_arrays must be the number of arrays, 2; got 3"),
    (lambda: nd.reset_arrays(X, num_arrays=2), "num_arrays must be the number of arrays, 1; got 2"),
    (lambda: nd.reset_arrays(), "reset_arrays: needs at least one array"),
    (lambda: nd.multi_all_finite(*[X] * 1025), "number of arrays must be at most 1024; got 1025"),
    (lambda: nd.multi_lars(X, X, X, nd.ones(3), eta=1, eps=1),
     r"wds must have shape \(2,\), as lrs has; got \(3,\)"),
    (lambda: nd.multi_lars(X, X, X, X, eps=1), "missing parameter 'eta'"),
    (lambda: nd._overwrite(X, nd.ones(3)), r"value must have shape \(2,\), as target has"),
    (lambda: nd._overwrite(X, X.astype("int8")), "value must have dtype float32, as target is"),
])
def test_errors(call, message):
    with pytest.raises(mx.MXNetError, match=message):
        call()


@pytest.mark.parametrize("count", [60, 61, 200])
def test_more_arrays_than_go_together(count):
    arrays = [nd.full((2,), i + 1) for i in range(count)]
    assert nd.multi_all_finite(*arrays).asnumpy().tolist() == [1]
    arrays[-1][1] = np.inf
    assert nd.multi_all_finite(*arrays).asnumpy().tolist() == [0]
    nd.reset_arrays(*arrays)
    assert not any(x.asnumpy().any() for x in arrays)

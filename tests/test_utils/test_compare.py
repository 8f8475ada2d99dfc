"""assert_almost_equal and kin."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import test_utils as tu
from mxlite.test_utils.compare import Comparison

DTYPES = ["float16", "float32", "float64", "int8", "uint8", "int32", "int64", "bool"]
KINDS = {"NDArray": mx.nd.array, "NumPy": np.array}


def fails(*args, **kwargs):
    with pytest.raises(AssertionError) as caught:
        tu.assert_almost_equal(*args, **kwargs)
    return str(caught.value)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("first", KINDS)
@pytest.mark.parametrize("second", KINDS)
def test_equal_and_unequal(dtype, first, second):
    a = KINDS[first]([[1, 0], [1, 1]], dtype=dtype)
    tu.assert_almost_equal(a, KINDS[second]([[1, 0], [1, 1]], dtype=dtype))
    message = fails(a, KINDS[second]([[1, 1], [1, 1]], dtype=dtype))
    assert message.startswith("a and b differ in 1 of 4 elements (25.00%)")
    assert "Location of maximum error: (0, 1), a=" in message


def test_bfloat16():
    one, two = mx.nd.ones(2, dtype="bfloat16"), mx.nd.full(2, 1.5, dtype="bfloat16")
    tu.assert_almost_equal(one, one)
    assert "(0,), a=1.00000000, b=1.50000000" in fails(one, two)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_the_bound_is_that_of_numpy(dtype, rng):
    a = rng.standard_normal(1000).astype(dtype)
    b = (a + rng.standard_normal(1000) * 0.01 * np.abs(a) + 1e-3).astype(dtype)
    for rtol, atol in [(1e-2, 1e-3), (0, 1e-2), (1e-1, 0), (1e-3, 0)]:
        close = np.isclose(a.astype("float64"), b.astype("float64"), rtol, atol)
        assert tu.almost_equal(a, b, rtol, atol) == close.all()
        comparison = Comparison(a, b, rtol, atol, False)
        np.testing.assert_array_equal(comparison.equal, close)
        assert comparison.num_wrong == 1000 - close.sum()


def test_the_worst_elements_come_first():
    a, b = np.arange(6.0).reshape(2, 3), np.arange(6.0).reshape(2, 3)
    b[0, 1] += 1
    b[1, 2] += 10
    b[1, 0] = np.nan
    message = fails(a, b, rtol=0, atol=0.5, names=("got", "want"))
    assert message.splitlines()[:4] == [
        "got and want differ in 3 of 6 elements (50.00%), by up to nan times the tolerance "
        "(rtol=0, atol=0.5).",
        "Location of maximum error: (1, 0), got=3.00000000, want=nan",
        "Location of error: (1, 2), got=5.00000000, want=15.00000000, 20 times the tolerance",
        "Location of error: (0, 1), got=1.00000000, want=2.00000000, 2 times the tolerance"]
    assert "got: array(" in message and "want: array(" in message
    assert len(fails(a, b, 0, 0.5, mismatches=(2, 10)).splitlines()) == \
        len(message.splitlines()) - 1
    assert "Location of error" not in fails(a, b, 0, 0.5, mismatches=(0, 0))


def test_printing_of_numpy_is_left_alone(capsys):
    before = np.get_printoptions()
    assert len(fails(np.zeros(100000), np.ones(100000))) < 2000
    assert np.get_printoptions() == before
    assert capsys.readouterr() == ("", "")


def test_nan_and_infinities():
    nan, infinite = np.array([np.nan, 1]), np.array([np.inf, -np.inf])
    assert "(0,), a=nan, b=nan" in fails(nan, nan)
    tu.assert_almost_equal(nan, nan, equal_nan=True)
    tu.assert_almost_equal(infinite, infinite)
    assert "by up to inf times" in fails(infinite, np.array([np.inf, 1]))
    assert "2 of 2" in fails(infinite, -infinite)


@pytest.mark.parametrize("dtype", ["float16", "float32", "uint8", "int8"])
def test_differences_do_not_overflow(dtype):
    ends = np.array([np.finfo(dtype).max if dtype.startswith("f") else np.iinfo(dtype).max], dtype)
    low = np.array([np.finfo(dtype).min if dtype.startswith("f") else np.iinfo(dtype).min], dtype)
    size = float(ends[0]) - float(low[0])
    assert f"by up to {size / 0.5:g} times" in fails(ends, low, rtol=0, atol=0.5)
    tu.assert_almost_equal(ends, low, rtol=0, atol=size)


def test_large_integers_are_compared_exactly():
    a = mx.nd.array(np.array([2 ** 53]), dtype="int64")
    message = fails(a, np.array([2 ** 53 + 1]))
    assert "a=9007199254740992, b=9007199254740993" in message
    tu.assert_almost_equal(a, np.array([2 ** 53 + 1]), rtol=1e-9)


def test_bools_are_equal_or_not_whatever_the_tolerance():
    assert "1 of 1" in fails(np.array([True]), np.array([False]), rtol=5, atol=5)


def test_shapes_are_broadcast_where_they_can_be():
    tu.assert_almost_equal(np.ones((2, 3)), mx.nd.ones((3,)))
    tu.assert_almost_equal(1, 1.0)
    tu.assert_almost_equal([1, 2], (1.0, 2.0))
    assert "4 of 4" in fails(np.ones((2, 2)), np.zeros(2))
    assert "Location of maximum error: (), a=1, b=1.50000000" in fails(1, 1.5)
    for compare in (tu.assert_almost_equal, tu.almost_equal):
        with pytest.raises(AssertionError, match=r"a.shape = \(2, 2\) and b.shape = \(2,\) are no"):
            compare(np.ones((2, 2)), np.ones(2), use_broadcast=False)
        with pytest.raises(AssertionError, match=r"a.shape = \(2,\) and b.shape = \(3,\) are not"):
            compare(mx.nd.ones(2), mx.nd.ones(3))


def test_empty_arrays_are_equal():
    tu.assert_almost_equal(np.zeros((0, 2)), mx.nd.zeros((0, 2)))
    tu.assert_almost_equal_with_err(np.zeros(0), np.zeros(0), etol=0.5)


def test_same():
    ones = mx.nd.ones((2, 2))
    assert tu.same(ones, np.ones((2, 2))) and tu.same(ones, ones.astype("int8"))
    assert not tu.same(ones, np.ones(2)) and not tu.same(ones, ones + 1e-6)
    assert not tu.same(np.array([np.nan]), np.array([np.nan]))


def test_almost_equal_has_the_defaults_of_float64():
    ones = mx.nd.ones(3)
    assert tu.almost_equal(ones, ones + 1e-6) and not tu.almost_equal(ones, ones + 1e-4)
    assert not tu.almost_equal(ones * np.nan, ones * np.nan)
    assert tu.almost_equal(ones * np.nan, ones * np.nan, equal_nan=True)


def test_assert_allclose():
    tu.assert_allclose(np.array([1, np.nan]), mx.nd.array([1, np.nan], dtype="float64"))
    tu.assert_allclose(np.array([1.0]), np.array([1 + 5e-8]))
    with pytest.raises(AssertionError, match="rtol=1e-07, atol=0"):
        tu.assert_allclose(np.array([1.0]), np.array([1 + 2e-7]))


def test_a_share_of_the_elements_may_differ():
    a = np.arange(10.0)
    b = a + np.eye(10)[3]
    for etol in (0.1, 0.2):
        tu.assert_almost_equal_with_err(a, mx.nd.array(b), etol=etol)
    for etol in (None, 0, 0.05):
        with pytest.raises(AssertionError, match=r"x and y differ in 1 of 10 .*\n.*\(3,\), x=3.0"):
            tu.assert_almost_equal_with_err(a, b, etol=etol, names=("x", "y"))
    tu.assert_almost_equal_with_err(a * np.nan, a * np.nan, etol=0.1, equal_nan=True)


def test_nan_on_either_side_is_ignored():
    a, b = np.array([1, np.nan, 3]), mx.nd.array([1, 2, np.nan], dtype="float64")
    tu.assert_almost_equal_ignore_nan(a, b)
    assert np.isnan(a[1]) and np.isnan(b.asnumpy()[2])
    with pytest.raises(AssertionError, match="p and q differ in 1 of 3"):
        tu.assert_almost_equal_ignore_nan(a, np.array([2, 1, 1.0]) * [1, 1, 3], names=("p", "q"))
    with pytest.raises(AssertionError, match=r"a.shape = \(3,\) and b.shape = \(2,\)"):
        tu.assert_almost_equal_ignore_nan(a, np.ones(2))


def test_assert_exception():
    def fail(number, error=ValueError):
        raise error(number)

    tu.assert_exception(fail, ValueError, 3)
    tu.assert_exception(fail, (KeyError, AssertionError), 3, error=AssertionError)
    with pytest.raises(KeyError):
        tu.assert_exception(fail, ValueError, 3, error=KeyError)
    for kind in (ValueError, AssertionError):
        with pytest.raises(AssertionError, match="abs raised no <class "):
            tu.assert_exception(abs, kind, 3)


def test_the_text_of_a_location_is_that_of_mxnet():
    a, b = np.ones((2, 2)), np.zeros((2, 2))
    assert tu.locationError(a, b, (1, 0), ("x", "y")) == \
        "Location of error: (1, 0), x=1.00000000, y=0.00000000"
    assert tu.locationError(a, b, (1, 0), ("x", "y"), True) == \
        "Location of maximum error: (1, 0), x=1.00000000, y=0.00000000"


def test_same_array():
    a = mx.nd.arange(12).reshape((3, 4))
    with mx.autograd.record():
        view = a.reshape((3, 4))
        assert tu.same_array(a, view) and tu.same_array(a, a) and tu.same_array(a[0:3], a)
    for other in (a.copy(), a[0:2], a[1:3], a.reshape((4, 3)), mx.nd.zeros((3, 4))):
        assert not tu.same_array(a, other)
    assert not tu.same_array(a[0:2], a[1:3])
    assert a.asnumpy().tolist() == np.arange(12).reshape(3, 4).tolist()


def test_compare_ndarray_tuple():
    one, two = mx.nd.ones(2), mx.nd.ones(2) * 2
    tu.compare_ndarray_tuple((one, [two, None]), (one + 1e-5, [two, one]))
    tu.compare_ndarray_tuple(None, one)
    tu.compare_ndarray_tuple((one,), None)
    with pytest.raises(AssertionError, match="2 of 2 elements"):
        tu.compare_ndarray_tuple((one, (one, two)), (one, (one, one)))
    with pytest.raises(AssertionError, match=r"2 of 2 elements .*rtol=0.1, atol=0.2"):
        tu.compare_ndarray_tuple(one, two, 0.1, 0.2)
    for other, found in (((one,), "1"), (one, "NDArray")):
        with pytest.raises(AssertionError, match=f"tuple of 2, like t1; got {found}"):
            tu.compare_ndarray_tuple((one, two), other)

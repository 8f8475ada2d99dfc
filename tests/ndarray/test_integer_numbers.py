"""Arrays of integers and Python's numbers: exact beyond 2^53, and outside the dtype's range."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import nd

BIG = 2 ** 53 + 1
X = np.array([BIG - 1, BIG, BIG + 1, -BIG, 5], "int64")

CALLS = {
    "+": lambda x, n: x + n, "r+": lambda x, n: n + x, "-": lambda x, n: x - n,
    "r-": lambda x, n: n - x, "*": lambda x, n: x * n, "%": lambda x, n: x % n,
    "r%": lambda x, n: n % x, "//": lambda x, n: x // n, "r//": lambda x, n: n // x,
    "==": lambda x, n: x == n, "!=": lambda x, n: x != n, "<": lambda x, n: x < n,
    "<=": lambda x, n: x <= n, ">": lambda x, n: x > n, ">=": lambda x, n: x >= n,
    "r<": lambda x, n: n < x, "r>=": lambda x, n: n >= x,
}
FUNCTIONS = {
    "maximum": np.maximum, "minimum": np.minimum, "add": np.add, "subtract": np.subtract,
    "equal": np.equal, "lesser": np.less, "logical_and": np.logical_and,
}


@pytest.mark.parametrize("number", [BIG, -BIG, 2 ** 62 + 1, np.int64(BIG), 3, -3],
                         ids=lambda n: f"{type(n).__name__}{n}")
@pytest.mark.parametrize("name", CALLS)
def test_operators_are_exact(name, number):
    got = CALLS[name](nd.array(X, dtype="int64"), number)
    with np.errstate(over="ignore"):
        want = CALLS[name](X, number).astype("int64")
    assert got.dtype == np.int64
    np.testing.assert_array_equal(got.asnumpy(), want)


@pytest.mark.parametrize("number", [BIG, -BIG, 2 ** 62 + 1])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_exact(name, number):
    x, function = nd.array(X, dtype="int64"), getattr(nd, name)
    np.testing.assert_array_equal(function(x, number).asnumpy(), FUNCTIONS[name](X, number))
    np.testing.assert_array_equal(function(number, x).asnumpy(), FUNCTIONS[name](number, X))


def test_operators_in_place_and_named_ones_are_exact():
    x = nd.array(X, dtype="int64")
    x += BIG
    np.testing.assert_array_equal(x.asnumpy(), X + BIG)
    got = nd._plus_scalar(nd.array(X, dtype="int64"), scalar=BIG)
    np.testing.assert_array_equal(got.asnumpy(), X + BIG)


@pytest.mark.parametrize("low, high", [(-BIG, BIG), (0, BIG), (BIG, 2 ** 70), (-2 ** 70, 2 ** 62)])
def test_clip_is_exact(low, high):
    x = nd.array(X, dtype="int64")
    want = np.clip(X.astype(object), low, high).astype("int64")
    np.testing.assert_array_equal(x.clip(low, high).asnumpy(), want)
    np.testing.assert_array_equal(nd.clip(x, low, high).asnumpy(), want)
    np.testing.assert_array_equal(nd.clip(x, a_min=low, a_max=high).asnumpy(), want)


def test_arrays_that_are_made_hold_the_number():
    assert nd.full(2, BIG, dtype="int64").asnumpy().tolist() == [BIG, BIG]
    assert nd.arange(BIG, BIG + 4, dtype="int64").asnumpy().tolist() == [*range(BIG, BIG + 4)]
    got = nd.arange(BIG + 4, BIG, -2, dtype="int64")
    assert got.asnumpy().tolist() == [BIG + 4, BIG + 2]
    assert nd.array([BIG], dtype="int64").asnumpy().tolist() == [BIG]


@pytest.mark.parametrize("key", [slice(None), 1, slice(0, 3, 2), [0, 2]], ids=str)
def test_writes_are_exact(key):
    for number in (BIG, -2 ** 63, 2 ** 63 - 1):
        x, want = nd.array(X, dtype="int64"), X.copy()
        x[key] = want[key] = number
        np.testing.assert_array_equal(x.asnumpy(), want)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "int64"])
@pytest.mark.parametrize("number", [300, -300, -1, 2 ** 31, -2 ** 40, 2 ** 63, 2 ** 80,
                                    float("inf"), -float("inf"), float("nan")])
def test_comparisons_with_numbers_outside_the_range_are_those_of_numpy(dtype, number):
    values = np.array([0, 1, 100, -1], dtype if dtype != "uint8" else "int8").astype(dtype)
    x = nd.array(values, dtype=dtype)
    for name in ("==", "!=", "<", "<=", ">", ">=", "r<", "r>="):
        with np.errstate(invalid="ignore"):
            want = CALLS[name](values.astype(object), number).astype(dtype)
        np.testing.assert_array_equal(CALLS[name](x, number).asnumpy(), want, err_msg=name)
    assert nd.logical_and(x, number).asnumpy().tolist() == (values != 0).tolist()


@pytest.mark.parametrize("call, message", [
    (lambda x: x + 2 ** 31, "add: the number must be between -2147483648 and 2147483647 for"),
    (lambda x: 2 ** 40 - x, "sub: the number must be between .* for dtype int32; got 10995"),
    (lambda x: nd.maximum(x, -2 ** 40), "maximum: the number must be between"),
    (lambda x: x * float("inf"), "mul: the number must be finite for dtype int32; got inf"),
    (lambda x: x.astype("int64") + 2 ** 63, "add: the number must be between -9223372036854775808"),
    (lambda x: x.astype("uint8") / float("nan"), "div: the number must be finite for dtype uint8"),
    (lambda x: nd.full(1, 2 ** 31, dtype="int32"), "_full: value must be between -2147483648 and"),
    (lambda x: nd.full(1, 2 ** 63, dtype="int64"), "_full: value must be between -92233720368547"),
    (lambda x: x.__setitem__(0, 2 ** 40), "value: value must be between -2147483648 and 2147483"),
    (lambda x: x.__setitem__(slice(None), 2 ** 63), "x.* = value: value must be between"),
    (lambda x: x.astype("int64").__setitem__(0, 2 ** 63), "value must be between -922337203685"),
    (lambda x: nd.full(1, 10 ** 400), "_full: value must be a number"),
])
def test_numbers_that_do_not_fit_are_named(call, message):
    with pytest.raises(mx.MXNetError, match=message):
        call(nd.array([1, 2], dtype="int32"))


def test_numbers_wrap_around_in_8_bits_as_in_mxnet():
    x = nd.array([1, 200], dtype="uint8")
    assert (x + 300).asnumpy().tolist() == [45, 244]
    assert (x * -1).asnumpy().tolist() == [255, 56]
    assert (x + (2 ** 60 + 1)).asnumpy().tolist() == [2, 201]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "int32", "int64"])
def test_floor_division_is_that_of_numpy(dtype, rng):
    a = np.array([7, -7, 7, -7, 0, 6, -6, 1], dtype)
    b = np.array([2, 2, -2, -2, 5, 3, 3, -9], dtype)
    x, y = nd.array(a, dtype=dtype), nd.array(b, dtype=dtype)
    np.testing.assert_array_equal((x // y).asnumpy(), a // b)
    np.testing.assert_array_equal((x // 2).asnumpy(), a // 2)
    np.testing.assert_array_equal((2 // y).asnumpy(), 2 // b)
    x //= 2
    np.testing.assert_array_equal(x.asnumpy(), a // 2)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_floor_division_at_the_edges(dtype):
    inf, nan = np.inf, np.nan
    a = np.array([1.0, -1.0, 1, -1, 0, 0, inf, -inf, 1, -1, 0, nan, 0.3], dtype)
    b = np.array([0.1, 0.1, inf, inf, inf, -inf, 2, 2, 0, 0, 0, 1, 0.1], dtype)
    got = (nd.array(a, dtype=dtype) // nd.array(b, dtype=dtype)).asnumpy()
    with np.errstate(all="ignore"):
        want = np.floor_divide(a, b)
    want[6:8] = np.nan                  # inf // 2: NaN, as Python's
    np.testing.assert_array_equal(got, want)
    integers = nd.array([5, -2 ** 63], dtype="int64")
    assert (integers // 0).asnumpy().tolist() == [0, 0]         # as the other divisions by 0
    assert (integers // -1).asnumpy().tolist() == [-5, -2 ** 63]

"""Numbers beside arrays: integers beyond 2^53, NaN and infinities, scalars and arrays of NumPy."""

import numpy as onp
import pytest

from mxlite import np

BIG = 2 ** 53 + 1
LARGE = onp.array([BIG, -2 ** 60, 5], "int64")
MASK = onp.array([True, False, True])
EXACT = f"""np.full(3,{BIG},dtype="int64") np.full((),{BIG},dtype="int64") np.full_like(x,{BIG})
    np.where(mask,x,{BIG}) np.where(mask,-{BIG},x) np.pad(x,1,constant_values={BIG})
    np.arange({BIG},{BIG}+6,2,dtype="int64") np.arange({BIG},{BIG}-3,-1,dtype="int64")
    x&{BIG} x|{BIG} x^{BIG} {BIG}&x x&(2**32-1) x|(-2**40) np.bitwise_and(x,{BIG}) np.lcm(x,2**31)
    np.fmod(x,{BIG}) np.fmax(x,{BIG}) np.fmin({BIG},x)""".split("\n")


@pytest.mark.parametrize("expression", " ".join(EXACT).split())
def test_integers_beyond_what_floats_hold(expression):
    with onp.errstate(over="ignore"):
        expected = eval(expression, {"np": onp, "x": LARGE, "mask": MASK})
    found = eval(expression, {"np": np, "x": np.array(LARGE), "mask": np.array(MASK)})
    assert found.dtype == "int64" and found.tolist() == expected.tolist()


def test_integers_beyond_the_dtype():
    x = np.array([1, 2], dtype="int32")
    with pytest.raises(ValueError, match="bitwise_and: the number must be between -2147483648 and "
                                         "2147483647 for dtype int32; got 4294967295"):
        x & 0xFFFFFFFF
    assert (np.array([1, -2], dtype="int8") & 0xFFFFFFFF).tolist() == [1, -2]


def test_nan_and_infinities_among_integers():
    x, mask = np.array([3, -1], dtype="int32"), np.array([True, False])
    for value in (onp.nan, onp.inf, -onp.inf):
        for found, expected in ((np.where(mask, x, value), [3, value]),
                                (np.where(mask, value, x), [value, -1])):
            assert found.dtype == "float32"
            onp.testing.assert_array_equal(found.asnumpy(), onp.array(expected, "float32"))


@pytest.mark.parametrize("value", [onp.float64(0.5), onp.float32(0.5), onp.int64(2), onp.True_,
                                   onp.array(0.5), onp.array(2)], ids=repr)
def test_scalars_of_numpy_on_either_side(value):
    values = onp.array([0.25, 0.5, 2], "float32")
    x = np.array(values)
    for name in ("add", "subtract", "multiply", "true_divide", "less", "less_equal", "greater",
                 "greater_equal", "equal", "not_equal", "maximum", "power"):
        function = getattr(onp, name)
        for found, expected in ((function(value, x), function(value, values)),
                                (function(x, value), function(values, value))):
            assert type(found) is np.ndarray and found.dtype in ("float32", "bool")
            onp.testing.assert_allclose(found.asnumpy(), expected, 1e-6)
    assert (value < x).tolist() == (value < values).tolist()
    assert (value - x).tolist() == (value - values).tolist()


def test_bits_in_place():
    mask = np.array([True, False, True], dtype="bool")
    bits = np.array([3, 4, 6], dtype="int32")
    same, alike, part = mask, bits, bits[1:]
    mask &= np.array([True, True, False], dtype="bool")
    assert same is mask and mask.tolist() == [True, False, False]
    mask |= True
    mask ^= np.array([False, False, True], dtype="bool")
    assert same is mask and mask.tolist() == [True, True, False]
    part &= 5
    bits |= 8
    bits ^= bits[:1]
    assert alike is bits and bits.tolist() == [0, 7, 7] and part.tolist() == [7, 7]
    with pytest.raises(TypeError, match="bitwise_and: out must have dtype int32; got bool"):
        mask &= bits
    with pytest.raises(TypeError, match=r"unsupported operand|must be an array"):
        mask &= "a"

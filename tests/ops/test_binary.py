"""Pointwise functions of two arrays and of an array and a scalar, against NumPy in float64."""

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from gradcheck import check_gradient, check_second
from hypothesis import given

from mxlite import autograd, nd

ORACLES = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "mod": np.mod,
    "power": np.power, "maximum": np.maximum, "minimum": np.minimum, "hypot": np.hypot,
    "equal": np.equal, "not_equal": np.not_equal, "greater": np.greater,
    "greater_equal": np.greater_equal, "lesser": np.less, "lesser_equal": np.less_equal,
    "logical_and": np.logical_and, "logical_or": np.logical_or, "logical_xor": np.logical_xor,
}
SMOOTH = ["add", "sub", "mul", "div", "mod", "power", "maximum", "minimum", "hypot"]
SCALARS = {"add": "plus", "sub": "minus"}
TOLERANCE = {"float64": 1e-12, "float32": 1e-6, "float16": 2e-3}
SHAPES = [((2, 3), (2, 3)), ((2, 3), (3,)), ((4, 1, 3), (2, 1)), ((5,), (1,)), ((3, 1), (1, 4)),
          ((0, 3), (3,)), ((1,), (2, 2, 2)), ((2, 3, 4, 5), (3, 1, 5)), ((300, 257), (257,)),
          ((300, 257), (300, 1))]


def draw(rng, shape):
    return rng.uniform(0.5, 3, shape)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", ORACLES)
def test_values_over_shapes(name, dtype, rng):
    for left, right in SHAPES:
        a, b = draw(rng, left).astype(dtype), draw(rng, right).astype(dtype)
        got = getattr(nd, f"broadcast_{name}")(nd.array(a, dtype=dtype), nd.array(b, dtype=dtype))
        want = ORACLES[name](a.astype("f8"), b.astype("f8")).astype("f8")
        assert got.dtype == a.dtype and got.shape == want.shape
        np.testing.assert_allclose(got.asnumpy().astype("f8"), want, rtol=TOLERANCE[dtype],
                                   atol=2e-2 if (name, dtype) == ("mod", "float16") else 1e-6)


@given(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=5, max_side=4))
def test_broadcasting_is_that_of_numpy(shapes):
    left, right = shapes.input_shapes
    if not left or not right:
        left, right = left or (1,), right or (1,)
    a = np.arange(np.prod(left), dtype="f8").reshape(left)
    b = np.arange(np.prod(right), dtype="f8").reshape(right) * 10
    got = nd.broadcast_sub(nd.array(a, dtype="float64"), nd.array(b, dtype="float64"))
    np.testing.assert_array_equal(got.asnumpy(), a - b)


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("shapes", [((2, 3), (2, 3)), ((2, 3), (3,)), ((4, 1, 3), (2, 1))], ids=str)
def test_gradients(name, shapes, rng):
    arrays = [draw(rng, shape) for shape in shapes]
    function = getattr(nd, f"broadcast_{name}")
    check_gradient(function, arrays, rng)
    check_second(lambda *xs: function(*xs) ** 2, arrays, rng)


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("scalar", [2.0, 0.7])
def test_gradients_with_a_scalar(name, scalar, rng):
    x = [draw(rng, (3, 4))]
    function = getattr(nd.op, f"_{SCALARS.get(name, name)}_scalar")
    check_gradient(lambda a: function(a, scalar=scalar), x, rng)
    check_second(lambda a: function(a, scalar=scalar) ** 2, x, rng)


@pytest.mark.parametrize("apply", [lambda x: 2.0 - x, lambda x: 2.0 / x, lambda x: 2.0 ** x,
                                   lambda x: 7.3 % x], ids=["rsub", "rdiv", "rpow", "rmod"])
def test_gradients_with_a_scalar_on_the_left(apply, rng):
    check_gradient(apply, [draw(rng, (3, 4))], rng)
    check_second(apply, [draw(rng, (3, 4))], rng)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "int64"])
@pytest.mark.parametrize("name", ["add", "sub", "mul", "maximum", "minimum", "equal", "lesser"])
def test_integers(name, dtype):
    a, b = np.array([5, 7, 1, 3], dtype), np.array([3, 7, 1, 2], dtype)
    got = getattr(nd, f"broadcast_{name}")(nd.array(a, dtype=dtype), nd.array(b, dtype=dtype))
    np.testing.assert_array_equal(got.asnumpy(), ORACLES[name](a, b).astype(dtype))


def test_integers_divided_by_zero_do_not_trap():
    a, zero = nd.array([7, -7], dtype="int32"), nd.array([0, 0], dtype="int32")
    assert (a % zero).tolist() == [0, 0]
    assert (a / zero).tolist() == [0, 0]
    lowest = nd.array([-(2**31)], dtype="int32")
    assert (lowest / nd.array([-1], dtype="int32")).shape == (1,)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "int64"])
def test_the_slopes_of_integer_remainders_are_0(dtype):
    a, b = [nd.array([[5, 7]], dtype=dtype), nd.array([[3], [2]], dtype=dtype)]
    for run in (lambda: a % b, lambda: a % 3, lambda: 7 % a, lambda: nd._internal._mod(a, a)):
        for x in (a, b):
            x.attach_grad()
        with autograd.record():
            y = run()
        y.backward()
        assert not a.grad.asnumpy().any() and not b.grad.asnumpy().any()


@pytest.mark.parametrize("dtype", ["int8", "int32", "int64"])
def test_slopes_of_integer_powers_and_lengths_are_cut_to_integers(dtype):
    """As recorded from MXNet 1.9.1: a^b log(a) and a / sqrt(a^2 + b^2), each cut, then times dy."""
    base, exponent, leg = ([2, 3, 5, 1], [3, 2, 1, 4], [3, -1, 0, 2])
    for run, x, expected in (
            (lambda x: nd.broadcast_power(nd.array(base, dtype=dtype), x), exponent, [5, 9, 8, 0]),
            (lambda x: nd._internal._power(x, nd.array(exponent, dtype=dtype)), base,
             [12, 6, 1, 4]),
            (lambda x: 2 ** x, [3, 1, 2, 5], [5, 1, 2, 22]),
            (lambda x: 2.5 ** x, [3, 1, 2, 5], [5, 1, 2, 22]),
            (lambda x: nd.broadcast_hypot(x, nd.array([0, 4, 3, 0], dtype=dtype)), leg,
             [1, 0, 0, 1]),
            (lambda x: nd._internal._hypot_scalar(x, scalar=0), [3, -1, 7, 2], [1, -1, 1, 1]),
            (lambda x: nd._internal._hypot_scalar(x, scalar=2), leg, [0, 0, 0, 0])):
        for factor, wanted in ((1, expected), (3, [3 * slope for slope in expected])):
            array = nd.array(x, dtype=dtype)
            array.attach_grad()
            with autograd.record():
                y = run(array)
            y.backward(nd.full(4, factor, dtype=dtype))
            assert array.grad.tolist() == wanted


def test_large_integers_stay_exact():
    a = nd.array(np.array([2**53 + 1, 2**60 + 3]), dtype="int64")
    assert (a + a).tolist() == [2 * (2**53 + 1), 2 * (2**60 + 3)]
    assert a.abs().tolist() == [2**53 + 1, 2**60 + 3]


def test_remainders_have_the_sign_of_the_divisor():
    a, b = np.array([7.0, -7, 7, -7]), np.array([3.0, 3, -3, -3])
    np.testing.assert_array_equal((nd.array(a) % nd.array(b)).asnumpy(), np.mod(a, b))
    assert (nd.array([5.0]) % 0).tolist() == [0]


def test_elementwise_forms_need_equal_shapes():
    with pytest.raises(ValueError, match=r"elemwise_add: rhs must have shape \(2,\)"):
        nd.elemwise_add(nd.ones(2), nd.ones((1, 2)))
    assert nd.elemwise_mul(nd.full(2, 3), nd.full(2, 4)).tolist() == [12, 12]


def test_shapes_that_do_not_broadcast():
    with pytest.raises(ValueError, match=r"broadcast_add: rhs must have shape that broadcasts with "
                                         r"\(2, 3\), the shape of lhs; got \(2,\)"):
        nd.ones((2, 3)) + nd.ones((2,))


def test_dtypes_do_not_mix():
    with pytest.raises(TypeError, match="broadcast_add: rhs must have dtype float32, as lhs is; "
                                        "got float64"):
        nd.ones(2) + nd.ones(2, dtype="float64")


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("power", [1, 2, -1, 0.5, -0.5, 3, 0, 1.5])
def test_powers_that_need_no_logarithm(rng, dtype, power):
    """With the signs of zeros, infinities and NaN of pow."""
    with np.errstate(all="ignore"):
        values = np.concatenate([[0.0, -0.0, np.inf, -np.inf, np.nan, 1e-40, -2.5],
                                 rng.uniform(0, 9, 70_000)]).astype(dtype)
        exponents = np.full(len(values), power, "float64")      # of a number NumPy takes a root
        expected = np.power(values.astype("float64"), exponents).astype(dtype)
        got = (nd.array(values, dtype=dtype) ** power).asnumpy()
    assert got.dtype == dtype
    tolerance = {"float16": 1e-3, "float32": 3e-7, "float64": 1e-15}[dtype]
    np.testing.assert_allclose(got, expected, tolerance)
    finite = ~np.isnan(expected)
    np.testing.assert_array_equal(np.signbit(got[finite]), np.signbit(expected[finite]))

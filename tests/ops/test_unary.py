"""Pointwise functions of one array, against NumPy and SciPy in float64."""

import numpy as np
import pytest
import scipy.special as special
from gradcheck import check_gradient, check_second, vjp_of

from mxlite import autograd, nd
from mxlite.ops.unary import ROWS

ANY, POSITIVE, INSIDE, ABOVE = (-3, 3), (0.1, 4), (-0.9, 0.9), (1.1, 4)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


# name -> (oracle in float64, domain)
ORACLES = {
    "abs": (np.abs, ANY), "sign": (np.sign, ANY), "rint": (lambda x: np.ceil(x - 0.5), ANY),
    "round": (lambda x: np.sign(x) * np.floor(np.abs(x) + 0.5), ANY), "ceil": (np.ceil, ANY),
    "floor": (np.floor, ANY), "trunc": (np.trunc, ANY), "fix": (np.trunc, ANY),
    "square": (np.square, ANY), "sqrt": (np.sqrt, POSITIVE), "rsqrt": (lambda x: x**-0.5, POSITIVE),
    "cbrt": (np.cbrt, POSITIVE), "rcbrt": (lambda x: 1 / np.cbrt(x), POSITIVE),
    "exp": (np.exp, ANY), "expm1": (np.expm1, ANY), "log": (np.log, POSITIVE),
    "log10": (np.log10, POSITIVE), "log2": (np.log2, POSITIVE), "log1p": (np.log1p, POSITIVE),
    "sin": (np.sin, ANY), "cos": (np.cos, ANY), "tan": (np.tan, (-1.2, 1.2)),
    "arcsin": (np.arcsin, INSIDE), "arccos": (np.arccos, INSIDE), "arctan": (np.arctan, ANY),
    "sinh": (np.sinh, ANY), "cosh": (np.cosh, ANY), "tanh": (np.tanh, ANY),
    "arcsinh": (np.arcsinh, ANY), "arccosh": (np.arccosh, ABOVE), "arctanh": (np.arctanh, INSIDE),
    "degrees": (np.degrees, ANY), "radians": (np.radians, ANY),
    "reciprocal": (lambda x: 1 / x, POSITIVE),
    "negative": (np.negative, ANY), "relu": (lambda x: np.maximum(x, 0), ANY),
    "sigmoid": (sigmoid, ANY), "softsign": (lambda x: x / (1 + np.abs(x)), ANY),
    "softrelu": (lambda x: np.log1p(np.exp(x)), ANY),
    "log_sigmoid": (lambda x: np.log(sigmoid(x)), ANY),
    "mish": (lambda x: x * np.tanh(np.log1p(np.exp(x))), ANY), "erf": (special.erf, ANY),
    "erfinv": (special.erfinv, INSIDE), "gamma": (special.gamma, POSITIVE),
    "gammaln": (special.gammaln, POSITIVE), "digamma": (special.digamma, POSITIVE),
    "logical_not": (np.logical_not, ANY), "isnan": (np.isnan, ANY), "isinf": (np.isinf, ANY),
    "isfinite": (np.isfinite, ANY),
}
TOLERANCE = {"float64": 1e-11, "float32": 3e-6, "float16": 3e-3}
SMOOTH = [row.name for row in ROWS if row.reads]
ROUGH_AT_ZERO = {"abs", "relu", "softsign"}


def draw(rng, name, shape=(3, 37)):
    low, high = ORACLES[name][1]
    x = rng.uniform(low, high, shape)
    return np.where(np.abs(x) < 0.05, 0.3, x) if name in ROUGH_AT_ZERO else x


def test_every_row_has_an_oracle():
    assert set(ORACLES) == {row.name for row in ROWS}


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", ORACLES)
def test_values(name, dtype, rng):
    x = draw(rng, name).astype(dtype)
    y = getattr(nd.op, name)(nd.array(x, dtype=dtype))
    assert y.dtype == x.dtype and y.shape == x.shape
    want = ORACLES[name][0](x.astype("f8")).astype("f8")
    np.testing.assert_allclose(y.asnumpy().astype("f8"), want, rtol=TOLERANCE[dtype],
                               atol=TOLERANCE[dtype])


@pytest.mark.parametrize("name", SMOOTH)
def test_gradient(name, rng):
    check_gradient(getattr(nd.op, name), [draw(rng, name)], rng)


@pytest.mark.parametrize("name", [name for name in SMOOTH if name != "digamma"])
def test_second_order(name, rng):
    check_second(getattr(nd.op, name), [draw(rng, name, (7,))], rng)


@pytest.mark.parametrize("name", sorted(set(ORACLES) - set(SMOOTH)))
def test_steps_have_gradient_zero(name, rng):
    x = draw(rng, name)
    assert not vjp_of(getattr(nd.op, name), (0,))([np.ones_like(x)], x)[0].any()


@pytest.mark.parametrize("name", ["exp", "log", "log1p", "tanh", "sigmoid", "softrelu", "erfinv"])
def test_float32_to_the_last_digits(name):
    x = np.concatenate([np.linspace(-90, 90, 100001), [0, 1e-30, -1e-30, 1e-7, -1e-4]]).astype("f4")
    if name == "log":
        x = np.abs(x) + np.float32(1e-37)
    elif name == "log1p":
        x = np.concatenate([x[x > -1], np.linspace(-0.9999, 0.1, 20001, dtype="f4")])
    elif name == "erfinv":
        x = np.concatenate([x / 91, 1 - np.geomspace(6e-8, 0.2, 10001, dtype="f4")])
    got = getattr(nd.op, name)(nd.array(x)).asnumpy().astype("f8")
    with np.errstate(over="ignore"):
        want = ORACLES[name][0](x.astype("f8"))
        want = want.astype("f4").astype("f8")
    np.testing.assert_allclose(got, want, rtol=4e-7, atol=2e-38)


@pytest.mark.parametrize(
    "name", ["exp", "log", "log1p", "tanh", "sigmoid", "relu", "softrelu", "sqrt", "abs", "erfinv"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_not_a_number_and_infinities(name, dtype):
    x = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0, -1.5], dtype)
    got = getattr(nd.op, name)(nd.array(x, dtype=dtype)).asnumpy()
    with np.errstate(all="ignore"):
        want = {"softrelu": lambda x: np.logaddexp(x, 0)}.get(name, ORACLES[name][0])(x)
    np.testing.assert_allclose(got, want, rtol=1e-6)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "int64"])
def test_integers(dtype):
    x = np.array([0, 1, 2, 5], dtype)
    for name in ("abs", "square", "sign", "floor", "relu", "round"):
        got = getattr(nd.op, name)(nd.array(x, dtype=dtype))
        assert got.dtype == x.dtype
        np.testing.assert_array_equal(got.asnumpy(), ORACLES[name][0](x).astype(dtype))
    np.testing.assert_array_equal(nd.exp(nd.array(x, dtype=dtype)).asnumpy(),
                                  np.exp(x.astype("f8")).astype("i8").astype(dtype))


@pytest.mark.parametrize("name, slopes", [         # those of MXNet 1.9.1: cut to integers
    ("abs", [1, 1, 1]), ("square", [10, 2, 12]), ("exp", [148, 2, 403]), ("sqrt", [0, 0, 0]),
    ("negative", [-1, -1, -1]), ("reciprocal", [0, -1, 0]), ("relu", [1, 1, 1]),
    ("tanh", [1, 1, 1]), ("log", [0, 1, 0]), ("sign", [0, 0, 0]), ("floor", [0, 0, 0])])
def test_gradients_of_integers(name, slopes):
    x = nd.array([5, 1, 6], dtype="int32")
    x.attach_grad()
    with autograd.record():
        y = getattr(nd.op, name)(x) * nd.array([1, 2, 3], dtype="int32")
    y.backward()
    assert x.grad.dtype == np.int32
    assert x.grad.asnumpy().tolist() == [slopes[0], 2 * slopes[1], 3 * slopes[2]]


@pytest.mark.parametrize("shape", [(0,), (3, 0), (1,), (70001,), (5, 7, 11)])
def test_shapes(shape, rng):
    x = rng.normal(size=shape)
    got = nd.tanh(nd.array(x, dtype="float64"))
    assert got.shape == shape
    np.testing.assert_allclose(got.asnumpy(), np.tanh(x), rtol=1e-12)


def test_sign_of_infinities_and_nan_is_that_of_mxnet():
    assert nd.sign(nd.array([np.inf, -np.inf, np.nan, -0.0])).tolist() == [1, -1, 0, 0]


def test_slope_of_expm1_keeps_its_digits_far_below_0():
    x = nd.array([-30.0])
    x.attach_grad()
    with autograd.record():
        y = nd.expm1(x)
    y.backward()
    np.testing.assert_allclose(x.grad.asnumpy(), np.exp([-30.0]), rtol=1e-6)


def test_slopes_of_gamma_at_its_poles():
    for name, x, slope in (("gamma", 0.0, -np.inf), ("gamma", -1.0, np.nan),
                           ("gammaln", 0.0, -np.inf), ("gammaln", -1.0, np.nan)):
        a = nd.array([x])
        a.attach_grad()
        with autograd.record():
            y = getattr(nd, name)(a)
        y.backward()
        np.testing.assert_equal(a.grad.asscalar(), slope)

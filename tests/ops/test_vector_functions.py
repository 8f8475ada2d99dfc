"""The float functions of csrc/include/mx_math.h: errors in units in the last place, edges."""

import numpy as np
import pytest
from scipy import special

from mxlite import nd

FUNCTIONS = {"exp": np.exp, "expm1": np.expm1, "log": np.log, "tanh": np.tanh,
             "erf": special.erf, "sigmoid": special.expit}
MOST = {"sigmoid": 3}       # a quotient of a sum: each rounds once more

EDGES = np.float32([0, -0.0, np.inf, -np.inf, np.nan, 1e-45, -1e-45, 1.17e-38, 3.4e38, -3.4e38,
                    88.7, 88.8, 89, -87.4, -103.9, -104, -150, 0.94, 0.9399999, -0.94,
                    4, 4.1, 0.625])


def numbers():
    """Floats of all magnitudes and, close together, those where the function bends."""
    rng = np.random.default_rng(7)
    every = rng.integers(0, 2 ** 32, 200_000, dtype=np.uint64).astype(np.uint32).view(np.float32)
    return np.concatenate([EDGES, every, np.linspace(-20, 20, 100_000, dtype=np.float32),
                           np.linspace(0.5, 1.5, 100_000, dtype=np.float32)])


@pytest.mark.filterwarnings("ignore:.*encountered")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_errors_in_units_in_the_last_place(name):
    x = numbers()
    got = getattr(nd, name)(nd.array(x)).asnumpy()
    want = FUNCTIONS[name](x.astype(np.float64))
    rounded = want.astype(np.float32)
    finite = np.isfinite(rounded)
    np.testing.assert_array_equal(np.isnan(got), np.isnan(rounded))
    if name == "sigmoid":               # as in MXNet 1 / inf, where it would be subnormal
        finite &= x > -88
        assert np.all(got[x <= -88] < 1e-38)
    else:
        np.testing.assert_array_equal(got[~finite], rounded[~finite])
    units = np.abs(got[finite] - want[finite]) / np.spacing(np.abs(rounded[finite]))
    worst = units.argmax()
    assert units[worst] <= MOST.get(name, 2), (x[finite][worst], units[worst])


@pytest.mark.filterwarnings("ignore:.*encountered")
def test_exp_of_doubles():
    rng = np.random.default_rng(8)
    x = np.concatenate([[0, -0.0, np.inf, -np.inf, np.nan, 709.78, 709.79, -708.4, -745.1, -745.2,
                         1e300, -1e300, 5e-324], rng.uniform(-746, 710, 50_000),
                        rng.uniform(-2, 2, 50_000)])
    got = nd.exp(nd.array(x, dtype="float64")).asnumpy()
    want = np.exp(x.astype(np.longdouble))
    rounded = want.astype(np.float64)
    finite = np.isfinite(rounded)
    np.testing.assert_array_equal(got[~finite], rounded[~finite])
    units = np.abs(got[finite] - want[finite]) / np.spacing(rounded[finite])
    assert units.max() <= 2, x[finite][units.argmax()]


@pytest.mark.parametrize("name", ["expm1", "tanh", "erf"])
def test_odd_near_0(name):
    x = np.float32([-0.0, 0.0, -1e-45, 1e-45, -1e-20, 1e-20])
    got = getattr(nd, name)(nd.array(x)).asnumpy()
    np.testing.assert_array_equal(np.signbit(got), np.signbit(x))

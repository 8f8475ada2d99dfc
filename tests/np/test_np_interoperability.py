"""NumPy's own functions, called with arrays of mx.np, and NumPy's arrays beside them."""

import numpy as onp
import pytest

from mxlite import autograd, np
from mxlite.numpy_dispatch_protocol import (
    _NUMPY_ARRAY_FUNCTION_LIST,
    _NUMPY_ARRAY_UFUNC_LIST,
    with_array_function_protocol,
    with_array_ufunc_protocol,
)

ONE, TWO = np.array([[1.0, 0.5], [0.25, 2.0]]), np.array([[3.0, 1.0], [2.0, 5.0]])
INTEGERS = ("bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_not", "invert", "lcm")
OF_TWO = {"add", "arctan2", "copysign", "hypot", "lcm", "subtract", "multiply", "true_divide",
          "power", "mod", "matmul", "remainder", "maximum", "minimum", "bitwise_and", "bitwise_xor",
          "bitwise_or", "equal", "not_equal", "less", "less_equal", "greater", "greater_equal"}


@pytest.mark.parametrize("name", [n for n in _NUMPY_ARRAY_UFUNC_LIST if n != "abs"])
def test_functions_of_elements(name):
    dtype = "int32" if name in INTEGERS else "float64"
    given = [x.astype(dtype) for x in ((ONE, TWO) if name in OF_TWO else (ONE * 0.5,))]
    function = getattr(onp, name)
    y = function(*given)
    assert type(y) is np.ndarray
    with onp.errstate(all="ignore"):
        expected = function(*[x.asnumpy() for x in given])
    onp.testing.assert_allclose(y.asnumpy().astype("float64"), expected.astype("float64"), 1e-12)
    if name in OF_TWO:
        assert type(function(given[0], given[1].asnumpy())) is np.ndarray
        assert type(function(given[0].asnumpy(), given[1])) is np.ndarray


@pytest.mark.parametrize("call", [
    lambda np, x: np.sum(x, axis=0), lambda np, x: np.concatenate([x, x]),
    lambda np, x: np.stack((x, x), axis=1), lambda np, x: np.linalg.norm(x),
    lambda np, x: np.linalg.inv(x), lambda np, x: np.where(x > 1, x, 0 * x),
    lambda np, x: np.clip(x, 0.3, 1), lambda np, x: np.percentile(x, 50),
    lambda np, x: np.einsum("ij->ji", x), lambda np, x: np.meshgrid(x[0], x[1])[0],
    lambda np, x: np.unique(x), lambda np, x: np.pad(x, 1), lambda np, x: np.mean(x, keepdims=True),
    lambda np, x: np.fft.fftshift(x), lambda np, x: np.tril(x), lambda np, x: np.zeros_like(x)])
def test_functions_of_arrays(call):
    x = ONE.astype("float64")
    y = call(onp, x)
    assert type(y) is np.ndarray
    onp.testing.assert_allclose(y.asnumpy(), call(onp, x.asnumpy()), 1e-12)


def test_official_functions_are_recorded():
    x = np.array([1.0, 2.0])
    x.attach_grad()
    with autograd.record():
        y = onp.sum(onp.exp(x) * onp.array([2.0, 3.0]))
    y.backward()
    onp.testing.assert_allclose(x.grad.asnumpy(), onp.exp([1, 2]) * [2, 3], 1e-6)


def test_results_that_are_tuples_and_numbers():
    for pair in (onp.broadcast_arrays, onp.meshgrid):       # lists in NumPy 1
        assert type(pair(ONE, TWO)) is type(pair([1.0], [2.0]))
    assert onp.shape(ONE) == (2, 2)
    assert bool(onp.allclose(ONE, ONE)) and onp.count_nonzero(ONE) == 4
    assert onp.asarray(ONE).base is not None and float(onp.add.reduce(ONE.ravel())) == 3.75


def test_out():
    out = np.zeros((2, 2))
    assert onp.add(ONE, TWO, out=out) is out and out.tolist() == (ONE + TWO).tolist()


def test_the_lists_name_functions_that_are_there():
    for name in _NUMPY_ARRAY_FUNCTION_LIST + _NUMPY_ARRAY_UFUNC_LIST:
        module, _, last = name.rpartition(".")
        assert callable(getattr(np.linalg if module else np, last))
    assert with_array_function_protocol(len) is with_array_ufunc_protocol(len) is len
    assert set(np.fallback.__all__) <= set(dir(np)) | {"in1d", "trapz"}
    assert np.fallback.count_nonzero(ONE) == 4 and callable(np.fallback_linalg.cond)

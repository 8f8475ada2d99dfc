"""Places and names of arguments: those of MXNet 1.9.1, and those of NumPy's functions, too."""

import inspect

import numpy as onp
import pytest

import mxlite as mx
from mxlite import _numpy_op_doc, np, npx, numpy_op_signature


@pytest.mark.parametrize("name", ["max", "min", "amax", "amin", "any", "all", "sometrue"])
def test_keepdims_before_out(name):
    x, function = np.arange(6).reshape(2, 3), getattr(np, name)
    expected = function(x, axis=0, keepdims=True)
    assert expected.shape == (1, 3)
    out = np.zeros((1, 3), dtype=expected.dtype)
    for found in (function(x, 0, True), function(x, 0, None, True), function(x, 0, onp.True_),
                  function(x, 0, True, out), function(x, 0, out, True)):
        assert found.tolist() == expected.tolist() and found.shape == (1, 3)
    assert out.tolist() == expected.tolist()
    assert function(x, 0, False).shape == (3,)


@pytest.mark.parametrize("name", ["sum", "prod", "product"])
def test_keepdims_before_out_of_sums(name):
    x, function = np.arange(1, 7).reshape(2, 3), getattr(np, name)
    for found in (function(x, 0, "float64", True), function(x, 0, "float64", None, True)):
        assert found.shape == (1, 3) and found.dtype == "float64"
        assert found.tolist() == function(x, axis=0, dtype="float64", keepdims=True).tolist()
    assert function(x, 0, None, False).shape == (3,)


def test_out_of_functions_of_shapes():
    x, out = np.arange(6).reshape(2, 3), np.zeros((3, 2))
    assert np.reshape(x, (3, 2), "C", out) is out and out.tolist() == [[0, 1], [2, 3], [4, 5]]
    out = np.zeros((2, 3))
    assert np.copy(x, out=out) is np.copy(x, out) is out and out.tolist() == x.tolist()
    out = np.zeros(6, dtype="int64")
    assert np.squeeze(x.reshape(1, 6), 0, out) is out and out.tolist() == list(range(6))
    with pytest.raises(ValueError, match=r"squeeze: out must have shape \(2, 3\); got \(6,\)"):
        np.squeeze(x, out=out)


def test_names_of_arguments():
    x = np.array([[0, 1], [2, 0]])
    assert np.ravel(x=x).tolist() == [0, 1, 2, 0] == x.ravel(order="C").tolist()
    assert npx.nonzero(x=x).tolist() == [[0, 1], [1, 0]]
    assert x.as_in_ctx(ctx=mx.cpu()) is x
    assert npx.reshape(x, (-1,), False, "C").shape == (4,)
    assert npx.reshape(np.zeros((2, 3, 4)), (-5, -2), True).shape == (6, 4)


def test_operators_of_functions():
    """_np_sum is the operator of np.sum; operators of no function have other names, _npi_host."""
    names = [name for name in mx.operator.get_all_registered_operators() if name.startswith("_np_")]
    assert {"_np_sum", "_np_dot", "_np_reshape"} <= {*names}
    for name in names:
        function = numpy_op_signature._get_builtin_op(name)
        documented = getattr(_numpy_op_doc, name)
        assert callable(function) and documented.__doc__ == function.__doc__
        assert function.__signature__ == inspect.signature(documented)
    with pytest.raises(AttributeError, match="has no attribute '_np_sun'"):
        _numpy_op_doc._np_sun                                           # noqa: B018

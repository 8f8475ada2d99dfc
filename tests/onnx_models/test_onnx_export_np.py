"""Functions of mx.np written as ONNX: each as the operators that it consists of."""

import numpy as onp
import pytest
from np_expressions import Evaluated, arrays, is_for_graphs
from np_lists import CHECKED, COMPUTED, ITEMS
from onnx_runs import ran

import mxlite as mx
from mxlite import np, onnx

EXPRESSIONS = [e for e in CHECKED + ITEMS + COMPUTED if is_for_graphs(e)]
# what is computed by NumPy itself, or of operators that ONNX lacks
REFUSED = [e for e in EXPRESSIONS if any(name in e for name in (
    "arctan2", "copysign", "fmax", "fmin", "fmod", "ldexp", "percentile", "quantile", "unique",
    "argwhere", "bincount", "histogram", "insert", "delete", "resize", "median", "interp", "cov(",
    "corrcoef", "isclose", "searchsorted", "cumprod", "ptp", "float_power", "vander", "cross",
    "kron", "nan", "heaviside", "signbit", "take_along_axis"))]
# what depends on lengths that are free
FIXED = [e for e in EXPRESSIONS if any(name in e for name in (
    "np.std(a", "np.var(a)", "a.std()", "a.var()", "reshape(a,(3,2)", "reshape(3,2)", "roll(a,1)",
    "roll(r,(1,2),axis=(0,2))", "np.pad(a,((1,2)", "np.pad(a,1,", "np.pad(a,((1,1)",
    "np.pad(a,((2,2)", "np.split(r,2)[1]", "vsplit", "np.sort(a,axis=None)",
    "np.diag(a,1)", "diagflat(a)", "diagonal", "np.trace(r,offset=1", "ediff1d(a)"))]


def model_of(expression, tmp_path, rng, **free):
    """(path, inputs by name, the value) of an expression."""
    names = arrays(rng, np, "float32")
    net = Evaluated(expression, list(names))
    net.hybridize()
    value = net(*names.values()).asnumpy()
    symbol = mx.sym.load(net.export(str(tmp_path / "net"))[0])
    inputs = {name: list(names.values())[int(name.removeprefix("data"))]
              for name in symbol.list_inputs()}
    if free:
        free["dynamic_input_shapes"] = [
            tuple(["two" if n == 2 else n for n in array.shape]) for array in inputs.values()]
    path = onnx.export_model(symbol, {}, [array.shape for array in inputs.values()],
                             [array.dtype for array in inputs.values()], tmp_path / "net.onnx",
                             **free)
    return path, {name: array.asnumpy() for name, array in inputs.items()}, value


def assert_agree(path, inputs, value):
    found = ran(path, inputs)[0]
    assert (found.shape, found.dtype) == (value.shape, value.dtype)
    onp.testing.assert_allclose(found, value, 1e-4, 1e-5)


@pytest.mark.parametrize("expression", [e for e in EXPRESSIONS if e not in REFUSED])
def test_models_of_expressions(expression, tmp_path, rng):
    assert_agree(*model_of(expression, tmp_path, rng))


@pytest.mark.parametrize("expression", [e for e in EXPRESSIONS if e not in REFUSED + FIXED])
def test_models_with_free_lengths(expression, tmp_path, rng):
    assert_agree(*model_of(expression, tmp_path, rng, dynamic=True))


@pytest.mark.parametrize("expression", REFUSED)
def test_expressions_that_are_refused(expression, tmp_path, rng):
    with pytest.raises(NotImplementedError, match="ONNX export does not know"):
        model_of(expression, tmp_path, rng)


@pytest.mark.parametrize("expression", FIXED)
def test_expressions_of_fixed_lengths(expression, tmp_path, rng):
    with pytest.raises(mx.MXNetError, match=r"export_model: .*(dynamic_input_shapes|free)"):
        model_of(expression, tmp_path, rng, dynamic=True)

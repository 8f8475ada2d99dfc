"""Every function of mx.np that NumPy has, for drawn shapes, dtypes, axes and views."""

import numpy as onp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from np_cases_elements import BINARY, CREATION, REDUCTIONS, UNARY
from np_cases_products import LINALG, POLYNOMIALS, PRODUCTS, STATISTICS
from np_cases_shapes import ITEMS, SHAPES
from np_drawn import Drawn, check, check_gradients

from mxlite import np
from mxlite.ops.numpy.functions.table import names_in

# The fixture sets switches, which no example changes.
FEW = settings(max_examples=15, deadline=None,
               suppress_health_check=[HealthCheck.function_scoped_fixture])
TABLES = (UNARY, BINARY, REDUCTIONS, CREATION, SHAPES, ITEMS, PRODUCTS, LINALG, STATISTICS,
          POLYNOMIALS)
CASES = [pytest.param(name, case, id=name) for table in TABLES for name, case in table.items()]
SMOOTH = """absolute exp expm1 sin cos tan arctan sinh cosh tanh arcsinh degrees radians square
    negative copy nan_to_num cbrt sqrt log log10 log2 log1p reciprocal arcsin arccos arctanh arccosh
    add multiply maximum minimum subtract true_divide hypot arctan2 copysign fmax fmin power ldexp
    sum prod mean var cumsum average reshape ravel squeeze transpose moveaxis
    swapaxes rollaxis expand_dims flip rot90 roll repeat pad tile broadcast_to broadcast_arrays
    split array_split concatenate append stack vstack hstack dstack column_stack meshgrid where
    sort take diag diagflat diagonal trace tril triu diff ediff1d matmul dot tensordot inner einsum
    vdot outer linalg.inv linalg.det linalg.solve linalg.norm linalg.tensorinv linalg.tensorsolve
    polyval""".split()
# compared elsewhere: their values are open, are no arrays, or change the process
ELSEWHERE = {
    "empty_like", "may_share_memory", "shares_memory", "roots", "min_scalar_type", "result_type",
    "genfromtxt", "set_printoptions", "linalg.svd", "linalg.eig", "linalg.eigh", "linalg.eigvals",
    "linalg.qr"}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")        # of NumPy: slices that are all NaN
@pytest.mark.parametrize("name, case", CASES)
@FEW
@given(data=st.data())
def test_values(name, case, data):
    check(name, case, data)


@pytest.mark.parametrize("name, case", [param for param in CASES if param.id in SMOOTH])
@FEW
@given(data=st.data())
def test_gradients(name, case, data):
    check_gradients(name, case, data)


def test_every_function_that_numpy_has_is_compared_with_it():
    known = ELSEWHERE.union(*TABLES)
    ours = [*names_in(""), *[f"linalg.{name}" for name in names_in("linalg")]]
    assert [name for name in ours if name not in known
            and hasattr(onp.linalg if "." in name else onp, name.split(".")[-1])] == []


@FEW
@given(data=st.data())
def test_factors_give_the_matrix_back(data):
    a = Drawn(data).matrix("d")
    h = a @ a.T
    x, y = np.array(a), np.array(h)

    def close(one, other, atol=1e-9):
        onp.testing.assert_allclose(one.asnumpy(), other, 1e-7, atol)

    values, vectors = np.linalg.eigh(y)
    close((vectors * values) @ vectors.T, h)
    ut, length, v = np.linalg.svd(x)
    close((ut * length) @ v, a)
    q, r = np.linalg.qr(x)
    close(q @ r, a)
    close(q.T @ q, onp.eye(len(a)))
    values, vectors = np.linalg.eig(y)
    close(y @ vectors, (vectors * values).asnumpy())
    close(np.sort(np.linalg.eigvals(y)), onp.linalg.eigvalsh(h))


@pytest.mark.parametrize("name", ["sqrt", "exp", "log1p", "sin", "arctan", "mean", "std", "var"])
@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "int64", "int8", "bool"])
def test_dtypes_of_functions_whose_values_are_no_integers(name, dtype):
    x = np.array([[1, 0], [1, 1]], dtype=dtype)
    assert getattr(np, name)(x).dtype == (dtype if dtype.startswith("float") else "float32")


def test_functions_whose_answers_are_no_arrays(tmp_path):
    x = np.array([[1, 2], [3, 4]], dtype="int32")
    assert np.min_scalar_type(300) == onp.uint16 and np.result_type(x, "float64") == "float64"
    roots = np.sort(np.roots(np.array([1, -3, 2], dtype="float64")))
    onp.testing.assert_allclose(roots.asnumpy(), [1, 2], 1e-9)
    assert np.empty_like(x).shape == (2, 2) and np.empty_like(x).dtype == "int32"
    (tmp_path / "table").write_text("1,2\n3,4\n")
    assert np.genfromtxt(tmp_path / "table", delimiter=",").tolist() == [[1, 2], [3, 4]]
    before = onp.get_printoptions()["precision"]
    np.set_printoptions(precision=2)
    try:
        assert str(np.array([1.23456])) == "[1.23]"
    finally:
        np.set_printoptions(precision=before)

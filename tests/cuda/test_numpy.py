"""mx.np on a GPU: the expressions of the tests, with the CPU's numbers."""

import np_expressions
import np_lists
import numpy as onp
import pytest

import mxlite as mx
from mxlite import np

LISTS = ("ELEMENTS", "REDUCTIONS", "SHAPES", "PRODUCTS", "EXACT")
EXPRESSIONS = [text for name in LISTS for text in getattr(np_lists, name)]


def on(ctx, expression, dtype):
    with ctx:
        names = np_expressions.arrays(onp.random.default_rng(3), np, dtype)
        assert names["a"].ctx == ctx
        found = np_expressions.evaluated(expression, np, names)
    found = found if isinstance(found, (list, tuple)) else [found]
    return [x.asnumpy() for x in found if isinstance(x, np.ndarray)]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_expressions(expression, gpu):
    for found, expected in zip(on(gpu, expression, "float32"), on(mx.cpu(), expression, "float32"),
                               strict=True):
        assert found.dtype == expected.dtype
        onp.testing.assert_allclose(found.astype("f8"), expected.astype("f8"), 1e-5, 1e-5)


@pytest.mark.parametrize("expression", [
    "np.bitwise_and(i,j)", "np.bitwise_or(i,j)", "np.bitwise_xor(i,3)", "np.bitwise_not(i)",
    "np.bitwise_not(m)", "np.invert(m)", "np.lcm(i,j)", "np.lcm(i,6)", "np.fmod(i,j)",
    "np.fmax(i,j)", "np.rint(a*3)", "np.around(a*100,-1)", "np.around(i,2)", "np.isposinf(a/0)",
    "np.isneginf(a/0)", "np.isposinf(i)", "np.hanning(7)", "np.hamming(1)", "np.blackman(300)",
    "np.logspace(0,2,5)", "np.indices((2,3,4))", "np.percentile(a,30)",
    "np.percentile(r,np.array([0.0,50.0,99.0]),axis=(0,2))",
    "np.percentile(a,60.0,axis=1,interpolation='lower')",
    "np.percentile(a,60.0,axis=1,interpolation='higher')",
    "np.percentile(a,60.0,axis=1,interpolation='midpoint')",
    "np.percentile(a,45.0,interpolation='nearest')", "np.linalg.solve(k,v)",
    "np.linalg.solve(k,np.ones((2,3,1)))"])
def test_what_numpy_computes_on_the_cpu(expression, gpu):
    for found, expected in zip(on(gpu, expression, "float32"), on(mx.cpu(), expression, "float32"),
                               strict=True):
        assert found.dtype == expected.dtype
        onp.testing.assert_allclose(found.astype("f8"), expected.astype("f8"), 2e-5, 2e-5)


@pytest.mark.parametrize("triangle", ["L", "U"])
def test_eigenvectors(triangle, gpu):
    a = onp.array([[[2.0, 1, 0], [1, 3, 4], [0, 4, -1]]])
    with gpu:
        values, vectors = np.linalg.eigh(np.array(a), UPLO=triangle)
    onp.testing.assert_allclose(values.asnumpy(), onp.linalg.eigvalsh(a), 1e-5)
    columns = vectors.asnumpy()
    onp.testing.assert_allclose(a @ columns, columns * values.asnumpy()[:, None], 1e-4, 1e-5)


@pytest.mark.parametrize("shape", [(1, 1), (2, 3, 5), (20, 20), (2, 6, 40)])
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_singular_values(shape, dtype, gpu, rng):
    a = rng.standard_normal(shape).astype(dtype)
    a[..., -1, :] = a[..., 0, :] if shape[-1] == 5 else a[..., -1, :]       # of less than full rank
    with gpu:
        u, values, v = [x.asnumpy().astype("f8") for x in np.linalg.svd(np.array(a, dtype=dtype))]
        zeros = [x.asnumpy() for x in np.linalg.svd(np.zeros((2, 3)))]
    tolerance = 1e-10 if dtype == "float64" else 2e-5
    onp.testing.assert_allclose(values, onp.linalg.svd(a.astype("f8"))[1], tolerance, tolerance)
    onp.testing.assert_allclose(u * values[..., None, :] @ v, a, tolerance, tolerance)
    for rows in (v, u, zeros[2]):
        eye = onp.broadcast_to(onp.eye(rows.shape[-2]), (*rows.shape[:-1], rows.shape[-2]))
        onp.testing.assert_allclose(rows @ rows.swapaxes(-1, -2), eye, tolerance, 10 * tolerance)


@pytest.mark.parametrize("call", [
    lambda: mx.npx.constraint_check(np.array([1, 0])),
    lambda: np.linalg.svd(np.array([[1.0, onp.nan]]))[1],
    lambda: mx.nd._internal._npi_checked(mx.nd.array([-1.0]), what="x")])
def test_values_that_are_not_taken(call, gpu):
    with gpu, pytest.raises(ValueError, match="met a value that it does not take"):
        call().asnumpy()


def test_integers_are_not_rounded_to_tens(gpu):
    with gpu, pytest.raises(NotImplementedError, match="_npi_around has no gpu kernel"):
        np.around(np.array([15], dtype="int32"), -1)

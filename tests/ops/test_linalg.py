"""Linear algebra: large matrices, gradients of symmetric ones, special values, errors."""

import numpy as np
import pytest
from gradcheck import check_gradient, check_second

import mxlite as mx
from mxlite.ndarray import linalg

LARGE = 200                 # kernels cut matrices from 160 on into blocks of 64
TOLERANCE = {"float32": 2e-4, "float64": 1e-11}


def well_conditioned(rng, n, dtype="float64"):
    return (rng.standard_normal((n, n)) / np.sqrt(n) + 3 * np.eye(n)).astype(dtype)


def close(got, want, dtype):
    scale = np.abs(want).max()
    np.testing.assert_allclose(got.asnumpy(), want, 0, TOLERANCE[dtype] * scale)


@pytest.mark.parametrize(("rows", "columns"), [(160, 160), (161, 300), (192, 193), (257, 257)])
def test_reflections_in_blocks(rows, columns, rng):
    x = rng.standard_normal((rows, columns))
    x[[3, 70, 159]] = 0                       # rows that are not reflected
    q, lower = linalg.gelqf(mx.nd.array(x, dtype="float64"))
    close(linalg.gemm2(lower, q), x, "float64")
    close(linalg.gemm2(q, q, transpose_b=True), np.eye(rows), "float64")
    assert not np.triu(lower.asnumpy(), 1).any()
    symmetric = x[:, :rows] + x[:, :rows].T
    symmetric[5], symmetric[:, 5] = 0, 0
    u, values = linalg.syevd(mx.nd.array(symmetric, dtype="float64"))
    close(values, np.linalg.eigvalsh(symmetric), "float64")
    close(linalg.gemm2(u * values.reshape((-1, 1)), u, transpose_a=True), symmetric, "float64")
    close(linalg.gemm2(u, u, transpose_b=True), np.eye(rows), "float64")


def test_a_large_diagonal_matrix():
    u, values = linalg.syevd(mx.nd.array(np.diag(np.arange(200)), dtype="float64"))
    assert (values.asnumpy() == np.arange(200)).all() and (u.asnumpy() == np.eye(200)).all()


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_factors_of_large_matrices(dtype, rng):
    x = well_conditioned(rng, LARGE, dtype)
    positive = x @ x.T
    a, s = mx.nd.array(x, dtype=dtype), mx.nd.array(positive, dtype=dtype)
    factor = linalg.potrf(s)
    close(factor, np.linalg.cholesky(positive.astype("float64")), dtype)
    close(linalg.potri(factor), np.linalg.inv(positive.astype("float64")), dtype)
    close(linalg.inverse(a), np.linalg.inv(x.astype("float64")), dtype)
    sign, size = np.linalg.slogdet(x.astype("float64"))
    assert [y.asscalar() for y in linalg.slogdet(a)] == [sign, pytest.approx(size, rel=1e-5)]
    q, lower = linalg.gelqf(a)
    close(linalg.gemm2(lower, q), x, dtype)
    close(linalg.gemm2(q, q, transpose_b=True), np.eye(LARGE), dtype)
    u, values = linalg.syevd(s)
    close(values, np.linalg.eigvalsh(positive.astype("float64")), dtype)
    close(linalg.gemm2(u * values.reshape((-1, 1)), u, transpose_a=True), positive, dtype)
    close(linalg.gemm2(u, u, transpose_b=True), np.eye(LARGE), dtype)


@pytest.mark.parametrize("rightside", [False, True])
@pytest.mark.parametrize("transpose", [False, True])
@pytest.mark.parametrize("lower", [False, True])
def test_large_triangular_systems(rightside, transpose, lower, rng):
    x = well_conditioned(rng, LARGE)
    b = rng.standard_normal((70, LARGE) if rightside else (LARGE, 70))
    params = {"rightside": rightside, "transpose": transpose, "lower": lower, "alpha": 0.5}
    solved = linalg.trsm(mx.nd.array(x, dtype="float64"), mx.nd.array(b, dtype="float64"), **params)
    back = linalg.trmm(mx.nd.array(x, dtype="float64"), solved, **{**params, "alpha": 2.0})
    np.testing.assert_allclose(back.asnumpy(), b, 0, 1e-11)


def symmetric(x):
    return (x + mx.nd.swapaxes(x, 1, 2)) / 2


FUNCTIONS = {
    "potrf": lambda x: linalg.potrf(symmetric(x)),
    "syevd": lambda x: linalg.syevd(symmetric(x)),
    "upper potrf": lambda x: linalg.potrf(symmetric(x), lower=False),
    "inverse of potrf": lambda x: linalg.potri(linalg.potrf(symmetric(x))),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients_of_symmetric_matrices(name, rng):
    """Gradients are symmetric, those of functions of the symmetric part of a matrix."""
    x = well_conditioned(rng, 4)[None] + np.diag([1.0, 2, 4, 7])
    check_gradient(FUNCTIONS[name], [x], rng)
    if name != "syevd":
        check_second(FUNCTIONS[name], [x], rng, rtol=1e-5)


def test_second_order_of_eigenvalues(rng):
    x = well_conditioned(rng, 4)[None] + np.diag([1.0, 2, 4, 7])
    check_second(lambda x: linalg.syevd(symmetric(x))[1], [x], rng, rtol=1e-5)


@pytest.mark.parametrize("rightside", [False, True])
@pytest.mark.parametrize("transpose", [False, True])
@pytest.mark.parametrize("lower", [False, True])
def test_gradients_of_large_triangular_products(rightside, transpose, lower, rng):
    """Of the sum of all items, against NumPy."""
    a, b = rng.standard_normal((2, LARGE, LARGE))
    head = rng.standard_normal(b.shape)
    inside = np.tril if lower else np.triu
    arrays = [mx.nd.array(x, dtype="float64") for x in (a, b)]
    for array in arrays:
        array.attach_grad()
    with mx.autograd.record():
        y = linalg.trmm(*arrays, rightside=rightside, transpose=transpose, lower=lower, alpha=2.0)
    y.backward(mx.nd.array(head, dtype="float64"))
    op = 2 * (inside(a).T if transpose else inside(a))
    want = b @ op if rightside else op @ b
    slope = 2 * (b.T @ head if rightside else head @ b.T)
    close(y, want, "float64")
    close(arrays[0].grad, inside(slope.T if transpose else slope), "float64")
    close(arrays[1].grad, head @ op.T if rightside else op.T @ head, "float64")


def test_one_triangle_is_read():
    """Nothing of what lies above the diagonal of A, even if it is NaN."""
    x = np.array([[4, np.nan, np.nan], [1, 3, np.nan], [0.5, 1, 5]])
    whole = np.tril(x) + np.tril(x, -1).T
    a, s = mx.nd.array(x), mx.nd.array(whole)
    np.testing.assert_array_equal(linalg.potrf(a).asnumpy(), linalg.potrf(s).asnumpy())
    for one, other in zip(linalg.syevd(a), linalg.syevd(s), strict=True):
        np.testing.assert_array_equal(one.asnumpy(), other.asnumpy())
    b = mx.nd.ones((3, 2))
    for function in (linalg.trmm, linalg.trsm):
        assert np.isfinite(function(a, b).asnumpy()).all()
    assert np.isfinite(linalg.potri(a).asnumpy()).all()


def test_equal_eigenvalues_have_orthogonal_vectors():
    for x in (np.eye(5), np.ones((6, 6)), np.zeros((3, 3)), np.diag([2.0, 1, 2, 1])):
        u, values = linalg.syevd(mx.nd.array(x, dtype="float64"))
        u, values = u.asnumpy(), values.asnumpy()
        np.testing.assert_allclose(u @ u.T, np.eye(len(x)), 0, 1e-14)
        np.testing.assert_allclose(u.T * values @ u, x, 0, 1e-14)
        np.testing.assert_allclose(values, np.linalg.eigvalsh(x), 0, 1e-14)


def test_singular_matrices():
    """As MXNet 1.9.1: a determinant of 0 has a gradient of 0."""
    x = mx.nd.array([[[1, 2], [2, 4]], [[1, 2], [3, 4]]])
    x.attach_grad()
    with mx.autograd.record():
        det = linalg.det(x)
    det.backward()
    np.testing.assert_allclose(det.asnumpy(), [0, -2], 1e-6)
    np.testing.assert_allclose(x.grad.asnumpy(), [[[0, 0], [0, 0]], [[4, -3], [-2, 1]]], 1e-5)
    with mx.autograd.record():
        sign, size = linalg.slogdet(x)
    size.backward()
    assert sign.asnumpy().tolist() == [0, -1] and size.asnumpy()[0] == -np.inf
    np.testing.assert_allclose(x.grad.asnumpy(), [[[0, 0], [0, 0]], [[-2, 1.5], [1, -0.5]]], 1e-5)


def test_empty_matrices():
    empty = mx.nd.zeros((2, 0, 0))
    assert linalg.det(empty).asnumpy().tolist() == [1, 1]
    for function in (linalg.potrf, linalg.inverse, linalg.potri):
        assert function(empty).shape == (2, 0, 0)
    assert [y.shape for y in linalg.syevd(empty)] == [(2, 0, 0), (2, 0)]


BAD = [[[1.0, 0], [0, 1]], [[1, 2], [2, 1]]]
SINGULAR = [[[1.0, 0], [0, 1]], [[1, 2], [2, 4]]]


@pytest.mark.parametrize(("function", "values", "message"), [
    (linalg.potrf, BAD, r"linalg.potrf: A must be positive definite \(A \(2, 2, 2\)\)"),
    (linalg.potrf, [[np.nan]], "linalg.potrf: A must be positive definite"),
    (linalg.inverse, SINGULAR, r"linalg.inverse: A must not be singular \(A \(2, 2, 2\)\)"),
    (linalg.potri, [[1.0, 0], [2, 0]], "linalg.potri: A must be a factor as potrf returns it"),
    (linalg.syevd, [[np.inf, 0], [0, 1]], "linalg.syevd: A must be finite")])
def test_matrices_that_have_no_factor(function, values, message):
    with pytest.raises(ValueError, match=message):
        function(mx.nd.array(values))


def test_a_large_matrix_that_is_not_positive_definite():
    x = np.eye(LARGE)
    x[150, 150] = -1
    with pytest.raises(ValueError, match="A must be positive definite"):
        linalg.potrf(mx.nd.array(x))


@pytest.mark.parametrize(("name", "shapes", "params", "message"), [
    ("potrf", [(2, 3)], {}, r"A must have shape \(\*batch, n, n\); got \(2, 3\)"),
    ("det", [(3,)], {}, r"A must have shape \(\*batch, n, n\); got \(3,\)"),
    ("gelqf", [(3, 2)], {}, r"A must have shape \(\*batch, m, n\), m at most n; got \(3, 2\)"),
    ("syrk", [(3,)], {}, r"A must have shape \(\*batch, m, n\); got \(3,\)"),
    ("gemm2", [(2, 3), (4, 2)], {}, r"B must have shape \(3, N\) to match A \(2, 3\); got"),
    ("gemm2", [(5, 2, 3), (4, 3, 2)], {}, r"B must have shape \(5, 3, N\) to match A"),
    ("gemm2", [(2, 3), (3, 2)], {"axis": -1}, "axis must be another one than that of the columns"),
    ("gemm", [(2, 3), (3, 2), (2, 3)], {}, r"C must have shape \(2, 2\); got \(2, 3\)"),
    ("trmm", [(2, 2), (3, 2)], {}, r"B must have shape \(2, k\) to match A \(2, 2\); got \(3, 2"),
    ("trsm", [(2, 2), (2, 3)], {"rightside": True}, r"B must have shape \(k, 2\) to match A"),
    ("extractdiag", [(3, 3)], {"offset": 3}, r"offset must be a diagonal of A \(3, 3\); got 3"),
    ("extracttrian", [(3, 3)], {"offset": -3}, "offset must be a diagonal of A"),
    ("makediag", [()], {}, r"A must have shape \(\*batch, n\)"),
    ("maketrian", [(5,)], {}, r"A must have shape \(\*batch, m \(m \+ 1\) / 2\) for some m; got")])
def test_wrong_shapes(name, shapes, params, message):
    with mx.util.np_shape(True), pytest.raises((ValueError, IndexError),
                                               match=f"linalg.{name}: {message}"):
        getattr(linalg, name)(*map(mx.nd.ones, shapes), **params)


def test_factors_are_of_float32_and_float64():
    with pytest.raises(NotImplementedError, match="_linalg_potrf has no kernel for float16"):
        linalg.potrf(mx.nd.ones((1, 1), dtype="float16"))
    with pytest.raises(TypeError, match=r"linalg.gemm2: A must have dtype of floating point"):
        linalg.gemm2(*[mx.nd.ones((1, 1), dtype="int32")] * 2)


def test_names():
    x = mx.nd.array([[2, 1], [1, 3]])
    np.testing.assert_array_equal(mx.nd.linalg_potrf(x).asnumpy(), linalg.potrf(x).asnumpy())
    assert mx.sym.linalg.gelqf(name="f").list_outputs() == ["f_output0", "f_output1"]
    assert mx.sym.linalg_det(name="f").list_outputs() == ["f_output0"]
    assert dir(linalg) == sorted(
        "det dot extractdiag extracttrian gelqf gemm gemm2 inverse makediag maketrian potrf potri "
        "slogdet sumlogdiag syevd syrk trmm trsm".split())
    with pytest.raises(AttributeError, match="has no operator 'gemm3'; did you mean 'gemm"):
        linalg.gemm3(x)

"""Products with csr matrices, against NumPy in float64."""

import numpy as np
import pytest

import mxlite as mx

TOLERANCE = {"float32": 1e-6, "float64": 1e-13, "float16": 2e-3, "bfloat16": 2e-2}


def random_pair(M, K, N, density=0.2):
    rng = np.random.RandomState(M + K + N)
    return rng.randn(M, K) * (rng.rand(M, K) < density), rng.randn(K, N)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize(("M", "K", "N"), [(5, 7, 3), (1, 9, 1), (40, 30, 70), (3, 200, 129),
                                           (0, 4, 3), (4, 0, 3), (4, 3, 0)])
def test_csr_with_dense(dtype, M, K, N):
    a, b = random_pair(M, K, N)
    csr = mx.nd.array(a, dtype="float64").tostype("csr").astype(dtype)
    transposed = mx.nd.array(a.T.copy(), dtype="float64").tostype("csr").astype(dtype)
    dense = mx.nd.array(b, dtype=dtype)
    expected = csr.astype("float64").asnumpy() @ dense.astype("float64").asnumpy()
    other = mx.nd.array(b.T.copy(), dtype=dtype)
    results = [mx.nd.dot(csr, dense), mx.nd.dot(transposed, dense, transpose_a=True),
               mx.nd.dot(other, transposed, forward_stype="default").T,
               mx.nd.dot(other, csr, transpose_b=True, forward_stype="default").T]
    assert results[1].stype == "row_sparse"
    scale = np.abs(a).sum() + 1
    for result in results:
        assert result.dtype == csr.dtype
        np.testing.assert_allclose(result.astype("float64").asnumpy(), expected,
                                   rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype] * scale)


def test_large_products_are_shared_out():
    rng = np.random.RandomState(3)
    a = rng.randn(3000, 500) * (rng.rand(3000, 500) < 0.05)
    a[17] = rng.randn(500)                              # a row much fuller than the others
    csr, b = mx.nd.array(a, dtype="float64").tostype("csr"), rng.randn(500, 40)
    dense = mx.nd.array(b, dtype="float64")
    np.testing.assert_allclose(mx.nd.dot(csr, dense).asnumpy(), a @ b, rtol=1e-12, atol=1e-12)
    back = mx.nd.dot(csr, mx.nd.array(a @ b, dtype="float64"), transpose_a=True)
    np.testing.assert_allclose(back.asnumpy(), a.T @ (a @ b), rtol=1e-12, atol=1e-9)


def test_only_columns_that_are_there_have_rows():
    csr = mx.nd.sparse.csr_matrix(([1, 2, 3], [90, 5, 90], [0, 1, 3]), shape=(2, 100))
    y = mx.nd.dot(csr, mx.nd.array([[1, 2], [3, 4]]), transpose_a=True)
    assert y.shape == (100, 2) and y.indices.asnumpy().tolist() == [5, 90]
    assert y.data.asnumpy().tolist() == [[6, 8], [10, 14]]


def test_row_sparse_on_the_right():
    a, b = random_pair(6, 8, 3)
    b[[1, 4, 7]] = 0
    y = mx.nd.dot(mx.nd.array(a).tostype("csr"), mx.nd.array(b).tostype("row_sparse"))
    assert y.stype == "default"
    np.testing.assert_allclose(y.asnumpy(), a @ b, rtol=1e-5, atol=1e-6)


def test_vectors():
    a, b = random_pair(6, 8, 1)
    csr = mx.nd.array(a).tostype("csr")
    y = mx.nd.dot(csr, mx.nd.array(b[:, 0]))
    assert y.shape == (6,)
    np.testing.assert_allclose(y.asnumpy(), a @ b[:, 0], rtol=1e-5, atol=1e-6)


def test_errors():
    csr = mx.nd.ones((2, 3)).tostype("csr")
    with pytest.raises(ValueError, match=r"dot: rhs must have shape \(3, \.\.\.\)"):
        mx.nd.dot(csr, mx.nd.ones((2, 3)))
    with pytest.raises(TypeError, match="dot: rhs must have dtype float32, as lhs is; got float64"):
        mx.nd.dot(csr, mx.nd.ones((3, 2), dtype="float64"))
    with pytest.raises(ValueError, match="forward_stype must be"):
        mx.nd.dot(csr, mx.nd.ones((3, 2)), forward_stype="rows")
    for indices in ([0, 100], [-1, 5]):
        broken = mx.nd.sparse.csr_matrix(([1, 2], indices, [0, 1, 2]), shape=(2, 100))
        with pytest.raises(IndexError, match="dot: the sparse array has indices that do not fit"):
            mx.nd.dot(broken, mx.nd.ones((2, 2)), transpose_a=True)
    for indices, indptr in (([0, 3], [0, 1, 2]), ([0, -1], [0, 1, 2]), ([0, 1], [0, 2, 1]),
                            ([0, 1], [0, 1, 1])):
        broken = mx.nd.sparse.csr_matrix(([1, 2], indices, indptr), shape=(2, 3))
        with pytest.raises(IndexError, match="dot: the sparse array has indices that do not fit"):
            mx.nd.dot(broken, mx.nd.ones((3, 2)))

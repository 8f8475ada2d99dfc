"""Factors of matrices, transforms and integers of 8 bits on a GPU."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import nd


@pytest.fixture(params=["float32", "float64"])
def dtype(request):
    return request.param


@pytest.fixture(params=[1, 5, 40])
def n(request):
    return request.param


def close(found, expected, dtype):
    tolerance = 2e-3 if dtype == "float32" else 1e-9
    np.testing.assert_allclose(found.asnumpy(), expected, tolerance, tolerance)


def test_cholesky_and_triangular_systems(n, dtype, gpu, rng):
    x = rng.standard_normal((3, n, n)) / np.sqrt(n)
    a = x @ x.transpose(0, 2, 1) + np.eye(n)
    found = nd.linalg.potrf(nd.array(a, ctx=gpu, dtype=dtype))
    lower = np.linalg.cholesky(a)
    close(found, lower, dtype)
    close(nd.linalg.potri(found), np.linalg.inv(a), dtype)
    b = rng.standard_normal((3, n, 7))
    for transpose in (False, True):
        t = lower.transpose(0, 2, 1) if transpose else lower
        close(nd.linalg.trsm(found, nd.array(b, ctx=gpu, dtype=dtype), alpha=2,
                             transpose=transpose), np.linalg.solve(t, 2 * b), dtype)
        rows = nd.array(b.transpose(0, 2, 1), ctx=gpu, dtype=dtype)
        close(nd.linalg.trsm(found, rows, transpose=transpose, rightside=True),
              b.transpose(0, 2, 1) @ np.linalg.inv(t), dtype)


def test_determinants_and_inverses(n, dtype, gpu, rng):
    a = rng.standard_normal((3, n, n)) / np.sqrt(n) + 0.1 * np.eye(n)
    x = nd.array(a, ctx=gpu, dtype=dtype)
    close(nd.linalg.det(x), np.linalg.det(a), dtype)
    for found, expected in zip(nd.linalg.slogdet(x), np.linalg.slogdet(a), strict=True):
        close(found, expected, dtype)
    close(nd.batch_dot(nd.linalg.inverse(x), x), np.broadcast_to(np.eye(n), a.shape), dtype)
    close(nd.linalg.det(nd.zeros((2, n, n), ctx=gpu, dtype=dtype)), [0, 0], dtype)


def test_reflections(n, dtype, gpu, rng):
    a = rng.standard_normal((2, n, n + 3))
    q, lower = nd.linalg.gelqf(nd.array(a, ctx=gpu, dtype=dtype))
    others = nd.linalg.gelqf(nd.array(a, dtype="float64"))
    for found, expected in zip((q, lower), others, strict=True):
        close(found, expected.asnumpy(), dtype)


def test_eigenvalues(n, dtype, gpu, rng):
    x = rng.standard_normal((2, n, n))
    a = x + x.transpose(0, 2, 1)
    vectors, values = nd.linalg.syevd(nd.array(a, ctx=gpu, dtype=dtype))
    close(values, np.linalg.eigvalsh(a), dtype)
    u = vectors.asnumpy()
    tolerance = 1e-4 if dtype == "float32" else 1e-9
    np.testing.assert_allclose(u @ a, values.asnumpy()[..., None] * u, 0, 100 * tolerance)
    np.testing.assert_allclose(u @ u.transpose(0, 2, 1), np.broadcast_to(np.eye(n), a.shape), 0,
                               tolerance)


# Squares of what has these scales are 0 or infinity; as powers of 2, they round nothing.
SCALES = np.array([2.0**-565, 1, 2.0**532, 2.0**-1000])


def test_eigenvalues_of_any_scale(gpu, rng):
    x = rng.standard_normal((4, 7, 7))
    a = x + x.transpose(0, 2, 1)
    scaled = nd.array(a * SCALES[:, None, None], ctx=gpu, dtype="float64")
    vectors, values = nd.linalg.syevd(scaled)
    close(values / nd.array(SCALES[:, None], ctx=gpu, dtype="float64"), np.linalg.eigvalsh(a),
          "float64")
    u = vectors.asnumpy()
    np.testing.assert_allclose(np.einsum("bki,bk,bkj->bij", u, np.linalg.eigvalsh(a), u), a, 0,
                               1e-12)


def test_singular_values_of_any_scale(gpu, rng):
    a = rng.standard_normal((4, 3, 5))
    scaled = mx.np.array(a * SCALES[:, None, None], ctx=gpu, dtype="float64")
    u, values, v = [x.asnumpy() for x in mx.np.linalg.svd(scaled)]
    expected = np.linalg.svd(a)[1]
    np.testing.assert_allclose(values / SCALES[:, None], expected, 1e-12)
    np.testing.assert_allclose(u * expected[:, None] @ v, a, 0, 1e-12)


@pytest.mark.parametrize("small", [1e-155, 1e-158, 1e-200, 5e-324, 0])
def test_singular_values_of_rows_that_are_very_short(small, gpu):
    a = np.array([[1, 0, 0], [0, small, small], [0, small, 2 * small]])
    u, values, v = [x.asnumpy() for x in
                    mx.np.linalg.svd(mx.np.array(a, ctx=gpu, dtype="float64"))]
    np.testing.assert_allclose(values, [1, 0, 0], 0, 1e-150)
    for one in (u, v):
        np.testing.assert_allclose(one @ one.T, np.eye(3), 0, 1e-12)
    np.testing.assert_allclose(u * values @ v, a, 0, 1e-150)


@pytest.mark.parametrize("call", [
    lambda x: nd.linalg.potrf(-x), lambda x: nd.linalg.potri(x * 0),
    lambda x: nd.linalg.inverse(x * 0), lambda x: nd.linalg.syevd(x * np.nan)[1]])
def test_matrices_that_are_not_taken(call, gpu):
    with pytest.raises(ValueError, match="met a value that it does not take"):
        call(nd.eye(3, ctx=gpu).reshape((1, 3, 3))).asnumpy()


@pytest.mark.parametrize("n", [1, 6, 33])
def test_fourier(n, gpu, rng):
    x = rng.standard_normal((4, n))
    found = nd.contrib.fft(nd.array(x, ctx=gpu, dtype="float64"))
    expected = np.fft.fft(x)
    np.testing.assert_allclose(found.asnumpy()[:, ::2], expected.real, 0, 1e-12)
    np.testing.assert_allclose(found.asnumpy()[:, 1::2], expected.imag, 0, 1e-12)
    np.testing.assert_allclose(nd.contrib.ifft(found).asnumpy(), n * x, 0, 1e-11)


@pytest.mark.parametrize("name", ["int8", "uint8"])
def test_integers_are_exact(name, gpu, rng):
    low = -128 if name == "int8" else 0
    data, weight = rng.integers(low, low + 256, (37, 50)), rng.integers(-128, 128, (21, 50))
    arrays = [nd.array(data, ctx=gpu, dtype=name), nd.array(weight, ctx=gpu, dtype="int8")]
    found = nd._internal._integer_fully_connected(*arrays, num_hidden=21, no_bias=True)
    np.testing.assert_array_equal(found.asnumpy(), data @ weight.T)
    for x in (np.array([1e9, -1e9, 2.5, 3.5, -0.7, np.nan], "f4"), np.array([-3.0, 0, 200], "f4")):
        for to in ("int8", "uint8", "int32", "float32"):
            values = [nd._internal._rescale(nd.array(x, ctx=ctx), nd.array([1.5], ctx=ctx),
                                            dtype=to).asnumpy() for ctx in (gpu, mx.cpu())]
            np.testing.assert_array_equal(*values)

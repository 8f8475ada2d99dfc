"""syevd of large matrices, which are divided, and of very small and large numbers: against NumPy,
within some roundings of the largest eigenvalue; vectors are orthogonal wherever eigenvalues lie."""

import numpy as np
import pytest
from kernel_tasks import counted_tasks

import mxlite as mx
from mxlite.ndarray import linalg
from mxlite.ops.schema import REGISTRY

SIZES = (160, 161, 193, 200, 333)


def symmetric(x):
    return (x + x.T) / 2


def between(rng, values):
    """A matrix of these eigenvalues."""
    q = np.linalg.qr(rng.standard_normal((len(values), len(values))))[0]
    return symmetric(q * values @ q.T)


def tridiagonal(diagonal, beside):
    return np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1)


def matrices(rng, n):
    """name -> (n, n)."""
    steps = np.abs(np.arange(n) - n // 2).astype("float64")
    ones = np.ones(n - 1)
    return {
        "random": symmetric(rng.standard_normal((n, n))),
        "all ones": np.ones((n, n)),
        "zeros": np.zeros((n, n)),
        "of rank 20": (lambda x: x @ x.T)(rng.standard_normal((n, 20))),
        "clusters": between(rng, np.repeat([1, 1 + 1e-9, 2, 5], n)[:n * 4:4]),
        "of all sizes": between(rng, np.logspace(-12, 3, n)),
        "of pairs": tridiagonal(steps, ones),
        "second differences": tridiagonal(2 * np.ones(n), -ones),
        "two parts": tridiagonal(rng.random(n), np.where(np.arange(n - 1) == n // 2 - 1, 0, 1)),
        "blocks": np.kron(np.eye(n // 10 + 1), symmetric(rng.random((10, 10))))[:n, :n],
        "hardly joined": tridiagonal(np.arange(n) % 7.0, 1e-9 * rng.standard_normal(n - 1)),
        "huge": 1e30 * symmetric(rng.standard_normal((n, n))),
        "tiny": 1e-30 * symmetric(rng.standard_normal((n, n))),
    }


def check(x, dtype):
    u, values = [y.asnumpy().astype("float64") for y in linalg.syevd(mx.nd.array(x, dtype=dtype))]
    x, rounding = np.asarray(x, dtype).astype("float64"), np.finfo(dtype).eps
    wanted = np.linalg.eigvalsh(x)
    scale = np.abs(wanted).max()
    np.testing.assert_allclose(values, wanted, 0, 60 * rounding * scale)
    np.testing.assert_allclose(u @ u.T, np.eye(len(x)), 0, 60 * rounding)
    np.testing.assert_allclose(u @ x, values[:, None] * u, 0, 40 * rounding * scale)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", matrices(np.random.default_rng(0), 160))
def test_matrices_of_all_kinds(name, dtype, rng):
    for n in SIZES if name == "random" else (200,):
        check(matrices(rng, n)[name], dtype)


@pytest.mark.parametrize(("dtype", "scale"), [
    ("float32", 1e36), ("float32", 1e-36), ("float32", 1e-44), ("float64", 1e250),
    ("float64", 1e-250), ("float64", 1e306), ("float64", 1e-307), ("float64", 1e-322)])
@pytest.mark.parametrize("n", [1, 2, 5, 40, 159, 170])
def test_near_the_limits_of_a_dtype(n, dtype, scale, rng):
    """Against matrices that a power of 2, which rounds nothing, brings near to 1."""
    x = (scale * symmetric(rng.standard_normal((n, n)))).astype(dtype)
    power = -int(np.frexp(np.abs(x).max())[1])
    u, values = (y.asnumpy() for y in linalg.syevd(mx.nd.array(x, dtype=dtype)))
    x, values = (np.ldexp(y.astype("float64"), power) for y in (x, values))
    wanted = np.linalg.eigh(x)[0]
    rounding, size = np.finfo(dtype).eps, np.abs(wanted).max()
    last_place = np.ldexp(float(np.finfo(dtype).smallest_subnormal), power)
    np.testing.assert_allclose(values, wanted, 0, 60 * rounding * size + last_place)
    np.testing.assert_allclose(u.astype("float64") @ x @ u.T, np.diag(wanted), 0,
                               60 * rounding * size)
    np.testing.assert_allclose(u @ u.T, np.eye(n), 0, 60 * rounding)


def test_message_of_values_that_did_not_converge():
    """Which no matrix is known for."""
    op, specs = REGISTRY["_linalg_syevd"](), [mx.nd.zeros((2, 2))]
    says = op.value_message(specs, [np.array([[1.0, np.nan], [2, 3]])])
    assert says == "linalg.syevd: the eigenvalues of A did not converge (A (2, 2))"
    assert op.value_message(specs, [np.array([[np.nan]])]) == op.value_message(specs, [None])


def test_a_batch_and_its_threads(rng):
    x = mx.nd.array(symmetric(rng.standard_normal((200, 200))))
    both = linalg.syevd(mx.nd.stack(x, 2 * x))
    with counted_tasks() as counts:
        alone = linalg.syevd(x)
    assert max(counts) > 1
    for one, pair in zip(alone, both, strict=True):
        np.testing.assert_array_equal(pair[0].asnumpy(), one.asnumpy())
    np.testing.assert_array_equal(both[1][1].asnumpy(), 2 * both[1][0].asnumpy())


@pytest.mark.parametrize("dtype, tiny", [("float32", 1e-41), ("float64", 1e-310)])
def test_reflections_of_subnormal_rows(dtype, tiny, rng):
    q, lower = linalg.gelqf(mx.nd.array(tiny * rng.random((3, 40)), dtype=dtype))
    q, lower = q.asnumpy().astype("float64"), lower.asnumpy()
    np.testing.assert_allclose(q @ q.T, np.eye(3), 0, 10 * np.finfo(dtype).eps)
    assert np.abs(lower).max() < 100 * tiny

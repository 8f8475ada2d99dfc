"""syevd of large matrices, which are divided: against NumPy, within some roundings of the largest
eigenvalue; vectors are orthogonal wherever eigenvalues lie."""

import numpy as np
import pytest
from kernel_tasks import counted_tasks

import mxlite as mx
from mxlite.ndarray import linalg

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


@pytest.mark.parametrize("scale", [1e250, 1e-250])
def test_float64_near_its_limits(scale, rng):
    check(scale * symmetric(rng.standard_normal((170, 170))), "float64")


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

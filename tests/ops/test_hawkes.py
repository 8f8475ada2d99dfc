"""hawkesll: the likelihood against numerical integration, its gradient, errors."""

import itertools

import numpy as np
import pytest
from gradcheck import check_gradient

import mxlite as mx

hawkesll = mx.nd.contrib.hawkesll
LAGS, MARKS = [[0.5, 0.75, 0.25, 1.5]], [[0, 1, 0, 1]]


def test_the_likelihood_is_that_of_its_intensity():
    """log of the intensities at the points, less the integral of all intensities."""
    mu, alpha, beta, state = [1.5, 0.5], [0.25, 0.75], [1.0, 2.0], [0.5, 1.0]
    end, times = 5.0, np.cumsum(LAGS[0])

    def intensity(t, k, before):
        past = [s for s, mark in zip(times, MARKS[0], strict=True) if mark == k and s < before]
        kept = state[k] * np.exp(-beta[k] * t)
        return mu[k] + alpha[k] * beta[k] * (kept + sum(np.exp(-beta[k] * (t - s)) for s in past))

    want = sum(np.log(intensity(t, k, t)) for t, k in zip(times, MARKS[0], strict=True))
    edges = [0.0, *times, end]
    nodes, weights = np.polynomial.legendre.leggauss(20)
    for low, high in itertools.pairwise(edges):
        t = (low + high) / 2 + nodes * (high - low) / 2
        for k in range(2):
            want -= (weights * intensity(t, k, high)).sum() * (high - low) / 2
    arrays = [mx.nd.array(value, dtype="float64") for value in
              ([mu], alpha, beta, [state], LAGS)]
    got, _ = hawkesll(*arrays, mx.nd.array(MARKS, dtype="int32"),
                      mx.nd.array([4], dtype="float64"), mx.nd.array([end], dtype="float64"))
    np.testing.assert_allclose(got.asscalar(), want, rtol=1e-10)


def test_gradient_of_the_likelihood(rng):
    values = [rng.uniform(0.5, 1.5, shape) for shape in ((2, 3), (3,), (3,), (2, 3), (2, 5))]
    marks = rng.integers(0, 3, (2, 5))
    check_gradient(lambda *arrays: hawkesll(*arrays)[0], [*values, marks, [5, 3], [6, 7]], rng,
                   (0, 1, 2), dtypes=["float64"] * 5 + ["int32"] + ["float64"] * 2)


@pytest.mark.parametrize(("at", "value", "error", "message"), [
    (5, [[0, 2, 0, 1]], IndexError, r"marks must be from 0 to 1; got 2 at \(0, 1\)"),
    (6, [5], ValueError, r"valid_length must be from 0 to 4; got 5 at \(0,\)"),
    (0, [1, 1], ValueError, r"lda must have shape \(N, K\); got \(2,\)"),
    (1, [1], ValueError, r"alpha must have shape \(2,\); got \(1,\)"),
    (4, [1], ValueError, r"lags must have shape \(1, T\), as lda has \(1, 2\); got \(1,\)")])
def test_arguments_that_do_not_fit(at, value, error, message):
    values = [[[1.5, 0.5]], [0.25, 0.75], [1, 2], [[0, 0]], LAGS, MARKS, [4], [5]]
    values[at] = value
    arrays = [mx.nd.array(item, dtype="int32" if i == 5 else None)
              for i, item in enumerate(values)]
    with pytest.raises(error, match=f"contrib.hawkesll: {message}"):
        hawkesll(*arrays)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_16_bits_compute_in_float32(dtype, rng):
    """Gradients of alpha and beta are sums over sequences."""
    shapes = ((200, 3), (3,), (3,), (200, 3), (200, 5))
    marks = mx.nd.array(rng.integers(0, 3, (200, 5)), dtype="int32")
    ends = np.stack([np.full(200, 5), np.full(200, 8)])
    narrow = [mx.nd.array(rng.uniform(0.5, 1.5, shape)).astype(dtype) for shape in shapes]
    results = []
    for within in (dtype, "float32"):
        arrays = [array.astype(within) for array in narrow]
        for array in arrays[:3]:
            array.attach_grad()
        with mx.autograd.record():
            likelihood, state = hawkesll(*arrays, marks,
                                         *[mx.nd.array(x, dtype=within) for x in ends])
        likelihood.backward()
        results.append([likelihood, state, *[array.grad for array in arrays[:3]]])
    for got, want in zip(*results, strict=True):
        assert got.dtype == narrow[0].dtype
        np.testing.assert_array_equal(got.astype("float32").asnumpy(),
                                      want.astype(dtype).astype("float32").asnumpy())


def test_a_mark_that_there_is_not_in_16_bits():
    values = [[[1.5, 0.5]], [0.25, 0.75], [1, 2], [[0, 0]], LAGS, [[0, 2, 0, 1]], [4], [5]]
    arrays = [mx.nd.array(item, dtype="int32" if i == 5 else "float16")
              for i, item in enumerate(values)]
    with pytest.raises(IndexError, match=r"contrib.hawkesll: marks must be from 0 to 1"):
        hawkesll(*arrays)

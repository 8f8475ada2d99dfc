"""Statistical checks: samples that follow a distribution pass, others fail."""

import numpy as np
import pytest
from scipy import stats

import mxlite as mx
from mxlite import test_utils as tu


def drawn(rng, dtype="float64", **params):
    return lambda n: rng.normal(size=n, **params).astype(dtype)


def test_buckets_of_equal_probability():
    buckets, probs = tu.gen_buckets_probs_with_ppf(lambda p: 10 * p, 4)
    assert buckets == [(0, 2.5), (2.5, 5), (5, 7.5), (7.5, 10)] and probs == [0.25] * 4
    with pytest.raises(ValueError, match="nbuckets must be an integer of at least 1; got 0"):
        tu.gen_buckets_probs_with_ppf(abs, 0)


def test_mean_and_variance(rng):
    assert tu.mean_check(drawn(rng, loc=3, scale=2), 3, 2, 10000)
    assert not tu.mean_check(drawn(rng, loc=3.2, scale=2), 3, 2, 10000)
    assert not tu.mean_check(drawn(rng, loc=2.8, scale=2), 3, 2, 10000)
    assert tu.var_check(drawn(rng, scale=2), 2, 10000)
    assert not tu.var_check(drawn(rng, scale=2.2), 2, 10000)
    assert not tu.var_check(drawn(rng, scale=1.8), 2, 10000)


def test_the_bounds_are_three_standard_errors():
    at = np.arange(5.0)                                 # mean 2, variance 2.5
    error = 3 / np.sqrt(5)
    assert tu.mean_check(lambda n: at, 2 + 0.999 * error, 1, 5)
    assert not tu.mean_check(lambda n: at, 2 + 1.001 * error, 1, 5)
    # |2.5 - s^2| < 3 sqrt(2 / 4) s^2 begins at s^2 = 2.5 / (1 + 3 / sqrt(2))
    edge = np.sqrt(2.5 / (1 + 3 / np.sqrt(2)))
    assert tu.var_check(lambda n: at, edge * 1.001, 5)
    assert not tu.var_check(lambda n: at, edge * 0.999, 5)


def test_ndarrays_are_samples_too():
    assert tu.mean_check(lambda n: mx.nd.random.normal(1, 2, shape=n), 1, 2, 10000)
    p, counts, _ = tu.chi_square_check(lambda n: mx.nd.random.randint(0, 4, shape=n), [0, 1, 2, 3],
                                       [0.25] * 4, 10000)
    assert p > 1e-4 and counts.sum() == 10000


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_continuous_samples(rng, dtype):
    buckets, probs = tu.gen_buckets_probs_with_ppf(stats.norm(1, 2).ppf, 5)
    p, counts, expected = tu.chi_square_check(drawn(rng, dtype, loc=1, scale=2), buckets, probs,
                                              10000)
    assert p > 1e-4 and counts.sum() == 10000 and expected.tolist() == [2000] * 5
    p, _, _ = tu.chi_square_check(drawn(rng, dtype, loc=1.2, scale=2), buckets, probs, 10000)
    assert p < 1e-6


def test_p_is_scipys(rng):
    samples = rng.integers(0, 3, 1000)
    p, counts, expected = tu.chi_square_check(lambda n: samples, [0, 1, 2], [0.3, 0.35, 0.35], 1000)
    assert counts.tolist() == np.bincount(samples).tolist()
    assert p == pytest.approx(stats.chisquare(counts, expected).pvalue, rel=1e-9)


def test_where_bounds_belong():
    samples = np.array([0, 0.5, 0.5, 1])
    _, counts, _ = tu.chi_square_check(lambda n: samples, [(0, 0.5), (0.5, 1)], [0.5, 0.5], 4)
    assert counts.tolist() == [1, 3]
    for dtype in ("float16", "float32"):
        rounded = np.array([-1.2, 3.3], dtype)
        _, counts, _ = tu.chi_square_check(lambda n, rounded=rounded: rounded,
                                           [(-1.2, 0), (0, 3.3)], [0.5, 0.5], 2)
        assert counts.tolist() == [1, 1]


def test_samples_outside_all_buckets():
    samples = np.array([0.1, 0.6, 1.5, -3])
    p, counts, _ = tu.chi_square_check(lambda n: samples, [(0, 0.5), (0.5, 1)], [0.5, 0.5], 4)
    assert p == 0 and counts.tolist() == [1, 1]
    p, _, _ = tu.chi_square_check(lambda n: samples, [(0, 0.5), (0.5, 1)], [0.25, 0.25], 4)
    assert p == pytest.approx(stats.chisquare([1, 1, 2], [1, 1, 2]).pvalue) == 1
    p, _, _ = tu.chi_square_check(lambda n: np.array([0, 0, 1]), [0, 1], [1.0, 0.0], 3)
    assert p == 0
    p, _, _ = tu.chi_square_check(lambda n: np.zeros(3), [0, 1], [1.0, 0.0], 3)
    assert p == 1


@pytest.mark.parametrize(("buckets", "message"), [
    ((0, 1), "a list, as long as probs .2., and not empty; got tuple"),
    ([0], "as long as probs .2., and not empty; got 1"),
    ([(0, 1), (0.5, 2)], "pairs .low, high. in ascending order that do not overlap; got "),
    ([(1, 0), (2, 3)], "pairs .low, high. in ascending order")])
def test_wrong_buckets(buckets, message):
    with pytest.raises(ValueError, match=f"chi_square_check: buckets must be .*{message}"):
        tu.chi_square_check(np.zeros, buckets, [0.5, 0.5], 10)


def test_verify_generator(rng):
    buckets, probs = tu.gen_buckets_probs_with_ppf(stats.norm.ppf, 5)
    values = tu.verify_generator(drawn(rng), buckets, probs, 2000, nrepeat=3)
    assert len(values) == 3
    with pytest.raises(AssertionError, match=r"do not follow the distribution: p values \[.*"
                                             r"0 are above 0.05; .*expected \[400.0, "):
        tu.verify_generator(drawn(rng, loc=1), buckets, probs, 2000, nrepeat=3)


def test_the_share_of_runs_that_must_pass():
    turns = iter([0, 0, 1, 0])
    good, bad = np.array([0, 1] * 50), np.zeros(100)

    def generator(n):
        return good if next(turns) else bad

    assert np.allclose(tu.verify_generator(generator, [0, 1], [0.5, 0.5], 100, 4, 0.25),
                       [0, 0, 1, 0])
    turns = iter([0, 0, 1, 0])
    with pytest.raises(AssertionError, match=r"of which 1 are above 0.05"):
        tu.verify_generator(generator, [0, 1], [0.5, 0.5], 100, 4, 0.5)


def test_without_scipy(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "scipy.stats", None)
    with pytest.raises(NotImplementedError, match="the package scipy is not installed; pip instal"):
        tu.chi_square_check(np.zeros, [0], [1.0], 3)

"""Statistical tests of random number generators: functions n -> n samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ..arguments import check_count
from ..base import MXNetNotImplementedError, MXNetValueError
from .compare import values

_Array = np.ndarray[Any, Any]


def gen_buckets_probs_with_ppf(ppf: Callable[[float], float], nbuckets: int
                               ) -> tuple[list[tuple[float, float]], list[float]]:
    """(buckets, probs): intervals of equal probability, from a distribution's quantile function."""
    check_count("gen_buckets_probs_with_ppf", "nbuckets", nbuckets, 1)
    edges = [ppf(i / nbuckets) for i in range(nbuckets + 1)]
    return list(pairwise(edges)), [1 / nbuckets] * nbuckets


def mean_check(generator: Callable[[int], Any], mu: float, sigma: float,
               nsamples: int = 1000000) -> bool:
    """Whether the mean of the samples is within 3 standard errors of mu.

    sigma: the standard deviation of the distribution.
    """
    mean = values(generator(nsamples)).mean(dtype=np.float64)
    return bool(abs(mean - mu) < 3 * sigma / np.sqrt(nsamples))


def var_check(generator: Callable[[int], Any], sigma: float, nsamples: int = 1000000) -> bool:
    """Whether the variance of the samples is within 3 standard errors of sigma ** 2, the standard
    error being that of a normal distribution."""
    variance = values(generator(nsamples)).var(ddof=1, dtype=np.float64)
    return bool(abs(variance - sigma ** 2) < 3 * np.sqrt(2 / (nsamples - 1)) * sigma ** 2)


def _count_intervals(samples: _Array, buckets: Sequence[Any]) -> _Array:
    """How many samples are in each [low, high); in the last one, high belongs to it.

    The bounds are rounded to the dtype of float samples, as those were.
    """
    bounds = np.array(buckets, np.float64)
    if bounds.ndim != 2 or np.any(np.diff(bounds.ravel()) < 0):
        raise MXNetValueError(f"chi_square_check: buckets must be pairs (low, high) in ascending "
                              f"order that do not overlap; got {list(buckets)}")
    if samples.dtype.kind == "f":
        bounds = bounds.astype(samples.dtype)
    ordered = np.sort(samples, axis=None)
    low = np.searchsorted(ordered, bounds[:, 0], side="left")
    high = np.searchsorted(ordered, bounds[:, 1], side="left")
    high[-1] = np.searchsorted(ordered, bounds[-1, 1], side="right")
    return high - low


def chi_square_check(generator: Callable[[int], Any], buckets: list[Any], probs: Sequence[float],
                     nsamples: int = 1000000) -> tuple[float, _Array, _Array]:
    """Pearson's chi-squared test: (p value, counts of the buckets, expected counts).

    buckets: pairs (low, high) of a continuous distribution, in ascending order; or the values of
        a discrete one. probs: their probabilities. Where these do not sum to 1, the samples
        outside all buckets count as one more bucket; where they do, such a sample makes p 0.
    Needs SciPy.
    """
    try:
        from scipy.stats import chi2
    except ImportError:
        raise MXNetNotImplementedError(
            "chi_square_check: the package scipy is not installed; pip install scipy") from None
    if not isinstance(buckets, list) or len(buckets) != len(probs) or not buckets:
        found = len(buckets) if isinstance(buckets, list) else type(buckets).__name__
        raise MXNetValueError(f"chi_square_check: buckets must be a list, as long as probs "
                              f"({len(probs)}), and not empty; got {found}")
    samples = values(generator(nsamples)).ravel()
    if isinstance(buckets[0], (list, tuple)):
        counts = _count_intervals(samples, buckets)
    else:
        counts = np.array([np.count_nonzero(samples == value) for value in buckets])
    expected = samples.size * np.array(probs, np.float64)
    observed, ideal = counts.astype(np.float64), expected
    outside, rest = samples.size - counts.sum(), 1 - float(np.sum(probs))
    if rest > 1e-6:
        observed, ideal = np.append(observed, outside), np.append(ideal, rest * samples.size)
    elif outside:
        return 0.0, counts, expected
    possible = ideal > 0
    if np.any(observed[~possible]):
        return 0.0, counts, expected
    observed, ideal = observed[possible], ideal[possible]
    statistic = np.sum((observed - ideal) ** 2 / ideal)
    freedom = len(ideal) - 1
    return float(chi2.sf(statistic, freedom)) if freedom else 1.0, counts, expected


def verify_generator(generator: Callable[[int], Any], buckets: list[Any], probs: Sequence[float],
                     nsamples: int = 1000000, nrepeat: int = 5, success_rate: float = 0.2,
                     alpha: float = 0.05) -> list[float]:
    """The p values of nrepeat runs of `chi_square_check`.

    Raises AssertionError if fewer than a share of success_rate of them is above alpha.
    """
    runs = [chi_square_check(generator, buckets, probs, nsamples) for _ in range(nrepeat)]
    p_values = [p for p, _, _ in runs]
    passed = sum(p > alpha for p in p_values)
    if passed < nrepeat * success_rate:
        p, counts, expected = min(runs, key=lambda run: run[0])
        raise AssertionError(
            f"the samples do not follow the distribution: p values {p_values}, of which {passed} "
            f"are above {alpha}; buckets {buckets}: expected {expected.tolist()}, got in the worst "
            f"run (p = {p:g}) {counts.tolist()}")
    return p_values

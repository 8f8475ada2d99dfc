"""Samples of densities of distributions."""

import math

import numpy as np

from .sample import Ints, Sample

gammaln = np.vectorize(lambda x: math.lgamma(x) if x else math.inf, otypes=["float64"])


def density(logarithm):
    """The oracle of a density: parameters (*S) against samples (*S, *shape)."""
    def oracle(x, *parameters, is_log=False):
        apart = [p.reshape(p.shape + (1,) * (x.ndim - p.ndim)) for p in parameters]
        logs = logarithm(x, *apart) + np.zeros_like(x)
        return logs if is_log else np.exp(logs)
    return oracle


def failures(x, k, p):
    return gammaln(x + k) - gammaln(x + 1) - gammaln(k) + k * np.log(p) + x * np.log(1 - p)


def dirichlet(x, alpha, is_log=False):
    apart = alpha.reshape(alpha.shape[:-1] + (1,) * (x.ndim - alpha.ndim) + alpha.shape[-1:])
    logs = ((apart - 1) * np.log(x)).sum(-1) + gammaln(apart.sum(-1)) - gammaln(apart).sum(-1)
    return (logs if is_log else np.exp(logs)).reshape(x.shape[:-1] or (1,))


NUMBERS = {
    "normal": (lambda x, mu, sigma: -((x - mu) / sigma) ** 2 / 2 - np.log(
        sigma * np.sqrt(2 * np.pi)), 2),
    "gamma": (lambda x, a, b: a * np.log(b) + (a - 1) * np.log(x) - b * x - gammaln(a), 2),
    "exponential": (lambda x, lam: np.log(lam) - lam * x, 1),
}
COUNTS = {
    "poisson": (lambda x, lam: x * np.log(lam) - gammaln(x + 1) - lam, 1),
    "negative_binomial": (failures, 2),
    "generalized_negative_binomial": (lambda x, mu, a: failures(x, 1 / a, 1 / (mu * a + 1)), 2),
}
SHAPES = (((2, 3), (2,)), ((2, 3, 2), (2, 3)), ((4,), (4,)))
KNOWN = {"domain": (0.3, 0.9), "second": True, "slack": 8}


def density_samples():
    for is_log in (False, True):
        params = {"is_log": is_log}
        for shape, rest in SHAPES:
            for name, (logarithm, count) in NUMBERS.items():
                yield Sample(f"_random_pdf_{name}", (shape, *[rest] * count), density(logarithm),
                             params, single=True, **KNOWN)
            for name, (logarithm, count) in COUNTS.items():
                wrt = tuple(range(1, 1 + count))
                yield Sample(f"_random_pdf_{name}", (Ints(shape, 0, 6), *[rest] * count),
                             density(logarithm), params, wrt=wrt, single=True, **KNOWN)
        for shape, rest in (((2, 4, 3), (2, 3)), ((2, 4, 2, 3), (2, 4, 3)), ((3,), (3,))):
            yield Sample("_random_pdf_dirichlet", (shape, rest), dirichlet, params, single=True,
                         **KNOWN)
        yield Sample("_random_pdf_uniform",
                     (Ints((2, 3), 0, 6), Ints((2,), 0, 2), Ints((2,), 3, 6)),
                     density(lambda x, low, high: -np.log(high - low)), params, wrt=(1, 2),
                     second=True)


SAMPLES = list(density_samples())
LARGE = [Sample(f"_random_pdf_{name}", ((300, 150), *[(300,)] * count), domain=(0.3, 0.9))
         for name, (_, count) in {**NUMBERS, **COUNTS, "uniform": (None, 2)}.items()]
LARGE.append(Sample("_random_pdf_dirichlet", ((300, 50, 3), (300, 3)), domain=(0.3, 0.9)))
"""Cut into tasks, without an oracle: see large.py."""

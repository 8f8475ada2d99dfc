"""Densities of distributions: of `sample` (*S, *shape) under parameters (*S)."""

from __future__ import annotations

import math

from .inference import common
from .schema import param, register
from .trace import Composed


class _Density(Composed):
    """Base: the density, or probability of counts, of each number in sample (*S, *shape)."""

    dtype_rule = "F -> F"
    is_count = False        # counts have no gradient, nor has what a density does not depend on
    is_log: bool = param(False, "return the logarithm")

    def log_density(self, F, x, *parameters):
        """Its logarithm, where the parameters broadcast to x."""
        raise NotImplementedError

    def parameter_shape(self, sample, parameter):
        """The shape that parameters must have."""
        return sample[:len(parameter)]

    def fill_shapes(self, inputs, outputs):
        sample, first = common(inputs[0], outputs[0]), common(*inputs[1:])
        if sample is not None and first is not None:
            first = common(first, sample[:len(first)])
        return [sample, *[first] * (len(inputs) - 1)], [sample]

    def infer_shape(self, sample, *parameters):
        for entry, shape in zip(self.inputs[1:], parameters, strict=True):
            wanted = self.parameter_shape(sample, parameters[0])
            if shape != wanted:
                raise self.shape_error(entry.name, f"{wanted}, as sample has {sample}", shape)
        return [sample]

    def steps(self, F, sample, *parameters):
        """The operators that it consists of."""
        apart = [ref.reshape((*ref.shape, *[1] * (sample.ndim - ref.ndim))) for ref in parameters]
        logs = self.log_density(F, F.BlockGrad(sample) if self.is_count else sample, *apart)
        return logs if self.is_log else F.exp(logs)

    def grad(self, F, dy, inputs, outputs):
        gradients = super().grad(F, dy, inputs, outputs)
        return [F.zeros_like(inputs[0]) if gradients[0] is None else gradients[0], *gradients[1:]]


@register("_random_pdf_uniform", "random_pdf_uniform", inputs="sample low high")
class PdfUniform(_Density):
    """1 / (high - low), wherever the sample lies."""

    is_count = True

    def log_density(self, F, x, low, high):
        return F.zeros_like(x) - F.log(high - low)


@register("_random_pdf_normal", "random_pdf_normal", inputs="sample mu sigma")
class PdfNormal(_Density):
    """The normal density of mean mu and standard deviation sigma."""

    def log_density(self, F, x, mu, sigma):
        return F.square((x - mu) / sigma) * -0.5 - F.log(sigma * math.sqrt(2 * math.pi))


@register("_random_pdf_gamma", "random_pdf_gamma", inputs="sample alpha beta")
class PdfGamma(_Density):
    """The gamma density of shape alpha and rate beta (samples of random.gamma have scale beta)."""

    def log_density(self, F, x, alpha, beta):
        return (alpha - 1.0) * F.log(x) - beta * x + (alpha * F.log(beta) - F.gammaln(alpha))


@register("_random_pdf_exponential", "random_pdf_exponential", inputs="sample lam")
class PdfExponential(_Density):
    """The exponential density of rate lam."""

    def log_density(self, F, x, lam):
        return F.log(lam) - lam * x


@register("_random_pdf_poisson", "random_pdf_poisson", inputs="sample lam")
class PdfPoisson(_Density):
    """The probability of counts of mean lam."""

    is_count = True

    def log_density(self, F, x, lam):
        return x * F.log(lam) - F.gammaln(x + 1.0) - lam


def _failures(F, x, k, p):
    """The logarithm of the probability of x failures before k successes of probability p."""
    ways = F.gammaln(x + k) - F.gammaln(x + 1.0) - F.gammaln(k)
    return ways + k * F.log(p) + x * F.log(1.0 - p)


@register("_random_pdf_negative_binomial", "random_pdf_negative_binomial", inputs="sample k p")
class PdfNegativeBinomial(_Density):
    """The probability of counts of failures before k successes of probability p."""

    is_count = True

    def log_density(self, F, x, k, p):
        return _failures(F, x, k, p)


@register("_random_pdf_generalized_negative_binomial", "random_pdf_generalized_negative_binomial",
          inputs="sample mu alpha")
class PdfGeneralizedNegativeBinomial(_Density):
    """The probability of counts of mean mu and variance mu + alpha * mu^2."""

    is_count = True

    def log_density(self, F, x, mu, alpha):
        return _failures(F, x, 1.0 / alpha, 1.0 / (mu * alpha + 1.0))


@register("_random_pdf_dirichlet", "random_pdf_dirichlet", inputs="sample alpha")
class PdfDirichlet(_Density):
    """The Dirichlet density: sample (*S, *shape, K), alpha (*S, K) -> (*S, *shape)."""

    def parameter_shape(self, sample, parameter):
        return (*sample[:max(len(parameter) - 1, 0)], *sample[-1:])

    def fill_shapes(self, inputs, outputs):
        sample, alpha = inputs
        if sample and alpha:
            alpha = common(alpha, self.parameter_shape(sample, alpha))
        return [sample, alpha], [sample[:-1] or (1,)] if sample else outputs

    def infer_shape(self, sample, alpha):
        return [super().infer_shape(sample, alpha)[0][:-1] or (1,)]

    def steps(self, F, sample, alpha):
        more = sample.ndim - alpha.ndim
        apart = alpha.reshape((*alpha.shape[:-1], *[1] * more, alpha.shape[-1]))
        scale = F.gammaln(F.sum(apart, axis=-1)) - F.sum(F.gammaln(apart), axis=-1)
        logs = F.sum((apart - 1.0) * F.log(sample), axis=-1) + scale
        return logs if self.is_log else F.exp(logs)

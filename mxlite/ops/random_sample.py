"""Distributions drawn by rejection, distributions with arrays of parameters, and shuffling."""

from __future__ import annotations

import math

from ..base import Shape
from . import wrong_indices
from .index_dtype import check_held
from .inference import common
from .random import _Random, _RandomLike
from .schema import Op, kernel, param, register, runtime

DType = str


class _RandomSample(_Random):
    """Base: `_random_<name>`, every element drawn from its own sequence."""

    def prepare(self, inputs, outputs):
        return kernel(f"sample_{self.kernel_name}", outputs[0].dtype, n=outputs[0].size, per=0,
                      count=0, kind=0, output=0, work=60 * outputs[0].size)


@register("_random_exponential", "random_exponential", inputs="")
class RandomExponential(_RandomSample):
    """Exponentially distributed numbers of rate `lam`: their mean is 1 / lam."""

    kernel_name = "exponential"
    lam: float = runtime(1.0, "rate", above=0)
    shape: Shape = param((), "shape of the output")
    ctx: str | None = param(None, "where to make it")
    dtype: DType | None = param(None, "dtype of the output; None: float32")


@register("_random_gamma", "random_gamma", inputs="")
class RandomGamma(_RandomSample):
    """Gamma distributed numbers of shape parameter `alpha` and scale `beta`."""

    kernel_name = "gamma"
    alpha: float = runtime(1.0, "shape parameter", above=0)
    beta: float = runtime(1.0, "scale", above=0)
    shape: Shape = param((), "shape of the output")
    ctx: str | None = param(None, "where to make it")
    dtype: DType | None = param(None, "dtype of the output; None: float32")


@register("_random_poisson", "random_poisson", inputs="")
class RandomPoisson(_RandomSample):
    """Poisson distributed counts of mean `lam`."""

    kernel_name = "poisson"
    lam: float = runtime(1.0, "mean", low=0)
    shape: Shape = param((), "shape of the output")
    ctx: str | None = param(None, "where to make it")
    dtype: DType | None = param(None, "dtype of the output; None: float32")


@register("_random_negative_binomial", "random_negative_binomial", inputs="")
class RandomNegativeBinomial(_RandomSample):
    """Counts of failures before `k` successes of probability `p`."""

    kernel_name = "negative_binomial"
    k: float = runtime(1.0, "successes", low=0)
    p: float = runtime(1.0, "probability of a success", above=0, high=1)
    shape: Shape = param((), "shape of the output")
    ctx: str | None = param(None, "where to make it")
    dtype: DType | None = param(None, "dtype of the output; None: float32")


@register("_random_generalized_negative_binomial", "random_generalized_negative_binomial",
          inputs="")
class RandomGeneralizedNegativeBinomial(_RandomSample):
    """Counts of mean `mu` and variance mu + alpha * mu^2."""

    kernel_name = "generalized_negative_binomial"
    mu: float = runtime(1.0, "mean", low=0)
    alpha: float = runtime(1.0, "dispersion", low=0)
    shape: Shape = param((), "shape of the output")
    ctx: str | None = param(None, "where to make it")
    dtype: DType | None = param(None, "dtype of the output; None: float32")


class _RandomSampleLike(_RandomLike):
    """Base: of the shape and dtype of `data`, every element drawn from its own sequence."""

    def prepare(self, inputs, outputs):
        return kernel(f"sample_{self.kernel_name}", outputs[0].dtype, n=outputs[0].size, per=0,
                      count=0, kind=0, output=1, work=60 * outputs[0].size)


@register("_random_exponential_like")
class RandomExponentialLike(_RandomSampleLike):
    """Exponentially distributed numbers of rate `lam`, shaped like data."""

    kernel_name = "exponential"
    lam: float = runtime(1.0, "rate", above=0)


@register("_random_gamma_like")
class RandomGammaLike(_RandomSampleLike):
    """Gamma distributed numbers of shape `alpha` and scale `beta`, shaped like data."""

    kernel_name = "gamma"
    alpha: float = runtime(1.0, "shape parameter", above=0)
    beta: float = runtime(1.0, "scale", above=0)


@register("_random_poisson_like")
class RandomPoissonLike(_RandomSampleLike):
    """Poisson distributed counts of mean `lam`, shaped like data."""

    kernel_name = "poisson"
    lam: float = runtime(1.0, "mean", low=0)


@register("_random_negative_binomial_like")
class RandomNegativeBinomialLike(_RandomSampleLike):
    """Counts of failures before `k` successes of probability `p`, shaped like data."""

    kernel_name = "negative_binomial"
    k: float = runtime(1.0, "successes", low=0)
    p: float = runtime(1.0, "probability of a success", above=0, high=1)


@register("_random_generalized_negative_binomial_like")
class RandomGeneralizedNegativeBinomialLike(_RandomSampleLike):
    """Counts of mean `mu` and variance mu + alpha * mu^2, shaped like data."""

    kernel_name = "generalized_negative_binomial"
    mu: float = runtime(1.0, "mean", low=0)
    alpha: float = runtime(1.0, "dispersion", low=0)


PARAMETER_DTYPES = ("float32", "float64", "float16", "bfloat16", "int8", "uint8", "int32", "int64")


class _Sample(_Random):
    """Base: each element of the parameter arrays (*S) draws `shape` numbers -> (*S, *shape)."""

    completed_from_use = False
    shape: Shape = param((), "how many are drawn for each element of the parameters")
    dtype: DType | None = param(None, "dtype of the output; None: float64 where the "
                                       "parameters are, else float32")

    @property
    def dtype_rule(self):
        return f"N -> {self.dtype or 'any'}"

    def infer_shape(self, first, *rest):
        for name, shape in zip(self.input_names(2)[1:], rest, strict=True):
            if shape != first:
                raise self.shape_error(name, f"{first}, as {self.input_names(1)[0]} has", shape)
        return [first + self.shape]

    def infer_dtype(self, first, *rest):
        super().infer_dtype(first, *rest)       # checks them
        return [self.dtype or ("float64" if first == "float64" else "float32")]

    def fill_shapes(self, inputs, outputs):
        out = outputs[0]
        shape = common(*inputs, out and out[:len(out) - len(self.shape)])
        return [shape] * len(inputs), [shape and shape + self.shape]

    def prepare(self, inputs, outputs):
        name = self.name.removeprefix("_")
        return kernel(name, outputs[0].dtype, n=outputs[0].size,
                      per=max(math.prod(self.shape), 1), count=len(inputs),
                      kind=PARAMETER_DTYPES.index(inputs[0].dtype), output=len(inputs),
                      work=60 * outputs[0].size)


@register("_sample_uniform", "sample_uniform", inputs="low high")
class SampleUniform(_Sample):
    """Numbers spread evenly over [low, high), for arrays of bounds (*S) -> (*S, *shape)."""


@register("_sample_normal", "sample_normal", inputs="mu sigma")
class SampleNormal(_Sample):
    """Normally distributed numbers, for arrays of means and deviations (*S) -> (*S, *shape)."""


@register("_sample_exponential", "sample_exponential", inputs="lam")
class SampleExponential(_Sample):
    """Exponentially distributed numbers, for an array of rates (*S) -> (*S, *shape)."""


@register("_sample_gamma", "sample_gamma", inputs="alpha beta")
class SampleGamma(_Sample):
    """Gamma distributed numbers, for arrays of shapes and scales (*S) -> (*S, *shape)."""


@register("_sample_poisson", "sample_poisson", inputs="lam")
class SamplePoisson(_Sample):
    """Poisson distributed counts, for an array of means (*S) -> (*S, *shape)."""


@register("_sample_negative_binomial", "sample_negative_binomial", inputs="k p")
class SampleNegativeBinomial(_Sample):
    """Counts of failures before k successes of probability p, arrays (*S) -> (*S, *shape)."""


@register("_sample_generalized_negative_binomial", "sample_generalized_negative_binomial",
          inputs="mu alpha")
class SampleGeneralizedNegativeBinomial(_Sample):
    """Counts of means mu and variances mu + alpha * mu^2, arrays (*S) -> (*S, *shape)."""


INDEX_DTYPES = ("uint8", "int32", "int64", "float16", "float32", "float64")


@register("_sample_multinomial", "sample_multinomial")
class SampleMultinomial(Op):
    """Class numbers drawn by the probabilities in data's last axis: (*S, K) -> (*S, *shape).

    They need not sum to 1, but must be at least 0 and not all 0. With get_prob a second output
    holds the logarithm of the probability of each, which has a gradient.
    """

    random = True
    dtype_rule = "F -> dtype F"
    shape: Shape = param((), "how many are drawn from each distribution")
    get_prob: bool = param(False, "return the log-probabilities too")
    dtype: DType = param("int32", "dtype of the numbers", choices=INDEX_DTYPES)

    @property
    def num_outputs(self):
        return 2 if self.get_prob else 1

    def infer_shape(self, data):
        if not data or data[-1] == 0:
            raise self.shape_error("data", "(*, K) with K of at least 1", data)
        shape = data[:-1] + self.shape
        return [shape or (1,)] * self.num_outputs

    def prepare(self, inputs, outputs):
        *_, classes = shape = inputs[0].shape
        check_held(self.name.removeprefix("_"), classes, self.dtype, "dtype='int32' holds them")
        return kernel("sample_multinomial", inputs[0].dtype,
                      rows=math.prod(shape[:-1]), classes=classes, draws=math.prod(self.shape),
                      has_log=int(self.get_prob), out_kind=INDEX_DTYPES.index(self.dtype),
                      work=inputs[0].size + 30 * outputs[0].size)

    def value_message(self, specs, values):
        data, got = values[0], ""
        if data is not None:
            got = (wrong_indices.first(data, ~(data >= 0))
                   or wrong_indices.first(data, (data == 0) & (data.sum(-1, keepdims=True) == 0)))
        return (f"{self.name.removeprefix('_')}: data must hold probabilities, at least 0 and with "
                f"a sum above 0{got}")

    def grad(self, F, dy, inputs, outputs):
        """Of the log-probabilities: dy / p, added up at the classes that were drawn."""
        if not self.get_prob:
            return [None]
        data, (drawn, logs) = inputs[0], outputs
        *_, classes = data.shape
        rows = math.prod(data.shape[:-1])
        shares = (dy[1] / F.exp(logs)).reshape((rows, drawn.size // max(rows, 1)))
        at = F.Cast(drawn, dtype="int64").reshape(shares.shape)
        first = F._arange(start=0.0, stop=float(rows), dtype="int64") * classes
        at = at + first.reshape((rows, 1))
        summed = F._accumulate_rows(shares.reshape((shares.size,)), at.reshape((shares.size,)),
                                    shape=(data.size,))
        return [summed.reshape(data.shape)]


@register("_shuffle", "shuffle")
class Shuffle(Op):
    """The rows of data, along its first axis, in a random order."""

    random = True

    def prepare(self, inputs, outputs):
        rows = inputs[0].shape[0] if inputs[0].size else 0
        return kernel("shuffle_rows", "bytes", rows=rows,
                      row_bytes=inputs[0].nbytes // max(rows, 1), work=inputs[0].nbytes)

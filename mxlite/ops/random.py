"""Random numbers. Every call draws from a key of its own, made from the seed (device/rng.py)."""

from __future__ import annotations

from ..base import MXNetValueError, Shape
from .inference import all_alike, lengths_in_graph
from .schema import Op, kernel, param, register, runtime

DType = str
FLOATS = ("float16", "bfloat16", "float32", "float64")


class _Random(Op):
    """Base: an array of `shape`, drawn from a distribution of two numbers at most."""

    random = True
    completed_from_use = True
    kernel_name = ""
    dtypes: tuple[str, ...] = FLOATS
    default_dtype = "float32"

    def check(self):
        if self.dtype not in (None, *self.dtypes):
            raise self.dtype_error("dtype", " or ".join(self.dtypes), self.dtype)
        if not self.completed_from_use:
            self.check_lengths()

    def check_lengths(self):
        if any(n < 0 for n in self.shape):
            raise self.value_error("shape", "of lengths of at least 0", self.shape)

    def infer_shape(self):
        self.check_lengths()
        return [self.shape]

    @property
    def dtype_rule(self):
        return f"-> {self.dtype or self.default_dtype}"

    def fill_shapes(self, inputs, outputs):
        return [], [lengths_in_graph(self.shape)]

    def prepare(self, inputs, outputs):
        return kernel(self.kernel_name, outputs[0].dtype, n=outputs[0].size, output=len(inputs),
                      work=3 * outputs[0].size)

    def grad(self, F, dy, inputs, outputs):
        return [None] * len(inputs)


@register("_random_uniform", "uniform", "random_uniform", inputs="")
class RandomUniform(_Random):
    """Numbers spread evenly over [low, high)."""

    kernel_name = "random_uniform"
    low: float = runtime(0.0, "lower bound")
    high: float = runtime(1.0, "upper bound, excluded")
    shape: Shape = param((), "shape of the output")
    ctx: str | None = param(None, "where to make it")
    dtype: DType | None = param(None, "dtype of the output; None: float32")

    @classmethod
    def check_runtime(cls, name, low, high):
        if not low <= high:
            raise MXNetValueError(
                f"{name}: low must be at most high; got {low:.15g} and {high:.15g}")


@register("_random_normal", "normal", "random_normal", inputs="")
class RandomNormal(_Random):
    """Normally distributed numbers of mean `loc` and standard deviation `scale`."""

    kernel_name = "random_normal"
    loc: float = runtime(0.0, "mean")
    scale: float = runtime(1.0, "standard deviation", low=0)
    shape: Shape = param((), "shape of the output")
    ctx: str | None = param(None, "where to make it")
    dtype: DType | None = param(None, "dtype of the output; None: float32")


@register("_random_randint", "random_randint", inputs="")
class RandomRandint(_Random):
    """Integers spread evenly over low, ..., high - 1."""

    kernel_name = "random_randint"
    dtypes = ("int32", "int64")
    default_dtype = "int32"
    low: float = runtime(help="smallest value")
    high: float = runtime(help="upper bound, excluded")
    shape: Shape = param((), "shape of the output")
    ctx: str | None = param(None, "where to make it")
    dtype: DType | None = param(None, "int32 or int64; None: int32")

    @classmethod
    def check_runtime(cls, name, low, high):
        if not low < high:
            raise MXNetValueError(f"{name}: low must be below high; got {low:.15g} and {high:.15g}")


class _RandomLike(_Random):
    """Base: of the shape and dtype of `data`."""

    completed_from_use = False
    dtype_rule = "F -> F"

    def check(self):
        pass

    def infer_shape(self, data):
        return [data]

    def fill_shapes(self, inputs, outputs):
        return all_alike(inputs, outputs)


@register("_random_uniform_like")
class RandomUniformLike(_RandomLike):
    """Numbers spread evenly over [low, high), shaped like data."""

    kernel_name = "random_uniform"
    low: float = runtime(0.0, "lower bound")
    high: float = runtime(1.0, "upper bound, excluded")

    @classmethod
    def check_runtime(cls, name, low, high):
        RandomUniform.check_runtime(name, low, high)


@register("_random_normal_like")
class RandomNormalLike(_RandomLike):
    """Normally distributed numbers, shaped like data."""

    kernel_name = "random_normal"
    loc: float = runtime(0.0, "mean")
    scale: float = runtime(1.0, "standard deviation", low=0)

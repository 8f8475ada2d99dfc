"""`mx.nd.random`: arrays drawn from distributions, all from the stream that mx.random.seed sets.

Parameters are numbers, or arrays of one shape: then every element of theirs draws `shape` values,
and the result has their shape followed by `shape`.
"""

from __future__ import annotations

import math
from typing import Any

from ..arguments import check_shape
from ..base import MXNetTypeError, MXNetValueError, Shape, dtype_name
from ..device.context import Context, as_context
from ..device.context import current_context as current_context
from ..ops.schema import REGISTRY
from .array import need_array
from .ndarray import NDArray
from .run import invoke_list


def _shape(shape: Any) -> Shape:
    if shape is None:
        return ()
    return check_shape("random", "shape", shape, 0)


def _draw(name: str, given: dict[str, Any], shape: Any, dtype: Any, ctx: Any, out: Any) -> NDArray:
    """Draw by `_random_<name>` for numbers, by `_sample_<name>` for arrays of parameters."""
    if out is not None:
        need_array(out, f"random.{name}", "out")
        dtype = out.dtype if dtype is None else dtype
    params: dict[str, Any] = {"dtype": None if dtype is None else dtype_name(dtype)}
    arrays = [value for value in given.values() if isinstance(value, NDArray)]
    if arrays and len(arrays) != len(given):
        kinds = ", ".join(f"{key}={type(value).__name__}" for key, value in given.items())
        raise MXNetTypeError(
            f"random.{name}: parameters must be all arrays or all numbers; got {kinds}")
    if arrays:
        op = REGISTRY[f"_sample_{name}"].make({"shape": _shape(shape), **params})
        return invoke_list(op, arrays, [], out)
    if shape is None and out is not None:
        shape = out.shape
    cls = REGISTRY[f"_random_{name}"]
    values = [cls.params[key].parse(value, f"random.{name}") for key, value in given.items()]
    cls.check_runtime(f"random.{name}", *values)
    op = cls.make({"shape": (1,) if shape is None else _shape(shape), **params})
    return invoke_list(op, [], values, out, as_context(ctx) if out is None else None)


def uniform(low: Any = 0, high: Any = 1, shape: Any = None, dtype: Any = None,
            ctx: Context | None = None, out: Any = None) -> NDArray:
    """Numbers spread evenly over [low, high)."""
    return _draw("uniform", {"low": low, "high": high}, shape, dtype, ctx, out)


def normal(loc: Any = 0, scale: Any = 1, shape: Any = None, dtype: Any = None,
           ctx: Context | None = None, out: Any = None) -> NDArray:
    """Normally distributed numbers of mean `loc` and standard deviation `scale`."""
    return _draw("normal", {"loc": loc, "scale": scale}, shape, dtype, ctx, out)


def randn(*shape: int, loc: Any = 0, scale: Any = 1, dtype: Any = None,
          ctx: Context | None = None, out: Any = None) -> NDArray:
    """Normally distributed numbers: randn(2, 3) has shape (2, 3)."""
    return normal(loc, scale, shape or None, dtype, ctx, out)


def randint(low: Any, high: Any, shape: Any = None, dtype: Any = None,
            ctx: Context | None = None, out: Any = None) -> NDArray:
    """Integers from low to high - 1, int32 unless dtype says int64."""
    return _draw("randint", {"low": low, "high": high}, shape, dtype or "int32", ctx, out)


def exponential(scale: Any = 1, shape: Any = None, dtype: Any = None,
                ctx: Context | None = None, out: Any = None) -> NDArray:
    """Exponentially distributed numbers of mean `scale`, which is above 0."""
    if not isinstance(scale, NDArray) and not scale > 0:
        raise MXNetValueError(f"random.exponential: scale must be above 0; got {scale!r}")
    return _draw("exponential", {"lam": 1.0 / scale}, shape, dtype, ctx, out)


def gamma(alpha: Any = 1, beta: Any = 1, shape: Any = None, dtype: Any = None,
          ctx: Context | None = None, out: Any = None) -> NDArray:
    """Gamma distributed numbers of shape parameter `alpha` and scale `beta`."""
    return _draw("gamma", {"alpha": alpha, "beta": beta}, shape, dtype, ctx, out)


def poisson(lam: Any = 1, shape: Any = None, dtype: Any = None,
            ctx: Context | None = None, out: Any = None) -> NDArray:
    """Poisson distributed counts of mean `lam`."""
    return _draw("poisson", {"lam": lam}, shape, dtype, ctx, out)


def negative_binomial(k: Any = 1, p: Any = 1, shape: Any = None, dtype: Any = None,
                      ctx: Context | None = None, out: Any = None) -> NDArray:
    """Counts of failures before `k` successes of probability `p`."""
    return _draw("negative_binomial", {"k": k, "p": p}, shape, dtype, ctx, out)


def generalized_negative_binomial(mu: Any = 1, alpha: Any = 1, shape: Any = None,
                                  dtype: Any = None, ctx: Context | None = None,
                                  out: Any = None) -> NDArray:
    """Negative binomial counts of mean `mu` and dispersion `alpha`."""
    given = {"mu": mu, "alpha": alpha}
    return _draw("generalized_negative_binomial", given, shape, dtype, ctx, out)


def multinomial(data: NDArray, shape: Any = None, get_prob: bool = False, out: Any = None,
                dtype: Any = "int32") -> Any:
    """Class numbers drawn by the probabilities in the last axis of `data`.

    data (..., K) -> (..., *shape); with get_prob also the log-probabilities of what was drawn.
    """
    op = REGISTRY["_sample_multinomial"].make(
        {"shape": _shape(shape), "get_prob": get_prob, "dtype": dtype_name(dtype)})
    return invoke_list(op, [data], [], out)


def shuffle(data: NDArray, out: Any = None) -> NDArray:
    """The rows of `data` in a random order."""
    return invoke_list(REGISTRY["_shuffle"].make({}), [data], [], out)


def _like(name: str, data: NDArray, given: dict[str, float], out: Any) -> NDArray:
    cls = REGISTRY[f"_random_{name}_like"]
    values = [cls.params[key].parse(value, f"random.{name}_like") for key, value in given.items()]
    cls.check_runtime(f"random.{name}_like", *values)
    return invoke_list(cls.make({}), [data], values, out)


def uniform_like(data: NDArray, low: float = 0, high: float = 1, out: Any = None) -> NDArray:
    """uniform(low, high) of the shape and dtype of `data`."""
    return _like("uniform", data, {"low": low, "high": high}, out)


def normal_like(data: NDArray, loc: float = 0, scale: float = 1, out: Any = None) -> NDArray:
    """normal(loc, scale) of the shape and dtype of `data`."""
    return _like("normal", data, {"loc": loc, "scale": scale}, out)


def exponential_like(data: NDArray, lam: float = 1, out: Any = None) -> NDArray:
    """Exponentially distributed numbers of rate `lam`, of the shape and dtype of `data`."""
    return _like("exponential", data, {"lam": lam}, out)


def gamma_like(data: NDArray, alpha: float = 1, beta: float = 1, out: Any = None) -> NDArray:
    """gamma(alpha, beta) of the shape and dtype of `data`."""
    return _like("gamma", data, {"alpha": alpha, "beta": beta}, out)


def poisson_like(data: NDArray, lam: float = 1, out: Any = None) -> NDArray:
    """poisson(lam) of the shape and dtype of `data`."""
    return _like("poisson", data, {"lam": lam}, out)


def negative_binomial_like(data: NDArray, k: float = 1, p: float = 1, out: Any = None) -> NDArray:
    """negative_binomial(k, p) of the shape and dtype of `data`."""
    return _like("negative_binomial", data, {"k": k, "p": p}, out)


def generalized_negative_binomial_like(data: NDArray, mu: float = 1, alpha: float = 1,
                                       out: Any = None) -> NDArray:
    """generalized_negative_binomial(mu, alpha) of the shape and dtype of `data`."""
    return _like("generalized_negative_binomial", data, {"mu": mu, "alpha": alpha}, out)


def rand_zipfian(true_classes: NDArray, num_sampled: int, range_max: int,
                 ctx: Context | None = None) -> tuple[NDArray, NDArray, NDArray]:
    """`num_sampled` classes from 0 to range_max - 1, drawn with P(k) = log((k + 2) / (k + 1)) /
    log(range_max + 1), and how often one expects the true classes, and those drawn, among them.

    true_classes (N,) -> int64 (num_sampled,), float64 (N,) and (num_sampled,).
    """
    need_array(true_classes, "rand_zipfian", "true_classes")
    context = as_context(ctx)
    scale = math.log(range_max + 1)
    drawn = uniform(0, scale, shape=(num_sampled,), dtype="float64", ctx=context)
    sampled = (drawn.exp() - 1).astype("int64") % range_max
    true, often = [classes.as_in_context(context).astype("float64")
                   for classes in (true_classes, sampled)]
    expected = [((classes + 2) / (classes + 1)).log() / scale * num_sampled
                for classes in (true, often)]
    return sampled, expected[0], expected[1]

"""`mx.sym.random`: arrays drawn when the graph runs, from the stream that mx.random.seed sets.

Parameters are numbers, or Symbols: then every element of theirs draws `shape` values.
"""

from __future__ import annotations

import math
from typing import Any

from ..base import MXNetTypeError
from ..ops.schema import REGISTRY
from .compose import call
from .symbol import Symbol


def _draw(name: str, given: dict[str, Any], shape: Any, dtype: Any,
          kwargs: dict[str, Any]) -> Symbol:
    """Draw by `_random_<name>` for numbers, by `_sample_<name>` for Symbols."""
    symbols = [value for value in given.values() if isinstance(value, Symbol)]
    if symbols and len(symbols) != len(given):
        kinds = ", ".join(f"{key}={type(value).__name__}" for key, value in given.items())
        raise MXNetTypeError(
            f"random.{name}: parameters must be all Symbols or all numbers; got {kinds}")
    params = {key: value for key, value in (("shape", shape), ("dtype", dtype))
              if value is not None}
    if symbols:
        return call(REGISTRY[f"_sample_{name}"], f"_sample_{name}", symbols, {**params, **kwargs})
    return call(REGISTRY[f"_random_{name}"], f"_random_{name}", (), {**given, **params, **kwargs})


def uniform(low: Any = 0, high: Any = 1, shape: Any = None, dtype: Any = None,
            **kwargs: Any) -> Symbol:
    """Numbers spread evenly over [low, high)."""
    return _draw("uniform", {"low": low, "high": high}, shape, dtype, kwargs)


def normal(loc: Any = 0, scale: Any = 1, shape: Any = None, dtype: Any = None,
           **kwargs: Any) -> Symbol:
    """Normally distributed numbers of mean `loc` and standard deviation `scale`."""
    return _draw("normal", {"loc": loc, "scale": scale}, shape, dtype, kwargs)


def randn(*shape: int, **kwargs: Any) -> Symbol:
    """Normally distributed numbers of this shape; keywords loc, scale, dtype."""
    loc, scale = kwargs.pop("loc", 0), kwargs.pop("scale", 1)
    return _draw("normal", {"loc": loc, "scale": scale}, shape, kwargs.pop("dtype", None), kwargs)


def exponential(scale: Any = 1, shape: Any = None, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Exponentially distributed numbers of mean `scale`."""
    rate = 1.0 / scale
    return _draw("exponential", {"lam": rate}, shape, dtype, kwargs)


def gamma(alpha: Any = 1, beta: Any = 1, shape: Any = None, dtype: Any = None,
          **kwargs: Any) -> Symbol:
    """Gamma distributed numbers of shape `alpha` and scale `beta`."""
    return _draw("gamma", {"alpha": alpha, "beta": beta}, shape, dtype, kwargs)


def poisson(lam: Any = 1, shape: Any = None, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Poisson distributed numbers of mean `lam`."""
    return _draw("poisson", {"lam": lam}, shape, dtype, kwargs)


def negative_binomial(k: Any = 1, p: Any = 1, shape: Any = None, dtype: Any = None,
                      **kwargs: Any) -> Symbol:
    """The failures before `k` successes, each of probability `p`."""
    return _draw("negative_binomial", {"k": k, "p": p}, shape, dtype, kwargs)


def generalized_negative_binomial(mu: Any = 1, alpha: Any = 1, shape: Any = None,
                                  dtype: Any = None, **kwargs: Any) -> Symbol:
    """Negative binomial numbers of mean `mu` and dispersion `alpha`."""
    return _draw("generalized_negative_binomial", {"mu": mu, "alpha": alpha}, shape, dtype, kwargs)


def randint(low: int, high: int, shape: Any = None, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Integers in [low, high)."""
    return _draw("randint", {"low": low, "high": high}, shape, dtype, kwargs)


def multinomial(data: Symbol, shape: Any = None, get_prob: bool = False, dtype: Any = "int32",
                **kwargs: Any) -> Any:
    """Indices drawn by the probabilities in the last axis of `data`."""
    params = {} if shape is None else {"shape": shape}
    return call(REGISTRY["_sample_multinomial"], "_sample_multinomial", (data,),
                {**params, "get_prob": get_prob, "dtype": dtype, **kwargs})


def shuffle(data: Symbol, **kwargs: Any) -> Symbol:
    """The items of the first axis in random order."""
    return call(REGISTRY["_shuffle"], "_shuffle", (data,), kwargs)


def _like(name: str, data: Symbol, params: dict[str, Any]) -> Symbol:
    return call(REGISTRY[f"_random_{name}_like"], f"{name}_like", (data,), params)


def uniform_like(data: Symbol, low: Any = 0, high: Any = 1, **kwargs: Any) -> Symbol:
    """Numbers spread evenly over [low, high), as many as `data` has."""
    return _like("uniform", data, {"low": low, "high": high, **kwargs})


def normal_like(data: Symbol, loc: Any = 0, scale: Any = 1, **kwargs: Any) -> Symbol:
    """Normally distributed numbers, as many as `data` has."""
    return _like("normal", data, {"loc": loc, "scale": scale, **kwargs})


def exponential_like(data: Symbol, lam: Any = 1, **kwargs: Any) -> Symbol:
    """Exponentially distributed numbers of rate `lam`, as many as `data` has."""
    return _like("exponential", data, {"lam": lam, **kwargs})


def gamma_like(data: Symbol, alpha: Any = 1, beta: Any = 1, **kwargs: Any) -> Symbol:
    """Gamma distributed numbers of shape `alpha` and scale `beta`, as many as `data` has."""
    return _like("gamma", data, {"alpha": alpha, "beta": beta, **kwargs})


def poisson_like(data: Symbol, lam: Any = 1, **kwargs: Any) -> Symbol:
    """Poisson distributed counts of mean `lam`, as many as `data` has."""
    return _like("poisson", data, {"lam": lam, **kwargs})


def negative_binomial_like(data: Symbol, k: Any = 1, p: Any = 1, **kwargs: Any) -> Symbol:
    """Counts of failures before `k` successes, as many as `data` has."""
    return _like("negative_binomial", data, {"k": k, "p": p, **kwargs})


def generalized_negative_binomial_like(data: Symbol, mu: Any = 1, alpha: Any = 1,
                                       **kwargs: Any) -> Symbol:
    """Negative binomial counts of mean `mu` and dispersion `alpha`, as many as `data` has."""
    return _like("generalized_negative_binomial", data, {"mu": mu, "alpha": alpha, **kwargs})


def rand_zipfian(true_classes: Symbol, num_sampled: int,
                 range_max: int) -> tuple[Symbol, Symbol, Symbol]:
    """What mx.nd.contrib.rand_zipfian returns: classes drawn, and how often one expects the true
    classes, and those drawn, among them."""
    if not isinstance(true_classes, Symbol):
        raise MXNetTypeError("rand_zipfian: true_classes must be a Symbol; got "
                             f"{type(true_classes).__name__}")
    scale = math.log(range_max + 1)
    drawn = uniform(0, scale, shape=(num_sampled,), dtype="float64")
    sampled = (drawn.exp() - 1).astype("int64") % range_max
    true, often = true_classes.astype("float64"), sampled.astype("float64")
    expected = [((classes + 2) / (classes + 1)).log() / scale * num_sampled
                for classes in (true, often)]
    return sampled, expected[0], expected[1]

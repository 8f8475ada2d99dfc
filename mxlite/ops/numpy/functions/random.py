"""Random numbers: np.random. Draws of a parameter that is an array are moved along its gradient."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ....base import INTEGERS, MXNetTypeError, MXNetValueError
from .shapes import whole_numbers
from .table import is_number, np_dtype, public_in, written

random = public_in("random")


def shape_of(function: str, size: Any) -> tuple[int, ...] | None:
    """`size` as a shape; None where none is given."""
    if size is None:
        return None
    shape = whole_numbers(function, "size", size)
    if min(shape, default=0) < 0:
        raise MXNetValueError(f"{function}: size must be made of lengths; got {size!r}")
    return shape


def within(F: Any, function: str, name: str, value: Any, low: float = 0.0, high: float = math.inf,
           is_above: bool = False) -> Any:
    """A parameter, whose values must lie within bounds: those of an array are looked at when it
    is used."""
    what = f"{function}: {name}"
    if F.is_array(value):
        return F._npi_checked(value, what=what, low=low, high=high, is_above=is_above)
    if not is_number(value):
        raise F.no_array(function, name, value)
    if not low <= value <= high or (is_above and value == low):
        rule = f"between {low:g} and {high:g}" if high < math.inf else (
            f"{'above' if is_above else 'at least'} {low:g}")
        raise MXNetValueError(f"{what} must be {rule}; got {value}")
    return value


def repeated(F: Any, function: str, *arrays: Any, size: Any) -> Any:
    """The first array, repeated to the shape of the result: `size`, or that of all of them."""
    if size is not None and F.has_memory:           # else the operator checks it
        shapes = [each.shape for each in arrays]
        for shape in shapes:
            lengths = (1,) * (len(size) - len(shape)) + tuple(shape)
            if len(lengths) > len(size) or any(
                    n not in (1, want) for n, want in zip(lengths, size, strict=True)):
                raise MXNetValueError(f"{function}: size must be a shape to which those of the "
                                      f"parameters, {shapes}, broadcast; got {size}")
    return F._npi_broadcast_over(*arrays, size=size)


def over(F: Any, function: str, parameters: Any, shape: Any, dtype: str) -> Any:
    """An array of the shape of the result, `shape`, or that of the parameters; None: no array is
    among the parameters."""
    arrays = [each for each in parameters if F.is_array(each)]
    return F.Cast(repeated(F, function, *arrays, size=shape), dtype=dtype) if arrays else None


def checked(F: Any, function: str, **parameters: Any) -> None:
    """Raise unless the parameters are numbers or arrays."""
    for name, value in parameters.items():
        if not is_number(value) and not F.is_array(value):
            raise F.no_array(function, name, value)


def float_dtype_of(function: str, dtype: Any) -> str:
    """The dtype, float32 where none is given."""
    name = np_dtype(dtype) or "float32"
    if not name.startswith(("float", "bfloat")):
        raise MXNetTypeError(f"{function}: dtype must be of floating point; got {name}")
    return name


def _drawn(F: Any, operator: str, shape: tuple[int, ...] | None, dtype: str, ctx: Any,
           **params: float) -> Any:
    extra = {} if ctx is None else {"ctx": str(ctx)}
    return getattr(F, operator)(shape=shape or (), dtype=dtype, **params, **extra)


def _standard(F: Any, function: str, size: Any, dtype: Any, ctx: Any, *parameters: Any) -> Any:
    """Uniform numbers of (0, 1) in the shape of the result."""
    name, shape = float_dtype_of(function, dtype), shape_of(function, size)
    like = over(F, function, parameters, shape, name)
    if like is not None:
        return F._random_uniform_like(like)
    return _drawn(F, "_npi_exact_uniform", shape, name, ctx, low=0.0, high=1.0)


def _in_dtype(F: Any, y: Any, dtype: Any) -> Any:
    """y in the dtype, where one is given."""
    return y if dtype is None else F.Cast(y, dtype=np_dtype(dtype))


def _log(F: Any, u: Any) -> Any:
    """ln u, of 0 that of the least positive number."""
    return F._npi_log(F.clip(u, a_min=1e-37, a_max=math.inf))


@random()
def uniform(F: Any, low: Any = 0.0, high: Any = 1.0, size: Any = None, dtype: Any = None,
            ctx: Any = None, out: Any = None) -> Any:
    """Numbers spread evenly over [low, high)."""
    checked(F, "uniform", low=low, high=high)
    if is_number(low) and is_number(high):
        y = _drawn(F, "_npi_exact_uniform", shape_of("uniform", size),
                   float_dtype_of("uniform", dtype), ctx, low=float(low), high=float(high))
    else:
        u = _standard(F, "uniform", size, dtype, ctx, low, high)
        y = _in_dtype(F, u * (high - low) + low, dtype)
    return written(F, "uniform", y, out)


@random()
def normal(F: Any, loc: Any = 0.0, scale: Any = 1.0, size: Any = None, dtype: Any = None,
           ctx: Any = None, out: Any = None) -> Any:
    """Numbers of the normal distribution of mean loc and standard deviation scale."""
    checked(F, "normal", loc=loc)
    scale = within(F, "normal", "scale", scale)
    name = float_dtype_of("normal", dtype)
    if is_number(loc) and is_number(scale):
        y = _drawn(F, "_npi_exact_normal", shape_of("normal", size), name, ctx, loc=float(loc),
                   scale=float(scale))
    else:
        like = over(F, "normal", (loc, scale), shape_of("normal", size), name)
        y = _in_dtype(F, F._random_normal_like(like) * scale + loc, dtype)
    return written(F, "normal", y, out)


@random()
def lognormal(F: Any, mean: Any = 0.0, sigma: Any = 1.0, size: Any = None, dtype: Any = None,
              ctx: Any = None, out: Any = None) -> Any:
    """e to the power of normal numbers."""
    sigma = within(F, "lognormal", "sigma", sigma)
    return written(F, "lognormal", F._npi_exp(normal(F, mean, sigma, size, dtype, ctx)), out)


@random()
def randint(F: Any, low: Any, high: Any = None, size: Any = None, dtype: Any = None,
            ctx: Any = None, out: Any = None) -> Any:
    """Integers of [low, high), or of [0, low); int64 unless a dtype is given."""
    if high is None:
        low, high = 0, low
    if not (is_number(low) and is_number(high)) or low >= high:
        raise MXNetValueError(f"randint: low must be a number below high; got {low!r} and {high!r}")
    name = np_dtype(dtype) or "int64"
    if name in INTEGERS and not np.iinfo(name).min <= low < high <= np.iinfo(name).max + 1:
        raise MXNetValueError(f"randint: numbers from {low} to {high - 1} are not all of dtype "
                              f"{name}")
    y = _drawn(F, "_npi_exact_randint", shape_of("randint", size),
               name if name in ("int32", "int64") else "int64", ctx, low=int(low), high=int(high))
    return written(F, "randint", y if name in ("int32", "int64") else F.Cast(y, dtype=name), out)


@random()
def rand(F: Any, *size: int, **kwargs: Any) -> Any:
    """rand(2, 3): numbers of [0, 1)."""
    return uniform(F, 0.0, 1.0, size, **kwargs)


@random()
def randn(F: Any, *size: int, **kwargs: Any) -> Any:
    """randn(2, 3): numbers of the standard normal distribution."""
    return normal(F, 0.0, 1.0, size, **kwargs)


@random()
def exponential(F: Any, scale: Any = 1.0, size: Any = None, ctx: Any = None,
                out: Any = None) -> Any:
    """Numbers of the exponential distribution of this mean."""
    scale = within(F, "exponential", "scale", scale)
    u = _standard(F, "exponential", size, None, ctx, scale)
    return written(F, "exponential", -_log(F, 1.0 - u) * scale, out)


@random()
def weibull(F: Any, a: Any, size: Any = None, ctx: Any = None, out: Any = None) -> Any:
    """Numbers of the Weibull distribution of shape a."""
    a = within(F, "weibull", "a", a, is_above=True)
    u = _standard(F, "weibull", size, None, ctx, a)
    return written(F, "weibull", (-_log(F, 1.0 - u)) ** (1.0 / a), out)


@random()
def pareto(F: Any, a: Any, size: Any = None, ctx: Any = None, out: Any = None) -> Any:
    """Numbers of the Pareto II distribution of shape a."""
    a = within(F, "pareto", "a", a, is_above=True)
    u = _standard(F, "pareto", size, None, ctx, a)
    return written(F, "pareto", F._npi_exp(-_log(F, 1.0 - u) / a) - 1.0, out)


@random()
def power(F: Any, a: Any, size: Any = None, ctx: Any = None, out: Any = None) -> Any:
    """Numbers of [0, 1] whose density is a x^(a - 1)."""
    a = within(F, "power", "a", a, is_above=True)
    u = _standard(F, "power", size, None, ctx, a)
    return written(F, "power", F._npi_exp(_log(F, 1.0 - u) / a), out)


@random()
def rayleigh(F: Any, scale: Any = 1.0, size: Any = None, ctx: Any = None, out: Any = None) -> Any:
    """Numbers of the Rayleigh distribution."""
    scale = within(F, "rayleigh", "scale", scale)
    u = _standard(F, "rayleigh", size, None, ctx, scale)
    return written(F, "rayleigh", F._npi_sqrt(_log(F, 1.0 - u) * -2.0) * scale, out)


@random()
def gumbel(F: Any, loc: Any = 0.0, scale: Any = 1.0, size: Any = None, ctx: Any = None,
           out: Any = None) -> Any:
    """Numbers of the Gumbel distribution."""
    checked(F, "gumbel", loc=loc)
    scale = within(F, "gumbel", "scale", scale)
    u = _standard(F, "gumbel", size, None, ctx, loc, scale)
    return written(F, "gumbel", -_log(F, -_log(F, u)) * scale + loc, out)


@random()
def logistic(F: Any, loc: Any = 0.0, scale: Any = 1.0, size: Any = None, ctx: Any = None,
             out: Any = None) -> Any:
    """Numbers of the logistic distribution."""
    checked(F, "logistic", loc=loc)
    scale = within(F, "logistic", "scale", scale)
    u = _standard(F, "logistic", size, None, ctx, loc, scale)
    return written(F, "logistic", (_log(F, u) - _log(F, 1.0 - u)) * scale + loc, out)


@random()
def gamma(F: Any, shape: Any, scale: Any = 1.0, size: Any = None, dtype: Any = None,
          ctx: Any = None, out: Any = None) -> Any:
    """Numbers of the gamma distribution."""
    name = float_dtype_of("gamma", dtype)
    shape = within(F, "gamma", "shape", shape, is_above=True)
    scale = within(F, "gamma", "scale", scale, is_above=True)
    wanted = shape_of("gamma", size)
    if is_number(shape) and is_number(scale):
        y = _drawn(F, "_npi_exact_gamma", wanted, name, ctx, alpha=float(shape), beta=1.0)
    else:
        arrays = [each for each in (shape, scale) if F.is_array(each)]
        alpha = F.Cast(repeated(F, "gamma", *arrays, size=wanted), dtype=name)
        if is_number(shape):
            alpha = F._npi_full_like(alpha, fill_value=float(shape))
        y = F._sample_gamma(alpha, F.ones_like(alpha), dtype=name)
    return written(F, "gamma", _in_dtype(F, y * scale, dtype), out)


@random()
def beta(F: Any, a: Any, b: Any, size: Any = None, dtype: Any = None, ctx: Any = None) -> Any:
    """Numbers of the beta distribution."""
    a, b = [within(F, "beta", name, value, is_above=True) for name, value in (("a", a), ("b", b))]
    float_dtype_of("beta", dtype)
    shape = shape_of("beta", size)
    arrays = [each for each in (a, b) if F.is_array(each)]
    if len(arrays) == 2:
        a, b = repeated(F, "beta", a, b, size=shape), repeated(F, "beta", b, a, size=shape)
    elif arrays:
        like = repeated(F, "beta", *arrays, size=shape)
        a, b = [like if F.is_array(each) else F._npi_full_like(like, fill_value=float(each))
                for each in (a, b)]
    one, two = gamma(F, a, 1.0, shape, dtype, ctx), gamma(F, b, 1.0, shape, dtype, ctx)
    return one / (one + two)


@random()
def chisquare(F: Any, df: Any, size: Any = None, dtype: Any = None, ctx: Any = None) -> Any:
    """Numbers of the chi-square distribution."""
    df = within(F, "chisquare", "df", df, is_above=True)
    return gamma(F, df / 2.0, 2.0, size, dtype, ctx)


@random()
def bernoulli(F: Any, prob: Any = None, logit: Any = None, size: Any = None, dtype: Any = None,
              ctx: Any = None, out: Any = None) -> Any:
    """1 with the probability prob, or with that of logit, else 0."""
    if (prob is None) == (logit is None):
        raise MXNetValueError("bernoulli: one of prob and logit must be given; got "
                              + ("none" if prob is None else "both"))
    if prob is None:
        checked(F, "bernoulli", logit=logit)
        prob = 1 / (1 + math.exp(-logit)) if is_number(logit) else F.sigmoid(logit)
    prob = within(F, "bernoulli", "prob", prob, high=1.0)
    u = _standard(F, "bernoulli", size, None, ctx, prob)
    return written(F, "bernoulli", F.Cast(u < prob, dtype=np_dtype(dtype) or "float32"), out)


def _batched(F: Any, function: Any, one: Any, two: Any, batch_shape: Any, dtype: Any,
             ctx: Any) -> Any:
    shape = shape_of(function.__name__, batch_shape) or ()
    arrays = [each for each in (one, two) if F.is_array(each)]
    if not arrays:
        return function(F, one, two, shape, dtype, ctx)
    name = float_dtype_of(function.__name__, dtype)
    like = F.Cast(F._npi_broadcast_over(*arrays, size=shape, batched=True), dtype=name)
    if function is normal:
        return _in_dtype(F, F._random_normal_like(like) * two + one, dtype)
    return _in_dtype(F, F._random_uniform_like(like) * (two - one) + one, dtype)


@random()
def uniform_n(F: Any, low: Any = 0.0, high: Any = 1.0, batch_shape: Any = None, dtype: Any = None,
              ctx: Any = None) -> Any:
    """uniform in the shape (*batch_shape, *that of the parameters)."""
    return _batched(F, uniform, low, high, batch_shape, dtype, ctx)


@random()
def normal_n(F: Any, loc: Any = 0.0, scale: Any = 1.0, batch_shape: Any = None, dtype: Any = None,
             ctx: Any = None) -> Any:
    """normal in the shape (*batch_shape, *that of the parameters)."""
    return _batched(F, normal, loc, scale, batch_shape, dtype, ctx)

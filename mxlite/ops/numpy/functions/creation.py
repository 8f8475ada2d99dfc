"""Functions that make arrays of a shape, and those that make them like others."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....base import EXACT, INTEGERS, MXNetTypeError, MXNetValueError
from .shapes import whole_numbers
from .table import (
    FUNCTIONS,
    check_order,
    default_dtype,
    is_number,
    is_whole,
    need,
    np_dtype,
    number,
    public,
)


def _made(F: Any, operator: str, ctx: Any, **params: Any) -> Any:
    if ctx is not None:
        params["ctx"] = ctx
    return getattr(F, operator)(**params)


@public()
def zeros(F: Any, shape: Any, dtype: Any = None, order: str = "C", ctx: Any = None) -> Any:
    """Zeros, float32 unless a dtype is given."""
    check_order("zeros", order, "C")
    return _made(F, "_npi_zeros", ctx, shape=whole_numbers("zeros", "shape", shape),
                 dtype=default_dtype(dtype))


@public()
def ones(F: Any, shape: Any, dtype: Any = None, order: str = "C", ctx: Any = None) -> Any:
    """Ones, float32 unless a dtype is given."""
    check_order("ones", order, "C")
    return _made(F, "_npi_ones", ctx, shape=whole_numbers("ones", "shape", shape),
                 dtype=default_dtype(dtype))


@public()
def full(F: Any, shape: Any, fill_value: Any, dtype: Any = None, order: str = "C",
         ctx: Any = None, out: Any = None) -> Any:
    """An array filled with a number, or with an array that is broadcast; float32 unless a dtype is
    given, bool of a truth."""
    check_order("full", order, "C")
    shape = whole_numbers("full", "shape", shape)
    if F.is_array(fill_value):
        y = F._npi_broadcast_to(fill_value, shape=shape)
        return y if dtype is None else F.Cast(y, dtype=np_dtype(dtype))
    if not is_number(fill_value):
        raise F.no_array("full", "fill_value", fill_value)
    if dtype is None and isinstance(fill_value, (bool, np.bool_)):
        dtype = "bool"
    extra = {} if out is None else {"out": out}
    return _made(F, "_np_full", ctx, shape=shape, value=number(fill_value),
                 dtype=default_dtype(dtype), **extra)


def _like(F: Any, function: str, a: Any, value: float, dtype: Any, shape: Any, order: Any) -> Any:
    need(F, function, **{"prototype" if function == "empty_like" else "a": a})
    check_order(function, order)
    if shape is not None:
        return F._np_full(shape=whole_numbers(function, "shape", shape), value=value,
                       dtype=np_dtype(dtype) or a.dtype)
    return F._npi_full_like(a, fill_value=value, dtype=np_dtype(dtype))


@public()
def zeros_like(F: Any, a: Any, dtype: Any = None, order: str = "C", ctx: Any = None,
               out: Any = None) -> Any:
    """Zeros of the shape and dtype of a."""
    return _like(F, "zeros_like", a, 0.0, dtype, None, order)


@public()
def ones_like(F: Any, a: Any, dtype: Any = None, order: str = "C", ctx: Any = None,
              out: Any = None) -> Any:
    """Ones of the shape and dtype of a."""
    return _like(F, "ones_like", a, 1.0, dtype, None, order)


@public()
def full_like(F: Any, a: Any, fill_value: Any, dtype: Any = None, order: str = "C",
              ctx: Any = None, out: Any = None) -> Any:
    """An array of the shape and dtype of a, filled with a number."""
    return _like(F, "full_like", a, number(fill_value), dtype, None, order)


@public()
def empty_like(F: Any, prototype: Any, dtype: Any = None, order: str = "C", subok: bool = False,
               shape: Any = None) -> Any:
    """An array of the shape and dtype of another, whose values mean nothing."""
    return _like(F, "empty_like", prototype, 0.0, dtype, shape, order)


@public()
def arange(F: Any, start: Any, stop: Any = None, step: Any = 1, dtype: Any = None,
           ctx: Any = None) -> Any:
    """The numbers start, start + step, ... below stop, which may be arrays without axes; float32
    unless a dtype is given."""
    start, stop, step = [value.item() if getattr(value, "ndim", 1) == 0 and hasattr(value, "item")
                         else value for value in (start, stop, step)]
    if stop is None:
        start, stop = 0, start
    if step is None:
        step = 1
    for argument, value in (("start", start), ("stop", stop), ("step", step)):
        if not is_number(value):
            raise MXNetTypeError(
                f"arange: {argument} must be a number; got {type(value).__name__}")
    if step == 0:
        raise MXNetValueError("arange: step must not be 0")
    name = default_dtype(dtype)
    if (stop - start) / step <= 0:
        return zeros(F, (0,), name, ctx=ctx)
    if name in INTEGERS and is_whole(start) and is_whole(stop) and (
            max(abs(start), abs(stop)) > EXACT):
        steps = _made(F, "_arange", ctx, start=0, stop=int(stop) - int(start), step=number(step),
                      dtype=name)
        return FUNCTIONS["add"](F, steps, int(start))
    return _made(F, "_arange", ctx, start=number(start), stop=number(stop), step=number(step),
                 dtype=name)


@public()
def eye(F: Any, N: int, M: int | None = None, k: int = 0, dtype: Any = None,
        ctx: Any = None, order: str = "C") -> Any:
    """Ones on the k-th diagonal, zeros elsewhere: (N, M), or (N, N)."""
    check_order("eye", order, "C")
    if M == 0 or N == 0:
        return zeros(F, (N, N if M is None else M), dtype, ctx=ctx)
    return _made(F, "_eye", ctx, N=N, M=M or 0, k=k, dtype=default_dtype(dtype))


@public()
def identity(F: Any, n: int, dtype: Any = None, ctx: Any = None) -> Any:
    """Ones on the diagonal: (n, n)."""
    return eye(F, n, dtype=dtype, ctx=ctx)


@public()
def linspace(F: Any, start: Any, stop: Any, num: int = 50, endpoint: bool = True,
             retstep: bool = False, dtype: Any = None, axis: int = 0, ctx: Any = None) -> Any:
    """`num` numbers evenly spread from start to stop; retstep: and their distance."""
    if not (is_number(start) and is_number(stop)):
        raise MXNetTypeError("linspace: start and stop must be numbers; "
                             f"got {type(start).__name__} and {type(stop).__name__}")
    if axis not in (0, -1):
        raise MXNetValueError(f"linspace: axis must be 0 for numbers; got {axis}")
    name = default_dtype(dtype)
    y = _made(F, "_linspace", ctx, start=float(start), stop=float(stop), num=num,
              endpoint=endpoint, dtype="float64" if "int" in name else name)
    if "int" in name:
        y = F.Cast(F._npi_floor(y), dtype=name)
    gaps = num - 1 if endpoint else num
    return (y, (stop - start) / gaps if gaps > 0 else np.nan) if retstep else y


@public()
def logspace(F: Any, start: Any, stop: Any, num: int = 50, endpoint: bool = True,
             base: float = 10.0, dtype: Any = None, axis: int = 0, ctx: Any = None) -> Any:
    """`num` numbers from base^start to base^stop, whose logarithms are spread evenly."""
    if not (is_number(start) and is_number(stop)):
        raise MXNetTypeError("logspace: start and stop must be numbers; "
                             f"got {type(start).__name__} and {type(stop).__name__}")
    return _made(F, "_npi_logspace", ctx, start=float(start), stop=float(stop), num=num,
                 endpoint=endpoint, base=float(base), dtype=default_dtype(dtype))


@public()
def indices(F: Any, dimensions: Any, dtype: Any = None, ctx: Any = None) -> Any:
    """The index of each element along each axis, (axes, *dimensions); int32 unless a dtype is
    given."""
    dimensions = whole_numbers("indices", "dimensions", dimensions)
    return _made(F, "_npi_indices", ctx, dimensions=dimensions, dtype=np_dtype(dtype) or "int32")


def _window(name: str) -> None:
    def function(F: Any, M: int, dtype: Any = None, ctx: Any = None) -> Any:
        return _made(F, f"_npi_{name}", ctx, M=int(M), dtype=default_dtype(dtype))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"The {name} window of M numbers, float32 unless a dtype is given."
    public()(function)


for _name in ("hanning", "hamming", "blackman"):
    _window(_name)

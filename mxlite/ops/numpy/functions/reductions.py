"""Reductions over axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....base import MXNetValueError
from .table import axis_argument, need, np_dtype, number, public, written


def _initial(initial: Any) -> Any:
    return None if initial is None else float(number(initial))


def _out_and_keepdims(out: Any, keepdims: Any) -> tuple[Any, bool]:
    """MXNet's functions take keepdims before out, NumPy's and all methods after it; a truth in the
    place of out is keepdims, and what is in the other's place then is out."""
    if isinstance(out, (bool, np.bool_)):
        return None if keepdims is False else keepdims, bool(out)
    return out, bool(keepdims)


def _masked(F: Any, function: str, a: Any, where: Any, neutral: float) -> Any:
    """a with a number that changes nothing where `where` is false."""
    if where is True or where is None:
        return a
    need(F, function, where=where)
    return F._npi_where(where, a, F._npi_full_like(a, fill_value=neutral))


@public(method=True)
def sum(F: Any, a: Any, axis: Any = None, dtype: Any = None, out: Any = None,
        keepdims: bool = False, initial: Any = None, where: Any = True) -> Any:
    """The sum over axes; of all axes, shape (). dtype: that of a, int64 of bool."""
    need(F, "sum", a=a)
    out, keepdims = _out_and_keepdims(out, keepdims)
    a = _masked(F, "sum", a, where, 0)
    return written(F, "sum", F._np_sum(a, axis=axis_argument(axis), dtype=np_dtype(dtype),
                                       keepdims=keepdims, initial=_initial(initial)), out)


@public("product", method=True)
def prod(F: Any, a: Any, axis: Any = None, dtype: Any = None, out: Any = None,
         keepdims: bool = False, initial: Any = None, where: Any = True) -> Any:
    """The product over axes; of all axes, shape ()."""
    need(F, "prod", a=a)
    out, keepdims = _out_and_keepdims(out, keepdims)
    a = _masked(F, "prod", a, where, 1)
    return written(F, "prod", F._np_prod(a, axis=axis_argument(axis), dtype=np_dtype(dtype),
                                         keepdims=keepdims, initial=_initial(initial)), out)


@public(method=True)
def mean(F: Any, a: Any, axis: Any = None, dtype: Any = None, out: Any = None,
         keepdims: bool = False) -> Any:
    """The mean over axes; of integers, float32."""
    need(F, "mean", a=a)
    return written(F, "mean", F._npi_mean(a, axis=axis_argument(axis), dtype=np_dtype(dtype),
                                          keepdims=bool(keepdims)), out)


@public(method=True)
def std(F: Any, a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: int = 0,
        keepdims: bool = False) -> Any:
    """The standard deviation over axes; ddof lowers the number of elements that is divided by."""
    need(F, "std", a=a)
    return written(F, "std", F._npi_std(a, axis=axis_argument(axis), dtype=np_dtype(dtype),
                                        ddof=ddof, keepdims=bool(keepdims)), out)


@public(method=True)
def var(F: Any, a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: int = 0,
        keepdims: bool = False) -> Any:
    """The variance over axes; ddof lowers the number of elements that is divided by."""
    need(F, "var", a=a)
    return written(F, "var", F._npi_var(a, axis=axis_argument(axis), dtype=np_dtype(dtype),
                                        ddof=ddof, keepdims=bool(keepdims)), out)


@public("amax", method=True)
def max(F: Any, a: Any, axis: Any = None, out: Any = None, keepdims: bool = False,
        initial: Any = None, where: Any = True) -> Any:
    """The largest element over axes; NaN where there is one."""
    return _extreme(F, "max", a, axis, out, keepdims, initial, where)


@public("amin", method=True)
def min(F: Any, a: Any, axis: Any = None, out: Any = None, keepdims: bool = False,
        initial: Any = None, where: Any = True) -> Any:
    """The smallest element over axes; NaN where there is one."""
    return _extreme(F, "min", a, axis, out, keepdims, initial, where)


def _extreme(F: Any, name: str, a: Any, axis: Any, out: Any, keepdims: bool, initial: Any,
             where: Any) -> Any:
    need(F, name, a=a)
    out, keepdims = _out_and_keepdims(out, keepdims)
    if where is not True and initial is None:
        raise MXNetValueError(f"{name}: where needs initial, for places where nothing is compared")
    if where is not True:
        a = _masked(F, name, a, where, number(initial))
    return written(F, name, getattr(F, f"_np_{name}")(
        a, axis=axis_argument(axis), keepdims=keepdims, initial=_initial(initial)), out)


@public("sometrue", method=True)
def any(F: Any, a: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    """Whether an element over axes is not 0; bool."""
    need(F, "any", a=a)
    out, keepdims = _out_and_keepdims(out, keepdims)
    return written(F, "any", F._np_any(a, axis=axis_argument(axis), keepdims=keepdims), out)


@public("alltrue", method=True)
def all(F: Any, a: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    """Whether all elements over axes are other than 0; bool."""
    need(F, "all", a=a)
    out, keepdims = _out_and_keepdims(out, keepdims)
    return written(F, "all", F._np_all(a, axis=axis_argument(axis), keepdims=keepdims), out)


@public(method=True)
def argmax(F: Any, a: Any, axis: int | None = None, out: Any = None,
           keepdims: bool = False) -> Any:
    """The place of the first largest element along an axis, as int64."""
    need(F, "argmax", a=a)
    return written(F, "argmax", F._npi_argmax(a, axis=axis, keepdims=bool(keepdims)), out)


@public(method=True)
def argmin(F: Any, a: Any, axis: int | None = None, out: Any = None,
           keepdims: bool = False) -> Any:
    """The place of the first smallest element along an axis, as int64."""
    need(F, "argmin", a=a)
    return written(F, "argmin", F._npi_argmin(a, axis=axis, keepdims=bool(keepdims)), out)


@public(method=True)
def cumsum(F: Any, a: Any, axis: int | None = None, dtype: Any = None, out: Any = None) -> Any:
    """The sums of the elements up to each one along an axis; None: of the flattened array."""
    need(F, "cumsum", a=a)
    return written(F, "cumsum", F.cumsum(a, axis=axis, dtype=np_dtype(dtype)), out)


@public()
def average(F: Any, a: Any, axis: Any = None, weights: Any = None, returned: bool = False,
            out: Any = None) -> Any:
    """The mean over axes, each element counted by its weight; returned: and the sum of weights."""
    need(F, "average", a=a)
    axis = axis_argument(axis)
    if weights is None:
        result = F._npi_mean(a, axis=axis)
        total = F._np_sum(F.ones_like(a), axis=axis) if returned else None
    else:
        need(F, "average", weights=weights)
        result, total = F._npi_average(a, weights, axis=axis)
    result = written(F, "average", result, out)
    return (result, total) if returned else result



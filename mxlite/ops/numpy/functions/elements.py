"""Functions of elements: of an array or a number, of two of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....base import MXNetValueError
from ....util import check_ufunc_arguments
from ...python_operators import NUMPY_FORMS
from .table import (
    FUNCTIONS,
    METHODS,
    check_order,
    is_number,
    is_whole,
    need,
    np_dtype,
    number,
    public,
    single_out,
    written,
)


def _mask(F: Any, function: str, kwargs: dict[str, Any]) -> Any:
    """The array `where` among the keywords of NumPy's ufuncs, or True; raises for others that are
    not what they are by default."""
    where = kwargs.pop("where", True)
    if not F.is_array(where):
        kwargs["where"] = where
    check_ufunc_arguments(function, kwargs)
    return where


def chosen(F: Any, function: str, y: Any, where: Any, out: Any) -> Any:
    """y where `where` is true, and what `out` has elsewhere; 0 where there is no out."""
    if where is True:
        return y
    need(F, function, where=where)
    base = F.zeros_like(y) if out is None else out
    return F._npi_where(where, y, base, out=out)


def _unary(name: str, operator: str, of_number: Any, *aliases: str) -> Any:
    def function(F: Any, x: Any, out: Any = None, **kwargs: Any) -> Any:
        if F.is_array(x):
            if not kwargs and out is None:
                return getattr(F, operator)(x)
            where = _mask(F, name, kwargs)
            out = single_out(F, name, out)
            y = getattr(F, operator)(x, out=out if where is True else None)
            return chosen(F, name, y, where, out)
        if is_number(x):
            return of_number(x)
        raise F.no_array(name, "x", x)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{name} of each element of x, an array or a number; shape stays."
    return public(*aliases)(function)


_ALIASES = {"absolute": ("abs", "fabs"), "degrees": ("rad2deg",), "radians": ("deg2rad",)}
for _name in """negative reciprocal absolute sign rint ceil floor trunc fix square sqrt cbrt exp
        expm1 log log10 log2 log1p sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh
        arctanh degrees radians logical_not isnan isinf isfinite isposinf isneginf
        bitwise_not""".split():
    _unary(_name, f"_npi_{_name}", getattr(np, _name),
           *(("invert",) if _name == "bitwise_not" else _ALIASES.get(_name, ())))


def combine(F: Any, name: str, forms: Any, x1: Any, x2: Any, out: Any = None) -> Any:
    """Two arrays, or an array and a number, in one of these forms."""
    if F.is_array(x1):
        if F.is_array(x2):
            function = getattr(F, forms.array)
            return function(x1, x2) if out is None else function(x1, x2, out=out)
        if is_number(x2):
            return _with_number(F, forms.scalar, x1, x2, out)
        raise F.no_array(name, "x2", x2)
    if F.is_array(x2) and is_number(x1):
        return _with_number(F, forms.reflected, x2, x1, out)
    raise F.no_array(name, "x2", x2) if is_number(x1) else F.no_array(name, "x1", x1)


def _with_number(F: Any, form: str, x: Any, given: Any, out: Any) -> Any:
    value = number(given)
    if F.has_memory and type(value) is int and not -2 ** 31 <= value < 2 ** 31:
        return F.with_large(form, x, value, out)
    return getattr(F, form)(x, scalar=value, is_int=is_whole(given), out=out)


def _binary(name: str, forms: Any, *aliases: str) -> Any:
    def function(F: Any, x1: Any, x2: Any, out: Any = None, **kwargs: Any) -> Any:
        if not kwargs and out is None and F.is_array(x1) and F.is_array(x2):
            return getattr(F, forms.array)(x1, x2)
        if is_number(x1) and is_number(x2):
            return getattr(np, name)(x1, x2)
        where = _mask(F, name, kwargs)
        out = single_out(F, name, out)
        y = combine(F, name, forms, x1, x2, out if where is True else None)
        return chosen(F, name, y, where, out)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{name} of x1 and x2, arrays or numbers, which are broadcast."
    return public(*aliases)(function)


_NAMES = {"sub": "subtract", "mul": "multiply", "div": "true_divide", "floor_div": "floor_divide",
          "lesser": "less", "lesser_equal": "less_equal"}
_MORE = {"div": ("divide",), "mod": ("remainder",)}
for _key, _forms in NUMPY_FORMS.items():
    _binary(_NAMES.get(_key, _key), _forms, *_MORE.get(_key, ()))


@public()
def clip(F: Any, a: Any, a_min: Any, a_max: Any, out: Any = None) -> Any:
    """The elements moved into [a_min, a_max]; None: no bound. Shape and dtype stay."""
    if is_number(a):
        return np.clip(a, a_min, a_max)
    need(F, "clip", a=a)
    if a_min is None and a_max is None:
        raise MXNetValueError("clip: a_min and a_max must not both be None")
    for argument, bound in (("a_min", a_min), ("a_max", a_max)):
        if bound is not None and not is_number(bound):
            need(F, "clip", **{argument: bound})
    if any(F.is_array(bound) for bound in (a_min, a_max)):
        if a_min is not None:
            a = combine(F, "clip", NUMPY_FORMS["maximum"], a, a_min)
        if a_max is not None:
            a = combine(F, "clip", NUMPY_FORMS["minimum"], a, a_max)
        return a if out is None else F._copy(a, out=out)
    bounds = {name: number(value) for name, value in (("a_min", a_min), ("a_max", a_max))
              if value is not None}
    return F.clip(a, out=single_out(F, "clip", out), **bounds)


@public("round_", "around", method=True)
def round(F: Any, x: Any, decimals: int = 0, out: Any = None) -> Any:
    """The elements rounded to so many decimals, halves to even; shape and dtype stay."""
    if is_number(x):
        return np.round(x, decimals)
    need(F, "round", x=x)
    return F._npi_around(x, decimals=decimals, out=single_out(F, "round", out))


@public()
def nan_to_num(F: Any, x: Any, copy: bool = True, nan: float = 0.0, posinf: float | None = None,
               neginf: float | None = None) -> Any:
    """x with numbers in place of NaN and infinities, by default 0 and the largest that there are;
    copy=False: written to x itself."""
    if is_number(x):
        return np.nan_to_num(x, copy, nan, posinf, neginf)
    need(F, "nan_to_num", x=x)
    out = {} if copy or not F.has_memory else {"out": x}
    return F._npi_nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf, **out)


@public(method=True)
def copy(F: Any, a: Any, out: Any = None, order: str = "C") -> Any:
    """A copy."""
    need(F, "copy", a=a)
    if isinstance(out, str):                # NumPy's second argument
        out, order = None, out
    check_order("copy", order)
    return F._copy(a) if out is None else written(F, "copy", a, out)


def _clip(F: Any, self: Any, min: Any = None, max: Any = None, out: Any = None) -> Any:
    """The elements moved into [min, max]; None: no bound."""
    return clip(F, self, min, max, out)


def _astype(F: Any, self: Any, dtype: Any, order: str = "K", casting: str = "unsafe",
            subok: bool = True, copy: bool = True) -> Any:
    """The values in another dtype."""
    return F.Cast(self, dtype=np_dtype(dtype))


METHODS.update(clip=_clip, round=FUNCTIONS["round"], astype=_astype)

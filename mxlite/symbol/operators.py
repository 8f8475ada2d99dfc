"""Python's operators of Symbols, the operators that are their methods, and mx.sym.maximum, ..."""

from __future__ import annotations

import numbers
from typing import Any

from ..base import MXNetTypeError
from ..ndarray.fluent import NAMES
from ..ops.python_operators import FORMS, Forms, power_of_numbers, reflected_method
from ..ops.schema import REGISTRY
from .compose import SymbolFunction, call
from .symbol import Symbol

# between two Symbols there is no broadcasting, as in MXNet
_OF_TWO = {"add": "elemwise_add", "sub": "elemwise_sub", "mul": "elemwise_mul",
           "div": "elemwise_div"}
_HINTS = {"sub": "_minus", "add": "_plus"}
METHODS = [*NAMES, "broadcast_like", "broadcast_to", "expand_dims", "flatten", "reshape", "slice",
           "squeeze", "transpose"]


def _of_two(key: str) -> tuple[str, str]:
    """(operator, hint) of a function of two Symbols."""
    return _OF_TWO.get(key, f"_{key}"), _HINTS.get(key, f"_{key}")


def _hint(scalar_name: str) -> str:
    """`_plus_scalar` gives names `_plusscalar0`; comparisons keep theirs."""
    stem = scalar_name.removeprefix("_").removesuffix("_scalar")
    if stem in FORMS and FORMS[stem].method in (
            "__eq__", "__ne__", "__gt__", "__ge__", "__lt__", "__le__"):
        return scalar_name
    return f"_{stem}scalar"


def combine(key: str, forms: Forms, lhs: Any, rhs: Any, hint: str | None = None) -> Any:
    """lhs and rhs, one a Symbol and the other one, too, or a number, in one of these forms.

    hint: what the name begins with, if not what the form says.
    """
    if isinstance(lhs, Symbol) and isinstance(rhs, Symbol):
        name, hint = _of_two(key)
        return call(REGISTRY[name], hint, (lhs, rhs), {})
    symbol, number, name = ((lhs, rhs, forms.scalar) if isinstance(lhs, Symbol)
                            else (rhs, lhs, forms.reflected))
    if not isinstance(number, numbers.Number):
        raise MXNetTypeError(
            f"type {type(number)} not supported: a Symbol is combined with Symbols and numbers")
    return call(REGISTRY[name], hint or _hint(name), (symbol,), {"scalar": number})


def _add_operators(key: str, forms: Forms) -> None:
    if forms.method:
        setattr(Symbol, forms.method, lambda self, other: combine(key, forms, self, other))
    if reflected_method(forms):
        hint = "_rpower_scalar" if key == "power" else None         # of 2 ** x, as in MXNet
        setattr(Symbol, reflected_method(forms),
                lambda self, other: combine(key, forms, other, self, hint))


def _negative(self: Symbol) -> Symbol:
    return combine("mul", FORMS["mul"], self, -1.0)


def _astype(self: Symbol, dtype: Any, **kwargs: Any) -> Symbol:
    """The values in another dtype."""
    kwargs.pop("copy", None)
    return call(REGISTRY["Cast"], "cast", (self,), {"dtype": dtype, **kwargs})


def _flat(values: tuple[Any, ...]) -> Any:
    return values[0] if len(values) == 1 and isinstance(values[0], (tuple, list, str)) else values


def _reshape(self: Symbol, *shape: Any, **kwargs: Any) -> Symbol:
    """As NDArray.reshape: reshape((2, -1)), reshape(2, -1), reshape(shape=(0, -3))."""
    if shape:
        kwargs["shape"] = _flat(shape)
    return call(REGISTRY["Reshape"], "reshape", (self,), kwargs)


def _transpose(self: Symbol, *axes: Any, **kwargs: Any) -> Symbol:
    """The axes in another order; reversed where none is given."""
    if axes:
        kwargs["axes"] = _flat(axes)
    return call(REGISTRY["transpose"], "transpose", (self,), kwargs)


def _function(key: str, forms: Forms) -> Any:
    def of_two(lhs: Any, rhs: Any) -> Any:
        if isinstance(lhs, numbers.Number) and isinstance(rhs, numbers.Number):
            return _NUMBERS[key](lhs, rhs)
        return combine(key, forms, lhs, rhs)

    def of_sides(left: Any, right: Any) -> Any:
        return of_two(left, right)

    def of_powers(base: Any, exp: Any) -> Any:
        return of_two(base, exp)

    function = of_powers if key == "power" else of_sides
    function.__name__ = function.__qualname__ = key
    function.__doc__ = f"{key} of two Symbols, or of a Symbol and a number."
    return function


_NUMBERS: dict[str, Any] = {
    "maximum": max, "minimum": min, "power": power_of_numbers,
    "hypot": lambda lhs, rhs: (lhs * lhs + rhs * rhs) ** 0.5,
}
maximum, minimum, power, hypot = [_function(key, FORMS[key]) for key in
                                  ("maximum", "minimum", "power", "hypot")]
pow = power

for _key, _forms in FORMS.items():
    _add_operators(_key, _forms)
for _name in METHODS:
    if _name in REGISTRY:
        setattr(Symbol, _name, SymbolFunction(REGISTRY[_name], _name))
for _name, _method in (("__abs__", SymbolFunction(REGISTRY["abs"], "abs")),
                       ("__neg__", _negative), ("astype", _astype), ("reshape", _reshape),
                       ("transpose", _transpose), ("T", property(_transpose))):
    setattr(Symbol, _name, _method)

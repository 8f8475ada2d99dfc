"""The table of mx.np's functions: each takes a namespace `F` first, in which it calls operators.

`F` is that of arrays (mx.np), of Symbols (mx.sym.np) or of placeholders. It has the operators of
the table as attributes, `is_array(value)`, and `no_array(function, argument, value)`, the error for
another value.
"""

from __future__ import annotations

import functools
import inspect
import numbers
from collections.abc import Callable
from typing import Any

import numpy as np

from ....base import MXNetNotImplementedError, MXNetTypeError, MXNetValueError, dtype_name
from ....wording import suggestion

Function = Callable[..., Any]
FUNCTIONS: dict[str, Function] = {}             # of mx.np, by name
METHODS: dict[str, Function] = {}               # of the arrays
NUMBERS = (numbers.Number, np.generic)
_PYTHON = {int: "int64", "int": "int64", float: "float64", "float": "float64"}


def public(*names: str, method: bool = False) -> Callable[[Function], Function]:
    """Decorator: the function is in the table, under its own name and these; method: arrays have it
    as a method, too."""
    def enter(function: Function) -> Function:
        for name in (function.__name__.rstrip("_"), *names):
            FUNCTIONS[name] = function
            if method:
                METHODS[name] = function
        return function

    return enter


def public_in(module: str) -> Callable[..., Callable[[Function], Function]]:
    """`public` for a module of mx.np: "random"; the table has the names "random.uniform", ..."""
    def decorator(*names: str) -> Callable[[Function], Function]:
        def enter(function: Function) -> Function:
            for name in (function.__name__.rstrip("_"), *names):
                FUNCTIONS[f"{module}.{name}"] = function
            return function

        return enter

    return decorator


def names_in(module: str) -> list[str]:
    """The names of a module's functions; "": of those of mx.np itself."""
    if not module:
        return [name for name in FUNCTIONS if "." not in name]
    return [name.removeprefix(f"{module}.") for name in FUNCTIONS if name.startswith(f"{module}.")]


def module_of(names: dict[str, Any], make: Callable[[Function, str], Any], module: str,
              path: str) -> Any:
    """(`__getattr__`, `__dir__`) of a module with the functions of the table's module, which `make`
    binds to a namespace."""
    def get(name: str) -> Any:
        key = f"{module}.{name}" if module else name
        if key not in FUNCTIONS or name.startswith("_"):
            raise AttributeError(f"module {path!r} has no attribute {name!r}"
                                 + suggestion(name, names_in(module)))
        function = names[name] = make(FUNCTIONS[key], path)
        return function

    return get, lambda: sorted(names_in(module))


def binder(F: Any) -> Callable[[Function, str], Any]:
    """What binds functions to F: make(function, module)."""
    return lambda function, module: bound(function, F, module)


def bound(function: Function, F: Any, module: str) -> Function:
    """The function for the namespace F."""
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return function(F, *args, **kwargs)

    call.__module__ = module
    call.__name__ = call.__qualname__ = function.__name__.rstrip("_")
    call.__signature__ = without_first(function)     # type: ignore[attr-defined]
    return call


def method(function: Function, F: Any) -> Function:
    """The function as a method of arrays."""
    @functools.wraps(function)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        return function(F, self, *args, **kwargs)

    call.__name__ = call.__qualname__ = function.__name__.rstrip("_")
    call.__signature__ = inspect.Signature([     # type: ignore[attr-defined]
        inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD),
        *list(without_first(function).parameters.values())[1:]])
    return call


def without_first(function: Function) -> inspect.Signature:
    """The signature without `F`."""
    signature = inspect.signature(function)
    return signature.replace(parameters=list(signature.parameters.values())[1:])


# Arguments --------------------------------------------------------------------------------------

def np_dtype(dtype: Any) -> str | None:
    """The name of a dtype given to mx.np, where int is int64 and float is float64; None stays."""
    if dtype is None:
        return None
    try:
        return _PYTHON[dtype]
    except (KeyError, TypeError):
        return dtype_name(dtype)


def default_dtype(dtype: Any) -> str:
    """The same; float32 for None."""
    return np_dtype(dtype) or "float32"


def need(F: Any, function: str, **arrays: Any) -> None:
    """Raise unless the arguments are arrays."""
    for name, value in arrays.items():
        if not F.is_array(value):
            raise F.no_array(function, name, value)


def need_all(F: Any, function: str, argument: str, values: Any) -> list[Any]:
    """The arrays of a sequence; raises where one is none, or there is none."""
    if F.is_array(values):
        if not hasattr(values, "__iter__") or getattr(values, "ndim", 1) == 0:
            raise F.no_array(function, argument, values)
        values = list(values)
    if not isinstance(values, (list, tuple)):
        raise F.no_array(function, argument, values)
    if not values:
        raise MXNetValueError(f"{function}: needs at least one array")
    for i, value in enumerate(values):
        if not F.is_array(value):
            raise F.no_array(function, f"{argument}[{i}]", value)
    return list(values)


def ctx_of(F: Any, *arrays: Any) -> Any:
    """The device of the first array; None in graphs, and where there is none."""
    return next((x.ctx for x in arrays if F.has_memory and F.is_array(x)), None)


def beside(F: Any, a: Any, values: Any, dtype: str = "float32") -> Any:
    """Values as an array on the device of a; in a graph a number."""
    return F.array(values, dtype, a.ctx) if F.has_memory else F.array(values, dtype)


def is_number(value: Any) -> bool:
    """Whether it is a number of Python or NumPy."""
    return isinstance(value, NUMBERS)


def is_whole(value: Any) -> bool:
    """Whether it is an integer, or a truth."""
    return isinstance(value, (int, np.integer, np.bool_))


def number(value: Any) -> Any:
    """A number as one of Python; a truth as 0 or 1."""
    value = value.item() if isinstance(value, np.generic) else value
    return int(value) if isinstance(value, bool) else value


def check_order(function: str, order: Any, *choices: str) -> None:
    """Raise unless the order of elements is one of those that arrays can have."""
    if order not in (choices or ("C", "A", "K", None)):
        raise MXNetNotImplementedError(f"{function}: order must be 'C', the order of all arrays; "
                                       f"got {order!r}")


def single_out(F: Any, function: str, out: Any) -> Any:
    """`out`, or the only array of a tuple of it; None stays."""
    if isinstance(out, (tuple, list)):
        if len(out) != 1:
            raise MXNetValueError(f"{function}: out must be one array; got {len(out)}")
        out = out[0]
    if out is not None:
        need(F, function, out=out)
    return out


def written(F: Any, function: str, result: Any, out: Any) -> Any:
    """The result, written to `out` where that is given."""
    out = single_out(F, function, out)
    if out is None:
        return result
    if out.shape != result.shape:
        raise MXNetValueError(f"{function}: out must have shape {result.shape}; got {out.shape}")
    return F.Cast(result, dtype=out.dtype, out=out)


def axis_argument(axis: Any) -> Any:
    """An axis, several, or None, as operators take them."""
    if axis is None or isinstance(axis, int):
        return axis
    if isinstance(axis, (tuple, list)):
        return tuple([int(item) for item in axis])
    try:
        return int(axis)
    except (TypeError, ValueError):
        raise MXNetTypeError(f"axis must be an integer, several, or None; got {axis!r}") from None

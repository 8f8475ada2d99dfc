"""The namespace `F` that mx.np's functions call operators in, for Symbols."""

from __future__ import annotations

from typing import Any

from ...base import MXNetError, MXNetTypeError
from ...ops.numpy.functions.table import is_number, number
from ...ops.schema import REGISTRY
from ..compose import call
from ..symbol import Symbol


class SymbolNamespace:
    """`F.<operator>(...)` adds a node; its result is a Symbol of the class `kind`."""

    has_memory = False                      # whether out= can be written

    def __init__(self) -> None:
        self.kind: type = Symbol            # the class of mx.sym.np's Symbols, once it is there

    def is_array(self, value: Any) -> bool:
        """Whether functions take this as an array."""
        return isinstance(value, self.kind)

    def no_array(self, function: str, argument: str, value: Any) -> MXNetError:
        """The error for a value that is no Symbol of mx.sym.np."""
        got = type(value).__name__
        if isinstance(value, Symbol):
            got = "a Symbol of mx.sym; x.as_np_ndarray() is it as one of mx.sym.np"
        return MXNetTypeError(f"{function}: {argument} must be a Symbol of mx.sym.np; got {got}")

    def check_arrays(self, function: str, args: Any, kwargs: Any) -> None:
        """Raise if a Symbol of mx.sym is among the arguments."""
        for name, value in (*enumerate(args), *kwargs.items()):
            if isinstance(value, Symbol) and not isinstance(value, self.kind):
                raise self.no_array(function, f"argument {name}", value)

    def array(self, values: Any, dtype: str = "float32") -> Any:
        """A number as a Symbol; raises for other values, which a graph does not hold."""
        if not is_number(values):
            raise MXNetTypeError(f"a graph has no values, such as {values!r}: it must be a Symbol "
                                 "of mx.sym.np, an input of the graph")
        return self._np_full(shape=(), value=number(values), dtype=dtype)

    def __getattr__(self, name: str) -> Any:
        if name not in REGISTRY:
            raise AttributeError(f"F has no operator {name!r}")
        op = REGISTRY[name]

        def function(*args: Any, **kwargs: Any) -> Any:
            result = call(op, name.lower(), args, kwargs)
            return result if isinstance(result, self.kind) else self.kind(result.heads)

        self.__dict__[name] = function
        return function


F = SymbolNamespace()

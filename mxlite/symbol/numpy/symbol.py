"""Symbols of mx.sym.np: they have the methods, operators and indexing of mx.np's arrays."""

from __future__ import annotations

from typing import Any

from ...ops.numpy.functions import METHODS, method
from ...ops.numpy.functions.elements import combine
from ...ops.numpy.indexing import key_text
from ...ops.python_operators import BITS, FORMS, NUMPY_FORMS, reflected_method
from ..symbol import Symbol
from .namespace import F


class NumpySymbol(Symbol):
    """A Symbol whose methods and operators follow NumPy's rules."""

    __slots__ = ()

    def as_np_ndarray(self) -> Any:
        """The Symbol itself."""
        return self

    def as_nd_ndarray(self) -> Symbol:
        """The same outputs as a Symbol of mx.sym."""
        return Symbol(self.heads)

    @property
    def T(self) -> Any:
        """The array with its axes reversed."""
        return F._np_transpose(self)

    def __neg__(self) -> Any:
        return F._npi_negative(self)

    def __abs__(self) -> Any:
        return F._npi_absolute(self)

    def __invert__(self) -> Any:
        return F._npi_bitwise_not(self)

    def __matmul__(self, other: Any) -> Any:
        return F._npi_matmul(self, other)

    def __getitem__(self, key: Any) -> Any:
        """Items of an array: integers, slices, None and ... as in NumPy, or an array of indices;
        of several outputs, one of them: by its number, full name, or a slice."""
        if len(self.heads) != 1 or isinstance(key, str):
            return super().__getitem__(key)
        if isinstance(key, Symbol):
            return F.take(self, key, axis=0, mode="wrap")
        return F._npi_basic_index(self, key=key_text(key))


def as_np_ndarray(symbol: Symbol) -> Any:
    """The same outputs as a Symbol of mx.sym.np."""
    return NumpySymbol(symbol.heads)


def _of_two(name: str, is_reflected: bool) -> Any:
    forms = NUMPY_FORMS[name]

    def operator(self: Any, other: Any) -> Any:
        pair = (other, self) if is_reflected else (self, other)
        return combine(F, name, forms, *pair)

    return operator


NumpySymbol.__name__ = NumpySymbol.__qualname__ = "_Symbol"
NumpySymbol._result_kind = NumpySymbol
F.kind = NumpySymbol
Symbol.as_np_ndarray = as_np_ndarray            # type: ignore[attr-defined]
Symbol.as_nd_ndarray = lambda self: self        # type: ignore[attr-defined]
for _name, _function in METHODS.items():
    if _name not in vars(NumpySymbol):
        setattr(NumpySymbol, _name, method(_function, F))
for _name, _forms in FORMS.items():
    if _forms.method and _name in NUMPY_FORMS:
        setattr(NumpySymbol, _forms.method, _of_two(_name, False))
        if reflected_method(_forms):
            setattr(NumpySymbol, reflected_method(_forms), _of_two(_name, True))
for _operator, _name in BITS.items():
    setattr(NumpySymbol, f"__{_operator}__", _of_two(_name, False))
    setattr(NumpySymbol, f"__r{_operator}__", _of_two(_name, True))

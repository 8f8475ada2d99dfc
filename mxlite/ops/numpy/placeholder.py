"""Placeholders of mx.np's arrays: only shape and dtype are known; see ops/placeholder.py."""

from __future__ import annotations

from typing import Any

from ..placeholder import Placeholder
from ..python_operators import BITS, FORMS, NUMPY_FORMS, reflected_method
from .functions import METHODS
from .functions.elements import combine
from .indexing import key_text


class NumpyPlaceholder(Placeholder):
    """A placeholder with the methods and operators of mx.np's arrays."""

    __slots__ = ()

    @property
    def T(self) -> Any:
        return self.tracer._np_transpose(self)

    def __getitem__(self, key: Any) -> Any:
        """x[1], x[:, None]: integers, slices, None and ..., or an array of indices."""
        if isinstance(key, Placeholder):
            return self.tracer.take(self, key, axis=0, mode="wrap")
        return self.tracer._npi_basic_index(self, key=key_text(key))

    def __neg__(self) -> Any:
        return self.tracer._npi_negative(self)

    def __abs__(self) -> Any:
        return self.tracer._npi_absolute(self)

    def __invert__(self) -> Any:
        return self.tracer._npi_bitwise_not(self)

    def __matmul__(self, other: Any) -> Any:
        return self.tracer._npi_matmul(self, other)


def _method(function: Any) -> Any:
    return lambda self, *args, **kwargs: function(self.tracer, self, *args, **kwargs)


def _of_two(name: str, is_reflected: bool) -> Any:
    def operator(self: Any, other: Any) -> Any:
        pair = (other, self) if is_reflected else (self, other)
        return combine(self.tracer, name, NUMPY_FORMS[name], *pair)

    return operator


for _name, _function in METHODS.items():
    if _name not in vars(NumpyPlaceholder):
        setattr(NumpyPlaceholder, _name, _method(_function))
for _name, _forms in FORMS.items():
    if _forms.method and _name in NUMPY_FORMS:
        setattr(NumpyPlaceholder, _forms.method, _of_two(_name, False))
        if reflected_method(_forms):
            setattr(NumpyPlaceholder, reflected_method(_forms), _of_two(_name, True))
for _operator, _name in BITS.items():
    setattr(NumpyPlaceholder, f"__{_operator}__", _of_two(_name, False))
    setattr(NumpyPlaceholder, f"__r{_operator}__", _of_two(_name, True))

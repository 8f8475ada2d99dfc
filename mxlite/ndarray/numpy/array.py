"""`mx.np.ndarray`: the array with NumPy's methods and rules, over the same memory as NDArray."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from ...base import MXNetTypeError, MXNetValueError, dtype_name
from ...device.context import as_context
from ...ops.numpy.functions import FUNCTIONS, METHODS
from ...ops.numpy.functions.table import check_order, np_dtype
from ...ops.python_operators import BITS
from ..array import of_kind, set_numpy_kind
from ..host_values import from_bytes, numpy_dtype
from ..ndarray import NDArray
from ..operators import take_operators
from .interoperability import array_function, array_ufunc
from .namespace import F
from .watching import numpy_function

_FLOAT32 = re.compile(r",\s+dtype=float32")       # which may stand in a line of its own


class ndarray(NDArray):
    """An n-dimensional array on a device, with NumPy's methods, operators and indexing.

    Of different dtypes the result has the common one: float of float and integer, the integer of
    integer and bool. Zero dimensions and lengths of 0 are shapes as others.
    """

    __slots__ = ()
    _picked_shape = ()

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        raise MXNetTypeError(f"{cls.__name__} cannot be called; mx.np.array(values), "
                             "mx.np.zeros(shape) and kin make arrays")

    @property
    def dtype(self) -> Any:
        """The NumPy dtype of the elements."""
        return np.dtype(numpy_dtype(self._dtype_name))

    @property
    def itemsize(self) -> int:
        """The bytes of an element."""
        return int(self.dtype.itemsize)

    @property
    def nbytes(self) -> int:
        """The bytes of all elements."""
        return self.size * self.itemsize

    @property
    def T(self) -> Any:
        """The array with its axes reversed."""
        return self if self.ndim < 2 else self.transpose()

    def __repr__(self) -> str:
        values = self.asnumpy()
        text = repr(values)
        name = self._dtype_name
        if name == "float32":
            text = _FLOAT32.sub("", text)
        elif name in ("int64", "float64") and "dtype=" not in text:
            text = f"{text[:-1]}, dtype={name})"
        if self.ctx.device_type != "cpu":
            text = f"{text[:-1]}, ctx={self.ctx})"
        return text

    def __str__(self) -> str:
        text = str(self.asnumpy())
        return text if self.ctx.device_type == "cpu" else f"{text} @{self.ctx}"

    def __format__(self, spec: str) -> str:
        if not spec and self.ndim:
            return str(self)
        if self.ndim:
            raise MXNetTypeError(f"a format such as {spec!r} is of numbers; the array has shape "
                                 f"{self.shape}")
        return format(self.item(), spec)

    def __bool__(self) -> bool:
        if self.size > 1:
            raise MXNetValueError(f"the truth of an array of shape {self.shape} is ambiguous; use "
                                  "its any() or all()")
        return bool(self.size and self.item())

    def __matmul__(self, other: Any) -> Any:
        if isinstance(other, ndarray):
            return F._npi_matmul(self, other)
        if isinstance(other, NDArray):
            raise F.no_array("matmul", "b", other)
        return NotImplemented

    def __invert__(self) -> Any:
        return F._npi_bitwise_not(self)

    def __abs__(self) -> Any:
        return F._npi_absolute(self)

    def __round__(self, digits: int = 0) -> Any:
        return F._npi_around(self, decimals=digits)

    def __complex__(self) -> complex:
        return complex(self.item())

    def __contains__(self, value: Any) -> bool:
        return bool(np.any(self._values() == (value.asnumpy() if isinstance(value, NDArray)
                                              else value)))

    def __array_ufunc__(self, function: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        """np.add(x, y) of NumPy: mx.np.add, where mx.np has it."""
        return array_ufunc(function, method, inputs, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """np.sum(x) of NumPy: mx.np.sum, where mx.np has it; else what NumPy computes."""
        return array_function(function, args, kwargs)

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickle, (self._bytes(), self.shape, self._dtype_name, str(self.ctx))

    def item(self, *args: Any) -> Any:
        """An element as a Python number: the only one, that of a flat index, or of one an axis."""
        values = self.asnumpy()
        try:
            return values.item(*args)
        except (ValueError, IndexError) as error:
            raise MXNetValueError(f"item: {error}") from None

    def astype(self, dtype: Any, order: str = "K",  # type: ignore[override]
               casting: str = "unsafe", subok: bool = True, copy: bool = True) -> Any:
        """The values in another dtype; with copy=False itself where the dtype fits already."""
        name = np_dtype(dtype) or dtype_name(dtype)
        return self if not copy and name == self._dtype_name else F.Cast(self, dtype=name)

    def as_nd_ndarray(self) -> NDArray:
        """The array as an NDArray of mx.nd, over the same memory, with the same history."""
        return of_kind(self, NDArray)

    def as_np_ndarray(self) -> Any:
        """The array itself."""
        return self

    asnative = as_nd_ndarray
    reshape_view = NDArray.reshape

    def copy(self, order: str = "C") -> Any:
        """A copy on the same device."""
        check_order("copy", order)
        return F._copy(self)

    def fill(self, value: Any) -> None:
        """Write a number to all elements."""
        self[...] = value


def _logical(name: str) -> Any:
    def combined(self: Any, other: Any) -> Any:
        return FUNCTIONS[name](F, self, other)

    return combined


def _logical_in_place(name: str) -> Any:
    def combine(self: Any, other: Any) -> Any:
        return FUNCTIONS[name](F, self, other, out=self)

    return combine


def _unpickle(data: bytes, shape: tuple[int, ...], dtype: str, ctx: str) -> Any:
    return of_kind(from_bytes(data, shape, dtype, as_context(ctx)), ndarray)


def as_np_ndarray(array: NDArray) -> Any:
    """The array as one of mx.np, over the same memory, with the same history."""
    return of_kind(array, ndarray)


ndarray.__name__ = ndarray.__qualname__ = "ndarray"
ndarray._result_kind = ndarray
F.kind = ndarray
set_numpy_kind(ndarray)
take_operators(ndarray)
NDArray.as_np_ndarray = as_np_ndarray   # type: ignore[attr-defined]
for _name, _function in METHODS.items():
    if _name not in vars(ndarray):
        setattr(ndarray, _name, numpy_function(_function, "mxlite.numpy"))
for _operator, _name in BITS.items():
    setattr(ndarray, f"__{_operator}__", _logical(_name))
    setattr(ndarray, f"__r{_operator}__", _logical(_name))
    setattr(ndarray, f"__i{_operator}__", _logical_in_place(_name))

"""From values of the host, NumPy arrays and Python numbers, to arrays on a device."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..base import DTYPES, MXNetNotImplementedError, Shape, bfloat16, numpy_bfloat16
from ..device.context import Context, cpu
from ..ops.schema import REGISTRY
from .array import empty_array, wrap_numpy
from .function import OpFunction

NUMPY_DTYPES: dict[str, Any] = {
    "float32": np.float32, "float64": np.float64, "float16": np.float16, "uint8": np.uint8,
    "int32": np.int32, "int8": np.int8, "int64": np.int64, "bool": np.bool_,
}
_CAST, _TRANSFER = [OpFunction(REGISTRY[name], name) for name in ("Cast", "_CrossDeviceCopy")]
Values = np.ndarray[Any, Any]


def numpy_dtype(name: str) -> Any:
    """The NumPy type of a dtype name; bfloat16 comes from the ml_dtypes package."""
    if name == "bfloat16":
        return numpy_bfloat16()
    return NUMPY_DTYPES[name]


def shown_dtype(name: str) -> Any:
    """What `x.dtype` is: NumPy's type, or for bfloat16 without ml_dtypes a class of that name."""
    found = NUMPY_DTYPES.get(name)
    if found is not None:
        return found
    try:
        return numpy_bfloat16()
    except MXNetNotImplementedError:
        return bfloat16


def from_host(values: Values, ctx: Context, dtype: str) -> Any:
    """A new array on `ctx` with these values, cast to dtype; it shares no memory with them."""
    values = _castable(values, dtype)
    source = wrap_numpy(_contiguous(values), cpu(), values.dtype.name)
    if source._dtype_name != dtype:
        source = _CAST(source, dtype=dtype)
        return source if ctx == source.ctx else _TRANSFER(source, ctx=ctx)
    result = empty_array(values.shape, dtype, ctx)
    result._copy_from(source)
    return result


def from_bytes(data: Any, shape: Shape, dtype: str, ctx: Context) -> Any:
    """A new array on `ctx` of the items whose bytes these are."""
    items = np.frombuffer(data, np.uint16 if dtype == "bfloat16" else NUMPY_DTYPES[dtype])
    result = empty_array(shape, dtype, ctx)
    result._copy_from(wrap_numpy(items.reshape(shape), cpu(), dtype))
    return result


def to_read(values: Values, ctx: Context, dtype: str) -> Any:
    """As from_host, but the array may lie in the memory of the values."""
    if values.dtype.name == dtype and values.dtype.isnative:
        return wrap_numpy(_contiguous(values), ctx, dtype)
    return from_host(values, ctx, dtype)


def _contiguous(values: Values) -> Values:
    return values if values.flags.c_contiguous else np.ascontiguousarray(values)


def _castable(values: Values, dtype: str) -> Values:
    """The values in a dtype that arrays have and that the Cast operator takes to `dtype` as NumPy
    would: it rounds float64 to 16 bits by way of float32."""
    known = values.dtype.isnative and values.dtype.name in DTYPES
    if not known or (values.dtype.itemsize > 4 and dtype in ("float16", "bfloat16")):
        with np.errstate(invalid="ignore", over="ignore"):
            return values.astype(numpy_dtype(dtype))
    return values

"""mx.np.array: arrays of values of the host."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...base import DTYPES, MXNetError, MXNetTypeError, MXNetValueError
from ...device.context import as_context
from ...ops.numpy.functions.shapes import whole_numbers
from ...ops.numpy.functions.table import check_order, default_dtype, np_dtype
from ..array import ArrayBase, empty_array, of_kind
from ..host_values import from_host
from .array import ndarray
from .namespace import F


def array(object: Any, dtype: Any = None, ctx: Any = None) -> Any:
    """An array with a copy of these values: a number, nested lists, a NumPy array, another array.

    dtype: that of an array is kept, everything else becomes float32 unless one is given. Raises
    TypeError for rows of different lengths, ValueError for an NDArray of mx.nd.
    """
    name = np_dtype(dtype)
    if isinstance(object, ndarray):
        return object.astype(name or object._dtype_name).as_in_context(
            as_context(ctx) if ctx is not None else object.ctx)
    if isinstance(object, ArrayBase):
        raise MXNetValueError("array: object must not be an NDArray of mx.nd; x.as_np_ndarray() is "
                              "it as an array of mx.np, over the same memory")
    if name is None:
        name = "float32"
        given = getattr(object, "dtype", None)
        if isinstance(object, (np.ndarray, np.generic)) and given is not None:
            name = given.name
            if name not in DTYPES:
                name = {"b": "bool", "u": "int64", "i": "int32", "f": "float64"}.get(
                    given.kind, "float32")
    try:
        values = np.asarray(_on_host(object))
        if values.dtype == np.dtype("O"):
            raise ValueError("rows of different lengths or things that are no numbers")
        if values.dtype.kind in "cMm":
            what = "complex numbers" if values.dtype.kind == "c" else "times"
            raise ValueError(f"{what} are none that arrays hold")
        return of_kind(from_host(values, as_context(ctx), name), ndarray)
    except MXNetError:
        raise
    except (TypeError, ValueError) as error:
        raise MXNetTypeError(
            f"array: object must be an array or nested lists of numbers; {error}") from None


def _on_host(value: Any) -> Any:
    """Arrays within lists and tuples as NumPy's."""
    if isinstance(value, ArrayBase):
        return value.asnumpy()
    if isinstance(value, (list, tuple)):
        return [_on_host(item) for item in value]
    return value


def empty(shape: Any, dtype: Any = None, order: str = "C", ctx: Any = None) -> Any:
    """An array of a shape whose values are whatever the memory held; float32 by default."""
    check_order("empty", order, "C")
    return empty_array(whole_numbers("empty", "shape", shape), default_dtype(dtype),
                       as_context(ctx), ndarray)


F.__dict__["array"] = array

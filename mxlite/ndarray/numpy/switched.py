"""Arrays as the switch says: those of mx.np inside `npx.set_np()`, else those of mx.nd."""

from __future__ import annotations

from typing import Any

from ...util import is_np_array
from ..ndarray import NDArray


def switched(value: Any) -> Any:
    """The value, with NDArrays, also within lists and tuples, as arrays of mx.np where the switch
    is on; over the same memory."""
    return numpy_arrays(value) if is_np_array() else value


def as_np(array: Any) -> Any:
    """An array as one of mx.np; itself if it is one, or is sparse."""
    return array.as_np_ndarray() if type(array) is NDArray else array


def numpy_arrays(value: Any) -> Any:
    """The value, with NDArrays, also within lists and tuples, as arrays of mx.np."""
    if type(value) is NDArray:
        return value.as_np_ndarray()                    # type: ignore[attr-defined]
    if type(value) in (list, tuple):
        return type(value)([numpy_arrays(item) for item in value])
    return value

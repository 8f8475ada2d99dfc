"""NumPy's own functions, called with arrays of mx.np: np.sum(x) is mx.np.sum(x)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...ops.numpy.functions import FUNCTIONS
from ..array import ArrayBase
from .namespace import F


def _converted(value: Any) -> Any:
    """NumPy's arrays as arrays of mx.np, also within lists and tuples."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf" and value.ndim:
        from .creation import array
        return array(value)
    if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
        return type(value)([_converted(item) for item in value])
    return value


def to_numpy(value: Any) -> Any:
    """Arrays as NumPy's, also within lists, tuples and dicts."""
    if isinstance(value, ArrayBase):
        return value.asnumpy()
    if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
        return type(value)([to_numpy(item) for item in value])
    if isinstance(value, dict):
        return {key: to_numpy(item) for key, item in value.items()}
    return value


def from_numpy(value: Any) -> Any:
    """NumPy's arrays as arrays of mx.np, where they have a dtype that these can have."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        from .creation import array
        return array(value)
    if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
        return type(value)([from_numpy(item) for item in value])
    return value


def array_ufunc(function: Any, method: str, inputs: Any, kwargs: Any) -> Any:
    """What `ndarray.__array_ufunc__` returns."""
    ours = FUNCTIONS.get(function.__name__)
    if method == "__call__" and ours is not None:
        out = kwargs.pop("out", None)
        if out is not None:
            kwargs["out"] = out[0]
        return ours(F, *[_converted(each) for each in inputs], **kwargs)
    if any(isinstance(out, ArrayBase) for out in kwargs.get("out", ())):
        return NotImplemented
    return from_numpy(getattr(function, method)(*to_numpy(inputs), **to_numpy(kwargs)))


def array_function(function: Any, args: Any, kwargs: Any) -> Any:
    """What `ndarray.__array_function__` returns."""
    from . import function_of
    ours = function_of(function)
    if ours is not None:
        return ours(*_converted(args), **{key: _converted(value) for key, value in kwargs.items()})
    return from_numpy(function(*to_numpy(args), **to_numpy(kwargs)))

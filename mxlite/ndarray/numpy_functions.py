"""NumPy's functions of elements (`np.add`, `np.exp`, ...), called with NDArrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from .operators import OperatorArray

_METHODS = {        # of what Python's operators call: the method of the first and of the second one
    np.add: ("__add__", "__radd__"), np.subtract: ("__sub__", "__rsub__"),
    np.multiply: ("__mul__", "__rmul__"), np.divide: ("__truediv__", "__rtruediv__"),
    np.floor_divide: ("__floordiv__", "__rfloordiv__"), np.remainder: ("__mod__", "__rmod__"),
    np.power: ("__pow__", "__rpow__"), np.equal: ("__eq__", "__eq__"),
    np.not_equal: ("__ne__", "__ne__"), np.less: ("__lt__", "__gt__"),
    np.less_equal: ("__le__", "__ge__"), np.greater: ("__gt__", "__lt__"),
    np.greater_equal: ("__ge__", "__le__")}


def call(function: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What `NDArray.__array_ufunc__` returns.

    np.add and all that has an operator in Python (`numpy_array + x`) is that operator of NDArrays,
    and is recorded. NumPy computes the rest, on NumPy arrays, and gives NumPy arrays.
    """
    if method == "__call__" and not kwargs and function in _METHODS:
        first, second = inputs
        own, reflected = _METHODS[function]
        if isinstance(first, OperatorArray):
            return getattr(first, own)(second)
        return getattr(second, reflected)(first)
    if function is np.matmul or any(isinstance(out, OperatorArray)
                                    for out in kwargs.get("out", ())):
        return NotImplemented
    arrays = [np.asarray(each) if isinstance(each, OperatorArray) else each for each in inputs]
    return getattr(function, method)(*arrays, **kwargs)

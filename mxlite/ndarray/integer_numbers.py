"""Arrays of integers and Python numbers: exact beyond 2^53, where float64 is not."""

from __future__ import annotations

import math
import numbers
from typing import Any

import numpy as np

from ..base import EXACT, INTEGERS, MXNetValueError
from ..ops.binary import WithScalar
from ..ops.clip import Clip
from ..ops.numpy import elements as numpy_elements
from ..ops.schema import REGISTRY
from .array import wrap_numpy
from .run import bind_exact, invoke_list

LIMITS: dict[str, tuple[int, int]] = {
    name: (int(np.iinfo(name).min), int(np.iinfo(name).max)) for name in INTEGERS}
WRAPPING = ("int8", "uint8")            # numbers wrap around, as in MXNet
_TRUE_ABOVE = ("not_equal", "lesser", "lesser_equal")       # for a number above the dtype's
_TRUE_BELOW = ("not_equal", "greater", "greater_equal")
_COMPARISONS = ("equal", *_TRUE_ABOVE, *_TRUE_BELOW)


def checked_number(what: str, value: Any, dtype: str) -> int | float:
    """The number as an int or a float, for an array of an integer dtype; raises if it is not
    finite, or does not fit into int32 or int64."""
    number = int(value) if isinstance(value, numbers.Integral) else float(value)
    low, high = LIMITS[dtype]
    if isinstance(number, float) and not math.isfinite(number):
        raise MXNetValueError(f"{what} must be finite for dtype {dtype}; got {number}")
    if dtype not in WRAPPING and not low <= int(number) <= high:
        raise MXNetValueError(
            f"{what} must be between {low} and {high} for dtype {dtype}; got {number}")
    if dtype in WRAPPING and abs(number) > EXACT:
        return int(number) % 256
    return number


def run_with_number(op: Any, x: Any, value: Any, out: Any = None) -> Any:
    """The scalar operator `op` on an array of integers and a number of any size.

    Comparisons with a number outside the dtype's range are those of mathematics; other operators
    raise for int32 and int64, and wrap around for 8 bits.
    """
    name, dtype = op.row.name, x._dtype_name
    low, high = LIMITS[dtype]
    if not low <= value <= high:
        if name in _COMPARISONS and isinstance(op, numpy_elements.WithScalar):
            return invoke_list(op, [x], [math.copysign(2.0 ** 64, value)], out)
        if name in _COMPARISONS:
            truths = _TRUE_ABOVE if value > high else _TRUE_BELOW if value < low else ("not_equal",)
            same = REGISTRY["ones_like" if name in truths else "zeros_like"]
            return invoke_list(same.make({}), [x], [], out)
        if name.startswith("logical"):
            value = 1.0
    number = checked_number(f"{name}: the number", value, dtype)
    if isinstance(number, float) or abs(number) <= EXACT:
        return invoke_list(op, [x], [float(number)], out)
    array = wrap_numpy(np.array(number, dtype), x.ctx, dtype)
    pair = [array, x] if op.is_reversed else [x, array]
    return invoke_list(REGISTRY[op.of_arrays].make({}), pair, [], out)


def run_exactly(op: Any, arrays: list[Any], values: list[Any], out: Any) -> Any:
    """An operator with a runtime value that is an integer beyond 2^53."""
    dtype = arrays[0]._dtype_name if arrays else ""
    if dtype in INTEGERS and isinstance(op, (WithScalar, numpy_elements.WithScalar)):
        return run_with_number(op, arrays[0], values[0], out)
    if dtype in INTEGERS and isinstance(op, Clip):
        low, high = LIMITS[dtype]
        floor, ceiling = [min(max(value, low), high) for value in values]
        raised = run_with_number(REGISTRY["_maximum_scalar"].make({}), arrays[0], floor)
        return run_with_number(REGISTRY["_minimum_scalar"].make({}), raised, ceiling, out)
    return invoke_list(op, arrays, [float(value) for value in values], out)


bind_exact(run_exactly)

"""What errors say of the values that an array of indices, labels or probabilities must not hold."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..base import MXNetIndexError

Values = np.ndarray[Any, Any]


def outside(values: Values, low: float, high: float) -> Values:
    """Where a value, cut to an integer, is not in [low, high]; NaN is not."""
    numbers = values if values.dtype.kind in "iu" else np.trunc(values.astype("float64"))
    return ~((numbers >= low) & (numbers <= high))


def first(values: Values, wrong: Values) -> str:
    """"; got 5 at (1, 0)": the first of `values` where `wrong` is true; empty where none is."""
    places = np.argwhere(wrong)
    if not len(places):
        return ""
    place = tuple(places[0].tolist())
    value = float(values[place])
    return f"; got {int(value) if value.is_integer() else value} at {place}"


def message(caller: str, argument: str, values: Values | None, low: int, high: int) -> str:
    """"take: indices must be from 0 to 2; got 5 at (1, 0)".

    values: of the argument; None where NumPy cannot see them.
    """
    got = "" if values is None else first(values, outside(values, low, high))
    return f"{caller}: {argument} must be from {low} to {high}{got}"


def checked(caller: str, argument: str, values: Values, length: int) -> Values:
    """`values` as int64; raises MXNetIndexError where one is no index of an axis of this length."""
    if outside(values, 0, length - 1).any():
        raise MXNetIndexError(message(caller, argument, values, 0, length - 1))
    return values.astype("int64")

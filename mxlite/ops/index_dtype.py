"""Dtypes in which indices are returned: whether they hold all that there can be."""

from __future__ import annotations

from ..base import MXNetTypeError

HELD = {"bool": 1, "int8": 2 ** 7 - 1, "uint8": 2 ** 8 - 1, "int32": 2 ** 31 - 1,
        "int64": 2 ** 63 - 1, "float16": 2 ** 11, "bfloat16": 2 ** 8, "float32": 2 ** 24,
        "float64": 2 ** 53}
"""The number up to which a dtype holds every index."""


def check_held(op: str, length: int, dtype: str, remedy: str) -> None:
    """Raise where an index of an axis of this length may not be a number of the dtype."""
    if length - 1 > HELD[dtype]:
        raise MXNetTypeError(
            f"{op}: {dtype} holds indices up to {HELD[dtype]} only, which is too few for "
            f"{length} items; {remedy}")

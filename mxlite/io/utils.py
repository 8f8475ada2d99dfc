"""MXNet's names for what iterators over arrays begin with, which iterators of users call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .. import ndarray as nd
from ..base import MXNetValueError
from .array_iter import named_arrays, taken


def _init_data(data: Any, allow_empty: bool, default_name: str) -> list[tuple[str, nd.NDArray]]:
    """(name, NDArray) of each array in one array, a list or a dict, named as NDArrayIter does.

    allow_empty: None, or a list of none, gives an empty list; otherwise it raises.
    """
    if data is None or (isinstance(data, (list, tuple)) and not data):
        if not allow_empty:
            raise MXNetValueError(f"_init_data: data must have at least one array; got {data!r}")
        return []
    return named_arrays("_init_data", "data", data, default_name)


def _has_instance(data: Iterable[tuple[str, Any]], dtype: type) -> bool:
    """Whether an array of these pairs is of this class."""
    return any(isinstance(array, dtype) for _, array in data)


def _getdata_by_idx(data: Sequence[tuple[str, nd.NDArray]],
                    idx: Any) -> list[tuple[str, nd.NDArray]]:
    """The same pairs with these rows of the arrays."""
    return [(name, taken(array, idx)) for name, array in data]

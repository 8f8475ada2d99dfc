"""What the methods of a store are given: keys with their arrays, and numbers of rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..base import MXNetTypeError, MXNetValueError
from ..ndarray import NDArray

Key = int | str


def pairs_of(caller: str, key: Any, value: Any, argument: str) -> dict[Key, list[NDArray]]:
    """{key: its arrays}, in the order in which keys come.

    key: an int or a str, with an array or a list of them; or a list of keys, with a list of such
    values. Keys that come twice get the arrays of both.
    """
    if not isinstance(key, (list, tuple)):
        return {_key(caller, key): arrays_of(caller, value, argument)}
    if not isinstance(value, (list, tuple)) or len(value) != len(key):
        found = len(value) if isinstance(value, (list, tuple)) else type(value).__name__
        raise MXNetValueError(f"{caller}: {argument} must be a list as long as that of the keys, "
                              f"{len(key)}; got {found}")
    pairs: dict[Key, list[NDArray]] = {}
    for one, its in zip(key, value, strict=True):
        pairs.setdefault(_key(caller, one), []).extend(arrays_of(caller, its, argument))
    return pairs


def buckets_of(pairs: dict[Key, list[NDArray]], num_bytes: int) -> Iterator[list[Key]]:
    """The keys, in their order, cut into lists whose arrays have about so many bytes."""
    bucket: list[Key] = []
    size = 0
    for key, arrays in pairs.items():
        bucket.append(key)
        size += arrays[0]._spec.nbytes
        if size >= num_bytes:
            yield bucket
            bucket, size = [], 0
    if bucket:
        yield bucket


def _key(caller: str, key: Any) -> Key:
    if isinstance(key, bool) or not isinstance(key, (int, str)):
        raise MXNetTypeError(f"{caller}: a key must be an int or a str; got {key!r}")
    return key


def arrays_of(caller: str, value: Any, argument: str) -> list[NDArray]:
    """The array, or the arrays of a list, which must have one."""
    arrays = list(value) if isinstance(value, (list, tuple)) else [value]
    for array in arrays:
        if not isinstance(array, NDArray):
            raise MXNetTypeError(f"{caller}: {argument} must be an NDArray or a list of them for "
                                 f"each key; got {type(array).__name__}")
    if not arrays:
        raise MXNetValueError(f"{caller}: {argument} must have an array for each key; got none")
    return arrays


def check_type(caller: str, key: Key, key_type: type) -> None:
    """Raise TypeError for a key of another type than those of the store."""
    if not isinstance(key, key_type):
        raise MXNetTypeError(f"KVStore.{caller}: keys must be all int or all str; got {key!r} "
                             f"where others are {key_type.__name__}")


def row_numbers(key: Key, ids: NDArray, num_rows: int) -> Any:
    """The numbers of rows once each, ascending. Raises ValueError for one that no row has."""
    chosen = np.unique(ids.asnumpy().astype(np.int64))
    if len(chosen) and not 0 <= chosen[0] <= chosen[-1] < num_rows:
        wrong = chosen[0] if chosen[0] < 0 else chosen[-1]
        raise MXNetValueError(f"KVStore.row_sparse_pull: row_ids of key {key!r} must be in "
                              f"[0, {num_rows - 1}]; got {wrong}")
    return chosen

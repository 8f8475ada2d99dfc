"""Keys with the arrays that belong to them, from what the methods of a store are given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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

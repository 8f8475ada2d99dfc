"""From parts to sparse arrays, from one storage type to another, and writes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...base import MXNetValueError
from ...device.context import Context
from ..array import on_context, sparse_array, wrap_numpy
from ..host_values import from_host
from ..ndarray import NDArray
from . import parts as storage
from .parts import Parts

KINDS: dict[str, type[Any]] = {}        # storage type -> class; arrays.py enters them


class Chunk:
    """What arrays over the same sparse values share: `parts`, arrays which a write replaces."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[NDArray, ...]) -> None:
        self.parts = parts


def make(stype: str, shape: Any, parts: tuple[NDArray, ...]) -> Any:
    """A sparse array over these parts."""
    values = parts[0]
    array = sparse_array(KINDS[stype], shape, values._dtype_name, values.ctx)
    array._chunk = Chunk(parts)
    return array


def on_device(parts: Parts, ctx: Context, dtype: str) -> tuple[NDArray, ...]:
    """NumPy arrays, which must not be used any more, as arrays on a context."""
    values, *indices = [np.ascontiguousarray(part) for part in parts]
    if values.dtype.name != dtype:
        arrays = [from_host(values, ctx, dtype)]
    else:
        arrays = [wrap_numpy(values, ctx, dtype)]
    return (*arrays, *[wrap_numpy(each.astype(np.int64, copy=False), ctx, "int64")
                       for each in indices])


def from_parts(stype: str, shape: Any, parts: Parts, ctx: Context, dtype: str) -> Any:
    """A sparse array of NumPy arrays, which must not be used any more."""
    return make(stype, shape, on_device(parts, ctx, dtype))


def converted(array: Any, stype: str) -> Any:
    """The array in another storage type, or a copy; nothing is recorded."""
    if array.stype != "default":
        if stype == array.stype:
            return make(stype, array.shape, tuple(part.copy() for part in array._parts))
        if stype == "default":
            return wrap_numpy(array.asnumpy(), array.ctx, array._dtype_name)
        raise MXNetValueError(f"cast_storage from {array.stype} to {stype} is not supported")
    if stype == "default":
        return array.copy()
    if stype == "csr" and array.ndim != 2:
        raise MXNetValueError("To convert to a CSR, the NDArray should be 2 Dimensional. Current "
                              f"shape is {array.shape}")
    if stype == "row_sparse" and array.ndim < 1:
        raise MXNetValueError("an array of no dimensions has no rows; its shape is ()")
    return from_parts(stype, array.shape, storage.from_dense(stype, array._values()), array.ctx,
                      array._dtype_name)


def share(target: Any, source: Any) -> None:
    """Let `target` have the values of `source`, of its storage type, shape and dtype: in the same
    memory where their contexts share a device, until one of the two is given other values. What an
    optimizer does to the memory, both see."""
    target._chunk.parts = tuple(on_context(part, target.ctx) for part in source._parts)


def write(target: Any, source: Any) -> None:
    """Make the values of `target` those of `source`, of its shape, whatever the storage types; not
    recorded."""
    if source.stype not in ("default", target.stype):
        source = converted(source, "default")
    if target.stype != "default":
        if source.stype == "default":
            source = converted(source, target.stype)
        values, *indices = source._parts
        target._chunk.parts = tuple(
            part.astype(target._dtype_name if i == 0 else "int64").as_in_context(target.ctx)
            for i, part in enumerate([values, *indices]))
    else:
        target._copy_from(source.astype(target._dtype_name, copy=False))

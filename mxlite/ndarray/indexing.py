"""x[key] and x[key] = value for every kind of key, with NumPy's meaning.

What is MXNet's: there are no arrays of 0 dimensions, so that picking one item gives shape (1,);
index arrays may be of any dtype, 1.9 picking item 1; leading indices and slices are views.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..base import MXNetError, MXNetIndexError, MXNetTypeError, MXNetValueError
from ..ops.schema import REGISTRY
from .array import ArrayBase, invoke_list, wrap_numpy

# One entry of a key, checked: an int or a range for an axis, an int64 array, None for a new axis.
Entry = int | range | np.ndarray[Any, Any] | None


def getitem(x: Any, key: Any) -> Any:
    """x[key]: a view for leading indices and slices, else a copy; recorded like any operator."""
    entries = checked(x.shape, key)
    if any(isinstance(entry, np.ndarray) for entry in entries):
        return _advanced(x, entries)
    return _basic(x, entries)


def setitem(x: Any, key: Any, value: Any) -> None:
    """x[key] = value: value is broadcast to the items and cast to x's dtype."""
    if isinstance(value, ArrayBase):
        source = value._numpy_view()
    elif value is None or isinstance(value, (str, bytes)):
        raise MXNetTypeError(f"x[...] = value: value must be an array or a number; got {value!r}")
    else:
        source = np.asarray(value)
    where = tuple([_as_slice(entry) if isinstance(entry, range) else entry
                   for entry in checked(x.shape, key)])
    target = x._numpy_view()
    try:
        with np.errstate(invalid="ignore", over="ignore"):
            target[where] = source
    except (ValueError, TypeError):
        if source.dtype.kind not in "biufV":
            raise MXNetTypeError(
                f"x[...] = value: value must be an array or a number; got {value!r}") from None
        raise MXNetValueError(
            f"x[...] = value: value must have a shape that broadcasts to {target[where].shape}, "
            f"as the items of x {x.shape} have; got {source.shape}") from None


# Keys ----------------------------------------------------------------------------------------

def checked(shape: tuple[int, ...], key: Any) -> list[Entry]:
    """The entries of a key for an array of this shape: every axis gets one, None are extra."""
    entries: list[Any] = []
    for part in key if isinstance(key, tuple) else (key,):
        entries += _plain(part, key, shape)
    used = sum(entry is not None and entry is not Ellipsis for entry in entries)
    if used > len(shape):
        raise _error(shape, key, f"has {used} indices for {len(shape)} axes")
    dots = [i for i, entry in enumerate(entries) if entry is Ellipsis]
    if len(dots) > 1:
        raise _error(shape, key, "has more than one ellipsis")
    at = dots[0] if dots else len(entries)
    entries[at:at + 1] = [slice(None)] * (len(shape) - used)
    axis = 0
    for i, entry in enumerate(entries):
        if entry is not None:
            entries[i] = _within(entry, shape[axis], axis, key, shape)
            axis += 1
    return entries


def _plain(part: Any, key: Any, shape: tuple[int, ...]) -> list[Any]:
    """One part of a key as ints, slices, None, Ellipsis and int64 arrays (a mask gives several)."""
    if part is None or part is Ellipsis or isinstance(part, slice):
        return [part]
    if isinstance(part, (int, np.integer)):
        return [int(part)]
    if isinstance(part, ArrayBase):
        array = part._numpy_view()
    elif isinstance(part, (np.ndarray, list, tuple, range)):
        array = np.asarray(part)
        if array.size == 0 and not isinstance(part, np.ndarray):
            array = array.astype(np.int64)
    else:
        raise _error(shape, key, f"holds a {type(part).__name__}; an index is an int, a slice, "
                                 "None, ..., or an array")
    if array.dtype.kind == "b":
        return list(_places(array, key, shape))
    if array.dtype.kind not in "iufV":
        raise _error(shape, key, f"holds an array of {array.dtype}")
    with np.errstate(invalid="ignore"):
        array = array.astype(np.int64)
    return [int(array)] if array.ndim == 0 else [array]


def _places(mask: np.ndarray[Any, Any], key: Any, shape: tuple[int, ...]) -> Sequence[Any]:
    """Index arrays of the True items of a mask, one an axis."""
    if mask.ndim == 0:
        raise _error(shape, key, "holds a mask of no dimensions")
    before = 0
    for part in key if isinstance(key, tuple) else ():
        if part is Ellipsis or getattr(part, "shape", None) == mask.shape:
            break
        before += part is not None
    known = not isinstance(key, tuple) or Ellipsis not in [
        part for part in key if part is Ellipsis]
    if known and shape[before:before + mask.ndim] != mask.shape and not isinstance(key, tuple):
        raise _error(shape, key, f"holds a mask of shape {mask.shape}")
    return mask.nonzero()


def _within(entry: Any, length: int, axis: int, key: Any, shape: tuple[int, ...]) -> Entry:
    """The entry with its bounds brought into [0, length)."""
    if isinstance(entry, slice):
        try:
            return range(*entry.indices(length))
        except (TypeError, ValueError) as error:
            raise _error(shape, key, f"holds a bad slice: {error}") from None
    low, high = (entry, entry) if isinstance(entry, int) else (
        (int(entry.min()), int(entry.max())) if entry.size else (0, -1))
    if low < -length or high >= length:
        bad = low if low < -length else high
        raise _error(shape, key, f"holds {bad}, out of bounds for axis {axis} of length {length}")
    if isinstance(entry, int):
        return entry % length
    return np.where(entry < 0, entry + length, entry) if low < 0 else entry


def _error(shape: tuple[int, ...], key: Any, what: str) -> MXNetError:
    shown = repr(key) if len(repr(key)) < 60 else f"a {type(key).__name__}"
    return MXNetIndexError(f"index {shown} of an array of shape {shape} {what}")


# Getting ---------------------------------------------------------------------------------------

def _call(name: str, arrays: list[Any], **params: Any) -> Any:
    return invoke_list(REGISTRY[name].make(params), arrays, [])


def _reshaped(x: Any, shape: Sequence[int]) -> Any:
    return x if x.shape == tuple(shape) else _call("_reshape_exact", [x], shape=tuple(shape))


def _as_slice(taken: range) -> slice:
    """The slice that takes what the range names."""
    if not taken:
        return slice(0, 0)
    stop = None if taken.stop < 0 else taken.stop
    return slice(taken.start, stop, taken.step)


def _sliced(x: Any, ranges: list[range]) -> Any:
    """x with these items of each axis."""
    restricted = [axis for axis, (taken, n) in enumerate(zip(ranges, x.shape, strict=True))
                  if taken != range(n)]
    if not restricted or (restricted == [0] and ranges[0].step == 1):
        begin = ranges[0].start if ranges[0] else 0
        return _call("_slice_leading", [x], begin=begin, end=begin + len(ranges[0]))
    slices = [_as_slice(taken) for taken in ranges]
    return _call("slice", [x], begin=tuple([s.start for s in slices]),
                 end=tuple([s.stop for s in slices]), step=tuple([s.step for s in slices]))


def _basic(x: Any, entries: list[Entry]) -> Any:
    """Ints, ranges and new axes."""
    ranges = [range(entry, entry + 1) if isinstance(entry, int) else entry
              for entry in entries if entry is not None]
    shape = [1 if entry is None else len(entry)  # type: ignore[arg-type]
             for entry in entries if not isinstance(entry, int)]
    if not shape:
        shape = [1]
    lead = 0
    while lead < len(ranges) and isinstance(entries[lead], int):
        lead += 1
    rest = [n for taken, n in zip(ranges[lead:], x.shape[lead:], strict=True) if taken != range(n)]
    if lead > 1 and not rest:           # x[1, 2]: a row of the first axes joined, so a view
        row = int(np.ravel_multi_index(entries[:lead], x.shape[:lead]))
        x = _reshaped(x, (math.prod(x.shape[:lead]), *x.shape[lead:]))
        ranges = [range(row, row + 1), *ranges[lead:]]
    return _reshaped(_sliced(x, ranges), shape)


def _advanced(x: Any, entries: list[Entry]) -> Any:
    """With index arrays: slices first, then take or gather_nd, then NumPy's order of axes."""
    axes = [entry for entry in entries if entry is not None]
    x = _sliced(x, [entry if isinstance(entry, range) else range(n)
                    for entry, n in zip(axes, x.shape, strict=True)])
    lengths = iter(x.shape)
    x = _reshaped(x, [1 if entry is None else next(lengths) for entry in entries])
    chosen = [i for i, entry in enumerate(entries) if isinstance(entry, (int, np.ndarray))]
    try:
        arrays = np.broadcast_arrays(*[entries[i] for i in chosen])
    except ValueError:
        shapes = [np.shape(entries[i]) for i in chosen]
        raise MXNetIndexError(f"index arrays of shapes {shapes} for an array of shape {x.shape} "
                              "cannot be broadcast together") from None
    first, count = chosen[0], len(chosen)
    if count == 1:
        return _call("take", [x, _index_array(arrays[0], x)], axis=first, mode="clip")
    others = [i for i in range(x.ndim) if i not in chosen]
    if first + count != len(others) + count or others[:len(others)] != list(range(count, x.ndim)):
        x = _call("transpose", [x], axes=(*chosen, *others))
    result = _call("gather_nd", [x, _index_array(np.stack(arrays), x)])
    if chosen != list(range(first, first + count)) or first == 0:
        return result
    places = arrays[0].ndim             # the arrays' axes go where the first index was
    order = (*range(places, places + first), *range(places), *range(places + first, result.ndim))
    return _call("transpose", [result], axes=order)


def _index_array(values: np.ndarray[Any, Any], x: Any) -> Any:
    return wrap_numpy(np.ascontiguousarray(values, dtype=np.int64), x.ctx, "int64")

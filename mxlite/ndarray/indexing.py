"""x[key] for every kind of key, with NumPy's meaning; setting.py has x[key] = value.

What is MXNet's: there are no arrays of 0 dimensions, so that picking one item gives shape (1,);
index arrays may be of any dtype, 1.9 picking item 1; leading indices and slices are views.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..base import MXNetError, MXNetIndexError, WrongIndexError
from ..ops.schema import REGISTRY
from .array import ArrayBase, share_array, wrap_numpy
from .function import OpFunction
from .tape import is_recording
from .truths import has_truth, without_truths

Entry = Any         # of a checked key: an int or a range for an axis, an int64 array, None
_BOUND = (int, type(None))


class Entries(list[Entry]):
    """The entries of a key, and before which of them its ellipsis was; 0: nowhere."""

    ellipsis = 0

    def are_together(self, chosen: list[int]) -> bool:
        """Whether the entries `chosen` are side by side, without an ellipsis between them."""
        first, last = chosen[0], chosen[-1]
        return chosen == list(range(first, last + 1)) and not first < self.ellipsis <= last


def getitem(x: Any, key: Any) -> Any:
    """x[key]: a view for leading indices and slices, else a copy; recorded like any operator."""
    if type(key) is tuple and set(map(type, key)) == {int} and not is_recording():
        item = _item(x, key)
        if item is not None:
            return item
    if not x._picked_shape and has_truth(key):
        shape, key = without_truths(x.shape, key)
        x = _reshaped(x, shape)
    if x.ndim == 0:
        return _basic(x, checked(x.shape, key))
    if type(key) is int and -x.shape[0] <= key < x.shape[0]:
        row = key % x.shape[0]
        return _reshaped(_rows(x, row, row + 1), x.shape[1:] or x._picked_shape)
    if _is_plain(key):
        begin, end, _ = key.indices(x.shape[0])
        return _rows(x, begin, max(begin, end))
    entries = checked(x.shape, key)
    if any(isinstance(entry, np.ndarray) for entry in entries):
        return _advanced(x, entries)
    return _basic(x, entries)


# Keys ----------------------------------------------------------------------------------------

def _is_plain(key: Any) -> bool:
    """Whether the key is a slice without a step, its bounds ints or left out."""
    return type(key) is slice and key.step is None and (
        type(key.start) in _BOUND and type(key.stop) in _BOUND)



def checked(shape: tuple[int, ...], key: Any) -> Entries:
    """The entries of a key for an array of this shape: every axis gets one, None are extra."""
    if not shape and type(key) is slice and key == slice(None):
        key = ()                        # as in MXNet, x[:] is all of x without axes, too
    parts = [_part(part, key, shape) for part in (key if isinstance(key, tuple) else (key,))]
    used = sum([_num_axes(part) for part in parts])
    if used > len(shape):
        raise _error(shape, key, f"has {used} indices for {len(shape)} axes")
    dots = [i for i, part in enumerate(parts) if part is Ellipsis]
    if len(dots) > 1:
        raise _error(shape, key, "has more than one ellipsis")
    at = dots[0] if dots else len(parts)
    parts[at:at + 1] = [slice(None)] * (len(shape) - used)
    entries = Entries()
    axis = 0
    for number, part in enumerate(parts):
        if dots and number == at:
            entries.ellipsis = len(entries)
        if part is None:
            entries.append(None)
        elif _is_mask(part):
            if shape[axis:axis + part.ndim] != part.shape:
                raise _error(shape, key, f"holds a mask of shape {part.shape} at axis {axis}")
            entries += part.nonzero()
        else:
            entries.append(_within(part, shape[axis], axis, key, shape))
        axis += _num_axes(part)
    return entries


def _is_mask(part: Any) -> bool:
    return isinstance(part, np.ndarray) and part.dtype.kind == "b"


def _num_axes(part: Any) -> int:
    """How many axes a part of a key indexes."""
    if _is_mask(part):
        return part.ndim
    return int(part is not None and part is not Ellipsis)


def _part(part: Any, key: Any, shape: tuple[int, ...]) -> Any:
    """One part of a key as an int, a slice, None, Ellipsis, an int64 array or a mask."""
    if part is None or part is Ellipsis or isinstance(part, slice):
        return part
    if isinstance(part, (int, np.integer)):
        return int(part)
    if isinstance(part, ArrayBase):
        array = part._values()
    elif isinstance(part, (np.ndarray, list, tuple, range)):
        array = np.asarray(part)
        if array.size == 0 and not isinstance(part, np.ndarray):
            array = array.astype(np.int64)
    else:
        raise _error(shape, key, f"holds a {type(part).__name__}; an index is an int, a slice, "
                                 "None, ..., or an array", WrongIndexError)
    if array.dtype.kind not in "biufV" or (array.dtype.kind == "b" and array.ndim == 0):
        raise _error(shape, key, f"holds an array of {array.dtype}")
    if array.dtype.kind == "b":
        return array
    if array.dtype.kind in "iu":
        array = array.astype(np.int64, copy=False)
    else:
        with np.errstate(invalid="ignore"):
            array = array.astype(np.int64)
    return int(array) if array.ndim == 0 else array


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


def _error(shape: tuple[int, ...], key: Any, what: str,
           kind: type[MXNetIndexError] = MXNetIndexError) -> MXNetError:
    shown = repr(key) if len(repr(key)) < 60 else f"a {type(key).__name__}"
    return kind(f"index {shown} of an array of shape {shape} {what}")


# Getting ---------------------------------------------------------------------------------------

_GATHER_ND, _RESHAPE, _SLICE, _SLICE_LEADING, _TAKE, _TRANSPOSE = [
    OpFunction(REGISTRY[name], name) for name in
    ("gather_nd", "_reshape_exact", "slice", "_slice_leading", "take", "transpose")]


def _item(x: Any, key: tuple[int, ...]) -> Any:
    """x[1, 2], a view; None where an index is out of bounds."""
    shape = x.shape
    if len(key) > len(shape):
        return None
    at = 0
    for i, n in zip(key, shape, strict=False):
        if not -n <= i < n:
            return None
        at = at * n + i % n
    rest = shape[len(key):]
    return share_array(x, rest or x._picked_shape, at * math.prod(rest) * x._spec.itemsize)


def _rows(x: Any, begin: int, end: int) -> Any:
    """x[begin:end], a view; 0 <= begin <= end <= len(x)."""
    if is_recording():
        return _SLICE_LEADING(x, begin=begin, end=end)
    row = x._spec.nbytes // x.shape[0] if end > begin else 0
    return share_array(x, (end - begin, *x.shape[1:]), begin * row)


def _reshaped(x: Any, shape: Sequence[int]) -> Any:
    shape = tuple(shape)
    if x.shape == shape:
        return x
    return _RESHAPE(x, shape=shape) if is_recording() else share_array(x, shape)


def as_slice(taken: range) -> slice:
    """The slice that takes what the range names."""
    if not taken:
        return slice(0, 0)
    stop = None if taken.stop < 0 else taken.stop
    return slice(taken.start, stop, taken.step)


def is_whole(taken: range, length: int) -> bool:
    return taken.start == 0 and taken.stop == length and taken.step == 1


def _sliced(x: Any, ranges: list[range]) -> Any:
    """x with these items of each axis: a view where they lie together in memory."""
    if not ranges:
        return share_array(x, x.shape) if not is_recording() else _RESHAPE(x, shape=())
    if all(map(is_whole, ranges, x.shape)):
        return _rows(x, 0, x.shape[0])
    lengths = [len(taken) for taken in ranges]
    axis = next((i for i, n in enumerate(lengths) if n != 1), x.ndim - 1)
    together = all(map(is_whole, ranges[axis + 1:], x.shape[axis + 1:]))
    if 0 not in lengths and together and (ranges[axis].step == 1 or lengths[axis] == 1):
        # Joined with those before it, the axis is a leading one.
        rows = _reshaped(x, (math.prod(x.shape[:axis + 1]), *x.shape[axis + 1:]))
        begin = 0
        for taken, n in zip(ranges[:axis + 1], x.shape, strict=False):
            begin = begin * n + taken.start
        return _reshaped(_rows(rows, begin, begin + lengths[axis]), lengths)
    slices = [as_slice(taken) for taken in ranges]
    return _SLICE(x, begin=tuple([s.start for s in slices]),
                  end=tuple([s.stop for s in slices]), step=tuple([s.step for s in slices]))


def _basic(x: Any, entries: list[Entry]) -> Any:
    """Ints, ranges and new axes."""
    piece = _sliced(x, [range(entry, entry + 1) if isinstance(entry, int) else entry
                        for entry in entries if entry is not None])
    shape = [1 if entry is None else len(entry) for entry in entries if not isinstance(entry, int)]
    return _reshaped(piece, shape or (x.shape and x._picked_shape))


def _advanced(x: Any, entries: Entries) -> Any:
    """With index arrays: slices first, then take or gather_nd, then NumPy's order of axes."""
    axes = [entry for entry in entries if entry is not None]
    x = _sliced(x, [entry if isinstance(entry, range) else range(n)
                    for entry, n in zip(axes, x.shape, strict=True)])
    lengths = iter(x.shape)
    x = _reshaped(x, [1 if entry is None else next(lengths) for entry in entries])
    chosen = [i for i, entry in enumerate(entries) if isinstance(entry, (int, np.ndarray))]
    if len(chosen) == 1:
        return _TAKE(x, _index_array(entries[chosen[0]], x), axis=chosen[0], mode="clip")
    arrays = broadcast_indices([entries[i] for i in chosen])
    first, count = chosen[0], len(chosen)
    together = entries.are_together(chosen)
    if chosen != list(range(count)):
        others = [i for i in range(x.ndim) if i not in chosen]
        x = _TRANSPOSE(x, axes=(*chosen, *others))
    result = _GATHER_ND(x, _index_array(np.stack(arrays), x))
    if first == 0 or not together:
        return result
    new = arrays[0].ndim                # the arrays' axes go where the first index was
    order = (*range(new, new + first), *range(new), *range(new + first, result.ndim))
    return _TRANSPOSE(result, axes=order)


def broadcast_indices(indices: list[Any]) -> list[np.ndarray[Any, Any]]:
    """The index arrays and ints of a key, broadcast together."""
    try:
        return list(np.broadcast_arrays(*indices))
    except ValueError:
        raise MXNetIndexError(f"index arrays of shapes {[np.shape(index) for index in indices]} "
                              "cannot be broadcast together") from None


def _index_array(values: np.ndarray[Any, Any], x: Any) -> Any:
    return wrap_numpy(np.ascontiguousarray(values, dtype=np.int64), x.ctx, "int64")

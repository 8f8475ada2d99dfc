"""x[key] = value: operators that write to x in place, where x is, on all threads.

Inside autograd.record() `x[:] = value` is recorded, so that gradients flow to value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..base import EXACT, INTEGERS, MXNetError, MXNetTypeError, MXNetValueError, Shape
from ..ops.schema import REGISTRY
from .array import ArrayBase, share_array, wrap_numpy
from .function import OpFunction
from .host_values import to_read
from .indexing import Entries, Entry, as_slice, broadcast_indices, checked, is_whole
from .integer_numbers import checked_number
from .run import invoke_list
from .tape import Scope, leads_to_variable
from .truths import has_truth, without_truths

_BROADCAST_TO, _CAST, _COPY, _TRANSFER, _RESHAPE, _SCATTER, _SET, _SET_SCALAR = [
    OpFunction(REGISTRY[name], name) for name in (
        "broadcast_to", "Cast", "_copy", "_CrossDeviceCopy", "_reshape_exact", "_scatter_set_nd",
        "_slice_assign", "_slice_assign_scalar")]
_SMALL = 2 ** 31 - 1        # numbers up to here fit into int32
_NUMBERS, _BOUNDS = {int, float}, {int, type(None)}
_scalar_operators: dict[tuple[Any, ...], Any] = {}


def setitem(x: Any, key: Any, value: Any) -> None:
    """x[key] = value: value is broadcast to the items and cast to x's dtype."""
    if not x._picked_shape and has_truth(key):
        shape, key = without_truths(x.shape, key)
        x = share_array(x, shape)
    if type(value) in _NUMBERS and -_SMALL <= value <= _SMALL:
        op = _scalar_operator(x.shape, key)
        if op is not None:
            with Scope(0, -1):
                invoke_list(op, [x], [value], x)
            return
    if isinstance(value, ArrayBase) and value.stype != "default":
        value = value.tostype("default")
    entries = checked(x.shape, key)
    whole = len(entries) == x.ndim and all(
        isinstance(entry, range) and is_whole(entry, n)
        for entry, n in zip(entries, x.shape, strict=True))
    if not leads_to_variable(value):
        with Scope(0, -1):              # there is nothing to record
            _write(x, entries, _value_for(x, value))
    elif whole:
        value = _value_for(x, value)
        value = _RESHAPE(value, shape=_aligned(x, value, x.shape))
        write_whole(x, value if value.shape == x.shape else _BROADCAST_TO(value, shape=x.shape))
    else:
        raise MXNetError(
            "x[...] = value: inside autograd.record() a value that a gradient flows through can "
            "only be written over the whole array (x[:] = value); build the result with concat, "
            "stack or where instead")


def _scalar_operator(shape: Shape, key: Any) -> Any:
    """The operator that writes a number to x[key], kept for keys of integers and plain slices;
    None for others."""
    known: Any = key
    if key is Ellipsis:
        known = "..."
    elif type(key) is slice:
        if not {type(key.start), type(key.stop), type(key.step)} <= _BOUNDS:
            return None
        known = ("slice", key.start, key.stop, key.step)
    elif type(key) is not int and not (type(key) is tuple and set(map(type, key)) == {int}):
        return None
    op = _scalar_operators.get((shape, known))
    if op is None:
        bounds = _bounds(checked(shape, key))
        op = REGISTRY["_slice_assign_scalar"].make(bounds)
        if len(_scalar_operators) > 4096:
            _scalar_operators.clear()
        _scalar_operators[shape, known] = op
    return op


def _write(x: Any, entries: Entries, value: Any) -> None:
    if any(isinstance(entry, np.ndarray) for entry in entries):
        _set_items(x, entries, value)
    elif isinstance(value, (int, float)):
        _SET_SCALAR(x, **_bounds(entries), scalar=float(value), out=x)
    else:
        _set_slice(x, entries, value)


def write_whole(target: Any, source: Any) -> Any:
    """Copy the values of `source`, of the same shape, into `target`; recorded. Returns target."""
    if source._dtype_name != target._dtype_name:
        if source.ctx == target.ctx:
            return _CAST(source, dtype=target._dtype_name, out=target)
        source = _CAST(source, dtype=target._dtype_name)
    if source.ctx == target.ctx:
        return _COPY(source, out=target)
    return _TRANSFER(source, ctx=target.ctx, out=target)


# Values ----------------------------------------------------------------------------------------

def _value_for(x: Any, value: Any) -> Any:
    """The value as a number, or as an array on x's device in x's dtype, apart from x's memory."""
    if isinstance(value, ArrayBase):
        if value._dtype_name != x._dtype_name:
            value = _CAST(value, dtype=x._dtype_name)
        if value.ctx != x.ctx:
            value = _TRANSFER(value, ctx=x.ctx)
        return _COPY(value) if value._shares_memory(x) else value
    values = np.asarray(value)
    if values.dtype.kind not in "biufV":
        raise MXNetTypeError(f"x[...] = value: value must be an array or a number; got {value!r}")
    if values.ndim == 0 and values.dtype.kind != "V":
        number = values.item()
        if x._dtype_name in INTEGERS:
            number = checked_number("x[...] = value: value", number, x._dtype_name)
        if not isinstance(number, int) or abs(number) <= EXACT:
            return number
        values = np.array(number, x._dtype_name if x._dtype_name in INTEGERS else np.float64)
    return to_read(np.atleast_1d(values), x.ctx, x._dtype_name)


def _aligned(x: Any, value: Any, shape: Sequence[int]) -> tuple[int, ...]:
    """The value's shape with as many axes as `shape`, to which it must broadcast."""
    lead = max(0, value.ndim - len(shape))
    lengths = (1,) * (len(shape) - value.ndim) + value.shape[lead:]
    if value.shape[:lead] != (1,) * lead or any(
            n not in (1, want) for n, want in zip(lengths, shape, strict=True)):
        raise MXNetValueError(
            f"x[...] = value: value must have a shape that broadcasts to {tuple(shape)}, "
            f"as the items of x {x.shape} have; got {value.shape}")
    return lengths


# Slices ----------------------------------------------------------------------------------------

def _bounds(entries: list[Entry]) -> dict[str, Any]:
    slices = [slice(entry, entry + 1, None) if isinstance(entry, int) else as_slice(entry)
              for entry in entries if entry is not None]
    return {"begin": tuple([s.start for s in slices]), "end": tuple([s.stop for s in slices]),
            "step": tuple([s.step for s in slices])}


def _set_slice(x: Any, entries: list[Entry], value: Any) -> None:
    """Ints, ranges and new axes; value has an axis for each entry that is no int."""
    kept = [entry for entry in entries if not isinstance(entry, int)]
    lengths = iter(_aligned(x, value, [1 if entry is None else len(entry) for entry in kept]))
    by_axis = []
    for entry in entries:
        length = 1 if isinstance(entry, int) else next(lengths)
        if entry is not None:
            by_axis.append(length)
    _SET(x, _RESHAPE(value, shape=tuple(by_axis)), **_bounds(entries), out=x)


# Index arrays ----------------------------------------------------------------------------------

def _set_items(x: Any, entries: Entries, value: Any) -> None:
    """With index arrays: every axis up to the last one that is not taken whole gets an array."""
    if isinstance(value, (int, float)):
        value = to_read(np.array([value]), x.ctx, x._dtype_name)
    order, arrays, chosen_shape = _result_axes(entries)
    lengths = {number: len(entry) if isinstance(entry, range) else 1
               for number, entry in enumerate(entries)}
    shape: list[int] = []               # of x[key], with new axes; `kept`: without
    kept: list[int] = []
    for number in order:
        shape += chosen_shape if number is None else [lengths[number]]
    aligned = _aligned(x, value, shape)
    value_shape: list[int] = []
    position = 0
    for number in order:
        count = len(chosen_shape) if number is None else 1
        if number is None or entries[number] is not None:
            value_shape += aligned[position:position + count]
            kept += shape[position:position + count]
        position += count
    axes = [number for number, entry in enumerate(entries) if entry is not None]
    last = max(axis for axis, number in enumerate(axes)
               if not _is_whole_axis(entries[number], x.shape[axis])) + 1
    lead = len(kept) - (len(axes) - last)
    if 0 in kept:
        return
    indices = _index_grid(entries, order, arrays, axes[:last], kept[:lead], len(chosen_shape))
    value = _BROADCAST_TO(_RESHAPE(value, shape=tuple(value_shape)), shape=tuple(kept))
    _SCATTER(x, value, wrap_numpy(indices, x.ctx, "int64"), shape=x.shape, out=x)


def _is_whole_axis(entry: Entry, length: int) -> bool:
    return isinstance(entry, range) and is_whole(entry, length)


def _result_axes(entries: Entries) -> tuple[list[int | None], dict[int, Any], list[int]]:
    """NumPy's order of the axes of x[key], numbers of entries, None for those of the index arrays;
    the index arrays broadcast together, by entry; and their shape."""
    chosen = [i for i, entry in enumerate(entries) if isinstance(entry, (int, np.ndarray))]
    arrays = broadcast_indices([entries[i] for i in chosen])
    others: list[int | None] = [i for i in range(len(entries)) if i not in chosen]
    at = chosen[0] if entries.are_together(chosen) else 0
    order = [*others[:at], None, *others[at:]]
    return order, dict(zip(chosen, arrays, strict=True)), list(arrays[0].shape)


def _index_grid(entries: list[Entry], order: list[int | None], arrays: dict[int, Any],
                axes: list[int], lead: list[int], chosen_ndim: int) -> np.ndarray[Any, Any]:
    """Index arrays (axes, *lead) for the entries `axes`; lead: the result's axes they make up."""
    position: dict[int | None, int] = {}
    at = 0
    for number in order:
        position[number] = at
        if number is None or entries[number] is not None:
            at += chosen_ndim if number is None else 1
    grid = np.empty((len(axes), *lead), np.int64)
    for row, number in zip(grid, axes, strict=True):
        values = arrays.get(number)
        first = position[None if number in arrays else number]
        if values is None:
            values = np.asarray(entries[number])
        row[...] = values.reshape((*values.shape, *(1,) * (len(lead) - first - values.ndim)))
    return grid

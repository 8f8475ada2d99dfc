"""Arrays with some items replaced: rows of what the indexed axes are merged to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..... import symbol as sym
from .....symbol import Symbol
from ..call import Call
from ..table import converts
from .indexing import element_places


@converts("ScatterND")
def _scatter_nd(call: Call) -> Symbol:
    call.choice("reduction", "none", "none")
    rank, depth = call.rank(1), call.shape(1)[-1]
    if depth is None:
        raise call.open_length("the last axis of indices has a length that")
    indices, updates = sym.Cast(call.sym(1), dtype="int64"), call.sym(2)
    if rank == 1:
        indices, updates = (sym.expand_dims(item, axis=0) for item in (indices, updates))
        if depth == call.rank():
            updates = sym.reshape(updates, shape=(-1,))
    else:
        indices = _merged(indices, rank, rank - 1)
        updates = _merged(updates, call.rank(2), rank - 1)
    places = [sym.squeeze(sym.slice_axis(indices, axis=1, begin=i, end=i + 1), axis=1)
              for i in range(depth)]
    return _written(call, places, updates)


@converts("ScatterElements", "Scatter")
def _scatter_elements(call: Call) -> Symbol:
    call.choice("reduction", "none", "none")
    places = element_places(call, call.axis(call.attr("axis", 0)))
    flat = [sym.reshape(place, shape=(-1,)) for place in places]
    return _written(call, flat, sym.reshape(call.sym(2), shape=(-1,)))


def _written(call: Call, places: Sequence[Any], updates: Symbol) -> Symbol:
    """Input 0 with row k of updates at the place that the items k of `places` name, an array for
    each of its first axes."""
    index: Any = None
    for axis, place in enumerate(places):
        length = call.shape()[axis]
        if length is not None:
            place = place + length * (place < 0)
        elif axis:
            raise call.open_length(f"axis {axis} of data has a length that")
        index = place if index is None else index * length + place
    rows = sym.contrib.index_copy(_merged(call.sym(0), call.rank(), len(places)), index, updates)
    return sym.reshape_like(rows, call.sym(0))


def _merged(data: Symbol, rank: int, count: int) -> Symbol:
    """data with its first axes as one."""
    for left in range(count, 1, -1):
        data = sym.reshape(data, shape=(-3, *((-2,) if rank - count + left > 2 else ())))
    return data

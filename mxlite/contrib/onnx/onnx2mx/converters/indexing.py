"""Items by their indices."""

from __future__ import annotations

from ..... import symbol as sym
from .....symbol import Symbol
from ..call import Call
from ..table import converts


@converts("Gather")
def _gather(call: Call) -> Symbol:
    data, axis = call.sym(), call.axis(call.attr("axis", 0))
    index = call.scalar(1)
    rank = call.rank()
    if index is not None and not call.inputs[1].rank:  # type: ignore[union-attr]
        place = int(index)
        row = sym.slice_axis(data, axis=axis, begin=place, end=place + 1 or None)
        return sym.squeeze(row, axis=axis) if rank > 1 else row
    taken = sym.take(data, call.sym(1), axis=axis, mode="wrap")
    value = call.value(1)
    if value.rank == 0 and rank > 1:        # a number is an array of shape (1,)
        return sym.squeeze(taken, axis=axis)
    return taken


@converts("GatherElements")
def _gather_elements(call: Call) -> Symbol:
    axis = call.axis(call.attr("axis", 0))
    return sym.gather_nd(call.sym(), sym.stack(*element_places(call, axis), axis=0))


def element_places(call: Call, axis: int) -> list[Symbol]:
    """The places of data that input 1 names: its own, but for `axis`, where its numbers stand; an
    array for each axis."""
    indices, rank = call.sym(1), call.rank(1)
    own = sym.contrib.index_array(indices)
    return [sym.Cast(indices, dtype="int64") if i == axis else
            sym.squeeze(sym.slice_axis(own, axis=rank, begin=i, end=i + 1), axis=rank)
            for i in range(rank)]


@converts("GatherND")
def _gather_nd(call: Call) -> Symbol:
    batch = call.attr("batch_dims", 0)
    if batch:
        return sym.gather_nd(call.sym(), _batched_places(call, batch))
    found = sym.gather_nd(call.sym(), leading_places(call))
    is_one = call.rank(1) == 1 and call.shape(1)[0] != call.rank()
    return sym.squeeze(found, axis=0) if is_one else found


def _batched_places(call: Call, batch: int) -> Symbol:
    """leading_places() where the first `batch` axes of data and indices are the same."""
    indices, rank = call.sym(1), call.rank(1)
    own = sym.contrib.index_array(sym.slice_axis(indices, axis=rank - 1, begin=0, end=1))
    own = sym.squeeze(sym.slice_axis(own, axis=rank, begin=0, end=batch), axis=rank - 1)
    places = sym.concat(own, sym.Cast(indices, dtype="int64"), dim=rank - 1)
    return sym.transpose(places, axes=(rank - 1, *range(rank - 1)))


def leading_places(call: Call) -> Symbol:
    """Input 1 with its last axis, which counts the axes of data, first."""
    rank = call.rank(1)
    if rank == 1:
        return sym.reshape(call.sym(1), shape=(-1, 1))
    return sym.transpose(call.sym(1), axes=(rank - 1, *range(rank - 1)))


@converts("OneHot")
def _one_hot(call: Call) -> Symbol:
    depth = int(call.constant(1, "depth").item())
    off, on = call.constant(2, "values").tolist()
    indices = sym.Cast(call.sym(), dtype="int64")
    rank = call.rank()
    axis = call.attr("axis", -1)
    axis = axis + rank + 1 if axis < 0 else axis
    indices = indices + depth * (indices < 0)
    coded = sym.one_hot(indices, depth=depth, on_value=on, off_value=off, dtype=call.out_dtype())
    if axis == rank:
        return coded
    order = list(range(rank))
    order.insert(axis, rank)
    return sym.transpose(coded, axes=tuple(order))


@converts("ReverseSequence")
def _reverse_sequence(call: Call) -> Symbol:
    time, batch = call.attr("time_axis", 0), call.attr("batch_axis", 1)
    data = call.sym() if time == 0 else sym.swapaxes(call.sym(), dim1=0, dim2=1)
    if {time, batch} != {0, 1}:
        raise call.wrong(f"time_axis and batch_axis must be 0 and 1; got {time} and {batch}")
    ends = sym.Cast(call.sym(1), dtype="float32")
    turned = sym.SequenceReverse(data, ends, use_sequence_length=True)
    return turned if time == 0 else sym.swapaxes(turned, dim1=0, dim2=1)

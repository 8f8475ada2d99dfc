"""Items chosen by arrays of indices, and sequences of different lengths."""

from __future__ import annotations

import numpy as np

from .call import Call
from .graph import Length
from .table import translation


def within(call: Call, indices: str, length: Length, mode: str) -> str:
    """int64 indices brought into [0, length), as `take` with this mode reads them."""
    count = call.squeezed(call.length(length), 0)
    if mode == "wrap":
        return call.add("Mod", indices, count)
    if mode == "raise":                 # ONNX itself refuses what lies outside
        return indices
    last = call.add("Sub", count, call.constant(1, "int64"))
    return call.add("Clip", indices, call.constant(0, "int64"), last)


def whole(call: Call, i: int) -> str:
    """An input of indices as int64."""
    return call.input_as(i, "int64")


@translation("Embedding")
def embedding(call: Call) -> str:
    return call.add("Gather", call.inputs[1].name, whole(call, 0), axis=0)


@translation("take")
def take(call: Call) -> str:
    axis = call.axis(call.op.axis)
    indices = within(call, whole(call, 1), call.shape[axis], call.op.mode)
    return call.add("Gather", call.data, indices, axis=axis)


@translation("pick")
def pick(call: Call) -> str:
    axis = call.axis(call.op.axis)
    indices = within(call, whole(call, 1), call.shape[axis], call.op.mode)
    if call.inputs[1].ndim < call.ndim:
        indices = call.expanded(indices, axis)
    made = call.add("GatherElements", call.data, indices, axis=axis)
    return made if call.op.keepdims else call.reshaped(made, call.out.shape)


@translation("batch_take")
def batch_take(call: Call) -> str:
    indices = within(call, whole(call, 1), call.shape[1], "clip")
    return call.squeezed(call.add("GatherElements", call.data, call.expanded(indices, 1), axis=1),
                         1)


@translation("one_hot")
def one_hot(call: Call) -> str:
    """An index outside has no place, also one below 0, which ONNX would count from the end."""
    op = call.op
    indices = whole(call, 0)
    outside = call.constant(op.depth, "int64")
    indices = call.add("Where", call.add("Less", indices, call.constant(0, "int64")), outside,
                       indices)
    return call.add("OneHot", indices, call.ints([op.depth]),
                    call.constant([op.off_value, op.on_value], op.dtype), axis=-1)


def _last(call: Call, i: int) -> str:
    """Indices, whose coordinates are along their first axis, with them along the last."""
    ndim = call.inputs[i].ndim
    return call.transposed(whole(call, i), [*range(1, ndim), 0])


@translation("gather_nd")
def gather_nd(call: Call) -> str:
    return call.add("GatherND", call.data, _last(call, 1))


@translation("scatter_nd")
def scatter_nd(call: Call) -> str:
    nothing = call.add("Expand", call.constant(0, call.dtype), call.shape_tensor(call.out.shape))
    return call.add("ScatterND", nothing, _last(call, 1), call.data)


@translation("_contrib_index_copy")
def index_copy(call: Call) -> str:
    return call.add("ScatterND", call.data, call.expanded(whole(call, 1), 1), call.inputs[2].name)


# Sequences ---------------------------------------------------------------------------------------

@translation("SequenceMask")
def sequence_mask(call: Call) -> str:
    op = call.op
    if not op.use_sequence_length:
        return call.data
    length = call.shape[op.axis]
    places = call.add("Range", call.constant(0, "int64"),
                      call.squeezed(call.length(length), 0), call.constant(1, "int64"))
    places = call.expanded(places, 1 - op.axis)
    inside = call.add("Less", places, call.expanded(whole(call, 1), op.axis))
    inside = call.expanded(inside, *range(2, call.ndim))
    return call.add("Where", inside, call.data, call.constant(op.value, call.dtype))


@translation("SequenceReverse")
def sequence_reverse(call: Call) -> str:
    if not call.op.use_sequence_length:
        return call.sliced(call.data, 0, -1, None, -1)
    return call.add("ReverseSequence", call.data, whole(call, 1), time_axis=0, batch_axis=1)


@translation("SequenceLast")
def sequence_last(call: Call) -> str:
    axis = call.op.axis
    if not call.op.use_sequence_length:
        return call.squeezed(call.sliced(call.data, axis, -1), axis)
    data = call.transposed(call.data, [1 - axis, axis, *range(2, call.ndim)])   # (N, T, ...)
    at = call.add("Sub", whole(call, 1), call.constant(np.int64(1), "int64"))
    return call.add("GatherND", data, call.expanded(at, 1), batch_dims=1)

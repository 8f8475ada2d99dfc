"""Operators that move elements: reshaping, joining, splitting, slicing, repeating."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from .call import Call
from .graph import Free
from .table import translation


@translation("Reshape", "Flatten", "_reshape_exact", "reshape_like", "expand_dims", "squeeze")
def reshape(call: Call) -> str:
    return call.reshaped(call.data, call.out.shape)


@translation("transpose")
def transpose(call: Call) -> str:
    axes = [call.axis(axis) for axis in call.op.axes or ()]
    return call.transposed(call.data, axes or list(range(call.ndim))[::-1])


@translation("SwapAxis")
def swap_axis(call: Call) -> str:
    order = list(range(call.ndim))
    a, b = call.axis(call.op.dim1), call.axis(call.op.dim2)
    order[a], order[b] = order[b], order[a]
    return call.transposed(call.data, order)


@translation("depth_to_space")
def depth_to_space(call: Call) -> str:
    return call.add("DepthToSpace", call.data, blocksize=call.op.block_size, mode="DCR")


@translation("space_to_depth")
def space_to_depth(call: Call) -> str:
    return call.add("SpaceToDepth", call.data, blocksize=call.op.block_size)


@translation("broadcast_to", "broadcast_axis", "broadcast_like")
def broadcast(call: Call) -> str:
    return call.add("Expand", call.data, call.shape_tensor(call.out.shape))


# Joining and splitting --------------------------------------------------------------------------

def join(call: Call, axis: int) -> str:
    """The inputs one after another along an axis."""
    return call.add("Concat", *[call.input_as(i, call.out.dtype)
                                for i in range(len(call.inputs))], axis=axis)


@translation("Concat", "_rnn_param_concat")
def concat(call: Call) -> str:
    return join(call, call.axis(call.op.dim))


@translation("stack")
def stack(call: Call) -> str:
    axis = call.axis(call.op.axis, call.out.ndim)
    return call.add("Concat", *[call.expanded(array.name, axis) for array in call.inputs],
                    axis=axis)


def split(call: Call, axis: int, squeeze: bool) -> list[str]:
    """The parts of data along an axis, as many as there are outputs."""
    if len(call.outputs) == 1:
        return [call.reshaped(call.data, call.out.shape)]
    lengths = call.fixed([1 if squeeze else output.shape[axis] for output in call.outputs])
    parts = call.add_all("Split", len(lengths), call.data, call.ints(lengths), axis=axis)
    return [call.squeezed(part, axis) for part in parts] if squeeze else parts


@translation("SliceChannel", "_split_v2")
def slice_channel(call: Call) -> list[str]:
    return split(call, call.axis(call.op.axis), call.op.squeeze_axis)


# Slicing -----------------------------------------------------------------------------------------

@translation("slice")
def slice_(call: Call) -> str:
    op = call.op
    axes, starts, ends, steps = [], [], [], []
    for axis, (begin, end) in enumerate(zip(op.begin, op.end, strict=True)):
        step = op.step[axis] if op.step and op.step[axis] is not None else 1
        if (begin, end, step) == (None, None, 1):
            continue
        axes.append(axis)
        steps.append(step)
        starts.append((0 if step > 0 else 1 << 62) if begin is None else begin)
        ends.append((1 << 62 if step > 0 else -(1 << 62)) if end is None else end)
    if not axes:
        return call.data
    return call.add("Slice", call.data, *map(call.ints, (starts, ends, axes, steps)))


@translation("slice_axis")
def slice_axis(call: Call) -> str:
    return call.sliced(call.data, call.axis(call.op.axis), call.op.begin, call.op.end)


@translation("_slice_leading")
def slice_leading(call: Call) -> str:
    return call.sliced(call.data, 0, call.op.begin, call.op.end)


@translation("slice_like")
def slice_like(call: Call) -> str:
    axes = [call.axis(axis) for axis in call.op.axes or range(call.ndim)]
    ends = call.shape_tensor(tuple([call.inputs[1].shape[axis] for axis in axes]))
    return call.add("Slice", call.data, call.ints([0] * len(axes)), ends, call.ints(axes))


@translation("Crop")
def crop(call: Call) -> str:
    begin = call.op.offset
    size = call.out.shape[2:]
    if call.op.center_crop:
        begin = [(n - m) // 2 for n, m in zip(call.fixed(call.shape[2:]),
                                              call.fixed(size), strict=True)]
    if any(isinstance(length, Free) for length in size):
        stop = call.add("Add", call.shape_tensor(size), call.ints(begin))
    else:
        stop = call.ints([a + n for a, n in zip(begin, call.fixed(size), strict=True)])
    return call.add("Slice", call.data, call.ints(begin), stop, call.ints([2, 3]))


@translation("reverse")
def reverse(call: Call) -> str:
    axes = call.op.axis
    axes = [axes] if isinstance(axes, int) else axes
    made = call.data
    for axis in axes:
        made = call.sliced(made, call.axis(axis), -1, None, -1)
    return made


# Repeating and padding ---------------------------------------------------------------------------

@translation("tile")
def tile(call: Call) -> str:
    counts = call.op.reps
    counts = [counts] if isinstance(counts, int) else list(counts)
    more = max(len(counts) - call.ndim, 0)
    counts = [1] * (call.ndim - len(counts)) + counts
    return call.add("Tile", call.expanded(call.data, *range(more)), call.ints(counts))


@translation("repeat")
def repeat(call: Call) -> str:
    """Each item becomes a new axis of equal ones, which is joined with its own."""
    count, axis = call.op.repeats, call.op.axis
    data, shape = call.data, call.shape
    if axis is None:
        data, shape, axis = call.add("Reshape", data, call.ints([-1])), (-1,), 0
    axis = call.axis(axis, len(shape))
    tiles: Sequence[int] = [1] * (axis + 1) + [count] + [1] * (len(shape) - axis - 1)
    made = call.add("Tile", call.expanded(data, axis + 1), call.ints(tiles))
    return call.reshaped(made, call.out.shape)


@translation("Pad")
def pad(call: Call) -> str:
    widths = call.op.pad_width
    value = [call.constant(call.op.constant_value, call.dtype)] if (
        call.op.mode == "constant") else []
    return call.add("Pad", call.data, call.ints([*widths[::2], *widths[1::2]]), *value,
                    mode=call.op.mode)


@translation("shape_array")
def shape_array(call: Call) -> str:
    return call.add("Shape", call.data)


@translation("size_array")
def size_array(call: Call) -> str:
    return call.expanded(call.add("Size", call.data), 0)


@translation("diag")
def diag(call: Call) -> str:
    """By the places of its elements in the flattened array."""
    op, shape = call.op, call.fixed(call.shape)
    places = np.arange(math.prod(shape)).reshape(shape)
    if len(shape) > 1:
        wanted = np.diagonal(places, op.k, call.axis(op.axis1), call.axis(op.axis2))
        flat = call.add("Reshape", call.data, call.ints([-1]))
        return call.add("Gather", flat, call.constant(wanted, "int64"))
    spread = np.diag(places + 1, op.k)
    padded = call.add("Concat", call.constant([0], call.dtype), call.data, axis=0)
    return call.add("Gather", padded, call.constant(spread, "int64"))

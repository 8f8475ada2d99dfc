"""Reductions along axes, sorting, and where the largest and smallest elements are."""

from __future__ import annotations

import numpy as np

from ...base import FLOATS
from .call import Call
from .graph import Free
from .table import translation

REDUCE = {"sum": "ReduceSum", "mean": "ReduceMean", "max": "ReduceMax", "min": "ReduceMin",
          "prod": "ReduceProd"}


def reduced(call: Call, op_type: str, data: str, axes: tuple[int, ...], keep: bool) -> str:
    """A tensor reduced along axes; all of them give one element, of shape (1,) or ()."""
    lengths = call.out.ndim if not keep and len(axes) == call.ndim else None
    if op_type == "ReduceSum":          # the only one whose axes are an input in this opset
        made = call.add(op_type, data, call.ints(axes), keepdims=int(keep))
    else:
        made = call.add(op_type, data, axes=list(axes), keepdims=int(keep))
    return call.reshaped(made, (1,)) if lengths else made


@translation("sum", "mean", "max", "min", "prod")
def reduction(call: Call) -> str:
    op = call.op
    data = call.input_as(0, call.out.dtype)
    return reduced(call, REDUCE[op.name], data, op.reduced(call.ndim), op.keepdims)


@translation("nansum", "nanprod")
def nan_reduction(call: Call) -> str:
    op = call.op
    neutral = call.constant(0 if op.name == "nansum" else 1, call.dtype)
    data = call.add("Where", call.add("IsNaN", call.data), neutral, call.data)
    return reduced(call, REDUCE[op.name[3:]], data, op.reduced(call.ndim), op.keepdims)


@translation("norm")
def norm(call: Call) -> str:
    op = call.op
    data = call.input_as(0, call.out.dtype)
    return reduced(call, f"ReduceL{op.ord}", data, op.reduced(call.ndim), op.keepdims)


@translation("moments")
def moments(call: Call) -> list[str]:
    axes, keep = call.op.reduced(call.ndim), call.op.keepdims
    mean = call.add("ReduceMean", call.data, axes=list(axes), keepdims=1)
    apart = call.add("Sub", call.data, mean)
    variance = reduced(call, "ReduceMean", call.add("Mul", apart, apart), axes, keep)
    return [mean if keep else call.reshaped(mean, call.out.shape), variance]


@translation("argmax", "argmin", "argmax_channel")
def position(call: Call) -> str:
    op, data, axis = call.op, call.data, call.op.axis
    if axis is None:
        data, axis = call.add("Reshape", data, call.ints([-1])), 0
    else:
        axis = call.axis(axis)
    made = call.add("ArgMin" if op.name == "argmin" else "ArgMax", data, axis=axis,
                    keepdims=int(op.keepdims and op.axis is not None))
    made = call.cast(made, "int64", call.out.dtype)
    is_whole = op.axis is None or (call.ndim == 1 and not op.keepdims)
    return call.reshaped(made, call.out.shape) if is_whole else made


# Sorting -----------------------------------------------------------------------------------------

def ordered(call: Call, k: int | None) -> tuple[str, str, int]:
    """The first k values and their indices when sorted, all where k is None; and the axis."""
    op, data, shape = call.op, call.data, call.shape
    axis = 0 if op.axis is None else call.axis(op.axis)
    if op.axis is None:
        data, shape = call.add("Reshape", data, call.ints([-1])), call.out.shape
    length = shape[axis]
    if k is not None:
        count = call.ints([k])
    else:
        count = call.length(length) if isinstance(length, Free) else call.ints([length])
    dtype = call.dtype if call.dtype in (*FLOATS, "int32", "int64") else "int32"
    values, indices = call.add_all("TopK", 2, call.cast(data, call.dtype, dtype), count, axis=axis,
                                   largest=int(not op.is_ascend))
    return call.cast(values, dtype, call.dtype), indices, axis


@translation("sort")
def sort(call: Call) -> str:
    return ordered(call, None)[0]


@translation("argsort")
def argsort(call: Call) -> str:
    return call.cast(ordered(call, None)[1], "int64", call.out.dtype)


@translation("topk")
def topk(call: Call) -> str | list[str]:
    op = call.op
    values, indices, axis = ordered(call, op.k if op.k > 0 else None)
    if op.ret_typ == "value":
        return values
    if op.ret_typ == "indices":
        return call.cast(indices, "int64", call.out.dtype)
    if op.ret_typ == "both":
        return [values, call.cast(indices, "int64", call.outputs[1].dtype)]
    if op.axis is None:
        raise call.refused("ret_typ 'mask' needs an axis")
    nothing = call.add("Expand", call.constant(0, call.dtype), call.shape_tensor(call.shape))
    ones = call.cast(call.add("Equal", indices, indices), "bool", call.dtype)
    return call.add("ScatterElements", nothing, indices, ones, axis=axis)


@translation("cumsum")
def cumsum(call: Call) -> str:
    data, axis = call.input_as(0, call.out.dtype), call.op.axis
    if axis is None:
        data, axis = call.add("Reshape", data, call.ints([-1])), 0
    else:
        axis = call.axis(axis)
    return call.add("CumSum", data, call.constant(np.int64(axis), "int64"))

"""What quantized operators consist of: products of integers, and integers on another scale."""

from __future__ import annotations

from ...ops.nn.layouts import is_channels_last
from .call import Call
from .layers import as_rows, convolved
from .table import translation

# the least and the largest number; of int32, the largest that float32 has
ENDS = {"int8": (-128.0, 127.0), "uint8": (0.0, 255.0), "int32": (-2147483648.0, 2147483520.0)}


@translation("_rescale")
def rescale(call: Call) -> str:
    """data * scale, cut to the range of the result's dtype and rounded, or truncated."""
    dtype = call.out.dtype
    made = call.add("Mul", call.input_as(0, "float32"), call.inputs[1].name)
    if dtype == "float32":
        return made
    if dtype != "int32" and not call.op.truncate:
        return call.add("QuantizeLinear", made, call.constant(1, "float32"),
                        call.constant(0, dtype))
    if not call.op.truncate:
        made = call.add("Round", made)
    low, high = [call.constant(end, "float32") for end in ENDS[dtype]]
    return call.cast(call.add("Clip", made, low, high), "float32", dtype)


@translation("_integer_fully_connected")
def integer_fully_connected(call: Call) -> str:
    weight, *bias = [array.name for array in call.inputs[1:]]
    made = call.add("MatMulInteger", as_rows(call), call.transposed(weight, (1, 0)))
    return call.add("Add", made, bias[0]) if bias else made


@translation("_integer_convolution")
def integer_convolution(call: Call) -> str:
    data, weight, *bias = [array.name for array in call.inputs]
    made = convolved(call, "ConvInteger", data, weight)
    if not bias:
        return made
    behind = () if is_channels_last(call.op.layout) else range(1, call.ndim - 1)
    return call.add("Add", made, call.expanded(bias[0], *behind))

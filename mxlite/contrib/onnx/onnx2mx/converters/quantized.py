"""Numbers as integers of 8 bits and a scale."""

from __future__ import annotations

from ..... import symbol as sym
from .....symbol import Symbol
from ..call import Call
from ..table import converts

_RANGES = {2: (0, 255), 3: (-128, 127)}


@converts("QuantizeLinear")
def _quantize(call: Call) -> Symbol:
    call.choice("block_size", 0, 0)
    call.choice("precision", 0, 0, 1)
    call.attr("saturate")
    asked = call.attr("output_dtype", 0)
    dtype = call.dtype(2) if call.has(2) else asked or 2
    if dtype not in _RANGES:
        raise call.unsupported("its output must be of int8 or uint8")
    axis = call.attr("axis", 1)
    scaled = sym._internal._npi_rint(sym.broadcast_div(call.sym(0), _along(call, 1, axis)))
    if call.has(2):
        scaled = sym.broadcast_add(scaled, sym.Cast(_along(call, 2, axis), dtype="float32"))
    low, high = _RANGES[dtype]
    return sym.Cast(sym.clip(scaled, a_min=low, a_max=high), dtype=call.dtype_name(dtype))


@converts("DequantizeLinear")
def _dequantize(call: Call) -> Symbol:
    call.choice("block_size", 0, 0)
    call.choice("output_dtype", 0, 0, 1)
    axis = call.attr("axis", 1)
    numbers = sym.Cast(call.sym(0), dtype="float32")
    if call.has(2):
        numbers = sym.broadcast_sub(numbers, sym.Cast(_along(call, 2, axis), dtype="float32"))
    return sym.broadcast_mul(numbers, _along(call, 1, axis))


def _along(call: Call, i: int, axis: int) -> Symbol:
    """Input i, one number or one for each item along the axis, so that it broadcasts to data."""
    if call.rank(i) == 0 or not call.rank():
        return call.sym(i)
    shape = [1] * call.rank()
    shape[call.axis(axis)] = -1
    return sym.reshape(call.sym(i), shape=tuple(shape))

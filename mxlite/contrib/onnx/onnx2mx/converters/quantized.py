"""Numbers as integers of 8 bits and a scale, and their products.

Products are made of floats, which MXNet has operators for: sums of up to 2^24 are exact.
"""

from __future__ import annotations

from ..... import symbol as sym
from .....symbol import Symbol
from ..call import Call
from ..table import converts
from .convolution import convolved
from .products import multiplied

_RANGES = {2: (0, 255), 3: (-128, 127)}


@converts("QuantizeLinear")
def _quantize(call: Call) -> Symbol:
    call.choice("block_size", 0, 0)
    call.choice("precision", 0, 0, 1)
    call.attr("saturate")
    asked = call.attr("output_dtype", 0)
    dtype = call.dtype(2) if call.has(2) else asked or 2
    axis = call.attr("axis", 1)
    zero = _along(call, 2, axis) if call.has(2) else None
    return _integers(call, sym.broadcast_div(call.sym(0), _along(call, 1, axis)), zero, dtype)


def _integers(call: Call, scaled: Symbol, zero: Symbol | None, dtype: int) -> Symbol:
    """Numbers of the scale of the integers as the nearest of these, counted from their zero."""
    if dtype not in _RANGES:
        raise call.unsupported("its output must be of int8 or uint8")
    scaled = sym._internal._npi_rint(scaled)
    if zero is not None:
        scaled = sym.broadcast_add(scaled, sym.Cast(zero, dtype="float32"))
    low, high = _RANGES[dtype]
    return sym.Cast(sym.clip(scaled, a_min=low, a_max=high), dtype=call.dtype_name(dtype))


@converts("DequantizeLinear")
def _dequantize(call: Call) -> Symbol:
    call.choice("block_size", 0, 0)
    call.choice("output_dtype", 0, 0, 1)
    axis = call.attr("axis", 1)
    return sym.broadcast_mul(_from_zero(call, 0, 2, axis), _along(call, 1, axis))


@converts("DynamicQuantizeLinear")
def _quantize_by_range(call: Call) -> list[Symbol]:
    """As uint8, by the range that the data and 0 lie in; a range of 0 has the scale 1."""
    data = call.sym(0)
    low = sym.broadcast_minimum(sym.min(data), sym.zeros((1,)))
    high = sym.broadcast_maximum(sym.max(data), sym.zeros((1,)))
    scale = (high - low) / 255
    scale = scale + (scale == 0)
    zero = sym._internal._npi_rint(sym.clip(0 - low / scale, a_min=0, a_max=255))
    return [_integers(call, sym.broadcast_div(data, scale), zero, 2), scale,
            sym.Cast(zero, dtype="uint8")]


# Products ---------------------------------------------------------------------------------------

@converts("ConvInteger")
def _integer_convolution(call: Call) -> Symbol:
    data, weight = _from_zero(call, 0, 2, 1), _from_zero(call, 1, 3, 0)
    return sym.Cast(convolved(call, data, [weight]), dtype="int32")


@converts("MatMulInteger")
def _integer_product(call: Call) -> Symbol:
    left, right = _from_zero(call, 0, 2, -2), _from_zero(call, 1, 3, -1)
    return sym.Cast(multiplied(call, left, right, True), dtype="int32")


@converts("QLinearConv")
def _quantized_convolution(call: Call) -> Symbol:
    others = [_from_zero(call, 3, 5, 0)]
    if call.has(8):
        others.append(sym.Cast(call.sym(8), dtype="float32"))
    sums = convolved(call, _from_zero(call, 0, 2, 1), others, 3)
    return _rescaled(call, sums, _along(call, 4, 1))


@converts("QLinearMatMul")
def _quantized_product(call: Call) -> Symbol:
    if call.rank(1) and call.shape(1) != (1,):
        raise call.unsupported("input 1 must be one scale")
    sums = multiplied(call, _from_zero(call, 0, 2, -2), _from_zero(call, 3, 5, -1), True, (0, 3))
    return _rescaled(call, sums, _along(call, 4, -1, 0 if call.rank(0) >= call.rank(3) else 3))


def _rescaled(call: Call, sums: Symbol, scale: Symbol) -> Symbol:
    """Sums of products, of data of the scale that is input 1 and a weight of this scale, as
    integers of the scale and the zero that are inputs 6 and 7."""
    step = sym.broadcast_div(sym.broadcast_mul(scale, call.sym(1)), call.sym(6))
    return _integers(call, sym.broadcast_mul(sums, step), call.sym(7), call.dtype(7))


def _from_zero(call: Call, i: int, zero: int, axis: int) -> Symbol:
    """Integers as floats, counted from their zero: input `zero`, one number or one for each item
    along the axis."""
    numbers = sym.Cast(call.sym(i), dtype="float32")
    if not call.has(zero):
        return numbers
    known = call.value(zero).constant
    if known is not None and not known.any():
        return numbers
    return sym.broadcast_sub(numbers, sym.Cast(_along(call, zero, axis, i), dtype="float32"))


def _along(call: Call, i: int, axis: int, data: int = 0) -> Symbol:
    """Input i, one number or one for each item along the axis, so that it broadcasts to `data`."""
    if call.shape(i) in ((), (1,)) or not call.rank(data):
        return call.sym(i)
    shape = [1] * call.rank(data)
    shape[call.axis(axis, data)] = -1
    return sym.reshape(call.sym(i), shape=tuple(shape))

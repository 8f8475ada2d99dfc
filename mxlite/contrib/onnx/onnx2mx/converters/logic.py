"""Comparisons, truth values, casts. A truth value is 0 or 1 in float32."""

from __future__ import annotations

from typing import Any

from ..... import symbol as sym
from .....symbol import Symbol
from ..call import BOOL, Call
from ..table import converts

_COMPARISONS: dict[str, Any] = {
    "Equal": sym.broadcast_equal, "Less": sym.broadcast_lesser, "Greater": sym.broadcast_greater,
    "LessOrEqual": sym.broadcast_lesser_equal, "GreaterOrEqual": sym.broadcast_greater_equal}
_CONNECTIVES: dict[str, Any] = {
    "And": sym.broadcast_logical_and, "Or": sym.broadcast_logical_or,
    "Xor": sym.broadcast_logical_xor}


def as_truth(data: Any, dtype: int) -> Any:
    """What a comparison of arrays of `dtype` gave, in float32."""
    return data if dtype in (1, BOOL) else sym.Cast(data, dtype="float32")


@converts(*_COMPARISONS)
def _compare(call: Call) -> Symbol:
    return as_truth(_COMPARISONS[call.op_type](call.sym(0), call.sym(1)), call.dtype())


@converts(*_CONNECTIVES)
def _connect(call: Call) -> Symbol:
    return _CONNECTIVES[call.op_type](call.sym(0), call.sym(1))


@converts("Not")
def _not(call: Call) -> Symbol:
    return sym.logical_not(call.sym(0))


@converts("Where")
def _where(call: Call) -> Symbol:
    condition = call.sym(0)
    if call.are_alike(0, 1, 2) and call.rank():
        return sym.where(condition, call.sym(1), call.sym(2))
    return sym._internal._npi_where(condition, call.sym(1), call.sym(2))


@converts("IsNaN")
def _is_nan(call: Call) -> Symbol:
    return as_truth(sym.contrib.isnan(call.sym()), call.dtype())


@converts("IsInf")
def _is_inf(call: Call) -> Symbol:
    data, dtype = call.sym(), call.dtype()
    found = as_truth(sym.contrib.isinf(data), dtype)
    if not call.choice("detect_positive", 1, 0, 1):
        found = found * as_truth(data < 0, dtype)
    if not call.choice("detect_negative", 1, 0, 1):
        found = found * as_truth(data > 0, dtype)
    return found


@converts("Cast")
def _cast(call: Call) -> Symbol:
    call.attr("saturate")                   # of 8-bit floats, which there are not
    return cast(call, call.attr("to"))


@converts("CastLike")
def _cast_like(call: Call) -> Symbol:
    call.value(1)
    call.attr("saturate")
    return cast(call, call.dtype(1))


def cast(call: Call, dtype: int) -> Symbol:
    """Input 0 in another dtype, a number of TensorProto."""
    data, name = call.sym(), call.dtype_name(dtype)
    if dtype == BOOL and call.dtype() != BOOL:
        return as_truth(data != 0, call.dtype())
    return sym.Cast(data, dtype=name)

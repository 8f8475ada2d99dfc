"""Softmax and its kin, which before opset 13 saw two axes: those before `axis`, and the others."""

from __future__ import annotations

from collections.abc import Callable

from ..... import symbol as sym
from .....symbol import Symbol
from ..call import Call
from ..table import converts


def _along(call: Call, function: Callable[[Symbol, int], Symbol]) -> Symbol:
    data, is_new = call.sym(), call.opset >= 13
    axis = call.axis(call.attr("axis", -1 if is_new else 1))
    if is_new or axis == call.rank() - 1:
        return function(data, axis if axis < call.rank() - 1 else -1)
    flat = sym.reshape(data, shape=(*(0,) * axis, -1))
    return sym.reshape_like(function(flat, -1), data)


@converts("Softmax")
def _softmax(call: Call) -> Symbol:
    return _along(call, lambda data, axis: sym.softmax(data, axis=axis))


@converts("LogSoftmax")
def _log_softmax(call: Call) -> Symbol:
    return _along(call, lambda data, axis: sym.log_softmax(data, axis=axis))


@converts("Hardmax")
def _hardmax(call: Call) -> Symbol:
    """1 at the first of the largest, 0 elsewhere: the first is where one counts 1 so far."""
    def hardmax(data: Symbol, axis: int) -> Symbol:
        largest = sym.broadcast_equal(data, sym.max(data, axis=axis, keepdims=True))
        return largest * (sym.cumsum(largest, axis=axis) == 1)
    return _along(call, hardmax)

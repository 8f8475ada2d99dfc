"""Sequences: a Symbol with an axis of time, or a list of Symbols, one a step."""

from __future__ import annotations

from typing import Any

from .. import symbol
from ..arguments import check_count
from ..base import MXNetTypeError, MXNetValueError
from ..symbol import Symbol


def time_axis(caller: str, layout: Any) -> int:
    """Where the letter T stands in a layout such as "NTC"; raises MXNetValueError without one."""
    axis = layout.find("T") if isinstance(layout, str) else -1
    if axis < 0:
        raise MXNetValueError(f"{caller}: layout must be a text with a T for the axis of time, as "
                              f"'NTC'; got {layout!r}")
    return axis


def check_inputs(caller: str, length: Any, inputs: Any) -> None:
    """Raise where `inputs` is no sequence of `length` steps."""
    length = check_count(caller, "length", length, low=1)
    if isinstance(inputs, Symbol):
        return
    if not isinstance(inputs, (list, tuple)) or not all(isinstance(x, Symbol) for x in inputs):
        raise MXNetTypeError(f"{caller}: inputs must be a Symbol with an axis of time, or a list "
                             f"of Symbols, one a step; got {inputs!r}")
    if len(inputs) != length:
        raise MXNetValueError(
            f"{caller}: inputs must have length = {length} steps; got {len(inputs)}")


def as_steps(caller: str, length: int, inputs: Any, axis: int) -> list[Symbol]:
    """A list of `length` Symbols without the axis of time."""
    check_inputs(caller, length, inputs)
    if not isinstance(inputs, Symbol):
        return list(inputs)
    if len(inputs) != 1:
        raise MXNetValueError(
            f"{caller}: inputs must be one Symbol with an axis of time, or a list of Symbols, one "
            f"a step; got a Symbol of {len(inputs)} outputs; list(inputs) makes a list of it")
    return list(symbol.split(inputs, num_outputs=length, axis=axis, squeeze_axis=1))


def as_one(caller: str, length: int, inputs: Any, axis: int) -> Symbol:
    """One Symbol, with the axis of time."""
    check_inputs(caller, length, inputs)
    if isinstance(inputs, Symbol):
        return inputs
    steps = [symbol.expand_dims(step, axis=axis) for step in inputs]
    merged: Symbol = symbol.Concat(*steps, dim=axis)
    return merged


def as_asked(caller: str, length: int, inputs: Any, axis: int, merge: bool | None) -> Any:
    """One Symbol (merge=True), a list (False), or as it is (None)."""
    if merge is None:
        check_inputs(caller, length, inputs)
        return inputs
    return (as_one if merge else as_steps)(caller, length, inputs, axis)

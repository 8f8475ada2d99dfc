"""What cells of users, written as MXNet's are, call: functions of a sequence, and of cells."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .sequence import Sequence, is_array


def format_sequence(length: int | None, inputs: Any, layout: str, merge: bool | None,
                    in_layout: str | None = None) -> tuple[Any, int, Any, int]:
    """(inputs, the axis of time of `layout`, F, the batch size, 0 for Symbols).

    merge: one array of this layout (True), a list of steps (False), or what is given (None).
    in_layout: the layout of inputs, if it is another one.
    """
    sequence = Sequence("_format_sequence", length, inputs, in_layout or layout)
    result, axis = sequence.asked(merge), layout.find("T")
    if is_array(result) and axis != sequence.axis:
        result = sequence.F.swapaxes(result, dim1=axis, dim2=sequence.axis)
    return result, axis, sequence.F, sequence.batch_size


def masked(F: Any, data: Any, length: int, valid_length: Any, time_axis: int, merge: bool) -> Any:
    """`length` steps, an array or a list, with zeros from each one's valid_length (N,) on; merge:
    one array, else a list."""
    layout = "TN" if time_axis == 0 else "NT"
    return Sequence("_mask_sequence_variable_length", length, data, layout).masked(
        valid_length).asked(merge)


def cells_state_info(cells: Iterable[Any], batch_size: int) -> list[dict[str, Any]]:
    """The states of all cells, as their `state_info` tells."""
    return [info for cell in cells for info in cell.state_info(batch_size)]


def cells_begin_state(cells: Iterable[Any], **kwargs: Any) -> list[Any]:
    """The states of all cells before the first step; kwargs: of their `begin_state`."""
    return [state for cell in cells for state in cell.begin_state(**kwargs)]

"""Cells of cells: one above the other, and in both directions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...base import MXNetNotImplementedError, MXNetTypeError
from ..utils import indent
from .cell_functions import cells_begin_state, cells_state_info
from .recurrent_cell import HybridRecurrentCell, RecurrentCell
from .sequence import Sequence, is_array


class _CellsState(RecurrentCell):
    """What cells of cells share: their states are those of the cells, one after another."""

    def _cells(self) -> list[Any]:
        return list(self._children.values())

    def state_info(self, batch_size: int = 0) -> list[dict[str, Any]]:
        """The states of all cells."""
        return cells_state_info(self._cells(), batch_size)

    def begin_state(self, **kwargs: Any) -> list[Any]:  # type: ignore[override]
        """The states of all cells; kwargs: as `RecurrentCell.begin_state` takes them."""
        self._check_not_modified()
        return cells_begin_state(self._cells(), **kwargs)

    def _shared_out(self, states: Any) -> Iterator[tuple[Any, Any]]:
        """(cell, its states)."""
        at = 0
        for cell in self._cells():
            count = len(cell.state_info())
            yield cell, states[at:at + count]
            at += count


class _Stack(_CellsState):
    """What SequentialRNNCell and HybridSequentialRNNCell share."""

    def add(self, cell: RecurrentCell) -> None:
        """Put a cell on top."""
        if not isinstance(cell, RecurrentCell):
            raise MXNetTypeError(f"{type(self).__name__}.add: cell must be a RecurrentCell; got "
                                 f"{type(cell).__name__}")
        self.register_child(cell)

    def _step(self, inputs: Any, states: Any) -> tuple[Any, Any]:
        after: list[Any] = []
        for cell, own in self._shared_out(states):
            inputs, own = cell(inputs, own)
            after += own
        return inputs, after

    def unroll(self, length: int, inputs: Any, begin_state: Any = None, layout: str = "NTC",
               merge_outputs: bool | None = None, valid_length: Any = None) -> tuple[Any, Any]:
        """As `RecurrentCell.unroll`, cell by cell."""
        self.reset()
        sequence = Sequence(f"{type(self).__name__}.unroll", length, inputs, layout)
        states = self._begun(sequence, begin_state)
        after: list[Any] = []
        cells = list(self._shared_out(states))
        inputs = sequence.inputs
        for i, (cell, own) in enumerate(cells):
            inputs, own = cell.unroll(
                length, inputs, own, layout, valid_length=valid_length,
                merge_outputs=merge_outputs if i == len(cells) - 1 else None)
            after += own
        return inputs, after

    def __getitem__(self, i: int) -> Any:
        return self._cells()[i]

    def __len__(self) -> int:
        return len(self._children)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._cells())

    def __repr__(self) -> str:
        lines = "\n".join(f"({i}): {indent(repr(cell))}" for i, cell in self._children.items())
        return f"{type(self).__name__}(\n{lines}\n)"


class SequentialRNNCell(_Stack):
    """Cells one above the other, in the order in which they were added."""

    def forward(self, inputs: Any, states: Any) -> tuple[Any, Any]:
        """One step: (output of the last cell, states of all)."""
        self._counter += 1
        return self._step(inputs, states)


class HybridSequentialRNNCell(_Stack, HybridRecurrentCell):
    """HybridRecurrentCells one above the other, in the order in which they were added."""

    def hybrid_forward(self, F: Any, x: Any, *args: Any, **kwargs: Any) -> Any:
        """One step: (output of the last cell, states of all)."""
        return self._step(x, *args)


class BidirectionalCell(_CellsState, HybridRecurrentCell):
    """Two cells: one goes through the sequence, the other through it from its end; their outputs
    are joined along the last axis. It has no single steps."""

    def __init__(self, l_cell: RecurrentCell, r_cell: RecurrentCell,
                 output_prefix: str = "bi_") -> None:
        super().__init__(prefix="", params=None)
        for name, cell in (("l_cell", l_cell), ("r_cell", r_cell)):
            if not isinstance(cell, RecurrentCell):
                raise MXNetTypeError(f"BidirectionalCell: {name} must be a RecurrentCell; got "
                                     f"{type(cell).__name__}")
            self.register_child(cell, name)
        self._output_prefix = output_prefix

    def __call__(self, *args: Any) -> Any:
        """Raises: it has no single steps."""
        raise MXNetNotImplementedError("BidirectionalCell has no single steps; use unroll")

    def unroll(self, length: int, inputs: Any, begin_state: Any = None, layout: str = "NTC",
               merge_outputs: bool | None = None, valid_length: Any = None) -> tuple[Any, Any]:
        """As `RecurrentCell.unroll`."""
        self.reset()
        sequence = Sequence("BidirectionalCell.unroll", length, inputs, layout)
        states = self._begun(sequence, begin_state)
        (l_cell, l_states), (r_cell, r_states) = self._shared_out(states)
        l_out, l_after = l_cell.unroll(length, sequence.steps(), l_states, layout, merge_outputs,
                                       valid_length)
        r_out, r_after = r_cell.unroll(length, sequence.reversed(valid_length), r_states, layout,
                                       False, valid_length)
        turned = Sequence(sequence.caller, length, r_out, layout).reversed(valid_length)
        merge = is_array(l_out) if merge_outputs is None else merge_outputs
        outputs = self._joined(sequence, l_out, turned, merge)
        if valid_length is not None:
            outputs = Sequence(sequence.caller, length, outputs, layout).masked(
                valid_length).asked(merge)
        return outputs, [*l_after, *r_after]

    def _joined(self, sequence: Sequence, l_out: Any, r_out: Any, merge: bool) -> Any:
        F = sequence.F
        if merge:
            l_out, r_out = [Sequence(sequence.caller, sequence.length, each, sequence.layout)
                            .merged() for each in (l_out, r_out)]
            return F.concat(l_out, r_out, dim=2, name=f"{self._output_prefix}out")
        return [F.concat(left, right, dim=1, name=f"{self._output_prefix}t{i}")
                for i, (left, right) in enumerate(zip(l_out, r_out, strict=True))]

    def __repr__(self) -> str:
        left, right = self._cells()
        return f"{type(self).__name__}(forward={left}, backward={right})"

"""`DropoutCell`, and cells around another cell: `ZoneoutCell`, `ResidualCell`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ... import ndarray as nd
from ...base import MXNetError, MXNetTypeError, MXNetValueError, Shape
from ...wording import shown
from .containers import BidirectionalCell
from .recurrent_cell import HybridRecurrentCell, RecurrentCell
from .sequence import Sequence, is_array


class DropoutCell(HybridRecurrentCell):
    """While training, drops inputs with probability `rate`; it has no states.

    axes: along these one decision serves all elements.
    """

    def __init__(self, rate: float, axes: Shape = (), prefix: str | None = None,
                 params: Any = None) -> None:
        super().__init__(prefix, params)
        if not isinstance(rate, (int, float)) or not 0 <= rate <= 1:
            raise MXNetValueError(f"DropoutCell: rate must be from 0 to 1; got {shown(rate)}")
        self._rate = rate
        self._axes = axes

    def _alias(self) -> str:
        return "dropout"

    def state_info(self, batch_size: int = 0) -> list[dict[str, Any]]:
        """[]"""
        return []

    def hybrid_forward(self, F: Any, inputs: Any, states: Any) -> Any:  # type: ignore[override]
        """One step: (inputs after dropout, states as they are)."""
        if self._rate > 0:
            inputs = F.Dropout(inputs, p=self._rate, axes=self._axes,
                               name=f"t{self._counter}_fwd")
        return inputs, states

    def unroll(self, length: int, inputs: Any, begin_state: Any = None, layout: str = "NTC",
               merge_outputs: bool | None = None, valid_length: Any = None) -> tuple[Any, Any]:
        """As `RecurrentCell.unroll`; inputs in one array go through one Dropout."""
        self.reset()
        sequence = Sequence("DropoutCell.unroll", length, inputs, layout)
        inputs = sequence.asked(merge_outputs)
        if is_array(inputs):
            return self.hybrid_forward(sequence.F, inputs, begin_state or [])
        return super().unroll(length, inputs, begin_state, layout, merge_outputs)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(rate={self._rate}, axes={self._axes})"


def _is_bidirectional(cell: Any) -> bool:
    return isinstance(cell, BidirectionalCell) or any(
        map(_is_bidirectional, cell._children.values()))


class ModifierCell(HybridRecurrentCell):
    """Base of cells around another, whose states and parameters they have.

    The cell inside must not be begun or unrolled by itself any more.
    """

    def __init__(self, base_cell: RecurrentCell) -> None:
        name = type(self).__name__
        if not isinstance(base_cell, RecurrentCell):
            raise MXNetTypeError(f"{name}: base_cell must be a RecurrentCell; got "
                                 f"{type(base_cell).__name__}")
        if base_cell._modified:
            raise MXNetError(f"{name}: {base_cell.name} is already wrapped in another cell; wrap "
                             "that one")
        base_cell._modified = True
        super().__init__(prefix=base_cell.prefix + self._alias(), params=None)
        self.base_cell = base_cell

    @property
    def params(self) -> Any:
        """The parameters of the cell inside."""
        return self.base_cell.params

    def state_info(self, batch_size: int = 0) -> list[dict[str, Any]]:
        """The states of the cell inside."""
        return self.base_cell.state_info(batch_size)

    @contextmanager
    def _unwrapped(self) -> Iterator[Any]:
        """Inside the block, the cell inside may be used."""
        self.base_cell._modified = False
        try:
            yield self.base_cell
        finally:
            self.base_cell._modified = True

    def begin_state(self, func: Callable[..., Any] = nd.zeros,  # type: ignore[override]
                    **kwargs: Any) -> list[Any]:
        """As `RecurrentCell.begin_state`, of the cell inside."""
        self._check_not_modified()
        with self._unwrapped() as cell:
            states: list[Any] = cell.begin_state(func=func, **kwargs)
        return states

    def _check_has_steps(self, base_cell: Any) -> None:
        if isinstance(base_cell, RecurrentCell) and _is_bidirectional(base_cell):
            raise MXNetValueError(f"{type(self).__name__}: base_cell must have single steps; put "
                                  "this cell around the cells in the BidirectionalCell")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_cell})"


class ZoneoutCell(ModifierCell):
    """While training, each number of an output or state keeps its value of the step before with
    probability zoneout_outputs or zoneout_states.

    base_cell: a cell with steps; inside a BidirectionalCell, wrap its cells.
    """

    _keeps_steps = True

    def __init__(self, base_cell: RecurrentCell, zoneout_outputs: float = 0.0,
                 zoneout_states: float = 0.0) -> None:
        self._check_has_steps(base_cell)
        super().__init__(base_cell)
        self.zoneout_outputs = zoneout_outputs
        self.zoneout_states = zoneout_states
        self._prev_output: Any = None

    def _alias(self) -> str:
        return "zoneout"

    def reset(self) -> None:
        """As `RecurrentCell.reset`; there is no output of a step before."""
        super().reset()
        self._prev_output = None

    def hybrid_forward(self, F: Any, inputs: Any, states: Any) -> Any:  # type: ignore[override]
        """One step: (output, states), parts of which are those before."""
        output, after = self.base_cell(inputs, states)
        if self.zoneout_outputs:
            before = F.zeros_like(output) if self._prev_output is None else self._prev_output
            output = self._mixed(F, self.zoneout_outputs, output, before)
        if self.zoneout_states:
            after = [self._mixed(F, self.zoneout_states, new, old)
                     for new, old in zip(after, states, strict=True)]
        self._prev_output = output
        return output, after

    @staticmethod
    def _mixed(F: Any, probability: float, new: Any, old: Any) -> Any:
        return F.where(F.Dropout(F.ones_like(new), p=probability), new, old)

    def __repr__(self) -> str:
        return (f"{type(self).__name__}(p_out={self.zoneout_outputs}, "
                f"p_state={self.zoneout_states}, {self.base_cell})")


class ResidualCell(ModifierCell):
    """Adds the inputs to the outputs of the cell inside, which must have their shape."""

    def hybrid_forward(self, F: Any, inputs: Any, states: Any) -> Any:  # type: ignore[override]
        """One step: (output + inputs, states)."""
        output, states = self.base_cell(inputs, states)
        return F.elemwise_add(output, inputs, name=f"t{self._counter}_fwd"), states

    def unroll(self, length: int, inputs: Any, begin_state: Any = None, layout: str = "NTC",
               merge_outputs: bool | None = None, valid_length: Any = None) -> tuple[Any, Any]:
        """As `RecurrentCell.unroll`, by `unroll` of the cell inside."""
        self._check_not_modified()
        self.reset()
        sequence = Sequence("ResidualCell.unroll", length, inputs, layout)
        with self._unwrapped() as cell:
            outputs, states = cell.unroll(length, inputs, begin_state, layout, merge_outputs,
                                          valid_length)
        if valid_length is not None:
            sequence = sequence.masked(valid_length)
        inputs = sequence.asked(is_array(outputs))
        if is_array(outputs):
            return sequence.F.elemwise_add(outputs, inputs), states
        return [sequence.F.elemwise_add(*pair)
                for pair in zip(outputs, inputs, strict=True)], states

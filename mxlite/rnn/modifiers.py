"""Cells that change what others give: `DropoutCell`, `ZoneoutCell`, `ResidualCell`."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .. import symbol
from ..base import MXNetTypeError, MXNetValueError
from ..symbol import Symbol
from .base_cell import BaseRNNCell, RNNParams, unwrapped
from .sequence import as_asked, time_axis


class DropoutCell(BaseRNNCell):
    """Dropout of its inputs with probability `dropout`; it has no states and no parameters."""

    def __init__(self, dropout: float, prefix: str = "dropout_",
                 params: RNNParams | None = None) -> None:
        super().__init__(prefix, params)
        if not isinstance(dropout, numbers.Real):
            raise MXNetTypeError(f"DropoutCell: dropout must be a number; got {dropout!r}")
        self.dropout: float = dropout

    @property
    def state_info(self) -> list[Any]:
        """No states."""
        return []

    def __call__(self, inputs: Symbol, states: Any) -> tuple[Symbol, Any]:
        """One step: (inputs after dropout, states as they are)."""
        if self.dropout > 0:
            inputs = symbol.Dropout(inputs, p=self.dropout)
        return inputs, states

    def unroll(self, length: int, inputs: Any, begin_state: Any = None, layout: str = "NTC",
               merge_outputs: bool | None = None) -> tuple[Any, Any]:
        """As `BaseRNNCell.unroll`; inputs in one Symbol go through one Dropout."""
        caller = "DropoutCell.unroll"
        inputs = as_asked(caller, length, inputs, time_axis(caller, layout), merge_outputs)
        if isinstance(inputs, Symbol):
            self.reset()
            return self(inputs, [])
        return super().unroll(length, inputs, begin_state, layout, merge_outputs)


class ModifierCell(BaseRNNCell):
    """Base of cells around another, whose states and parameters they have.

    The cell inside must not be begun or unrolled by itself any more.
    """

    def __init__(self, base_cell: BaseRNNCell) -> None:
        if not isinstance(base_cell, BaseRNNCell):
            raise MXNetTypeError(f"{type(self).__name__}: base_cell must be a BaseRNNCell; "
                                 f"got {type(base_cell).__name__}")
        self.base_cell = base_cell
        super().__init__()
        base_cell._modified = True

    def _inner_cells(self) -> Sequence[BaseRNNCell]:
        return (self.base_cell,)

    @property
    def params(self) -> RNNParams:
        """The parameters of the cell inside."""
        self._own_params = False
        return self.base_cell.params

    @property
    def state_info(self) -> list[Any]:
        """The states of the cell inside."""
        return self.base_cell.state_info

    def begin_state(self, init_sym: Callable[..., Symbol] = symbol.zeros,  # type: ignore[override]
                    **kwargs: Any) -> list[Any]:
        """As `BaseRNNCell.begin_state`, whose func is called init_sym here; func= works, too."""
        self._check_not_modified()
        with unwrapped(self.base_cell) as cell:
            return cell.begin_state(func=kwargs.pop("func", init_sym), **kwargs)

    def unpack_weights(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """As `BaseRNNCell.unpack_weights`, of the cell inside."""
        return self.base_cell.unpack_weights(args)

    def pack_weights(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """As `BaseRNNCell.pack_weights`, of the cell inside."""
        return self.base_cell.pack_weights(args)


def _has_no_steps(cell: BaseRNNCell) -> bool:
    return not cell._has_steps or any(map(_has_no_steps, cell._inner_cells()))


class ZoneoutCell(ModifierCell):
    """While training, each number of an output or state keeps its value of the step before with
    probability zoneout_outputs or zoneout_states.

    base_cell: a cell with steps; of a FusedRNNCell, take what `unfuse` gives; inside a
    BidirectionalCell, wrap its cells.
    """

    def __init__(self, base_cell: BaseRNNCell, zoneout_outputs: float = 0.0,
                 zoneout_states: float = 0.0) -> None:
        if isinstance(base_cell, BaseRNNCell) and _has_no_steps(base_cell):
            raise MXNetValueError(
                f"ZoneoutCell: base_cell must have single steps; got {type(base_cell).__name__}. "
                "Unfuse a FusedRNNCell, and put ZoneoutCells around the cells in a "
                "BidirectionalCell")
        super().__init__(base_cell)
        self.zoneout_outputs = zoneout_outputs
        self.zoneout_states = zoneout_states

    def reset(self) -> None:
        """As `BaseRNNCell.reset`; there is no output of a step before."""
        super().reset()
        self.prev_output: Symbol | None = None

    def __call__(self, inputs: Symbol, states: Any) -> tuple[Symbol, Any]:
        """One step: (output, states), parts of which are those before."""
        output, after = self.base_cell(inputs, states)
        if self.zoneout_outputs:
            before = symbol.zeros_like(output) if self.prev_output is None else self.prev_output
            output = self._mixed(self.zoneout_outputs, output, before)
        if self.zoneout_states:
            after = [self._mixed(self.zoneout_states, new, old)
                     for new, old in zip(after, states, strict=True)]
        self.prev_output = output
        return output, after

    @staticmethod
    def _mixed(probability: float, new: Symbol, old: Symbol) -> Symbol:
        kept = symbol.Dropout(symbol.ones_like(new), p=probability)
        result: Symbol = symbol.where(kept, new, old)
        return result


class ResidualCell(ModifierCell):
    """Adds the inputs to the outputs of the cell inside, which must have their shape."""

    def __call__(self, inputs: Symbol, states: Any) -> tuple[Symbol, Any]:
        """One step: (output + inputs, states)."""
        output, states = self.base_cell(inputs, states)
        return self._sum(output, inputs), states

    def unroll(self, length: int, inputs: Any, begin_state: Any = None, layout: str = "NTC",
               merge_outputs: bool | None = None) -> tuple[Any, Any]:
        """As `BaseRNNCell.unroll`, by `unroll` of the cell inside."""
        caller = "ResidualCell.unroll"
        self._check_not_modified()
        axis = time_axis(caller, layout)
        self.reset()
        with unwrapped(self.base_cell) as cell:
            outputs, states = cell.unroll(length, inputs, begin_state, layout, merge_outputs)
        is_one = isinstance(outputs, Symbol)
        inputs = as_asked(caller, length, inputs, axis, is_one)
        if is_one:
            return self._sum(outputs, inputs), states
        return [self._sum(*pair) for pair in zip(outputs, inputs, strict=True)], states

    @staticmethod
    def _sum(output: Symbol, inputs: Symbol) -> Symbol:
        result: Symbol = symbol.elemwise_add(output, inputs, name=f"{output.name}_plus_residual")
        return result

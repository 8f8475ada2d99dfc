"""Cells of cells: `SequentialRNNCell`, one upon the other; `BidirectionalCell`, both ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .. import symbol
from ..base import MXNetNotImplementedError, MXNetTypeError, MXNetValueError
from ..symbol import Symbol
from .base_cell import BaseRNNCell, RNNParams
from .sequence import as_asked, as_steps, time_axis


class _Container(BaseRNNCell):
    """A cell that has the states and the parameters of its cells."""

    def __init__(self, params: RNNParams | None) -> None:
        super().__init__("", params)
        self._override_cell_params = params is not None
        self._cells: list[BaseRNNCell] = []

    def _add(self, cell: BaseRNNCell) -> None:
        if not isinstance(cell, BaseRNNCell):
            raise MXNetTypeError(f"{type(self).__name__}: a cell must be a BaseRNNCell; "
                                 f"got {type(cell).__name__}")
        if self._override_cell_params:
            if not cell._own_params:
                raise MXNetValueError(f"{type(self).__name__}: the {type(cell).__name__} in it has "
                                      "parameters already; give params= to the cells instead")
            cell.params._params.update(self.params._params)
        self.params._params.update(cell.params._params)
        self._cells.append(cell)

    @property
    def state_info(self) -> list[Any]:
        """Those of all cells, one after the other."""
        return [info for cell in self._cells for info in cell.state_info]

    def begin_state(self, func: Callable[..., Symbol] = symbol.zeros, **kwargs: Any) -> list[Any]:
        """The states of all cells before the first step, one after the other."""
        self._check_not_modified()
        return [state for cell in self._cells for state in cell.begin_state(func=func, **kwargs)]

    def unpack_weights(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """As `BaseRNNCell.unpack_weights`, for all cells."""
        unpacked = dict(args)
        for cell in self._cells:
            unpacked = cell.unpack_weights(unpacked)
        return unpacked

    def pack_weights(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """As `BaseRNNCell.pack_weights`, for all cells."""
        packed = dict(args)
        for cell in self._cells:
            packed = cell.pack_weights(packed)
        return packed

    def _with_states(self, states: Any) -> Iterator[tuple[BaseRNNCell, Any]]:
        """Each cell and its part of the states."""
        start = 0
        for cell in self._cells:
            stop = start + len(cell.state_info)
            yield cell, states[start:stop]
            start = stop


class SequentialRNNCell(_Container):
    """Cells one upon the other: the outputs of one are the inputs of the next.

    params: as MXNet has it, for cells without parameters; cells that are to share get theirs
    themselves.
    """

    def __init__(self, params: RNNParams | None = None) -> None:
        super().__init__(params)

    def add(self, cell: BaseRNNCell) -> None:
        """Put a cell on top."""
        self._add(cell)

    def __call__(self, inputs: Symbol, states: Any) -> tuple[Symbol, Any]:
        """One step of all cells: (output of the last, states of all)."""
        self._counter += 1
        after: list[Any] = []
        for cell, own in self._with_states(states):
            inputs, own = cell(inputs, own)
            after += own
        return inputs, after

    def unroll(self, length: int, inputs: Any, begin_state: Any = None, layout: str = "NTC",
               merge_outputs: bool | None = None) -> tuple[Any, Any]:
        """As `BaseRNNCell.unroll`, cell by cell."""
        self.reset()
        states = self.begin_state() if begin_state is None else begin_state
        after: list[Any] = []
        for cell, own in self._with_states(states):
            merge = merge_outputs if cell is self._cells[-1] else None
            inputs, own = cell.unroll(length, inputs, own, layout, merge)
            after += own
        return inputs, after


class BidirectionalCell(_Container):
    """One cell from the first step to the last, the other from the last to the first.

    The outputs of both are joined along the last axis. params: as SequentialRNNCell's.
    output_prefix: what the names of the outputs begin with.
    """

    _has_steps = False

    def __init__(self, l_cell: BaseRNNCell, r_cell: BaseRNNCell, params: RNNParams | None = None,
                 output_prefix: str = "bi_") -> None:
        super().__init__(params)
        self._output_prefix = output_prefix
        self._add(l_cell)
        self._add(r_cell)

    def __call__(self, inputs: Symbol, states: Any) -> tuple[Symbol, Any]:
        """Raises: the last step must be known before the first."""
        raise MXNetNotImplementedError("BidirectionalCell goes over a sequence from both ends, so "
                                       "that it has no single steps; use unroll")

    def unroll(self, length: int, inputs: Any, begin_state: Any = None, layout: str = "NTC",
               merge_outputs: bool | None = None) -> tuple[Any, Any]:
        """As `BaseRNNCell.unroll`; the states are a list of two, one for each cell."""
        caller = "BidirectionalCell.unroll"
        axis = time_axis(caller, layout)
        self.reset()
        steps = as_steps(caller, length, inputs, axis)
        states = self.begin_state() if begin_state is None else begin_state
        (l_cell, l_begin), (r_cell, r_begin) = self._with_states(states)
        left, l_states = l_cell.unroll(length, steps, l_begin, layout, merge_outputs)
        right, r_states = r_cell.unroll(length, steps[::-1], r_begin, layout, merge_outputs)
        if merge_outputs is None:
            merge_outputs = isinstance(left, Symbol) and isinstance(right, Symbol)
        left = as_asked(caller, length, left, axis, merge_outputs)
        right = as_asked(caller, length, right, axis, merge_outputs)
        if merge_outputs:
            outputs: Any = symbol.Concat(left, symbol.reverse(right, axis=axis), dim=2,
                                         name=f"{self._output_prefix}out")
        else:
            outputs = [symbol.Concat(l, r, dim=1, name=f"{self._output_prefix}t{i}")
                       for i, (l, r) in enumerate(zip(left, reversed(right), strict=True))]
        return outputs, [l_states, r_states]

"""`RecurrentCell`, of which every cell is one, and `HybridRecurrentCell`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from ... import ndarray as nd
from ...arguments import check_callable
from ...base import MXNetError
from ..block import Block
from ..hybrid_block import HybridBlock
from ..nn import LeakyReLU
from .sequence import Sequence, is_array

FUNCTIONS = ("tanh", "relu", "sigmoid", "softsign")


def made(func: Callable[..., Any], **kwargs: Any) -> Any:
    """A state: func(shape=..., ...), without the name and layout where it takes none."""
    check_callable("begin_state", "func", func)
    try:
        parameters = inspect.signature(func).parameters
    except (TypeError, ValueError):
        return func(**kwargs)
    if not any(each.kind is each.VAR_KEYWORD for each in parameters.values()):
        kwargs = {key: value for key, value in kwargs.items()
                  if key not in ("name", "__layout__") or key in parameters}
    return func(**kwargs)


def floating(F: Any, array: Any) -> dict[str, Any]:
    """The context, and the dtype if it is of floating point, that states beside this array get."""
    if F is not nd:
        return {}
    return {"ctx": array.ctx, **({"dtype": array.dtype} if "float" in array._dtype_name else {})}


def begun(cell: RecurrentCell, F: Any, begin_state: Any, inputs: Any, batch_size: int) -> Any:
    """begin_state, or zeros for such inputs, an array or a list of steps."""
    if begin_state is not None:
        return begin_state
    first = inputs if is_array(inputs) else inputs[0]
    return cell.begin_state(func=F.zeros, batch_size=batch_size, **floating(F, first))


class RecurrentCell(Block):
    """Base of all cells. A cell is called with an input (N, C) and a list of states, once a step:
    `output, states = cell(input, states)`; `unroll` does so for all steps of a sequence.

    A subclass overrides `forward` and `state_info`.
    """

    _keeps_steps = False        # whether a step reads what the one before left in the cell

    def __init__(self, prefix: str | None = None, params: Any = None) -> None:
        super().__init__(prefix=prefix, params=params)
        self._modified = False
        self.reset()

    def reset(self) -> None:
        """Count steps and states from 0 again, before another sequence begins."""
        self._init_counter = -1
        self._counter = -1
        for cell in self._children.values():
            if isinstance(cell, RecurrentCell):
                cell.reset()

    def state_info(self, batch_size: int = 0) -> list[dict[str, Any]]:
        """A dict for each state: its `shape`, for batch_size sequences, and `__layout__`."""
        raise NotImplementedError(f"{type(self).__name__} must override state_info")

    def _check_not_modified(self) -> None:
        if self._modified:
            raise MXNetError(f"{type(self).__name__} is wrapped in another cell, as ZoneoutCell "
                             "and ResidualCell wrap one; begin and unroll that one instead")

    def begin_state(self, batch_size: int = 0, func: Callable[..., Any] = nd.zeros,
                    **kwargs: Any) -> list[Any]:
        """The states before the first step: func(name=..., shape=..., **kwargs).

        func: mx.nd.zeros, which it is by default, mx.nd.ones, mx.sym.zeros or another that takes a
        shape. kwargs: for func, as `dtype` and `ctx`.
        """
        self._check_not_modified()
        states = []
        for info in self.state_info(batch_size):
            self._init_counter += 1
            states.append(made(func, name=f"{self._prefix}begin_state_{self._init_counter}",
                               **{**info, **kwargs}))
        return states

    def _begun(self, sequence: Sequence, begin_state: Any) -> Any:
        """begin_state, or zeros for this sequence."""
        return begun(self, sequence.F, begin_state, sequence.inputs, sequence.batch_size)

    def unroll(self, length: int, inputs: Any, begin_state: Any = None, layout: str = "NTC",
               merge_outputs: bool | None = None, valid_length: Any = None) -> tuple[Any, Any]:
        """(outputs, states) after `length` steps.

        inputs: an array of this layout, (N, T, C), or a list of `length` arrays (N, C).
        begin_state: None for zeros. merge_outputs: True for outputs in one array of this layout,
        False for a list of them, None for what comes easily. valid_length: the lengths of the
        sequences (N,); outputs from there on are 0, and the states are those at the end.
        """
        self.reset()
        sequence = Sequence(f"{type(self).__name__}.unroll", length, inputs, layout)
        states = self._begun(sequence, begin_state)
        outputs, history = [], []
        for step in sequence.steps():
            output, states = self(step, states)
            outputs.append(output)
            history.append(states)
        result = Sequence(sequence.caller, length, outputs, layout)
        if valid_length is not None:
            result = result.masked(valid_length)
            F = sequence.F
            states = [F.SequenceLast(F.stack(*each, axis=0), valid_length,
                                     use_sequence_length=True)
                      for each in zip(*history, strict=True)]
        return result.asked(merge_outputs), states

    def _get_activation(self, F: Any, inputs: Any, activation: Any, **kwargs: Any) -> Any:
        """An activation by its name, a LeakyReLU layer, or a function of an array."""
        if activation in FUNCTIONS:
            return getattr(F, activation)(inputs, **kwargs)
        if isinstance(activation, str):
            return F.Activation(inputs, act_type=activation, **kwargs)
        if isinstance(activation, LeakyReLU):
            return F.LeakyReLU(inputs, act_type="leaky", slope=activation._alpha, **kwargs)
        return activation(inputs, **kwargs)

    def forward(self, inputs: Any, states: Any) -> Any:
        """One step: (output, states after it); inputs (N, C)."""
        self._counter += 1
        return super().forward(inputs, states)

    def _any_keeps_steps(self) -> bool:
        return self._keeps_steps or any(
            isinstance(cell, RecurrentCell) and cell._any_keeps_steps()
            for cell in self._children.values())


class HybridRecurrentCell(RecurrentCell, HybridBlock):
    """A RecurrentCell written for `F`: override hybrid_forward(F, inputs, states, **params)."""

    def hybridize(self, active: bool = True, **kwargs: Any) -> None:
        """Run single steps as a graph from now on; a cell that has something of the step before,
        as ZoneoutCell has, stays eager, and the cells in it become graphs.
        """
        super().hybridize(active, **kwargs)
        if self._any_keeps_steps():
            self._active = False

    def hybrid_forward(self, F: Any, x: Any, *args: Any, **kwargs: Any) -> Any:
        """One step: (output, states); subclasses override it."""
        raise NotImplementedError(f"{type(self).__name__} must override hybrid_forward")

"""`BaseRNNCell`, of which every cell is one, and the parameters that cells share, `RNNParams`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from .. import ndarray as nd
from .. import symbol
from ..base import MXNetError, MXNetKeyError
from ..symbol import Symbol
from ..wording import suggestion
from .sequence import as_asked, as_steps, time_axis

GROUPS = ("i2h", "h2h")                 # from the input, and from the state before


class RNNParams:
    """Variables by name, made when they are first asked for; cells with the same share weights."""

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix
        self._params: dict[str, Symbol] = {}

    def get(self, name: str, **kwargs: Any) -> Symbol:
        """The variable `prefix + name`; kwargs: for mx.sym.var, where it is new."""
        name = self._prefix + name
        if name not in self._params:
            self._params[name] = symbol.var(name, **kwargs)
        return self._params[name]


class BaseRNNCell:
    """Base of all cells. A cell is called with an input (N, C) and its states, once a step:
    `output, states = cell(input, states)`; `unroll` does so for all steps of a sequence.

    A subclass overrides `__call__` and `state_info`, and `_gate_names` if its weights hold several
    gates, one below the other. prefix: what the names of its variables and nodes begin with.
    params: the parameters to use, shared with other cells; None: its own.
    """

    _has_steps = True

    def __init__(self, prefix: str = "", params: RNNParams | None = None) -> None:
        self._own_params = params is None
        self._params = RNNParams(prefix) if params is None else params
        self._prefix = prefix
        self._modified = False
        self.reset()

    def reset(self) -> None:
        """Count steps and states from 0 again, before the cell is used in another graph."""
        self._init_counter = -1
        self._counter = -1
        for cell in self._inner_cells():
            cell.reset()

    def _inner_cells(self) -> Sequence[BaseRNNCell]:
        return getattr(self, "_cells", ())

    def __call__(self, inputs: Symbol, states: Any) -> tuple[Symbol, Any]:
        """One step: (output, states after it)."""
        raise NotImplementedError(f"{type(self).__name__} must override __call__")

    def _step_name(self) -> str:
        """The prefix of the next step's nodes: "rnn_t0_"."""
        self._counter += 1
        return f"{self._prefix}t{self._counter}_"

    @property
    def params(self) -> RNNParams:
        """The parameters; whoever asks for them may share them."""
        self._own_params = False
        return self._params

    @property
    def state_info(self) -> list[Any]:
        """A dict for each state: its shape (0: the batch) and `__layout__`."""
        raise NotImplementedError(f"{type(self).__name__} must override state_info")

    @property
    def state_shape(self) -> list[Any]:
        """The shapes of the states."""
        return [info["shape"] for info in self.state_info]

    @property
    def _gate_names(self) -> Sequence[str]:
        return ()

    # States --------------------------------------------------------------------------------------

    def _check_not_modified(self) -> None:
        if self._modified:
            raise MXNetError(f"{type(self).__name__} is wrapped in another cell, as ZoneoutCell "
                             "and ResidualCell wrap one; begin and unroll that one instead")

    def begin_state(self, func: Callable[..., Symbol] = symbol.zeros, **kwargs: Any) -> list[Any]:
        """The states before the first step: func(name=..., shape=..., **kwargs).

        func: mx.sym.zeros, which it is by default, mx.sym.ones, or mx.sym.Variable, which makes
        the states arguments.
        """
        self._check_not_modified()
        states = []
        for info in self.state_info:
            self._init_counter += 1
            states.append(func(name=f"{self._prefix}begin_state_{self._init_counter}",
                               **{**kwargs, **(info or {})}))
        return states

    # Weights -------------------------------------------------------------------------------------

    def _gate_keys(self) -> Iterator[tuple[str, list[str]]]:
        """(name of all gates' array, names of each gate's) of weights and biases."""
        for group in GROUPS:
            for kind in ("weight", "bias"):
                yield (f"{self._prefix}{group}_{kind}",
                       [f"{self._prefix}{group}{gate}_{kind}" for gate in self._gate_names])

    def unpack_weights(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """A new dict of parameters in which each gate has arrays of its own.

        An LSTM's "lstm_i2h_weight" (4 * hidden, C) becomes "lstm_i2h_i_weight" (hidden, C) and so
        on. Raises MXNetKeyError where one is missing.
        """
        unpacked = dict(args)
        for packed, names in self._gate_keys():
            if names:
                array = taken(self, unpacked, packed)
                rows = array.shape[0] // len(names)
                unpacked |= {name: array[i * rows:(i + 1) * rows].copy()
                             for i, name in enumerate(names)}
        return unpacked

    def pack_weights(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """What `unpack_weights` made, put together again."""
        packed = dict(args)
        for together, names in self._gate_keys():
            if names:
                packed[together] = nd.concatenate([taken(self, packed, name) for name in names])
        return packed

    # Unrolling -----------------------------------------------------------------------------------

    def unroll(self, length: int, inputs: Any, begin_state: Any = None, layout: str = "NTC",
               merge_outputs: bool | None = None) -> tuple[Any, Any]:
        """(outputs, states) after `length` steps.

        inputs: a Symbol of this layout, (N, T, C), or a list of `length` Symbols (N, C).
        begin_state: None for `begin_state()`. merge_outputs: True for outputs in one Symbol of this
        layout, False for a list of them, None for what comes easily.
        """
        name = f"{type(self).__name__}.unroll"
        axis = time_axis(name, layout)
        self.reset()
        steps = as_steps(name, length, inputs, axis)
        states = self.begin_state() if begin_state is None else begin_state
        outputs = []
        for step in steps:
            output, states = self(step, states)
            outputs.append(output)
        return as_asked(name, length, outputs, axis, merge_outputs), states

    def _get_activation(self, inputs: Symbol, activation: Any, **kwargs: Any) -> Symbol:
        """An activation by its name, or by a function of a Symbol."""
        result: Symbol = (symbol.Activation(inputs, act_type=activation, **kwargs)
                          if isinstance(activation, str) else activation(inputs, **kwargs))
        return result


@contextmanager
def unwrapped(cell: BaseRNNCell) -> Iterator[BaseRNNCell]:
    """Inside the block, the cell that wraps this one may use it."""
    cell._modified = False
    try:
        yield cell
    finally:
        cell._modified = True


def taken(cell: BaseRNNCell, arrays: dict[str, Any], name: str) -> Any:
    """Take an array out of the dict; raises MXNetKeyError where it is missing."""
    if name not in arrays:
        raise MXNetKeyError(f"{type(cell).__name__}: there is no parameter {name!r}"
                            f"{suggestion(name, arrays)}")
    return arrays.pop(name)

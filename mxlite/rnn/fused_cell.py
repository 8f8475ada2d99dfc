"""`FusedRNNCell`: several layers in one operator, their parameters in one vector."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from .. import ndarray as nd
from .. import symbol
from ..arguments import check_count
from ..base import MXNetNotImplementedError, MXNetValueError
from ..initializer import FusedRNN
from ..ops.rnn_layout import GATES, PackedRNN, check_mode
from ..symbol import Symbol
from .base_cell import BaseRNNCell, RNNParams, taken
from .cells import GRUCell, LSTMCell, RNNCell
from .containers import BidirectionalCell, SequentialRNNCell
from .modifiers import DropoutCell
from .sequence import as_asked, as_one, time_axis


class FusedRNNCell(BaseRNNCell):
    """A recurrent network of several layers that one operator, RNN, computes for all steps.

    mode: "rnn_relu", "rnn_tanh", "lstm" or "gru". dropout: between layers. get_next_state: whether
    `unroll` gives the states after the last step. forget_bias: of an LSTM, what biases of the gate
    f begin with. prefix: by default mode + "_". The one parameter, "<prefix>parameters", holds all
    weights and biases; `unpack_weights` takes it apart, `unfuse` makes cells of single steps.
    """

    _has_steps = False

    def __init__(self, num_hidden: int, num_layers: int = 1, mode: str = "lstm",
                 bidirectional: bool = False, dropout: float = 0.0, get_next_state: bool = False,
                 forget_bias: float = 1.0, prefix: str | None = None,
                 params: RNNParams | None = None) -> None:
        mode = check_mode("FusedRNNCell", mode)
        super().__init__(f"{mode}_" if prefix is None else prefix, params)
        self._num_hidden = check_count("FusedRNNCell", "num_hidden", num_hidden, low=1)
        self._num_layers = check_count("FusedRNNCell", "num_layers", num_layers, low=1)
        self._mode = mode
        self._bidirectional = bool(bidirectional)
        self._dropout = dropout
        self._get_next_state = get_next_state
        self._forget_bias = forget_bias
        self._layout = PackedRNN(mode, num_hidden, num_layers, self._bidirectional)
        self._parameter = self.params.get("parameters", init=FusedRNN(
            None, num_hidden, num_layers, mode, self._bidirectional, forget_bias))

    @property
    def state_info(self) -> list[Any]:
        """One state (layers * directions, 0, num_hidden); of an LSTM, two."""
        rows = self._num_layers * len(self._layout.directions)
        return [{"shape": (rows, 0, self._num_hidden), "__layout__": "LNC"}
                for _ in range(2 if self._mode == "lstm" else 1)]

    @property
    def _gate_names(self) -> Sequence[str]:
        return GATES[self._mode]

    # Weights -------------------------------------------------------------------------------------

    def unpack_weights(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """A new dict in which the vector is split up: "lstm_l0_i2h_f_weight" (num_hidden, C), ....

        Raises MXNetKeyError where it is missing, MXNetValueError where its length fits no C.
        """
        unpacked = dict(args)
        vector = taken(self, unpacked, str(self._parameter.name))
        for part in self._layout.parts(self._layout.inputs(vector.size)):
            unpacked[self._prefix + part.name] = (
                vector[part.start:part.stop].reshape(part.shape).copy())
        return unpacked

    def pack_weights(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """What `unpack_weights` made, put together again.

        Raises MXNetKeyError where an array is missing, MXNetValueError for a wrong shape.
        """
        packed = dict(args)
        name = f"{self._prefix}l0_i2h{self._gate_names[0]}_weight"
        first = taken(self, dict(packed), name)
        if len(first.shape) != 2:
            raise MXNetValueError(f"FusedRNNCell: {name} must be of shape ({self._num_hidden}, C); "
                                  f"got {first.shape}")
        inputs = first.shape[1]
        vector = nd.zeros((self._layout.size(inputs),), ctx=first.context, dtype=first.dtype)
        for part in self._layout.parts(inputs):
            array = taken(self, packed, self._prefix + part.name)
            if array.shape != part.shape:
                raise MXNetValueError(f"FusedRNNCell: {self._prefix}{part.name} must be of shape "
                                      f"{part.shape}; got {array.shape}")
            vector[part.start:part.stop] = array.reshape((-1,))
        packed[str(self._parameter.name)] = vector
        return packed

    # Unrolling -----------------------------------------------------------------------------------

    def __call__(self, inputs: Symbol, states: Any) -> tuple[Symbol, Any]:
        """Raises: the operator computes whole sequences."""
        raise MXNetNotImplementedError(
            "FusedRNNCell computes whole sequences and has no single steps; use unroll, or unfuse")

    def unroll(self, length: int, inputs: Any, begin_state: Any = None, layout: str = "NTC",
               merge_outputs: bool | None = None) -> tuple[Any, Any]:
        """As `BaseRNNCell.unroll`; fastest with layout="TNC" and inputs in one Symbol.

        layout: "NTC" or "TNC". The states are [] without get_next_state.
        """
        caller = "FusedRNNCell.unroll"
        axis = time_axis(caller, layout)
        if axis > 1:
            raise MXNetValueError(f"{caller}: layout must be 'NTC' or 'TNC'; got {layout!r}")
        self.reset()
        inputs = as_one(caller, length, inputs, axis)
        if axis == 1:
            warnings.warn("FusedRNNCell: layout 'TNC' is faster than 'NTC'", stacklevel=2)
            inputs = symbol.swapaxes(inputs, dim1=0, dim2=1)
        states = self.begin_state() if begin_state is None else begin_state
        result = symbol.RNN(
            data=inputs, parameters=self._parameter, state_size=self._num_hidden,
            num_layers=self._num_layers, bidirectional=self._bidirectional, p=self._dropout,
            state_outputs=self._get_next_state, mode=self._mode, name=f"{self._prefix}rnn",
            **dict(zip(("state", "state_cell"), states, strict=False)))
        outputs, after = (result[0], list(result)[1:]) if self._get_next_state else (result, [])
        for state in after:
            state._set_attr(__layout__="LNC")
        if axis == 1:
            outputs = symbol.swapaxes(outputs, dim1=0, dim2=1)
        return as_asked(caller, length, outputs, axis, merge_outputs), after

    def unfuse(self) -> SequentialRNNCell:
        """Cells of single steps that compute the same from the unpacked weights.

        `cell.unfuse().pack_weights(cell.unpack_weights(args))` are their parameters.
        """
        stack = SequentialRNNCell()
        for layer in range(self._num_layers):
            cells = [self._layer_cell(f"{self._prefix}{direction}{layer}_")
                     for direction in self._layout.directions]
            stack.add(BidirectionalCell(cells[0], cells[1],
                                        output_prefix=f"{self._prefix}bi_l{layer}_")
                      if self._bidirectional else cells[0])
            if self._dropout > 0 and layer != self._num_layers - 1:
                stack.add(DropoutCell(self._dropout, prefix=f"{self._prefix}_dropout{layer}_"))
        return stack

    def _layer_cell(self, prefix: str) -> BaseRNNCell:
        if self._mode == "lstm":
            return LSTMCell(self._num_hidden, prefix=prefix, forget_bias=self._forget_bias)
        if self._mode == "gru":
            return GRUCell(self._num_hidden, prefix=prefix)
        return RNNCell(self._num_hidden, activation=self._mode.removeprefix("rnn_"), prefix=prefix)

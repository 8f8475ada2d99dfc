"""`LSTMPCell`, whose output is projected, and `VariationalDropoutCell`."""

from __future__ import annotations

from typing import Any

from ....arguments import check_count
from ...rnn.cells import _DenseCell, lstm_step
from ...rnn.modifiers import ModifierCell
from ...rnn.recurrent_cell import RecurrentCell
from ...rnn.sequence import Sequence
from .unrolling import dynamic_unroll as dynamic_unroll


class LSTMPCell(_DenseCell):
    """Long short-term memory with a projection: x (N, C), states r (N, projection_size) and c
    (N, hidden_size), output r = P (o * tanh(c)).

    Parameters as LSTMCell's, and h2r_weight P (projection_size, hidden_size). Sak, Senior and
    Beaufays, 2014, arXiv:1402.1128.
    """

    _gates = 4
    _name = "lstmp"

    def __init__(self, hidden_size: int, projection_size: int, i2h_weight_initializer: Any = None,
                 h2h_weight_initializer: Any = None, h2r_weight_initializer: Any = None,
                 i2h_bias_initializer: Any = "zeros", h2h_bias_initializer: Any = "zeros",
                 input_size: int = 0, prefix: str | None = None, params: Any = None) -> None:
        self._projection_size = check_count("LSTMPCell", "projection_size", projection_size, 1)
        super().__init__(hidden_size, i2h_weight_initializer, h2h_weight_initializer,
                         i2h_bias_initializer, h2h_bias_initializer, input_size, prefix, params,
                         projection=(projection_size, h2r_weight_initializer))

    def state_info(self, batch_size: int = 0) -> list[dict[str, Any]]:
        """Two states: (N, projection_size), (N, hidden_size)."""
        return [{"shape": (batch_size, size), "__layout__": "NC"}
                for size in (self._projection_size, self._hidden_size)]

    def hybrid_forward(self, F: Any, inputs: Any, states: Any,  # type: ignore[override]
                       i2h_weight: Any, h2h_weight: Any, h2r_weight: Any, i2h_bias: Any,
                       h2h_bias: Any) -> Any:
        """One step: (r', [r', c'])."""
        prefix = f"t{self._counter}_"
        gates = self._sum(F, inputs, states[0], prefix, i2h_weight, h2h_weight, i2h_bias, h2h_bias)
        hidden, c = lstm_step(
            F, gates, states[1], prefix,
            lambda x, name: F.Activation(x, act_type="sigmoid", name=name),
            lambda x, name: F.Activation(x, act_type="tanh", name=name),
            lambda x, name: F.Activation(x, act_type="tanh", name=name), output="hidden")
        r = F.FullyConnected(hidden, h2r_weight, num_hidden=self._projection_size, no_bias=True,
                             name=f"{prefix}out")
        return r, [r, c]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._sizes()} -> {self._projection_size})"


class VariationalDropoutCell(ModifierCell):
    """While training, drops the same inputs, outputs, and elements of the first state in all steps,
    with the probabilities drop_inputs, drop_outputs, drop_states.

    What is dropped is drawn anew after `reset`, which `unroll` calls. Gal and Ghahramani, 2016,
    arXiv:1512.05287.
    """

    _keeps_steps = True

    def __init__(self, base_cell: RecurrentCell, drop_inputs: float = 0.0,
                 drop_states: float = 0.0, drop_outputs: float = 0.0) -> None:
        if drop_states:
            self._check_has_steps(base_cell)
        super().__init__(base_cell)
        self.drop_inputs, self.drop_states = drop_inputs, drop_states
        self.drop_outputs = drop_outputs
        self._masks: dict[str, Any] = {}

    def _alias(self) -> str:
        return "vardrop"

    def reset(self) -> None:
        """As `RecurrentCell.reset`; other elements are dropped from now on."""
        super().reset()
        self._masks = {}

    def _dropped(self, F: Any, kind: str, array: Any) -> Any:
        probability = getattr(self, f"drop_{kind}")
        if not probability:
            return array
        if kind not in self._masks:
            self._masks[kind] = F.Dropout(F.ones_like(array), p=probability)
        return array * self._masks[kind]

    def hybrid_forward(self, F: Any, inputs: Any, states: Any) -> Any:  # type: ignore[override]
        """One step: (output, states)."""
        states = [self._dropped(F, "states", states[0]), *states[1:]]
        output, after = self.base_cell(self._dropped(F, "inputs", inputs), states)
        return self._dropped(F, "outputs", output), after

    def unroll(self, length: int, inputs: Any, begin_state: Any = None, layout: str = "NTC",
               merge_outputs: bool | None = None, valid_length: Any = None) -> tuple[Any, Any]:
        """As `RecurrentCell.unroll`; without drop_states, by `unroll` of the cell inside."""
        if self.drop_states:
            return super().unroll(length, inputs, begin_state, layout, merge_outputs, valid_length)
        self._check_not_modified()
        self.reset()
        sequence = Sequence("VariationalDropoutCell.unroll", length, inputs, layout)
        F, axes = sequence.F, (sequence.axis,)
        inputs = sequence.merged()
        if self.drop_inputs:
            inputs = F.Dropout(inputs, p=self.drop_inputs, axes=axes)
        with self._unwrapped() as cell:
            outputs, states = cell.unroll(length, inputs, begin_state, layout, True, valid_length)
        if self.drop_outputs:
            outputs = F.Dropout(outputs, p=self.drop_outputs, axes=axes)
        result = Sequence(sequence.caller, length, outputs, layout)
        return result.asked(merge_outputs), states

    def __repr__(self) -> str:
        return (f"{type(self).__name__}(p_out = {self.drop_outputs}, "
                f"p_state = {self.drop_states})")

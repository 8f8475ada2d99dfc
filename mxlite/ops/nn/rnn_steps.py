"""The steps of one layer of a recurrent network in one direction: what `RNN` is made of."""

from __future__ import annotations

from ...base import MXNetError
from ..rnn_layout import GATES
from ..schema import Op, kernel, param, register, required


class _Steps(Op):
    """Base: how the layer is; csrc/cpu/rnn.h says what it computes.

    T steps, N sequences, H units, G gates; P = H, or what the output is projected to.
    """

    mode: str = required("which network", choices=tuple(GATES))
    reverse: bool = required("from the last step to the first")
    projected: bool = required("whether outputs are projected")
    use_sequence_length: bool = required("whether there are lengths")
    low: float | None = param(None, "the least value of cells")
    high: float | None = param(None, "their largest")
    clips_nan: bool = param(False, "replace NaN, too")

    @property
    def is_lstm(self):
        return self.mode == "lstm"

    @property
    def is_gru(self):
        return self.mode == "gru"

    def call(self, name, state, gates):
        """A call of rnn.c for the state (N, P) and gates (T, N, G * H)."""
        (N, P), (T, _, rows) = state.shape, gates.shape
        H = rows // len(GATES[self.mode])
        return kernel(name, state.dtype, T=T, N=N, H=H, P=P, mode=list(GATES).index(self.mode),
                      reverse=int(self.reverse), projected=int(self.projected),
                      has_lengths=int(self.use_sequence_length), clips=int(self.low is not None),
                      clips_nan=int(self.clips_nan), low=self.low or 0.0, high=self.high or 0.0,
                      work=T * N * rows * (P + 16) / 16)


@register("_rnn_steps", inputs="gates h2h_weight h2h_bias state state_cell[mode=lstm] "
                               "h2r_weight[projected=True] "
                               "sequence_length[use_sequence_length=True]")
class RNNSteps(_Steps):
    """gates (T, N, G * H): what the inputs give, bias and all; state (N, P), state_cell (N, H).

    Outputs: the states before and after all steps in the order of time (T + 1, N, P); the gates;
    an LSTM's cells (T + 1, N, H); what the states give a GRU's new state, bias and all (T, N, H);
    what is projected (T, N, H). From its length (int64) on a sequence keeps its state.
    """

    dtype_rule = "F any -> F"

    @property
    def num_outputs(self):
        return 2 + self.is_lstm + self.is_gru + self.projected

    def infer_shape(self, gates, h2h_weight, h2h_bias, state, *rest):
        T, N, rows = gates
        H = rows // len(GATES[self.mode])
        return [(T + 1, *state), gates, *[(T + 1, N, H)] * self.is_lstm,
                *[(T, N, H)] * self.is_gru, *[(T, N, H)] * self.projected]

    def prepare(self, inputs, outputs):
        return self.call("rnn_steps", inputs[3], inputs[0])


@register("_backward_RNN", inputs="dy dstate dcell[mode=lstm] gates states cells[mode=lstm] "
                                  "reset[mode=gru] h2h_weight h2r_weight[projected=True] "
                                  "sequence_length[use_sequence_length=True]")
class RNNStepsGrad(_Steps):
    """The gradients of what `_rnn_steps` computes: dy (T, N, P) comes to the state after each step,
    dstate and dcell to the last ones.

    Outputs: the gradients of gates and state; of an LSTM's state_cell; of what the states give a
    GRU's gates (T, N, G * H), which otherwise is that of gates; of projected outputs (T, N, P).
    """

    dtype_rule = "F any -> F"

    @property
    def num_outputs(self):
        return 2 + self.is_lstm + self.is_gru + self.projected

    def infer_shape(self, dy, dstate, *rest):
        gates = rest[1] if self.is_lstm else rest[0]
        return [gates, dstate, *[rest[0]] * self.is_lstm, *[gates] * self.is_gru,
                *[dy] * self.projected]

    def prepare(self, inputs, outputs):
        return self.call("rnn_steps_grad", inputs[1], inputs[3 if self.is_lstm else 2])

    def grad(self, F, dy, inputs, outputs):
        raise MXNetError("RNN: its gradient has no gradient; unroll cells, as those of gluon.rnn, "
                         "where create_graph is needed")

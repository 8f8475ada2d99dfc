"""Cells of matrix products: `RNNCell`, `LSTMCell`, `GRUCell`; and what they compute in a step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...arguments import check_count
from .recurrent_cell import HybridRecurrentCell

Function = Callable[..., Any]


def lstm_step(F: Any, gates: Any, cell_state: Any, prefix: str, sigmoid: Function, tanh: Function,
              activation: Any, axis: int = 1, output: str = "out") -> tuple[Any, Any]:
    """(h, c) of an LSTM: c = f * cell_state + i * tanh(g), h = o * activation(c).

    gates: i, f, g, o along `axis`. sigmoid(x, name=...), tanh(x, name=...): what stands for them;
    activation(x, name=...): tanh for c. output: what h is called.
    """
    i, f, g, o = F.SliceChannel(gates, num_outputs=4, axis=axis, name=f"{prefix}slice")
    i, f = sigmoid(i, name=f"{prefix}i"), sigmoid(f, name=f"{prefix}f")
    g, o = tanh(g, name=f"{prefix}c"), sigmoid(o, name=f"{prefix}o")
    c = F.elemwise_add(F.elemwise_mul(f, cell_state, name=f"{prefix}mul0"),
                       F.elemwise_mul(i, g, name=f"{prefix}mul1"), name=f"{prefix}state")
    h = F.elemwise_mul(o, activation(c, name=f"{prefix}activation0"), name=f"{prefix}{output}")
    return h, c


def gru_step(F: Any, i2h: Any, h2h: Any, state: Any, prefix: str, tanh: Function,
             axis: int = 1) -> Any:
    """h of a GRU: (1 - z) * tanh(i2h + r * h2h) + z * state.

    i2h, h2h: r, z and the new state along `axis`. tanh(x, name=...): what stands for it.
    """
    i2h_r, i2h_z, i2h_n = F.SliceChannel(i2h, num_outputs=3, axis=axis, name=f"{prefix}i2h_slice")
    h2h_r, h2h_z, h2h_n = F.SliceChannel(h2h, num_outputs=3, axis=axis, name=f"{prefix}h2h_slice")
    r = F.Activation(F.elemwise_add(i2h_r, h2h_r, name=f"{prefix}plus0"), act_type="sigmoid",
                     name=f"{prefix}r_act")
    z = F.Activation(F.elemwise_add(i2h_z, h2h_z, name=f"{prefix}plus1"), act_type="sigmoid",
                     name=f"{prefix}z_act")
    new = tanh(F.elemwise_add(i2h_n, F.elemwise_mul(r, h2h_n, name=f"{prefix}mul0"),
                              name=f"{prefix}plus2"), name=f"{prefix}h_act")
    rest = F.elemwise_sub(F.ones_like(z, name=f"{prefix}ones_like0"), z, name=f"{prefix}minus0")
    return F.elemwise_add(F.elemwise_mul(rest, new, name=f"{prefix}mul1"),
                          F.elemwise_mul(z, state, name=f"{prefix}mul20"), name=f"{prefix}out")


class _DenseCell(HybridRecurrentCell):
    """A cell whose input (N, C) and first state go through a matrix each.

    projection: what the state is projected to, and the initializer of the weight h2r.
    """

    _gates = 1
    _name = ""

    def __init__(self, hidden_size: int, i2h_weight_initializer: Any, h2h_weight_initializer: Any,
                 i2h_bias_initializer: Any, h2h_bias_initializer: Any, input_size: int,
                 prefix: str | None, params: Any,
                 projection: tuple[int, Any] | None = None) -> None:
        super().__init__(prefix=prefix, params=params)
        name = type(self).__name__
        self._hidden_size = check_count(name, "hidden_size", hidden_size, 1)
        self._input_size = check_count(name, "input_size", input_size, 0)
        rows = self._gates * hidden_size
        state_size, h2r = hidden_size, []
        if projection is not None:
            state_size, init = projection
            h2r = [("h2r_weight", (state_size, hidden_size), init)]
        for name, shape, init in (
                ("i2h_weight", (rows, input_size), i2h_weight_initializer),
                ("h2h_weight", (rows, state_size), h2h_weight_initializer), *h2r,
                ("i2h_bias", (rows,), i2h_bias_initializer),
                ("h2h_bias", (rows,), h2h_bias_initializer)):
            setattr(self, name, self.params.get(name, shape=shape, init=init,
                                                allow_deferred_init=True))

    def _alias(self) -> str:
        return self._name

    def state_info(self, batch_size: int = 0) -> list[dict[str, Any]]:
        """One state (N, hidden_size)."""
        return [{"shape": (batch_size, self._hidden_size), "__layout__": "NC"}]

    def _products(self, F: Any, inputs: Any, state: Any, prefix: str, i2h_weight: Any,
                  h2h_weight: Any, i2h_bias: Any, h2h_bias: Any) -> tuple[Any, Any]:
        """inputs and state times their matrices, for all gates."""
        rows = self._gates * self._hidden_size
        return (F.FullyConnected(inputs, i2h_weight, i2h_bias, num_hidden=rows,
                                 name=f"{prefix}i2h"),
                F.FullyConnected(state, h2h_weight, h2h_bias, num_hidden=rows,
                                 name=f"{prefix}h2h"))

    def _sum(self, F: Any, inputs: Any, state: Any, prefix: str, *arrays: Any) -> Any:
        i2h, h2h = self._products(F, inputs, state, prefix, *arrays)
        return F.elemwise_add(i2h, h2h, name=f"{prefix}plus0")

    def _sizes(self) -> str:
        rows, inputs = self._reg_params["i2h_weight"].shape or (0, 0)
        return f"{inputs or None} -> {rows}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._sizes()})"


class RNNCell(_DenseCell):
    """h' = activation(W x + b + R h + c): x (N, C), h (N, hidden_size).

    activation: a name as Activation takes it, a layer, or a function of an array. Parameters:
    i2h_weight (hidden_size, C), h2h_weight (hidden_size, hidden_size), i2h_bias, h2h_bias
    (hidden_size,). input_size: C; 0 waits for the first input.
    """

    _name = "rnn"

    def __init__(self, hidden_size: int, activation: Any = "tanh",
                 i2h_weight_initializer: Any = None, h2h_weight_initializer: Any = None,
                 i2h_bias_initializer: Any = "zeros", h2h_bias_initializer: Any = "zeros",
                 input_size: int = 0, prefix: str | None = None, params: Any = None) -> None:
        super().__init__(hidden_size, i2h_weight_initializer, h2h_weight_initializer,
                         i2h_bias_initializer, h2h_bias_initializer, input_size, prefix, params)
        self._activation = activation

    def hybrid_forward(self, F: Any, inputs: Any, states: Any,  # type: ignore[override]
                       i2h_weight: Any, h2h_weight: Any, i2h_bias: Any, h2h_bias: Any) -> Any:
        """One step: (h', [h'])."""
        prefix = f"t{self._counter}_"
        total = self._sum(F, inputs, states[0], prefix, i2h_weight, h2h_weight, i2h_bias, h2h_bias)
        output = self._get_activation(F, total, self._activation, name=f"{prefix}out")
        return output, [output]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._sizes()}, {self._activation})"


class LSTMCell(_DenseCell):
    """Long short-term memory: x (N, C), states h and c (N, hidden_size).

    Parameters as RNNCell's, with 4 * hidden_size rows: the gates i, f, c, o. activation,
    recurrent_activation: of states, and of the gates i, f, o; names as Activation takes them.
    """

    _gates = 4
    _name = "lstm"

    def __init__(self, hidden_size: int, i2h_weight_initializer: Any = None,
                 h2h_weight_initializer: Any = None, i2h_bias_initializer: Any = "zeros",
                 h2h_bias_initializer: Any = "zeros", input_size: int = 0,
                 prefix: str | None = None, params: Any = None, activation: Any = "tanh",
                 recurrent_activation: Any = "sigmoid") -> None:
        super().__init__(hidden_size, i2h_weight_initializer, h2h_weight_initializer,
                         i2h_bias_initializer, h2h_bias_initializer, input_size, prefix, params)
        self._activation = activation
        self._recurrent_activation = recurrent_activation

    def state_info(self, batch_size: int = 0) -> list[dict[str, Any]]:
        """Two states (N, hidden_size)."""
        return super().state_info(batch_size) + super().state_info(batch_size)

    def hybrid_forward(self, F: Any, inputs: Any, states: Any,  # type: ignore[override]
                       i2h_weight: Any, h2h_weight: Any, i2h_bias: Any, h2h_bias: Any) -> Any:
        """One step: (h', [h', c'])."""
        prefix = f"t{self._counter}_"
        gates = self._sum(F, inputs, states[0], prefix, i2h_weight, h2h_weight, i2h_bias, h2h_bias)
        h, c = lstm_step(
            F, gates, states[1], prefix,
            lambda x, name: self._get_activation(F, x, self._recurrent_activation, name=name),
            lambda x, name: self._get_activation(F, x, self._activation, name=name),
            lambda x, name: F.Activation(x, act_type=self._activation, name=name)
            if isinstance(self._activation, str)
            else self._get_activation(F, x, self._activation, name=name))
        return h, [h, c]


class GRUCell(_DenseCell):
    """Gated recurrent unit, as cuDNN computes it: x (N, C), h (N, hidden_size).

    Parameters as RNNCell's, with 3 * hidden_size rows: the gates r, z, o.
    """

    _gates = 3
    _name = "gru"

    def __init__(self, hidden_size: int, i2h_weight_initializer: Any = None,
                 h2h_weight_initializer: Any = None, i2h_bias_initializer: Any = "zeros",
                 h2h_bias_initializer: Any = "zeros", input_size: int = 0,
                 prefix: str | None = None, params: Any = None) -> None:
        super().__init__(hidden_size, i2h_weight_initializer, h2h_weight_initializer,
                         i2h_bias_initializer, h2h_bias_initializer, input_size, prefix, params)

    def hybrid_forward(self, F: Any, inputs: Any, states: Any,  # type: ignore[override]
                       i2h_weight: Any, h2h_weight: Any, i2h_bias: Any, h2h_bias: Any) -> Any:
        """One step: (h', [h'])."""
        prefix = f"t{self._counter}_"
        i2h, h2h = self._products(F, inputs, states[0], prefix, i2h_weight, h2h_weight, i2h_bias,
                                  h2h_bias)
        h = gru_step(F, i2h, h2h, states[0], prefix,
                     lambda x, name: F.Activation(x, act_type="tanh", name=name))
        return h, [h]

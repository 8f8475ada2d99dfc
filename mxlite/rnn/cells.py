"""Cells of matrix products: `RNNCell`, `LSTMCell`, `GRUCell`; and what they compute in a step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .. import symbol
from ..arguments import check_count
from ..initializer import LSTMBias
from ..symbol import Symbol
from .base_cell import BaseRNNCell, RNNParams

Activation = Callable[..., Symbol]


def lstm_step(gates: Symbol, cell_state: Symbol, name: str, transform: Activation,
              **axis: int) -> tuple[Symbol, list[Symbol]]:
    """(h, [h, c]) of an LSTM: c = f * cell_state + i * tanh(g), h = o * tanh(c).

    gates: i, f, g, o along `axis`, by default 1. transform(x, name=...): what stands for tanh.
    """
    i, f, g, o = symbol.SliceChannel(gates, num_outputs=4, name=f"{name}slice", **axis)
    i = symbol.Activation(i, act_type="sigmoid", name=f"{name}i")
    f = symbol.Activation(f, act_type="sigmoid", name=f"{name}f")
    g = transform(g, name=f"{name}c")
    o = symbol.Activation(o, act_type="sigmoid", name=f"{name}o")
    c = symbol.elemwise_add(f * cell_state, i * g, name=f"{name}state")
    h = symbol.elemwise_mul(o, transform(c), name=f"{name}out")
    return h, [h, c]


def gru_step(i2h: Symbol, h2h: Symbol, state: Symbol, name: str, transform: Activation,
             **axis: int) -> tuple[Symbol, list[Symbol]]:
    """(h, [h]) of a GRU: h = (1 - z) * tanh(i2h + r * h2h) + z * state.

    i2h, h2h: r, z and the new state along `axis`, by default 1. transform(x, name=...): what stands
    for tanh.
    """
    i2h_r, i2h_z, i2h_o = symbol.SliceChannel(i2h, num_outputs=3, name=f"{name}_i2h_slice", **axis)
    h2h_r, h2h_z, h2h_o = symbol.SliceChannel(h2h, num_outputs=3, name=f"{name}_h2h_slice", **axis)
    r = symbol.Activation(i2h_r + h2h_r, act_type="sigmoid", name=f"{name}_r_act")
    z = symbol.Activation(i2h_z + h2h_z, act_type="sigmoid", name=f"{name}_z_act")
    new = transform(i2h_o + r * h2h_o, name=f"{name}_h_act")
    h = symbol.elemwise_add((1.0 - z) * new, z * state, name=f"{name}out")
    return h, [h]


def tanh(x: Symbol, **kwargs: Any) -> Symbol:
    """The usual activation of the new state."""
    result: Symbol = symbol.Activation(x, act_type="tanh", **kwargs)
    return result


class _DenseCell(BaseRNNCell):
    """A cell whose input (N, C) and states (N, num_hidden) go through a matrix each."""

    def __init__(self, num_hidden: int, prefix: str, params: RNNParams | None,
                 i2h_bias: Any = None) -> None:
        super().__init__(prefix, params)
        self._num_hidden = check_count(type(self).__name__, "num_hidden", num_hidden, low=1)
        self._iW = self.params.get("i2h_weight")
        self._iB = self.params.get("i2h_bias", init=i2h_bias)
        self._hW = self.params.get("h2h_weight")
        self._hB = self.params.get("h2h_bias")

    @property
    def state_info(self) -> list[Any]:
        """One state (0, num_hidden)."""
        return [{"shape": (0, self._num_hidden), "__layout__": "NC"}]

    def _products(self, inputs: Symbol, state: Symbol, name: str) -> tuple[Any, Any]:
        """inputs and state times their matrices, for all gates."""
        width = self._num_hidden * len(self._gate_names)
        i2h = symbol.FullyConnected(inputs, self._iW, self._iB, num_hidden=width,
                                    name=f"{name}i2h")
        h2h = symbol.FullyConnected(state, self._hW, self._hB, num_hidden=width, name=f"{name}h2h")
        return i2h, h2h


class RNNCell(_DenseCell):
    """h' = activation(W x + b + R h + c): x (N, C), h (N, num_hidden).

    activation: a name as Activation takes it, or a function of a Symbol. Parameters: i2h_weight
    (num_hidden, C), h2h_weight (num_hidden, num_hidden), i2h_bias, h2h_bias (num_hidden,).
    """

    def __init__(self, num_hidden: int, activation: Any = "tanh", prefix: str = "rnn_",
                 params: RNNParams | None = None) -> None:
        super().__init__(num_hidden, prefix, params)
        self._activation = activation

    @property
    def _gate_names(self) -> Sequence[str]:
        return ("",)

    def __call__(self, inputs: Symbol, states: Any) -> tuple[Symbol, Any]:
        """One step: (h', [h'])."""
        name = self._step_name()
        i2h, h2h = self._products(inputs, states[0], name)
        output = self._get_activation(i2h + h2h, self._activation, name=f"{name}out")
        return output, [output]


class LSTMCell(_DenseCell):
    """Long short-term memory: x (N, C), states h and c (N, num_hidden).

    Parameters as RNNCell's, with 4 * num_hidden rows: the gates i, f, c, o. forget_bias: what the
    input's bias of the gate f begins with.
    """

    def __init__(self, num_hidden: int, prefix: str = "lstm_", params: RNNParams | None = None,
                 forget_bias: float = 1.0) -> None:
        super().__init__(num_hidden, prefix, params, i2h_bias=LSTMBias(forget_bias=forget_bias))

    @property
    def state_info(self) -> list[Any]:
        """Two states (0, num_hidden)."""
        return super().state_info * 2

    @property
    def _gate_names(self) -> Sequence[str]:
        return ("_i", "_f", "_c", "_o")

    def __call__(self, inputs: Symbol, states: Any) -> tuple[Symbol, Any]:
        """One step: (h', [h', c'])."""
        name = self._step_name()
        i2h, h2h = self._products(inputs, states[0], name)
        return lstm_step(i2h + h2h, states[1], name, tanh)


class GRUCell(_DenseCell):
    """Gated recurrent unit, as cuDNN computes it: x (N, C), h (N, num_hidden).

    Parameters as RNNCell's, with 3 * num_hidden rows: the gates r, z, o.
    """

    def __init__(self, num_hidden: int, prefix: str = "gru_",
                 params: RNNParams | None = None) -> None:
        super().__init__(num_hidden, prefix, params)

    @property
    def _gate_names(self) -> Sequence[str]:
        return ("_r", "_z", "_o")

    def __call__(self, inputs: Symbol, states: Any) -> tuple[Symbol, Any]:
        """One step: (h', [h'])."""
        name = self._step_name()
        i2h, h2h = self._products(inputs, states[0], f"{name}_")
        return gru_step(i2h, h2h, states[0], name, tanh)

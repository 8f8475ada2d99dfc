"""RNN: a node of ONNX for each layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...ops.rnn_layout import PackedRNN
from .call import Call
from .table import translation

KINDS = {"lstm": "LSTM", "gru": "GRU", "rnn_tanh": "RNN", "rnn_relu": "RNN"}
ORDERS = {"lstm": (0, 3, 1, 2), "gru": (1, 0, 2), "rnn_tanh": (0,), "rnn_relu": (0,)}   # of gates


@translation("RNN")
def rnn(call: Call) -> list[str]:
    op = call.op
    value = call.inputs[1].value
    if value is None:
        raise call.refused("parameters must be known when the model is written: an array of "
                           "params, or made of such")
    if op.projection_size or op.lstm_state_clip_min is not None:
        raise call.refused("projection_size and lstm_state_clip_min must be None")
    packed = PackedRNN(op.mode, op.state_size, op.num_layers, op.bidirectional)
    weights = {part.name: value[part.start:part.stop].reshape(part.shape)
               for part in packed.arrays(call.fixed(call.shape[2:])[0])}
    lengths = call.input_as(len(call.inputs) - 1, "int32") if op.use_sequence_length else ""
    data, last = call.data, []
    for layer in range(op.num_layers):
        made = _layer(call, packed, weights, layer, data, lengths)
        # (T, directions, N, units) -> (T, N, directions * units)
        units = len(packed.directions) * op.state_size
        data = call.reshaped(call.transposed(made[0], (0, 2, 1, 3)), (*call.shape[:2], units))
        last.append([_kept(call, state, i + 2, layer, lengths) for i, state in enumerate(made[1:])])
    if not op.state_outputs:
        return [data]
    return [data, *[_joined(call, [states[i] for states in last]) for i in range(len(last[0]))]]


def _layer(call: Call, packed: PackedRNN, weights: dict[str, Any], layer: int, data: str,
           lengths: str) -> list[str]:
    """The outputs of a layer: (T, directions, N, units), its last state, its last cells."""
    mode, count = packed.mode, len(packed.directions)

    def stacked(kind: str) -> np.ndarray[Any, Any]:
        return np.stack([_reordered(packed, weights[f"{direction}{layer}_{kind}"])
                         for direction in packed.directions])

    biases = np.concatenate([stacked("i2h_bias"), stacked("h2h_bias")], axis=1)
    given = [stacked("i2h_weight"), stacked("h2h_weight"), biases]
    states = [_rows(call, i, layer * count, count) for i in range(2, 4 if mode == "lstm" else 3)]
    settings: dict[str, Any] = {"hidden_size": packed.hidden,
                                "direction": "bidirectional" if count == 2 else "forward"}
    if mode == "gru":
        settings["linear_before_reset"] = 1
    elif mode == "rnn_relu":
        settings["activations"] = ["Relu"] * count
    return call.add_all(KINDS[mode], 3 if mode == "lstm" else 2, data,
                        *[call.constant(each, call.dtype) for each in given], lengths, *states,
                        **settings)


def _kept(call: Call, last: str, i: int, layer: int, lengths: str) -> str:
    """The last states, where a sequence of length 0 keeps its first ones."""
    if not lengths:
        return last
    count = 2 if call.op.bidirectional else 1
    is_empty = call.add("Equal", lengths, call.constant(0, "int32"))
    return call.add("Where", call.expanded(is_empty, 1), _rows(call, i, layer * count, count), last)


def _reordered(packed: PackedRNN, array: Any) -> Any:
    """Weights or biases with their gates in ONNX's order."""
    gates = array.reshape(len(packed.gates), packed.hidden, *array.shape[1:])
    return gates[list(ORDERS[packed.mode])].reshape(array.shape)


def _rows(call: Call, i: int, begin: int, count: int) -> str:
    """Some of the states (layers * directions, N, units) of an input."""
    if call.inputs[i].shape[0] == count:
        return call.inputs[i].name
    return call.sliced(call.inputs[i].name, 0, begin, begin + count)


def _joined(call: Call, states: list[str]) -> str:
    return states[0] if len(states) == 1 else call.add("Concat", *states, axis=0)

"""Recurrent layers: LSTM, GRU and RNN by mxlite's operator RNN."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..... import symbol as sym
from .....symbol import Symbol
from ..call import Call
from ..table import converts
from .looped_gru import looped_gru

# where the gates of mxlite's operator stand among those of ONNX
_GATES = {"LSTM": (0, 2, 3, 1), "GRU": (1, 0, 2), "RNN": (0,)}
_ACTIVATIONS = {"LSTM": ["Sigmoid", "Tanh", "Tanh"], "GRU": ["Sigmoid", "Tanh"], "RNN": ["Tanh"]}


@converts("LSTM", "GRU", "RNN")
def _recurrent(call: Call) -> list[Symbol]:
    hidden = call.attr("hidden_size")
    direction = call.choice("direction", "forward", "forward", "reverse", "bidirectional")
    num_directions = 2 if direction == "bidirectional" else 1
    mode = _mode(call, num_directions)
    if call.op_type == "GRU" and not call.choice("linear_before_reset", 0, 0, 1):
        return looped_gru(call, hidden, direction)
    is_batch_first = bool(call.choice("layout", 0, 0, 1))
    steps = sym.swapaxes(call.sym(0), dim1=0, dim2=1) if is_batch_first else call.sym(0)
    ends = sym.Cast(call.sym(4), dtype="float32") if call.has(4) else None
    ends_given: dict[str, Any] = {} if ends is None else {
        "sequence_length": ends, "use_sequence_length": True}
    if direction == "reverse":
        steps = _reversed(steps, ends)
    states = [_state(call, i, num_directions, hidden, is_batch_first)
              for i in ((5, 6) if call.op_type == "LSTM" else (5,))]
    named = dict(zip(("state", "state_cell"), states, strict=False))
    made = sym.RNN(steps, call.parameter("parameters", _parameters(call, num_directions)),
                   **named, **ends_given, state_size=hidden, num_layers=1, mode=mode,
                   bidirectional=num_directions == 2, state_outputs=True)
    steps = _reversed(made[0], ends) if direction == "reverse" else made[0]
    if is_batch_first:                      # (N, T, D, H), and (N, D, H)
        steps = sym.swapaxes(steps, dim1=0, dim2=1)
        steps = sym.reshape(steps, shape=(0, 0, num_directions, hidden))
    else:                                   # (T, D, N, H), and (D, N, H)
        steps = sym.transpose(sym.reshape(steps, shape=(0, 0, num_directions, hidden)),
                              axes=(0, 2, 1, 3))
    lasts = [sym.swapaxes(made[i], dim1=0, dim2=1) if is_batch_first else made[i]
             for i in range(1, len(states) + 1)]
    return [steps, *lasts]


def _mode(call: Call, num_directions: int) -> str:
    """RNN's `mode`; raises for what it does not compute."""
    expected, kind = _ACTIVATIONS[call.op_type], call.op_type
    names = call.attr("activations") or expected * num_directions
    call.choice("input_forget", 0, 0)
    if call.attr("clip") is not None:
        raise call.unsupported("clip is not supported")
    call.ignore("activation_alpha", "activation_beta")      # of activations that are refused
    if kind == "RNN" and names == ["Relu"] * num_directions:
        return "rnn_relu"
    if names != expected * num_directions:
        raise call.unsupported(f"activations must be {expected * num_directions}; got {names}")
    return {"LSTM": "lstm", "GRU": "gru", "RNN": "rnn_tanh"}[kind]


def _reversed(steps: Symbol, ends: Symbol | None) -> Symbol:
    if ends is None:
        return sym.SequenceReverse(steps)
    return sym.SequenceReverse(steps, ends, use_sequence_length=True)


def _state(call: Call, i: int, num_directions: int, hidden: int, is_batch_first: bool) -> Symbol:
    """The state before the first step, (D, N, H); zeros if it is not given."""
    if not call.has(i):
        return sym.zeros((num_directions, 0, hidden), dtype=call.dtype_name(call.dtype()))
    state = call.sym(i)
    return sym.swapaxes(state, dim1=0, dim2=1) if is_batch_first else state


def _parameters(call: Call, num_directions: int) -> np.ndarray:
    """The vector of all weights, then all biases, with the gates in the order of the operator."""
    order = _GATES[call.op_type]
    weights, biases = [], []
    inputs, states = (call.constant(i, name) for i, name in ((1, "W"), (2, "R")))
    bias = call.constant(3, "B") if call.has(3) else np.zeros(
        (num_directions, 2 * inputs.shape[1]), inputs.dtype)
    for direction in range(num_directions):
        for weight in (inputs[direction], states[direction]):
            gates = np.split(weight, len(order))
            weights += [gates[place].ravel() for place in order]
        for half in np.split(bias[direction], 2):
            gates = np.split(half, len(order))
            biases += [gates[place] for place in order]
    return np.concatenate([*weights, *biases])

"""The GRU that resets its state before the product, a loop: the operator RNN does not do so."""

from __future__ import annotations

from ..... import symbol as sym
from .....symbol import Symbol
from ..call import Call


def looped_gru(call: Call, hidden: int, direction: str) -> list[Symbol]:
    """[outputs (T, D, N, H), states (D, N, H)] of a GRU."""
    call.choice("layout", 0, 0)
    if call.has(4):
        raise call.unsupported("sequence_lens with linear_before_reset of 0 is not supported")
    ways = ["forward", "reverse"] if direction == "bidirectional" else [direction]
    outputs, lasts = [], []
    for place, way in enumerate(ways):
        steps = sym.SequenceReverse(call.sym(0)) if way == "reverse" else call.sym(0)
        made, last = _one_way(call, steps, hidden, place)
        outputs.append(sym.SequenceReverse(made) if way == "reverse" else made)
        lasts.append(last)
    return [sym.stack(*outputs, axis=1), sym.stack(*lasts, axis=0)]


def _one_way(call: Call, steps: Symbol, hidden: int, place: int) -> tuple[Symbol, Symbol]:
    """(outputs, last state), (T, N, H) and (N, H), of the direction of this number."""
    weight, recurrent = _part(call.sym(1), place), _part(call.sym(2), place)
    first, second = sym.split_v2(recurrent, (2 * hidden,))
    given, one, two = None, None, None
    if call.has(3):
        given, own = sym.split_v2(_part(call.sym(3), place), 2)
        one, two = sym.split_v2(own, (2 * hidden,))
    inputs = _product(steps, weight, given, 3 * hidden)

    def step(gates: Symbol, states: list[Symbol]) -> tuple[Symbol, list[Symbol]]:
        state = states[0]
        update, reset, new = sym.split(gates, num_outputs=3, axis=-1)
        own = sym.split(_product(state, first, one, 2 * hidden), num_outputs=2, axis=-1)
        update, reset = sym.sigmoid(update + own[0]), sym.sigmoid(reset + own[1])
        new = sym.tanh(new + _product(reset * state, second, two, hidden))
        state = (1 - update) * new + update * state
        return state, [state]

    if call.has(5):
        start = _part(call.sym(5), place)
    else:
        start = sym.zeros_like(sym.slice_axis(_part(inputs, 0), axis=1, begin=0, end=hidden))
    made, states = sym.contrib.foreach(step, inputs, [start])
    return made, states[0]


def _part(data: Symbol, place: int) -> Symbol:
    """data[place]."""
    return sym.squeeze(sym.slice_axis(data, axis=0, begin=place, end=place + 1), axis=0)


def _product(data: Symbol, weight: Symbol, bias: Symbol | None, rows: int) -> Symbol:
    inputs = [data, weight] if bias is None else [data, weight, bias]
    return sym.FullyConnected(*inputs, num_hidden=rows, no_bias=bias is None, flatten=False)

"""`dynamic_unroll`: a cell over a sequence of any length, as a loop."""

from __future__ import annotations

from typing import Any

from .... import symbol as sym
from ...rnn.sequence import Sequence


def dynamic_unroll(cell: Any, inputs: Any, begin_state: Any, drop_inputs: float = 0,
                   drop_outputs: float = 0, layout: str = "TNC",
                   valid_length: Any = None) -> tuple[Any, Any]:
    """(outputs, states) of a cell over inputs (T, N, *) or (N, T, *), by `contrib.foreach`.

    A graph of it does for any length. drop_inputs, drop_outputs: what part is dropped, the same in
    all steps. valid_length (N,): how many steps each sequence has; its outputs are zeros and its
    states stay behind them.
    """
    sequence = Sequence("dynamic_unroll", 1 if isinstance(inputs, sym.Symbol) else None, inputs,
                        layout)
    F, axis = sequence.F, sequence.axis
    steps = sequence.merged()
    if axis != 0:
        steps = F.swapaxes(steps, dim1=0, dim2=axis)
    if drop_inputs:
        steps = F.Dropout(steps, p=drop_inputs, axes=(0,))
    states = list(begin_state) if isinstance(begin_state, (list, tuple)) else [begin_state]
    if valid_length is None:
        outputs, states = F.contrib.foreach(cell, steps, states)
    else:
        def step(x: Any, held: Any) -> Any:
            *before, number = held
            output, after = cell(x, before)
            goes_on = F.broadcast_greater(valid_length, number)
            kept = [F.where(goes_on, new, old) for new, old in zip(after, before, strict=True)]
            return output, [*kept, number + 1]

        outputs, states = F.contrib.foreach(step, steps, [*states, F.zeros((1,))])
        states = states[:-1]
    if drop_outputs:
        outputs = F.Dropout(outputs, p=drop_outputs, axes=(0,))
    if valid_length is not None:
        outputs = F.SequenceMask(outputs, valid_length, use_sequence_length=True, axis=0)
    return (outputs if axis == 0 else F.swapaxes(outputs, dim1=0, dim2=axis)), states

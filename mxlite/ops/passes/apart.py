"""Recurrent layers read weights and biases where they lie, without the vector of all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from ..nn.rnn import RNN
from ..nn.rnn_apart import RNNApart
from ..shape_join import RNNParamConcat
from ..trace import Step


def apart(steps: Sequence[Step], outputs: Sequence[int]) -> list[Step]:
    """The steps without those that join parameters for one RNN, which then reads the parameters.

    Not where the vector is read by others, such as a gradient, nor in training that drops outputs.
    """
    if any(step.op.written_inputs() for step in steps):     # a later step may read other values
        return list(steps)
    reads = Counter(slot for step in steps for slot in step.inputs)
    reads.update(outputs)
    makers = {step.outputs[0]: step for step in steps if isinstance(step.op, RNNParamConcat)}
    left_out: set[int] = set()
    result = []
    for step in steps:
        parts = makers.get(step.inputs[1]) if isinstance(step.op, RNN) else None
        if parts is not None and reads[step.inputs[1]] == 1 and _fits(step, parts):
            left_out.add(parts.outputs[0])
            step = RNNApart(step, parts).as_step()
        result.append(step)
    return [step for step in result if left_out.isdisjoint(step.outputs)]


def _fits(step: Step, parts: Step) -> bool:
    """Whether each array that is joined is one of the layers'."""
    layers: Any = step.op
    if layers.random:
        return False
    wanted = [part.stop - part.start
              for part in layers.layout.arrays(step.call.in_specs[0].shape[2])]
    return [spec.size for spec in parts.call.in_specs] == wanted

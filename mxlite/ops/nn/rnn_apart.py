"""RNN with the weights and biases in arrays of their own, as Gluon has them.

Made by `passes/apart.py`; such operators stand in no graph that users see.
"""

from __future__ import annotations

from ..dtype_rule import wide
from ..schema import Op
from ..trace import Step, composed
from .rnn import cast


class RNNApart(Op):
    """An RNN whose vector of parameters another step joins, together with that step.

    Inputs: data; what is joined; the RNN's others.
    """

    uses_train = True

    def __init__(self, step: Step, parts: Step) -> None:
        self.rnn = step.op
        self.name = f"[{parts.op.name} {step.op.name}]"
        super().__init__()
        self.num_parts = len(parts.inputs)
        self.reads = [step.inputs[0], *parts.inputs, *step.inputs[2:]]
        self.specs = [step.call.in_specs[0], *parts.call.in_specs, *step.call.in_specs[2:]]
        self.made, self.results = list(step.outputs), list(step.call.out_specs)
        self.train = step.call.train

    def as_step(self) -> Step:
        """The step to run instead."""
        return Step(self, self.prepared(self.specs, self.train), self.reads, self.made, [])

    def build(self, specs, train, ctx):
        prepared = composed(self.forward, specs, train)
        return self.results, prepared.resolve(self.name, self.results[0].ctx)

    def forward(self, F, data, *rest):
        """All outputs of the RNN."""
        parts, others = rest[:self.num_parts], rest[self.num_parts:]
        arrays = {part.name: cast(F, ref, wide(data.dtype)).reshape(part.shape)
                  for part, ref in zip(self.rnn.layout.arrays(data.shape[2]), parts, strict=True)}
        return self.rnn.forward_with(F, data, arrays, others)

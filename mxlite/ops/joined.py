"""A convolution or a product with the BatchNorm, sum and activation behind it, as one kernel.

They work on parts of the result that are still in the caches (csrc/cpu/row_finish.h). Made by
`passes/join.py`; such operators stand in no graph that users see.
"""

from __future__ import annotations

from collections.abc import Sequence

from .nn.batch_norm import BatchNorm
from .schema import Op, kernel
from .trace import Step

ACTIVATIONS = {"relu": 1, "clip": 2}        # kernel -> row_activation


class Joined(Op):
    """Steps, each of which reads what the one before it made: a convolution or a product, then some
    of a BatchNorm in inference, a sum with another array, an activation.

    Inputs: the first step's; gamma, beta, moving mean and variance; the other array.
    """

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = list(steps)
        self.name = f"[{' '.join(step.op.name for step in steps)}]"
        super().__init__()
        first, last = steps[0], steps[-1]
        self.reads, self.outputs = list(first.inputs), [last.outputs[0]]
        self.norm: BatchNorm | None = None
        self.has_other, self.activation = False, 0
        before = first
        for step in steps[1:]:
            name = kernel_of(step)
            if isinstance(step.op, BatchNorm):
                self.norm = step.op
                self.reads += step.inputs[1:]
            elif name == "add":
                self.has_other = True
                self.reads += [slot for slot in step.inputs if slot != before.outputs[0]]
            else:
                self.activation = ACTIVATIONS[name]
            before = step
        self.scalars = list(last.scalars) if self.activation else []
        self.specs = {slot: spec for step in steps
                      for slot, spec in zip(step.inputs, step.call.in_specs, strict=True)}

    def as_step(self) -> Step:
        """The step to run instead."""
        call = self.prepared([self.specs[slot] for slot in self.reads])
        return Step(self, call, self.reads, self.outputs, self.scalars)

    def build(self, specs, train, ctx):
        outputs = [self.steps[-1].call.out_specs[0]]
        return outputs, self.prepare(specs, outputs).resolve(self.name, outputs[0].ctx)

    def prepare(self, inputs, outputs):
        first = self.steps[0]
        plain = first.op.prepare(inputs[:len(first.inputs)], outputs)
        return kernel(
            f"{plain.name}_joined", plain.dtype, work=plain.work, **plain.fields,
            has_norm=int(self.norm is not None), has_other=int(self.has_other),
            fix_gamma=int(self.norm is not None and self.norm.fix_gamma),
            activation=self.activation, eps=self.norm.eps if self.norm else 0.0)


def kernel_of(step: Step) -> str:
    """The name of the step's compiled kernel without the dtype; "" if it is none."""
    compiled = step.call.kernel if step.call.is_compiled else None
    return compiled.name.rpartition("_")[0] if compiled is not None else ""

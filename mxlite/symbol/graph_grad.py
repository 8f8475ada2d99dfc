"""The gradient of a graph, traced from the gradients of its nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..base import MXNetError
from ..ops.params import ScalarRef
from ..ops.schema import Op
from ..ops.trace import Ref, Step, Tracer, live
from .graph import Node


class NodeCall(NamedTuple):
    """A node in a trace: its operator for these shapes, and what it reads and makes."""

    node: Node
    op: Op
    inputs: list[Ref]
    outputs: list[Ref]
    scalars: list[Any]


class GraphGrad(NamedTuple):
    """The gradient of a graph, traced behind its forward steps. Slots are those of that trace."""

    steps: list[Step]
    grads: list[int]            # an input's gradient: its slot, or -1
    out_grads: list[int]        # slots that stand for the gradients of outputs
    reads_out_grads: list[bool]     # whether it depends on each: not where an output is a loss
    error: str                  # why there is none; "" if there is one


def trace_gradient(F: Tracer, calls: Sequence[NodeCall], inputs: Sequence[Ref],
                   heads: Sequence[Ref], wanted: Sequence[bool]) -> GraphGrad:
    """The steps that compute the gradients of `wanted` inputs, dead ones dropped."""
    first = len(F.steps)
    out_grads = [F.new(ref.spec) for ref in heads]
    walk = _Walk(F, _leading_to(calls, inputs, wanted))
    for head, ref in zip(heads, out_grads, strict=True):
        walk.arrive(head, ref)
    try:
        for call in reversed(calls):
            walk.visit(call)
    except MXNetError as error:
        return GraphGrad([], [-1] * len(inputs), [], [False] * len(heads), str(error))
    grads = [walk.total(ref) if ask else -1 for ref, ask in zip(inputs, wanted, strict=True)]
    steps, used = live(F.steps[first:], [slot for slot in grads if slot >= 0])
    slots = [ref.slot for ref in out_grads]
    return GraphGrad(steps, grads, slots, [slot in used for slot in slots], "")


def _leading_to(calls: Sequence[NodeCall], inputs: Sequence[Ref],
                wanted: Sequence[bool]) -> set[int]:
    """The slots whose values depend on wanted inputs."""
    leading = {ref.slot for ref, ask in zip(inputs, wanted, strict=True) if ask}
    for call in calls:
        if any(ref.slot in leading for ref in call.inputs):
            leading.update([ref.slot for ref in call.outputs])
    return leading


class _Walk:
    """A walk backward. sums: the gradients so far, summed in the order in which autograd.backward
    meets them. zeros: the slots whose gradient is known to be 0, for which nothing is computed."""

    def __init__(self, F: Tracer, leading: set[int]) -> None:
        self.F, self.leading = F, leading
        self.sums: dict[int, Ref] = {}
        self.zeros: set[int] = set()

    def arrive(self, source: Ref, ref: Ref) -> None:
        """A gradient has come for an array."""
        slot = source.slot
        if slot in self.leading:
            self.sums[slot] = ref if slot not in self.sums else self.F.elemwise_add(
                self.sums[slot], ref)

    def total(self, ref: Ref) -> int:
        """The slot of an array's gradient; -1 if there is none."""
        if ref.slot in self.sums:
            return self.sums[ref.slot].slot
        if ref.slot in self.zeros:
            return int(self.F._zeros(shape=ref.shape, dtype=ref.dtype).slot)
        return -1

    def visit(self, call: NodeCall) -> None:
        """Send the gradients of a node's outputs on to its inputs."""
        visible = call.outputs[:call.op.num_visible(len(call.outputs))]
        has_sums = any(ref.slot in self.sums for ref in call.outputs)
        if not has_sums and not any(ref.slot in self.zeros for ref in visible):
            return
        dy = [self.sums[ref.slot] if ref.slot in self.sums
              else self.F._zeros(shape=ref.shape, dtype=ref.dtype) for ref in visible]
        first = len(self.F.steps)
        gradients = self.gradients(call, dy)
        steps = self.F.steps[first:]
        dead = set() if has_sums else {ref.slot for ref in dy}
        dead.update([step.outputs[0] for step in steps if step.op.name == "_zeros"])
        for source, ref in zip(call.inputs, gradients, strict=True):
            if ref is None:
                continue
            _, used = live(steps, [ref.slot])
            if ref.slot in dead or (not has_sums and used & dead):
                self.zeros.add(source.slot)     # in which a loss, which ignores dy, is no part
            else:
                self.arrive(source, ref)

    def gradients(self, call: NodeCall, dy: list[Ref]) -> list[Ref | None]:
        """The gradients of a node's inputs, its runtime parameters being constants."""
        first = len(self.F.steps)
        gradients = call.op.grad(self.F, dy, call.inputs, call.outputs)
        for i in range(first, len(self.F.steps)):
            step = self.F.steps[i]
            self.F.steps[i] = step._replace(scalars=[
                value.value(call.scalars) if isinstance(value, ScalarRef) else value
                for value in step.scalars])
        return list(gradients)

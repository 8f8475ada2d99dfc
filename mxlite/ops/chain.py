"""A chain of operators that work element by element, run block by block as one kernel.

The blocks stay in the first cache, so that arrays between two operators never reach memory
(csrc/cpu/chain.c). Chains are made by `passes/fuse.py`; they stand in no graph that users see.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..base import MXNetError
from ..device.memory import spec as make_spec
from .params import ScalarRef
from .schema import Op, kernel
from .trace import Step

MOST_OPS, MOST_ARGS, MOST_ARRAYS, TEMPORARIES = 24, 96, 64, 32768       # as in chain.c
MAX_SCALARS = 16                # of one step
LONGEST_BLOCK = 1024


class Chain(Op):
    """Steps over arrays of one size. reads and writes: slots of the arrays from and for outside."""

    def __init__(self, steps: Sequence[Step], reads: Sequence[int], writes: Sequence[int]) -> None:
        self.steps, self.reads, self.writes = list(steps), list(reads), list(writes)
        self.specs = {slot: spec for step in steps
                      for slots, specs in ((step.inputs, step.call.in_specs),
                                           (step.outputs, step.call.out_specs))
                      for slot, spec in zip(slots, specs, strict=True)}
        self.name = f"[{' '.join(step.op.name for step in steps)}]"
        # the first output, made by the last step when all else is read, may lie over an input
        self.elementwise = True
        super().__init__()
        self.num_outputs = len(writes)
        self.temporaries, self.num_temporaries = _temporary_places(steps, {*reads, *writes})

    def scalars(self) -> list[float | ScalarRef]:
        """The runtime parameters of all steps."""
        return [value for step in self.steps for value in step.scalars]

    def build(self, specs, train, ctx):
        outputs = [self.specs[slot] for slot in self.writes]
        return outputs, self.prepare(specs, outputs).resolve(self.name, outputs[0].ctx)

    def prepare(self, inputs, outputs):
        specs, size = self.specs, outputs[0].size
        widest = max(spec.itemsize for spec in specs.values())
        block = LONGEST_BLOCK
        while block * widest * self.num_temporaries > TEMPORARIES:
            block //= 2
        block = min(block, max(size, 1))
        numbers = {slot: i for i, slot in enumerate(specs)}
        places = {slot: i for i, slot in enumerate([*self.reads, *self.writes])}
        places.update({slot: ~(place * block * widest)
                       for slot, place in self.temporaries.items()})
        whole = [self._part(step, block) for step in self.steps]
        rest = [self._part(step, size % block or block) for step in self.steps]
        self._kept = whole, rest            # their descriptors are read while this lives
        args = [[numbers[slot] for slot in [*step.inputs, *step.outputs]] for step in self.steps]
        counts = [len(each) for each in args]
        scalars = [len(step.scalars) for step in self.steps]
        return kernel(
            "chain", "bytes", num_ops=len(self.steps), size=size, block=block,
            fn=[call.addresses[0] for call in whole],
            whole=[call.addresses[1] for call in whole],
            rest=[call.addresses[1] for call in rest],
            first=[sum(counts[:i]) for i in range(len(counts) + 1)],
            scalar=[sum(scalars[:i]) for i in range(len(scalars))],
            args=[number for each in args for number in each],
            item=[spec.itemsize for spec in specs.values()],
            place=[places[slot] for slot in specs], work=float(size * len(self.steps)))

    def _part(self, step: Step, size: int):
        """The step's call for so many elements."""
        specs = [make_spec((size,), spec.dtype, spec.ctx) for spec in step.call.in_specs]
        return step.op.prepared(specs)

    def value_message(self, specs):
        return f"{self.name}: an input holds a value that one of these operators does not take"


def _temporary_places(steps: Sequence[Step], outside: set[int]) -> tuple[dict[int, int], int]:
    """The place of every slot that is not seen outside, places being used again; how many."""
    last = {slot: i for i, step in enumerate(steps) for slot in step.inputs}
    places: dict[int, int] = {}
    free: list[int] = []
    count = 0
    for i, step in enumerate(steps):
        for slot in step.outputs:
            if slot not in outside:
                if not free:
                    free.append(count)
                    count += 1
                places[slot] = free.pop()
        for slot in {*step.inputs, *step.outputs}:
            if slot in places and last.get(slot, i) == i:
                free.append(places[slot])
    return places, count


def takes(step: Step) -> bool:
    """Whether a chain can hold this step: a kernel over elements of arrays of one shape."""
    call = step.call
    if not call.is_compiled or call.scratch or call.op.needs_key or not step.op.elementwise:
        return False
    if step.op.written_inputs() or not step.inputs:
        return False
    shape = call.out_specs[0].shape
    if any(spec.shape != shape for spec in (*call.in_specs, *call.out_specs)):
        return False
    try:
        part = step.op.prepared([make_spec((2,), spec.dtype, spec.ctx) for spec in call.in_specs])
    except MXNetError:
        return False                # its parameters belong to this shape
    return part.is_compiled and not part.scratch and all(
        spec.shape == (2,) for spec in part.out_specs)

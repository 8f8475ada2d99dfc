"""Where the arrays of a Program lie, decided once from the order of its steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .arena import Arena
from .core import Prepared
from .memory import Spec

UNUSED, INPUT, BUFFER, ARENA, ALIAS = range(5)          # program.pxd's Place

Location = tuple[int, int, int]                 # place, index of input, buffer or slot; offset


class PlannedStep(NamedTuple):
    """A call, the slots of its addresses (inputs first), and its runtime values."""

    call: Prepared
    args: list[int]
    num_inputs: int
    scalars: Sequence[Any]


@dataclass
class MemoryPlan:
    """slots: each one's Location. buffers: Specs of the memory that the caller gives for results.
    results: each output's place (INPUT or BUFFER), index and offset in bytes. overlapping: which of
    them are views of an input, or of what an earlier output lies in."""

    slots: list[Location]
    steps: list[PlannedStep] = field(default_factory=list)
    buffers: list[Spec] = field(default_factory=list)
    results: list[Location] = field(default_factory=list)
    overlapping: list[int] = field(default_factory=list)
    arena_size: int = 0


class _Planner:
    def __init__(self, num_slots: int) -> None:
        self.nbytes: dict[int, int] = {}                    # of slots that steps make
        self.specs: dict[int, Spec] = {}
        self.alias: dict[int, tuple[int, int]] = {}         # slot -> (slot with memory, offset)
        self.num_slots = num_slots
        self.steps: list[PlannedStep] = []

    def new_slot(self, nbytes: int) -> int:
        self.num_slots += 1
        self.nbytes[self.num_slots - 1] = nbytes
        return self.num_slots - 1

    def root(self, slot: int) -> int:
        """The slot whose memory this one lies in."""
        return self.alias.get(slot, (slot, 0))[0]

    def set_alias(self, slot: int, base: int, offset: int) -> None:
        root, before = self.alias.get(base, (base, 0))
        self.alias[slot] = (root, before + offset)

    def add(self, call: Prepared, inputs: list[int], outputs: list[int],
            scalars: Sequence[Any]) -> None:
        """Enter a step: what it makes, and what is only another name for it."""
        for slot, spec in zip(outputs, call.out_specs, strict=True):
            self.nbytes[slot], self.specs[slot] = spec.nbytes, spec
        if call.is_view:
            self.set_alias(outputs[0], inputs[0], call.offset)
            return
        args = outputs
        if call.is_program:                 # its buffers are slots, its outputs lie in them
            args = [self.new_slot(spec.nbytes) for spec in call.buffers]
            for slot, spec in zip(args, call.buffers, strict=True):
                self.specs[slot] = spec
            for slot, (place, index, offset) in zip(outputs, call.results, strict=True):
                self.set_alias(slot, inputs[index] if place == INPUT else args[index], offset)
        scratch = [self.new_slot(call.scratch)] if call.is_compiled and call.scratch else []
        self.steps.append(PlannedStep(call, [*inputs, *args, *scratch], len(inputs), scalars))


def plan_memory(num_slots: int, steps: Sequence[Any], inputs: Sequence[int],
                outputs: Sequence[int]) -> MemoryPlan:
    """Give every slot its place; see program.make_program for the arguments."""
    planner = _Planner(num_slots)
    for call, step_inputs, step_outputs, scalars in steps:
        planner.add(call, list(step_inputs), list(step_outputs), scalars)
    plan = MemoryPlan([(UNUSED, 0, 0)] * planner.num_slots, planner.steps)
    for index, slot in enumerate(inputs):
        plan.slots[slot] = (INPUT, index, 0)
    given = set(inputs)
    for number, slot in enumerate(outputs):
        root, offset = planner.alias.get(slot, (slot, 0))
        if root in given and root != slot:
            plan.overlapping.append(number)
        if root not in given:
            given.add(root)
            plan.slots[root] = (BUFFER, len(plan.buffers), 0)
            plan.buffers.append(planner.specs[root])
        place, index, _ = plan.slots[root]
        plan.results.append((place, index, offset))
    _place_in_arena(plan, planner, given)
    for slot, (root, offset) in planner.alias.items():
        plan.slots[slot] = (ALIAS, root, offset)
    return plan


def _place_in_arena(plan: MemoryPlan, planner: _Planner, given: set[int]) -> None:
    arena = Arena()
    last_use = {planner.root(slot): number for number, step in enumerate(plan.steps)
                for slot in step.args}
    for number, step in enumerate(plan.steps):
        dying = {slot for slot in map(planner.root, step.args)
                 if last_use[slot] == number and slot not in given}
        for slot in step.args[step.num_inputs:]:
            if slot in given:
                continue
            source = _to_overwrite(step, planner, dying, slot)
            if source is None:
                offset = arena.take(planner.nbytes[slot])
            else:
                dying.discard(source)
                offset = plan.slots[source][2]
            plan.slots[slot] = (ARENA, 0, offset)
        for slot in dying:
            arena.give(plan.slots[slot][2], planner.nbytes[slot])
    plan.arena_size = arena.size


def _to_overwrite(step: PlannedStep, planner: _Planner, dying: set[int], slot: int) -> int | None:
    """An input that the step reads for the last time, in whose place its first output may lie."""
    if not step.call.is_compiled or slot != step.args[step.num_inputs]:
        return None
    count = step.num_inputs if step.call.op.elementwise else int(step.call.op.assigning)
    spec = planner.specs[slot]
    for source in step.args[:count]:
        if source in dying:
            other = planner.specs[source]
            if other.nbytes == spec.nbytes and other.size == spec.size:
                return source
    return None

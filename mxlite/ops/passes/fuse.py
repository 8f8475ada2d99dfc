"""Steps that work element by element on arrays of one shape become chains (ops/chain.py)."""

from __future__ import annotations

from collections.abc import Sequence

from ...base import MXNetError
from ...device.core import find_kernel
from ..chain import MAX_SCALARS, MOST_ARGS, MOST_ARRAYS, MOST_OPS, Chain, takes
from ..trace import Step

NEAREST = 200               # groups that are looked at for a way between two


class _Group:
    """Steps that become one. sources, readers: groups that run earlier and later, next to this one.
    level: above that of all its sources."""

    def __init__(self, number: int, shape: tuple[int, ...] | None) -> None:
        self.number, self.shape = number, shape         # shape: of its arrays; None: it stays alone
        self.steps: list[tuple[int, Step]] = []         # with their places in the program
        self.sources: set[_Group] = set()
        self.readers: set[_Group] = set()
        self.level = 0

    def __hash__(self) -> int:
        return self.number              # so that sets of groups have one order in every process

    def __eq__(self, other: object) -> bool:
        return self is other

    def has_room(self, more: Sequence[tuple[int, Step]]) -> bool:
        """Whether a chain with these, too, is not too long."""
        steps = [step for _, step in (*self.steps, *more)]
        slots = {slot for each in steps for slot in (*each.inputs, *each.outputs)}
        return (len(steps) <= MOST_OPS and len(slots) <= MOST_ARRAYS
                and sum(len(each.inputs) + len(each.outputs) for each in steps) <= MOST_ARGS
                and sum(len(each.scalars) for each in steps) <= MAX_SCALARS)


def fused(steps: Sequence[Step], outputs: Sequence[int]) -> list[Step]:
    """The steps with chains in place of what they hold."""
    ordered = _Grouping(steps).in_order()
    ordered_steps = [step for group in ordered for _, step in group.steps]
    if _draws(ordered_steps) != _draws(steps):
        return list(steps)
    used = set(outputs)
    result: list[Step] = []
    for group in reversed(ordered):
        own = [step for _, step in group.steps]
        result.append(_chained(own, used) if len(own) > 1 else own[0])
        used.update(slot for step in own for slot in step.inputs)
    return result[::-1]


class _Grouping:
    """Puts every step into a group, such that the groups can run one after the other."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.groups: list[_Group] = []
        self.maker: dict[int, _Group] = {}              # of every slot
        for place, step in enumerate(steps):
            self.enter(place, step)

    def enter(self, place: int, step: Step) -> None:
        """Put a step into a group of its own, and join that to those whose arrays it reads."""
        group = _Group(len(self.groups), step.call.out_specs[0].shape if _is_fusible(step)
                       else None)
        self.groups.append(group)
        group.steps.append((place, step))
        sources = list(dict.fromkeys([self.maker[slot] for slot in step.inputs
                                      if slot in self.maker]))
        for source in sources:
            group.sources.add(source)
            source.readers.add(group)
        _raise_level(group)
        self.maker.update(dict.fromkeys(step.outputs, group))
        for source in sources:
            if (group.shape is not None and source.shape == group.shape
                    and source.has_room(group.steps)
                    and not (_leads_to(source, group) or _leads_to(group, source))):
                self.join(source, group)
                group = source

    def join(self, home: _Group, other: _Group) -> None:
        """Move all of `other` into `home`."""
        home.steps = sorted([*home.steps, *other.steps], key=lambda item: item[0])
        for _, step in other.steps:
            self.maker.update(dict.fromkeys(step.outputs, home))
        for source in other.sources - {home}:
            source.readers.add(home)
            home.sources.add(source)
        for reader in other.readers - {home}:
            reader.sources.add(home)
            home.readers.add(reader)
        for group in (*other.sources, *other.readers):
            group.sources.discard(other)
            group.readers.discard(other)
        other.steps = []
        _raise_level(home)

    def in_order(self) -> list[_Group]:
        """The groups, each behind those whose arrays it reads, else as the last of its steps."""
        ordered: list[_Group] = []
        done: set[int] = set()
        for last in sorted([group for group in self.groups if group.steps],
                           key=lambda group: group.steps[-1][0]):
            stack = [last]
            while stack:
                group = stack[-1]
                waiting = [self.maker[slot] for _, step in group.steps for slot in step.inputs
                           if slot in self.maker and self.maker[slot] is not group
                           and self.maker[slot].number not in done]
                if group.number in done or not waiting:
                    stack.pop()
                    if group.number not in done:
                        done.add(group.number)
                        ordered.append(group)
                else:
                    stack += waiting[::-1]
        return ordered


def _leads_to(first: _Group, second: _Group) -> bool:
    """Whether a way leads from one group to the other by way of others; also where nobody knows
    after a look at the nearest ones, so that the time for a step does not grow with the program."""
    seen: set[_Group] = set()
    stack = [group for group in second.sources if group is not first]
    while stack:
        group = stack.pop()
        if group is first or len(seen) > NEAREST:
            return True
        if group.level > first.level and group not in seen:
            seen.add(group)
            stack += group.sources
    return False


def _raise_level(group: _Group) -> None:
    """Put a group above its sources, and those above it that read it."""
    stack = [group]
    while stack:
        group = stack.pop()
        level = max([source.level for source in group.sources], default=-1) + 1
        if level > group.level:
            group.level = level
            stack += group.readers


def _is_fusible(step: Step) -> bool:
    if not takes(step):
        return False
    try:
        find_kernel("chain", "chain", "bytes", step.call.out_specs[0].ctx)
    except MXNetError:
        return False
    return True


def _draws(steps: Sequence[Step]) -> list[list[int]]:
    """The random steps, whose order decides which numbers they draw."""
    return [step.outputs for step in steps if step.op.random]


def _chained(steps: Sequence[Step], used: set[int]) -> Step:
    """One step for all of these; used: slots that are read behind them."""
    made = [slot for step in steps for slot in step.outputs]
    reads = list(dict.fromkeys(slot for step in steps for slot in step.inputs
                               if slot not in made))
    writes = [slot for slot in reversed(made) if slot in used]
    op = Chain(steps, reads, writes)
    call = op.prepared([op.specs[slot] for slot in reads])
    return Step(op, call, reads, writes, op.scalars())

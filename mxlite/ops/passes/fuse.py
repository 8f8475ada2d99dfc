"""Steps that work element by element on arrays of one shape become chains (ops/chain.py)."""

from __future__ import annotations

from collections.abc import Sequence

from ...base import MXNetError
from ...device.core import find_kernel
from ..chain import MAX_SCALARS, MOST_ARGS, MOST_ARRAYS, MOST_OPS, Chain, takes
from ..trace import Step


class _Group:
    """Steps that become one. before: a bit for each group that has to run earlier."""

    def __init__(self, number: int, shape: tuple[int, ...] | None) -> None:
        self.number, self.shape = number, shape         # shape: of its arrays; None: it stays alone
        self.steps: list[tuple[int, Step]] = []         # with their places in the program
        self.before = 0

    @property
    def bit(self) -> int:
        return 1 << self.number

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
        result[:0] = [_chained(own, used)] if len(own) > 1 else own
        used.update(slot for step in own for slot in step.inputs)
    return result


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
        sources = {self.maker[slot].number: self.maker[slot] for slot in step.inputs
                   if slot in self.maker}
        for source in sources.values():
            group.before |= source.bit | source.before
        self.maker.update(dict.fromkeys(step.outputs, group))
        for source in sources.values():
            if (group.shape is not None and source.shape == group.shape
                    and source.has_room(group.steps) and not self._is_between(source, group)):
                self.join(source, group)
                group = source

    def _is_between(self, first: _Group, second: _Group) -> bool:
        """Whether another group must run after one of them and before the other."""
        return any((other.before & first.bit and second.before & other.bit)
                   or (other.before & second.bit and first.before & other.bit)
                   for other in self.groups if other.steps and other not in (first, second))

    def join(self, home: _Group, other: _Group) -> None:
        """Move all of `other` into `home`."""
        home.steps = sorted([*home.steps, *other.steps], key=lambda item: item[0])
        home.before = (home.before | other.before) & ~(home.bit | other.bit)
        for _, step in other.steps:
            self.maker.update(dict.fromkeys(step.outputs, home))
        other.steps = []
        for group in self.groups:
            if group.before & (home.bit | other.bit):
                group.before = (group.before & ~other.bit) | home.bit | home.before

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

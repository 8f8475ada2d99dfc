"""Steps that work element by element on arrays of one shape become chains (ops/chain.py)."""

from __future__ import annotations

from collections.abc import Sequence

from ...device.core import find_kernel
from ...base import MXNetError
from ..chain import MOST_ARGS, MOST_ARRAYS, MOST_OPS, Chain, takes
from ..trace import Step


class _Group:
    """Steps that become one; `before`: the groups that have to run earlier."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.steps: list[Step] = []
        self.before: set[int] = set()
        self.shape: tuple[int, ...] | None = None       # of its arrays; None: it takes no others

    def has_room(self, step: Step) -> bool:
        """Whether a chain with one more step is not too long."""
        steps = [*self.steps, step]
        slots = {slot for each in steps for slot in (*each.inputs, *each.outputs)}
        return (len(steps) <= MOST_OPS and len(slots) <= MOST_ARRAYS
                and sum(len(each.inputs) + len(each.outputs) for each in steps) <= MOST_ARGS
                and sum(len(each.scalars) for each in steps) <= 16)


def fused(steps: Sequence[Step], outputs: Sequence[int]) -> list[Step]:
    """The steps with chains in place of what they hold."""
    groups, maker = _grouped(steps)
    ordered = _ordered(groups, maker)
    if _random_order(ordered) != [step.outputs for step in steps if step.op.random]:
        return list(steps)              # the draws would come in another order
    used = set(outputs)
    result: list[Step] = []
    for group in reversed(ordered):
        result[:0] = [_chained(group, used)] if len(group.steps) > 1 else group.steps
        used.update(slot for step in group.steps for slot in step.inputs)
    return result


def _grouped(steps: Sequence[Step]) -> tuple[list[_Group], dict[int, _Group]]:
    """All steps in groups, in the order of their first steps, and the group of every slot."""
    groups: list[_Group] = []
    maker: dict[int, _Group] = {}
    for step in steps:
        sources = {maker[slot].number for slot in step.inputs if slot in maker}
        before = sources.union(*[groups[i].before for i in sources])
        shape = step.call.out_specs[0].shape if _is_fusible(step) else None
        home = next((groups[i] for i in sorted(sources, reverse=True)
                     if shape is not None and groups[i].shape == shape and groups[i].has_room(step)
                     and not any(i in groups[j].before for j in before - {i})), None)
        if home is None:
            home = _Group(len(groups))
            home.shape = shape
            groups.append(home)
        home.steps.append(step)
        grown = before - home.before - {home.number}
        if grown:
            home.before |= grown
            for group in groups:
                if home.number in group.before:
                    group.before |= grown
        maker.update({slot: home for slot in step.outputs})
    return groups, maker


def _is_fusible(step: Step) -> bool:
    if not takes(step):
        return False
    try:
        find_kernel("chain", "chain", "bytes", step.call.out_specs[0].ctx)
    except MXNetError:
        return False
    return True


def _ordered(groups: list[_Group], maker: dict[int, _Group]) -> list[_Group]:
    """The groups, each behind those whose arrays it reads."""
    ordered: list[_Group] = []
    done: set[int] = set()
    for last in groups:
        stack = [last]
        while stack:
            group = stack[-1]
            waiting = [maker[slot] for step in group.steps for slot in step.inputs
                       if slot in maker and maker[slot] is not group
                       and maker[slot].number not in done]
            if group.number in done or not waiting:
                stack.pop()
                if group.number not in done:
                    done.add(group.number)
                    ordered.append(group)
            else:
                stack += waiting[::-1]
    return ordered


def _random_order(groups: Sequence[_Group]) -> list[list[int]]:
    return [step.outputs for group in groups for step in group.steps if step.op.random]


def _chained(group: _Group, used: set[int]) -> Step:
    """One step for all of the group; used: slots that are read behind it."""
    made = [slot for step in group.steps for slot in step.outputs]
    reads = list(dict.fromkeys(slot for step in group.steps for slot in step.inputs
                               if slot not in made))
    writes = [slot for slot in reversed(made) if slot in used]
    op = Chain(group.steps, reads, writes, False)
    specs = op._specs()
    call = op.prepared([specs[slot] for slot in reads])
    return Step(op, call, reads, writes, op.scalars())

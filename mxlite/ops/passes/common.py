"""Equal steps, which compute the same from the same, run once; random ones are never equal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..trace import Step


def shared(steps: Sequence[Step], outputs: Sequence[int],
           heads: Sequence[int] = ()) -> tuple[list[Step], list[int]]:
    """The steps without those that repeat an earlier one, and where the outputs are then.

    heads: no two of them become one.
    """
    apart = set(heads)
    taken = {slot: slot in apart for step in steps for slot in step.outputs}
    first: dict[Any, Step] = {}
    same: dict[int, int] = {}           # a slot of a repeated step -> that of the first
    kept = []
    for step in steps:
        inputs = [same.get(slot, slot) for slot in step.inputs]
        step = step._replace(inputs=inputs)
        if is_repeatable(step):
            key = (step.call, tuple(inputs), tuple(map(_key, step.scalars)))
            earlier = first.setdefault(key, step)
            pairs = list(zip(step.outputs, earlier.outputs, strict=True))
            if earlier is not step and not any(taken[one] and taken[other] for one, other in pairs):
                taken.update({other: taken[one] or taken[other] for one, other in pairs})
                same.update(pairs)
                continue
        kept.append(step)
    return kept, [same.get(slot, slot) for slot in outputs]


def is_repeatable(step: Step) -> bool:
    """Whether the step's outputs follow from its inputs, and it does nothing else."""
    return not (step.op.random or step.op.written_inputs())


def _key(value: Any) -> Any:
    """A runtime parameter as a key: -0.0 is not 0.0."""
    return repr(value) if isinstance(value, (int, float)) else value.code

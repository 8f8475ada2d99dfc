"""Convolutions and products take over what is behind them: BatchNorm, a sum, an activation.

See ops/joined.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ...base import DTYPES
from ...device.memory import device_of
from ..joined import ACTIVATIONS, Joined, kernel_of
from ..matrix import BatchDot, Dot
from ..nn.batch_norm import BatchNorm
from ..nn.convolution import Convolution
from ..nn.fully_connected import FullyConnected
from ..trace import Step

FIRST = (Convolution, FullyConnected, Dot, BatchDot)       # what takes others over, by these
KERNELS = ("conv", "gemm")                                 # kernels


def joined(steps: Sequence[Step], outputs: Sequence[int]) -> list[Step]:
    """The steps with one in place of each convolution or product and what it takes over.

    It runs where the last of them stood. What lies between two of them is read by nothing else.
    """
    if any(step.op.written_inputs() for step in steps):     # a later step may read other values
        return list(steps)
    reads = Counter(slot for step in steps for slot in step.inputs)
    reads.update(outputs)
    readers = {slot: place for place, step in enumerate(steps) for slot in step.inputs}
    result: list[Step | None] = list(steps)
    for place, step in enumerate(steps):
        places = [place]
        if _takes_over(step):
            _follow(steps, places, result, reads, readers)
        if len(places) > 1:
            for taken in places:
                result[taken] = None
            result[places[-1]] = Joined([steps[taken] for taken in places]).as_step()
    return [step for step in result if step is not None]


def _takes_over(step: Step) -> bool:
    output, name = step.call.out_specs[0], kernel_of(step)
    suffix = DTYPES[output.dtype][2]
    return (isinstance(step.op, FIRST) and name in KERNELS and len(step.call.out_specs) == 1
            and device_of(output.ctx).find_kernel(f"{name}_joined_{suffix}") is not None)


def _follow(steps: Sequence[Step], places: list[int], result: Sequence[Step | None],
            reads: Counter[int], readers: dict[int, int]) -> None:
    """Add the places of the steps that the one at places[0] takes over."""
    for matches in (_is_norm, _is_sum, _is_activation):
        made = steps[places[-1]].outputs[0]
        place = readers.get(made, -1)           # -1: it is an output
        if reads[made] == 1 and place >= 0 and result[place] is steps[place] and (
                matches(steps[place], made, steps[places[0]])
                and not any(reads[slot] for slot in steps[place].outputs[1:])):
            places.append(place)


def _is_norm(step: Step, data: int, first: Step) -> bool:
    """Whether it is BatchNorm by given statistics of each channel of `data`, which `first` made."""
    if not (isinstance(step.op, BatchNorm) and kernel_of(step) == "batch_norm"
            and step.inputs[0] == data and (not step.call.train or step.op.use_global_stats)):
        return False
    ndim = step.call.in_specs[0].ndim
    axis = step.op.axis_in(step.op.axis, ndim)
    if kernel_of(first) == "conv":
        return axis == 1
    return isinstance(first.op, FullyConnected) and axis == ndim - 1


def _is_sum(step: Step, data: int, first: Step) -> bool:
    specs = [*step.call.in_specs, *step.call.out_specs]
    return kernel_of(step) == "add" and len(specs) == 3 and len(set(specs)) == 1


def _is_activation(step: Step, data: int, first: Step) -> bool:
    return kernel_of(step) in ACTIVATIONS

"""Operators that consist of others are written as these."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...device.context import cpu
from ...device.memory import spec as make_spec
from ...ops.numpy.base import NumpyOp
from ...ops.params import ScalarRef
from ...ops.quantization.ranges import OnRanges
from ...ops.schema import REGISTRY, Op
from ...ops.trace import Composed, Step, Tracer
from .call import Array, Call
from .folding import OF_SHAPES
from .graph import Free, Lengths, merged
from .table import TRANSLATIONS

# operators whose parameters repeat the shape of their output, which is what is written
BY_SHAPE = {"_reshape_exact", "broadcast_to", "broadcast_axis", "_zeros", "_ones", "_full"}


def can_be_lowered(op: type[Op]) -> bool:
    """Whether an operator says by itself of which others it consists."""
    return issubclass(op, (NumpyOp, Composed, OnRanges))


def is_known(op: type[Op]) -> bool:
    """Whether there is a way to write this operator, for some of its settings at least."""
    return op.name in TRANSLATIONS or op.name in OF_SHAPES or can_be_lowered(op)


def lowered(call: Call, write: Callable[[Call], None]) -> list[Array]:
    """Write the operators that a call consists of; returns its outputs."""
    if not can_be_lowered(type(call.op)):       # and is no constant, as it is of fixed lengths
        raise call.not_fixed()
    steps, outputs = _traced(call, 0)
    is_free = any(array.is_free for array in call.inputs)
    others, _ = _traced(call, 1) if is_free else (steps, outputs)
    if len(steps) != len(others):
        raise _depends(call)
    arrays = dict(enumerate(call.inputs))
    for step, other in zip(steps, others, strict=True):
        if not is_known(type(step.op)):
            raise call.refused(f"ONNX export does not know {step.op.title}, of which it consists")
        inputs = [arrays[slot] for slot in step.inputs]
        made = [Array("", shape, spec.dtype) for shape, spec in zip(
            merged(*[[spec.shape for spec in each.call.out_specs] for each in (step, other)]),
            step.call.out_specs, strict=True)]
        part = Call(call.graph, call.name, _same(call, step, other, inputs),
                    _scalars(call, step, other), inputs, made)
        write(part)
        arrays.update(zip(step.outputs, made, strict=True))
    return [arrays[slot] for slot in outputs]


def _depends(call: Call) -> Exception:
    return call.refused("what it does depends on lengths that dynamic_input_shapes leave free")


def _traced(call: Call, run: int) -> tuple[list[Step], list[int]]:
    """The steps for the lengths of a run of the inference, and the slots of the outputs."""
    tracer = Tracer(False, cpu())
    refs = [tracer.new(make_spec(_in_run(array.shape, run), array.dtype, cpu()))
            for array in call.inputs]
    outputs = call.op.steps(tracer, *refs)
    outputs = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
    return tracer.steps, [ref.slot for ref in outputs]


def _in_run(shape: Lengths, run: int) -> tuple[int, ...]:
    return tuple([length[run] if isinstance(length, Free) else length for length in shape])


def _same(call: Call, step: Step, other: Step, inputs: list[Array]) -> Op:
    """The operator of a step, if it is that of the other run, too."""
    op, twin = step.op, other.op
    if op is twin or (op.name == twin.name in BY_SHAPE):
        return op
    if op.name == twin.name == "slice":         # up to the end of an axis that is free
        ends = [None if isinstance(length, Free) and (m, n) == length else m if m == n else call
                for m, n, length in zip(op.end, twin.end,  # type: ignore[attr-defined]
                                        inputs[0].shape, strict=False)]
        bounds = {"begin": op.begin, "step": op.step}           # type: ignore[attr-defined]
        twins = {"begin": twin.begin, "step": twin.step}        # type: ignore[attr-defined]
        if call not in ends and bounds == twins:
            return REGISTRY["slice"].make({**bounds, "end": tuple(ends)})
    raise _depends(call)


def _scalars(call: Call, step: Step, other: Step) -> list[Any]:
    """The runtime values of a step, if they are those of the other run, too."""
    values = [[value.value(call.scalars) if isinstance(value, ScalarRef) else value
               for value in each.scalars] for each in (step, other)]
    if values[0] != values[1]:
        raise _depends(call)
    return values[0]

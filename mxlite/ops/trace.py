"""Gradient rules, run once on placeholders: `trace` turns `Op.grad` into prepared steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from ..base import MXNetError
from ..device.core import Prepared
from ..device.memory import Spec
from .bind import bind
from .calls import ProgramCall, program
from .operands import Namespace, Operand
from .schema import REGISTRY, Op, ScalarRef


class Step(NamedTuple):
    """One operator call of a gradient: slots in, slots out, and its runtime values."""

    op: Op
    call: Prepared
    inputs: list[int]
    outputs: list[int]
    scalars: list[float | ScalarRef]


class GradTrace(NamedTuple):
    """A traced gradient. Slots: inputs, outputs, output gradients, then what the steps make."""

    steps: list[Step]
    grads: list[int]          # an input's gradient: its slot, or -1
    num_slots: int
    saved: list[int]          # slots of inputs and outputs that the steps read
    error: str                # why there is no gradient; "" if there is one


class Ref(Operand):
    """An array in a gradient rule: its shape and dtype, not its values."""

    __slots__ = ("slot", "spec")
    tracer: Tracer

    def __init__(self, tracer: Tracer, slot: int, spec: Spec) -> None:
        super().__init__(tracer)
        self.slot, self.spec = slot, spec

    @property
    def shape(self) -> tuple[int, ...]:
        return self.spec.shape

    @property
    def dtype(self) -> str:
        return self.spec.dtype

    @property
    def ndim(self) -> int:
        return self.spec.ndim

    @property
    def size(self) -> int:
        return self.spec.size

    def reshape(self, shape: Sequence[int]) -> Ref:
        """This very shape: no length in it is a code, and 0 is a length."""
        return self.tracer.apply(REGISTRY["_reshape_exact"], (self,), {"shape": tuple(shape)})


_FILLED = {"zeros_like": "_zeros", "ones_like": "_ones"}


class Tracer(Namespace):
    """The `F` of a gradient rule: F.<operator>(...) appends a step and returns its Refs."""

    def __init__(self, train: bool, ctx: Any) -> None:
        self.train, self.ctx = train, ctx
        self.steps: list[Step] = []
        self.num_slots = 0

    def new(self, spec: Spec) -> Ref:
        self.num_slots += 1
        return Ref(self, self.num_slots - 1, spec)

    def apply(self, cls: type[Op], args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        if cls.name in _FILLED:         # reads no values, so that the array need not be saved
            kwargs = {"shape": args[0].shape, "dtype": kwargs.get("dtype") or args[0].dtype}
            cls, args = REGISTRY[_FILLED[cls.name]], ()
        op, inputs, scalars = bind(cls, Ref, args, kwargs)
        outputs = self.run(op, inputs, scalars)
        visible = outputs[:op.num_visible(len(outputs))]
        return visible[0] if len(visible) == 1 else visible

    def run(self, op: Op, inputs: Sequence[Ref], scalars: list[Any]) -> list[Ref]:
        """Append a step; all its outputs."""
        call = op.prepared([ref.spec for ref in inputs], self.train, self.ctx)
        outputs = [self.new(spec) for spec in call.out_specs]
        self.steps.append(Step(op, call, [ref.slot for ref in inputs],
                               [ref.slot for ref in outputs], scalars))
        return outputs


def composed(function: Callable[..., Any], specs: Sequence[Spec],
             train: bool = False) -> ProgramCall:
    """What `prepare` returns for an operator that consists of others.

    function(F, *inputs) -> an output or a list of them; it is run once, on symbolic Refs.
    """
    tracer = Tracer(train, specs[0].ctx)
    inputs = [tracer.new(spec) for spec in specs]
    outputs = function(tracer, *inputs)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    steps = [(step.call, step.inputs, step.outputs, step.scalars) for step in tracer.steps]
    return program(tracer.num_slots, steps, [ref.slot for ref in inputs],
                   [ref.slot for ref in outputs])


def composed_gradients(F: Tracer, function: Callable[..., Any], inputs: Sequence[Ref],
                       dy: Sequence[Ref]) -> list[Ref | None]:
    """What `grad` returns for an operator that is `composed(function, ...)`.

    The function is traced once more; those of its steps that no gradient reads are dropped later.
    """
    first = len(F.steps)
    outputs = function(F, *inputs)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    sums: dict[int, Ref] = {}       # slot -> the gradient of what lies there, as far as it came
    for output, gradient in zip(outputs, dy, strict=True):
        _arrive(F, sums, output.slot, gradient)
    for step in reversed(F.steps[first:]):
        if not sums.keys().isdisjoint(step.outputs):
            _step_gradients(F, step, sums)
    return [sums.pop(ref.slot, None) for ref in inputs]     # once, where two inputs are one array


def _arrive(F: Tracer, sums: dict[int, Ref], slot: int, gradient: Ref) -> None:
    sums[slot] = F.elemwise_add(sums[slot], gradient) if slot in sums else gradient


def _step_gradients(F: Tracer, step: Step, sums: dict[int, Ref]) -> None:
    """Send the gradients of a step's outputs on to its inputs."""
    inputs, outputs = [[Ref(F, slot, spec) for slot, spec in zip(slots, specs, strict=True)]
                       for slots, specs in ((step.inputs, step.call.in_specs),
                                            (step.outputs, step.call.out_specs))]
    dy = [sums[ref.slot] if ref.slot in sums else F._zeros(shape=ref.shape, dtype=ref.dtype)
          for ref in outputs[:step.op.num_visible(len(outputs))]]
    first = len(F.steps)
    gradients = step.op.grad(F, dy, inputs, outputs)
    for i in range(first, len(F.steps)):        # the runtime parameters are those of the step
        F.steps[i] = F.steps[i]._replace(scalars=[
            value.within(step.scalars) if isinstance(value, ScalarRef) else value
            for value in F.steps[i].scalars])
    for ref, gradient in zip(inputs, gradients, strict=True):
        if gradient is not None:
            _arrive(F, sums, ref.slot, gradient)


def trace(call: Prepared, needed: Sequence[bool], train: bool, hidden: bool = False) -> GradTrace:
    """The steps that compute the gradients of `needed` inputs of `call`, dead steps dropped.

    hidden: gradients come for all outputs, also for those that a caller does not see.
    """
    op = call.op
    tracer = Tracer(train, (call.in_specs or call.out_specs)[0].ctx)
    inputs = [tracer.new(spec) for spec in call.in_specs]
    outputs = [tracer.new(spec) for spec in call.out_specs]
    count = len(outputs) if hidden else op.num_visible(len(outputs))
    dy = [tracer.new(spec) for spec in call.out_specs[:count]]
    try:
        gradients = op.grad(tracer, dy, inputs, outputs)
    except MXNetError as error:
        return GradTrace([], [-1] * len(inputs), tracer.num_slots, [], str(error))
    if len(gradients) != len(inputs):
        raise AssertionError(
            f"{op}: grad returned {len(gradients)} gradients for {len(inputs)} inputs")
    grads = []
    for ref, source, wanted in zip(gradients, inputs, needed, strict=True):
        if ref is not None and (ref.shape != source.shape or ref.dtype != source.dtype):
            raise AssertionError(f"{op}: a gradient is {ref.spec}, its input {source.spec}")
        grads.append(ref.slot if ref is not None and wanted else -1)
    steps, used = live(tracer.steps, {slot for slot in grads if slot >= 0})
    first_dy = len(inputs) + len(outputs)
    return GradTrace(steps, grads, tracer.num_slots, sorted(s for s in used if s < first_dy), "")


def live(steps: Sequence[Step], used: Iterable[int]) -> tuple[list[Step], set[int]]:
    """The steps whose results are used, and all slots in use."""
    kept, used = [], set(used)
    for step in reversed(steps):
        if used.intersection(step.outputs):
            used.update(step.inputs)
            kept.append(step)
    return kept[::-1], used


class Composed(Op):
    """Base of operators that consist of others, which `steps` calls; so do their gradients."""

    def steps(self, F: Any, *inputs: Any) -> Any:
        """The output, or a list of them."""
        raise NotImplementedError

    def prepare(self, inputs: Any, outputs: Any) -> Any:
        return composed(self.steps, inputs)

    def grad(self, F: Any, dy: Any, inputs: Any, outputs: Any) -> Any:
        return composed_gradients(F, self.steps, inputs, dy)

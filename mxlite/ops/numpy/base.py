"""The base of the operators of `mx.np`: each is one function of the operators that are there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ...base import FLOATS
from ...device.context import cpu
from ...device.memory import spec as make_spec
from ..calls import ProgramCall, program
from ..params import ScalarRef
from ..schema import Op
from ..trace import Step, Tracer, composed_gradients

WIDEST = ("float64", "float32", "float16", "bfloat16", "int64", "int32", "uint8", "int8", "bool")


class Traced(NamedTuple):
    """What `steps` says for given specs."""

    steps: list[Step]
    num_inputs: int
    outputs: list[Any]          # Refs
    num_slots: int

    def program(self) -> ProgramCall:
        """The steps as one call; inputs are the first slots."""
        steps = [(step.call, step.inputs, step.outputs, step.scalars) for step in self.steps]
        return program(self.num_slots, steps, list(range(self.num_inputs)),
                       [ref.slot for ref in self.outputs])


class NumpyOp(Op):
    """Base: `steps(F, *inputs)` says what it computes; shapes follow from that, too.

    dtypes follow from `dtype_rule` or `infer_dtype`, which must agree with the steps. Where the
    steps are a single operator that takes the very inputs, a call is a call of that operator.
    """

    def steps(self, F: Any, *inputs: Any) -> Any:
        """The output, or a list of them. `inputs` have shapes and dtypes, but no values."""
        raise NotImplementedError

    def infer_shape(self, *shapes):
        dtype = "float32"
        specs = [make_spec(tuple(shape), dtype, cpu()) for shape in shapes]
        return [ref.shape for ref in self._traced(specs, False, cpu()).outputs]

    def build(self, specs, train, ctx):
        self._check_inputs(specs)
        ctx = self.output_ctx(specs, ctx)
        traced = self._traced(specs, train, ctx)
        single = single_step(traced)
        outputs = [ref.spec for ref in traced.outputs]
        if single is not None and (len(traced.steps) == 1 or single.op.shape_is_free):
            extra = {"train": train} if single.op.uses_train else {}
            call = single.op.prepare(specs, outputs, **extra)
        else:
            call = traced.program()
        return outputs, call.resolve(self.name, ctx)

    def grad(self, F, dy, inputs, outputs):
        single = single_step(self._traced([ref.spec for ref in inputs], F.train, F.ctx))
        if single is not None:
            shapes = [spec.shape for spec in single.call.out_specs]
            dy, outputs = [[exact(F, ref, shape) for ref, shape in zip(refs, shapes, strict=False)]
                           for refs in (dy, outputs)]
            return single.op.grad(F, dy, inputs, outputs)
        return composed_gradients(F, self.steps, inputs, dy)

    def index_message(self, specs, values):
        return self._single(specs).index_message(specs, values)

    def value_message(self, specs, values):
        return self._single(specs).value_message(specs, values)

    def _single(self, specs: Sequence[Any]) -> Op:
        """The operator whose kernel a call is."""
        single = single_step(self._traced(specs, False, specs[0].ctx))
        assert single is not None
        return single.op

    def _traced(self, specs: Sequence[Any], train: bool, ctx: Any) -> Traced:
        key = (*specs, train)
        known: dict[Any, Traced] = self.__dict__.setdefault("_known_traces", {})
        if key not in known:
            tracer = Tracer(train, ctx)
            inputs = [tracer.new(spec) for spec in specs]
            outputs = self.steps(tracer, *inputs)
            if len(known) > 64:
                known.clear()
            known[key] = Traced(tracer.steps, len(inputs), list(outputs) if isinstance(
                outputs, (list, tuple)) else [outputs], tracer.num_slots)
        return known[key]


def single_step(traced: Traced) -> Step | None:
    """The step, if there is just one but for reshaping its only output, which takes all inputs and
    runtime values as they come and makes all outputs; else None."""
    if not traced.steps:
        return None
    step = traced.steps[0]
    made = step.outputs
    for other in traced.steps[1:]:
        if other.op.name != "_reshape_exact" or other.inputs != made:
            return None
        made = other.outputs
    given = [ref.code for ref in step.scalars if isinstance(ref, ScalarRef)]
    if (step.inputs == list(range(traced.num_inputs))
            and made == [ref.slot for ref in traced.outputs]
            and len(given) == len(step.scalars)
            and given == [(("given", i),) for i in range(len(given))]):
        return step
    return None


# Promotion --------------------------------------------------------------------------------------

def common_dtype(dtypes: Sequence[str]) -> str:
    """The dtype in which arrays of these dtypes meet: the widest float if there is one, else the
    widest integer; int32 for uint8 and int8."""
    kinds = set(dtypes)
    if len(kinds) == 1:
        return dtypes[0]
    floats = [dtype for dtype in FLOATS if dtype in kinds]
    if floats:
        return "float32" if kinds.issuperset(("float16", "bfloat16")) and not kinds & {
            "float32", "float64"} else floats[-1]
    kinds.discard("bool")
    if kinds == {"uint8", "int8"}:
        return "int32"
    return next(dtype for dtype in WIDEST if dtype in kinds)


def arithmetic_dtype(dtypes: Sequence[str]) -> str:
    """The dtype in which numbers are computed: the common one, float32 of bool alone."""
    dtype = common_dtype(dtypes)
    return "float32" if dtype == "bool" else dtype


def float_dtype(dtypes: Sequence[str]) -> str:
    """The dtype of functions whose values are no integers: float32 of integers and bool."""
    dtype = arithmetic_dtype(dtypes)
    return dtype if dtype in FLOATS else "float32"


def cast(F: Any, x: Any, dtype: str) -> Any:
    """x in this dtype."""
    return x if x.dtype == dtype else F.Cast(x, dtype=dtype)


def exact(F: Any, x: Any, shape: Sequence[int]) -> Any:
    """x in this very shape."""
    return x if x.shape == tuple(shape) else x.reshape(shape)


class Promoting(NumpyOp):
    """Base: the inputs are cast to one dtype, in which `compute` works; `result` is the dtype of
    what it gives, None: that one."""

    promotion: Callable[[Sequence[str]], str] = staticmethod(common_dtype)
    result: str | None = None

    def compute(self, F: Any, *inputs: Any) -> Any:
        raise NotImplementedError

    def computed_in(self, dtypes: Sequence[str]) -> str:
        """The dtype to compute in."""
        return self.promotion(dtypes)

    def steps(self, F, *inputs):
        dtype = self.computed_in([x.dtype for x in inputs])
        y = self.compute(F, *[cast(F, x, dtype) for x in inputs])
        return cast(F, y, self.result) if self.result else y

    def infer_dtype(self, *dtypes):
        return [self.result or self.computed_in(dtypes)]

    def fill_dtypes(self, inputs, outputs):
        known = [dtype for dtype in (*inputs, *(() if self.result else outputs)) if dtype]
        filled = [dtype or (known[0] if known else None) for dtype in inputs]
        return filled, outputs if None in filled else self.infer_dtype(*filled)

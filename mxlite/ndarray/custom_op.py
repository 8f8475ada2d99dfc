"""The operator `Custom`, which runs what users registered: shapes, the call, its gradient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from ..base import DTYPES, MXNetError, MXNetTypeError, MXNetValueError, dtype_name
from ..device.context import current_context
from ..ops.inference import PartialShape, PartialShapes, is_known, text_of
from ..ops.inputs import Input
from ..ops.schema import Op, register, required
from ..wording import suggestion
from . import tape
from .host_values import shown_dtype
from .ndarray import NDArray
from .user_code import user_code
from .utils import zeros


@register("_custom", inputs="*data", graph_name="Custom")
class Custom(Op):
    """An operator of users; see mx.operator. op_type names it, other parameters go to its
    CustomOpProp."""

    in_python = True
    is_variadic = False
    props: ClassVar[dict[str, Callable[..., Any]]] = {}     # what is registered
    op_type: str = required("the name under which the operator was registered")

    @classmethod
    def make(cls, values: dict[str, Any]) -> Custom:
        """The operator with these parameters, which are texts."""
        given = dict(values)
        op_type = given.pop("op_type", "")
        given.pop("num_args", None)
        if not op_type:
            raise MXNetTypeError("Custom: missing parameter 'op_type'")
        if op_type not in cls.props:
            raise MXNetValueError(f"Custom: no operator {op_type!r} is registered; "
                                  f"mx.operator.register does so{suggestion(op_type, cls.props)}")
        return cls(op_type, given)

    def __init__(self, op_type: str, given: dict[str, str]) -> None:
        self.is_variadic = False
        self.given = given
        with user_code():
            self.prop: Any = self.props[op_type](**given)
            self.arguments = self._names(op_type, "list_arguments")
            self.states = self._names(op_type, "list_auxiliary_states")
            outputs = self._names(op_type, "list_outputs")
            count, first = len(outputs), len(outputs) + len(self.arguments)
            needed = self.prop.declare_backward_dependency(
                list(range(count)), list(range(count, first)), list(range(first, first + count)))
        self.needed = set(needed)
        self.inputs = tuple([Input(name, False, False, False) for name in self.arguments]
                            + [Input(name, False, False, True) for name in self.states])
        self.num_outputs, self.named_outputs = count, tuple(outputs)
        super().__init__(op_type=op_type)

    def _names(self, op_type: str, method: str) -> list[str]:
        names = list(getattr(self.prop, method)())
        if not all(isinstance(name, str) for name in names):
            raise MXNetTypeError(f"Custom '{op_type}': {method} must return strings; got {names}")
        return names

    def __reduce__(self) -> Any:
        return Custom.make, ({**self.given, "op_type": self.op_type},)

    def _error(self, method: str, rule: str, found: Any) -> MXNetValueError:
        return MXNetValueError(f"Custom '{self.op_type}': {method} must return {rule}; "
                               f"got {found}")

    # Inference -----------------------------------------------------------------------------------

    def _infer(self, method: str, known: list[Any]) -> list[Any]:
        """What the user's method says of inputs, outputs and states, checked."""
        with user_code():
            answer = getattr(self.prop, method)(known)
        if not isinstance(answer, (list, tuple)) or len(answer) not in (2, 3):
            raise self._error(method, "2 or 3 lists", answer)
        sides = [list(side) for side in answer] + [[]] * (3 - len(answer))
        for side, count, what in zip(sides, (len(self.arguments), self.num_outputs,
                                             len(self.states)),
                                     ("inputs", "outputs", "auxiliary states"), strict=True):
            if len(side) != count:
                raise self._error(method, f"{count} entries for {what}", side)
        return sides

    def shapes_of(self, known: Sequence[PartialShape]) -> list[list[PartialShape]]:
        """Shapes of inputs, outputs, states, for shapes known of the inputs."""
        is_exact = all(map(is_known, known))
        lists = [[n or 0 for n in shape] if shape else [] for shape in known]
        found = []
        for side in self._infer("infer_shape", lists):
            try:
                shapes: PartialShapes = [tuple([int(n) for n in shape]) for shape in side]
            except (TypeError, ValueError):
                raise self._error("infer_shape", "shapes, lists of integers", side) from None
            if not is_exact:
                shapes = [tuple([n or None for n in shape or ()]) or None for shape in shapes]
            found.append(shapes)
        return found

    def types_of(self, known: Sequence[str | None]) -> list[list[str | None]]:
        """The same for dtypes."""
        given = [None if name is None else shown_dtype(name) for name in known]
        return [[None if each is None else dtype_name(each) for each in side]
                for side in self._infer("infer_type", given)]

    def infer_shape(self, *shapes: Any) -> list[Any]:
        inputs, outputs, states = self.shapes_of(shapes[:len(self.arguments)])
        for entry, want, got in zip(self.inputs, [*inputs, *states], shapes, strict=True):
            if want != tuple(got):
                raise MXNetValueError(f"Custom '{self.op_type}': {entry.name} must have shape "
                                      f"{text_of(want)}; got {text_of(got)}")
        return outputs

    def fill_shapes(self, inputs: Any, outputs: Any) -> Any:
        known = inputs[:len(self.arguments)]
        try:
            ins, outs, states = self.shapes_of(known)
        except MXNetError:
            if all(map(is_known, known)):
                raise
            return inputs, outputs          # too little is known for the user's method
        return [*ins, *states], outs

    def infer_dtype(self, *dtypes: str) -> list[Any]:
        inputs, outputs, states = self.types_of(dtypes[:len(self.arguments)])
        for entry, want, got in zip(self.inputs, [*inputs, *states], dtypes, strict=True):
            if want not in (None, got):
                raise MXNetTypeError(f"Custom '{self.op_type}': {entry.name} must have dtype "
                                     f"{want}; got {got}")
        return outputs

    def fill_dtypes(self, inputs: Any, outputs: Any) -> Any:
        known = inputs[:len(self.arguments)]
        try:
            ins, outs, states = self.types_of(known)
        except MXNetError:
            if None not in known:
                raise
            return inputs, outputs
        return [new or old for new, old in zip([*ins, *states], inputs, strict=True)], outs

    # The call ------------------------------------------------------------------------------------

    def run_in_python(self, arrays: Sequence[NDArray], ctx: Any,
                      kept: dict[Any, Any] | None = None) -> list[NDArray]:
        ctx = arrays[0].ctx if arrays else ctx or current_context()
        in_data = [array.detach() for array in arrays[:len(self.arguments)]]
        aux = [array.detach() for array in arrays[len(in_data):]]
        shapes = self.infer_shape(*[array.shape for array in arrays])
        dtypes = self.infer_dtype(*[array._dtype_name for array in arrays])
        key = self, tuple([array._spec for array in arrays])
        operator = None if kept is None else kept.get(key)
        train = tape.is_training()
        with user_code(), ctx:
            if operator is None:
                operator = self.prop.create_operator(
                    ctx, [list(array.shape) for array in arrays],
                    [DTYPES[array._dtype_name][0] for array in arrays])
                if kept is not None:
                    kept[key] = operator
            stypes = self._output_stypes(in_data, len(shapes))
            out_data = [zeros(shape, ctx, dtype or "float32", stype=stype)
                        for shape, dtype, stype in zip(shapes, dtypes, stypes, strict=True)]
            with tape.Scope(0, train):
                operator.forward(is_train=train, req=["write"] * len(out_data), in_data=in_data,
                                 out_data=list(out_data), aux=aux)
        if not tape.is_recording() or not out_data:
            return out_data
        outputs = [array.detach() for array in out_data]
        call = _Backward(self, operator, list(arrays[:len(in_data)]), in_data, out_data, aux, ctx)
        tape.record_function(call, list(arrays[:len(in_data)]), outputs)
        return outputs


    def _output_stypes(self, in_data: Sequence[NDArray], count: int) -> list[str]:
        """The storage types of the outputs; where no input is sparse, the user is not asked."""
        given = [array.stype for array in in_data]
        if given == ["default"] * len(given):
            return ["default"] * count
        return list(self.prop.infer_storage_type(given)[1])


class _Undeclared:
    """Stands for an array that backward was not to read; its shape is (), as in MXNet."""

    shape = ()

    def __init__(self, text: str) -> None:
        self._text = text

    def __getattr__(self, name: str) -> Any:
        raise MXNetError(f"{self._text} is not among what declare_backward_dependency returned, so "
                         "that backward cannot read it")


class _Backward:
    """The gradient of one call."""

    def __init__(self, op: Custom, operator: Any, inputs: list[NDArray], in_data: list[NDArray],
                 out_data: list[NDArray], aux: list[NDArray], ctx: Any) -> None:
        self.op, self.operator, self.aux, self.ctx = op, operator, aux, ctx
        self.title = f"Custom '{op.op_type}'"
        wanted = tape.gradients_wanted(inputs)
        self.wanted = wanted if any(wanted) else [True] * len(inputs)
        self.inputs = [array for i, array in enumerate(inputs) if len(out_data) + i in op.needed]
        self.specs = [(array.shape, array._dtype_name) for array in in_data]
        self.stypes = [array.stype for array in in_data]
        count = len(out_data)
        self.in_data = [self._declared(array, count + i, f"in_data[{i}]")
                        for i, array in enumerate(in_data)]
        self.out_data = [self._declared(array, count + len(in_data) + i, f"out_data[{i}]")
                         for i, array in enumerate(out_data)]
        self.saved_at = tape.watch([*self.in_data, *self.out_data])

    def _declared(self, array: NDArray, number: int, name: str) -> Any:
        return array if number in self.op.needed else _Undeclared(f"{self.title}: {name}")

    def __call__(self, out_grads: list[NDArray]) -> list[NDArray | None]:
        for name, arrays in (("in_data", self.in_data), ("out_data", self.out_data)):
            changed = [f"{name}[{i}]" for i, array in enumerate(arrays)
                       if tape.was_written(array, self.saved_at)]
            if changed:
                raise MXNetError(f"{self.title}: {', '.join(changed)} was written to after "
                                 "forward; write after backward(), or to a copy()")
        train = tape.is_training()
        with user_code(), self.ctx, tape.Scope(0, train):
            in_grad = [zeros(shape, self.ctx, dtype, stype=stype) for (shape, dtype), stype in
                       zip(self.specs, self._gradient_stypes(out_grads), strict=True)]
            self.operator.backward(
                req=["write" if wanted else "null" for wanted in self.wanted],
                out_grad=[self._declared(grad.detach(), i, f"out_grad[{i}]")
                          for i, grad in enumerate(out_grads)],
                in_data=list(self.in_data), out_data=list(self.out_data), in_grad=list(in_grad),
                aux=self.aux)
        if tape.is_recording():
            tape.record_function(self._refuse, [*out_grads, *self.inputs], in_grad)
        return [grad if wanted else None
                for grad, wanted in zip(in_grad, self.wanted, strict=True)]

    def _gradient_stypes(self, out_grads: Sequence[NDArray]) -> list[str]:
        """The storage types of the inputs' gradients; see _output_stypes."""
        default = ["default"] * len(self.specs)
        if self.stypes == default:
            return default
        outputs = [grad.stype for grad in out_grads]
        return list(self.op.prop.infer_storage_type_backward(
            outputs, self.stypes, outputs, self.stypes, [array.stype for array in self.aux])[3])

    def _refuse(self, grads: list[NDArray]) -> list[NDArray | None]:
        raise MXNetError(f"backward: {self.title} has no second derivative, for its backward is no "
                         "operator")

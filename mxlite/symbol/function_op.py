"""`autograd.Function` called with Symbols: a node that Python runs, as operators of users."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from ..base import MXNetTypeError, MXNetValueError
from ..name import NameManager
from ..ndarray import NDArray, tape
from ..ndarray.recording import pause
from ..ndarray.utils import zeros
from ..ops.inference import PartialShapes
from ..ops.inputs import Input
from ..ops.placeholder import Placeholder
from ..ops.schema import Op
from .compose import attributes_here
from .graph import Entry, Node
from .symbol import Symbol


class FunctionOp(Op):
    """Base of the operators of Functions, one for each call with Symbols; a run of its node is a
    call of a copy of the Function.

    Shapes follow from a run of `forward` on zeros, where they are asked for; all dtypes are those
    of the first input.
    """

    in_python = True
    in_files = False
    function: Any

    def infer_shape(self, *shapes: Any) -> list[Any]:
        results = self.call([zeros(shape) for shape in shapes], False)
        return [array.shape for array in results]

    def fill_shapes(self, inputs: PartialShapes,
                    outputs: PartialShapes) -> tuple[PartialShapes, PartialShapes]:
        return inputs, outputs

    def infer_dtype(self, *dtypes: str) -> list[str]:
        return [dtypes[0]] * self.num_outputs

    def fill_dtypes(self, inputs: Any, outputs: Any) -> Any:
        return inputs, [outputs[0] if inputs[0] is None else inputs[0]] * self.num_outputs

    def run_in_python(self, arrays: Sequence[NDArray], ctx: Any,
                      kept: dict[Any, Any] | None = None) -> list[NDArray]:
        return self.call(arrays, True)

    def call(self, arrays: Sequence[NDArray], recorded: bool) -> list[NDArray]:
        """The outputs of a copy of the Function, recorded or not."""
        function = copy.copy(self.function)
        function._used = False
        if recorded:
            result = function(*arrays)
        else:
            with pause(train_mode=tape.is_training()):
                result = function(*arrays)
        results = [result] if isinstance(result, NDArray) else list(result)
        if len(results) != self.num_outputs:
            raise MXNetValueError(
                f"{type(function).__name__}.forward: returned {len(results)} arrays; in a graph it "
                f"must return num_outputs={self.num_outputs}, an attribute of the class")
        return results


def _operator(function: Any, count: int) -> type[FunctionOp]:
    name = type(function).__name__
    inputs = tuple([Input(f"input{i}", False, False, False) for i in range(count)])
    members = {"function": function, "inputs": inputs, "name": name, "_instances": {},
               "num_outputs": function.num_outputs, "graph_name": name, "params": {}}
    return type(name, (FunctionOp,), members)


def call_in_graph(function: Any, inputs: Sequence[Any]) -> Any:
    """What a Function gives for Symbols, or for the placeholders of shapes: one output, or a tuple.

    Raises MXNetTypeError where arrays are among them.
    """
    name = type(function).__name__
    kind: Any = Symbol if isinstance(_first(inputs), Symbol) else Placeholder
    for value in inputs:
        if not isinstance(value, (Symbol, Placeholder) if kind is Symbol else (
                Placeholder, NDArray)):
            raise MXNetTypeError(f"{name}: each input must be a Symbol, as one is; got "
                                 f"{type(value).__name__}")
    op = _operator(function, len(inputs))
    if kind is Placeholder:
        outputs = _first(inputs).tracer.add(op.make({}), list(inputs))
        outputs = outputs if isinstance(outputs, list) else [outputs]
    else:
        node = Node(op, NameManager.current.get(None, name.lower()), attributes_here(None))
        for i, source in enumerate(inputs):
            if len(source.heads) != 1:
                raise MXNetTypeError(f"{name}: input {i} is a Symbol of {len(source.heads)} "
                                     "outputs; pick one by its number, s[0]")
            node.inputs.append(source.heads[0])
        outputs = [Symbol([Entry(node, i)]) for i in range(op.num_outputs)]
    return outputs[0] if len(outputs) == 1 else tuple(outputs)


def _first(inputs: Sequence[Any]) -> Any:
    """The first input that is no array."""
    return next(value for value in inputs if isinstance(value, (Symbol, Placeholder)))

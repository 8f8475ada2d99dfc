"""One operator call on its way to ONNX: what is known of it, and the means to write nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...base import MXNetNotImplementedError
from ...ops.schema import Op
from ..dtypes import NUMBERS
from .graph import Free, Length, Lengths, OnnxGraph


class Array:
    """A tensor of the graph: its name, shape, dtype, and its value where that is known."""

    def __init__(self, name: str, shape: Lengths, dtype: str, value: Any = None) -> None:
        self.name, self.shape, self.dtype, self.value = name, shape, dtype, value

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def fixed_shape(self) -> tuple[int, ...]:
        """Its shape in the first run of the inference."""
        return tuple([n.first if isinstance(n, Free) else n for n in self.shape])

    @property
    def is_free(self) -> bool:
        """Whether a length of it is."""
        return any(isinstance(length, Free) for length in self.shape)


class Call:
    """An operator with its parameters, its inputs and outputs, and the graph to write to.

    op: the operator. scalars: its runtime parameters. inputs, outputs: Arrays; those of `outputs`
    have no names yet.
    """

    def __init__(self, graph: OnnxGraph, name: str, op: Op, scalars: Sequence[Any],
                 inputs: Sequence[Array], outputs: Sequence[Array]) -> None:
        self.graph, self.name = graph, name
        self.op: Any = op
        self.scalars, self.inputs, self.outputs = list(scalars), list(inputs), list(outputs)

    # What is known ------------------------------------------------------------------------------

    @property
    def data(self) -> str:
        """The name of the first input."""
        return self.inputs[0].name

    @property
    def shape(self) -> Lengths:
        """The shape of the first input."""
        return self.inputs[0].shape

    @property
    def ndim(self) -> int:
        return self.inputs[0].ndim

    @property
    def dtype(self) -> str:
        """The dtype of the first input."""
        return self.inputs[0].dtype

    @property
    def out(self) -> Array:
        """The first output."""
        return self.outputs[0]

    def refused(self, why: str) -> MXNetNotImplementedError:
        """The error for what cannot be written."""
        return MXNetNotImplementedError(
            f"export_model: node '{self.name}' ({self.op.title}): {why}")

    def fixed(self, lengths: Sequence[Length]) -> tuple[int, ...]:
        """The lengths, which must not be free."""
        if any(isinstance(length, Free) for length in lengths):
            raise self.not_fixed()
        return tuple([length for length in lengths if isinstance(length, int)])

    def not_fixed(self) -> MXNetNotImplementedError:
        """The error where lengths must be fixed, and are free."""
        names = self.op.input_names(len(self.inputs))
        free = [f"{name} has {text_of(array.shape)}"
                for name, array in zip(names, self.inputs, strict=True) if array.is_free]
        return self.refused(f"its lengths must be fixed; {', '.join(free) or 'the result'}, by "
                            "dynamic_input_shapes")

    def axis(self, axis: int, ndim: int | None = None) -> int:
        """An axis as a number from 0 on."""
        return int(self.op.axis_in(axis, self.ndim if ndim is None else ndim))

    # What is written ----------------------------------------------------------------------------

    def add(self, op_type: str, *inputs: str, **attributes: Any) -> str:
        """A node with one output; returns the name of that."""
        return self.add_all(op_type, 1, *inputs, **attributes)[0]

    def add_all(self, op_type: str, count: int, *inputs: str, **attributes: Any) -> list[str]:
        """A node with `count` outputs; returns their names. Attributes that are None are left
        out."""
        outputs = [self.graph.new_name(f"{self.name}_{op_type.lower()}") for _ in range(count)]
        self.graph.add(op_type, inputs, outputs,
                       {name: value for name, value in attributes.items() if value is not None})
        return outputs

    def constant(self, value: Any, dtype: str) -> str:
        """An array of the graph that holds these values."""
        if dtype == "bfloat16":
            return self.cast(self.constant(value, "float32"), "float32", dtype)
        return self.graph.constant(np.array(value, dtype), self.name)

    def ints(self, values: Sequence[int]) -> str:
        """A vector of int64."""
        return self.constant(list(values), "int64")

    def cast(self, name: str, old: str, new: str) -> str:
        """A tensor in another dtype."""
        return name if old == new else self.add("Cast", name, to=NUMBERS[new])

    def input_as(self, i: int, dtype: str) -> str:
        """The name of an input, cast to this dtype."""
        return self.cast(self.inputs[i].name, self.inputs[i].dtype, dtype)

    def transposed(self, name: str, axes: Sequence[int]) -> str:
        """A tensor with its axes in this order."""
        if list(axes) == list(range(len(axes))):
            return name
        return self.add("Transpose", name, perm=list(axes))

    def squeezed(self, name: str, *axes: int) -> str:
        """A tensor without these axes of length 1."""
        return self.add("Squeeze", name, self.ints(axes)) if axes else name

    def expanded(self, name: str, *axes: int) -> str:
        """A tensor with new axes of length 1 at these places of the result."""
        return self.add("Unsqueeze", name, self.ints(axes)) if axes else name

    def sliced(self, name: str, axis: int, begin: int, end: int | None = None,
               step: int = 1) -> str:
        """Part of a tensor along an axis; end None: to its end."""
        last = (1 << 62 if step > 0 else -(1 << 62)) if end is None else end
        return self.add("Slice", name, *map(self.ints, ([begin], [last], [axis], [step])))

    def length(self, length: Length) -> str:
        """A length as a vector of one int64."""
        if isinstance(length, int):
            return self.ints([length])
        sources = [(each.name, each.shape) for each in self.inputs if each.name]
        for name, shape in [*sources, *self.graph.inputs.items()]:
            if length in shape:
                axis = shape.index(length)
                return self.add("Gather", self.add("Shape", name), self.ints([axis]), axis=0)
        raise self.refused("a length of the result depends on those of dynamic_input_shapes in a "
                           "way that ONNX cannot be told; give fixed lengths")

    def shape_tensor(self, shape: Lengths) -> str:
        """A shape as a vector of int64."""
        if not any(isinstance(length, Free) for length in shape):
            return self.ints(self.fixed(shape))
        return self.add("Concat", *[self.length(length) for length in shape], axis=0)

    def reshaped(self, name: str, shape: Lengths) -> str:
        """A tensor of another shape, of as many elements."""
        free = [length for length in shape if isinstance(length, Free)]
        if 0 in shape:                  # for ONNX a length of 0 is one that stays
            return self.add("Reshape", name, self.shape_tensor(shape), allowzero=1)
        if len(free) < 2:
            return self.add("Reshape", name, self.ints(
                [-1 if isinstance(length, Free) else length for length in shape]))
        known = [length for each in (*[array.shape for array in self.inputs],
                                     *self.graph.inputs.values()) for length in each]
        unknown = [length for length in free if length not in known]
        if len(unknown) > 1:
            raise self.refused("several lengths of the result depend on dynamic_input_shapes in a "
                               "way that ONNX cannot be told; give fixed lengths")
        return self.add("Reshape", name, self.add("Concat", *[
            self.ints([-1]) if length in unknown else self.length(length) for length in shape],
            axis=0))


def text_of(lengths: Sequence[Length]) -> str:
    """"(?, 3, 224, 224)"."""
    texts = ["?" if isinstance(length, Free) else str(length) for length in lengths]
    return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"

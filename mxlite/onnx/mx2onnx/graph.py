"""The ONNX graph that is being made: its nodes, its constants, the names of its tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from onnx import NodeProto, TensorProto, helper, numpy_helper

from ..names import Taken

OPSET = 17
IR_VERSION = 8          # that of ONNX 1.12, which brought opset 17


class Free(NamedTuple):
    """A length that users may choose anew at each run: what it is in two runs of the inference."""

    first: int
    second: int


Length = int | Free
Lengths = tuple[Length, ...]


def merged(first: Sequence[Any], second: Sequence[Any]) -> list[Lengths]:
    """Shapes of two runs of the inference: where lengths differ, they are free."""
    return [tuple([m if m == n else Free(m, n) for m, n in zip(a, b, strict=True)])
            for a, b in zip(first, second, strict=True)]


class OnnxGraph:
    """Nodes in order, and the arrays that they read.

    inputs: the shapes of the model's inputs, by name.
    """

    def __init__(self, inputs: dict[str, Lengths]) -> None:
        self.inputs = inputs
        self.nodes: list[NodeProto] = []
        self.arrays: dict[str, np.ndarray[Any, Any]] = {}
        self._names = Taken(inputs)
        self._constants: dict[Any, str] = {}

    def new_name(self, wanted: str) -> str:
        """`wanted`, with a number behind it where it is taken."""
        return self._names.free(wanted)

    def add(self, op_type: str, inputs: Sequence[str], outputs: Sequence[str],
            attributes: dict[str, Any]) -> None:
        """A node, whose name is that of its first output."""
        self.nodes.append(helper.make_node(op_type, inputs, outputs, outputs[0], **attributes))

    def array(self, name: str, value: np.ndarray[Any, Any]) -> str:
        """An array of this name, a parameter."""
        name = self.new_name(name)
        self.arrays[name] = value
        return name

    def constant(self, value: np.ndarray[Any, Any], base: str) -> str:
        """An array that belongs to the node `base`; small ones of one value are there once."""
        if value.nbytes > 256:
            return self.array(f"{base}_constant", value)
        key = value.dtype.str, value.shape, value.tobytes()
        if key not in self._constants:
            self._constants[key] = self.array(f"{base}_constant", value)
        return self._constants[key]

    def rename(self, old: str, new: str, since: int) -> None:
        """Give a tensor, which one of the nodes from number `since` on makes, another name."""
        for node in self.nodes[since:]:
            for names in (node.input, node.output):
                for i, name in enumerate(names):
                    if name == old:
                        names[i] = new
            if node.output[0] == new:
                node.name = new

    def makes(self, name: str, since: int) -> bool:
        """Whether one of the nodes from number `since` on makes this tensor."""
        return any(name in node.output for node in self.nodes[since:])

    def initializers(self) -> list[TensorProto]:
        """The arrays that nodes read."""
        used = {name for node in self.nodes for name in node.input}
        return [numpy_helper.from_array(value, name) for name, value in self.arrays.items()
                if name in used]

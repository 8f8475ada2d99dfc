"""What the package onnx says of a node: the shapes of its outputs, and their values."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import onnx
from onnx import NodeProto, TypeProto, defs, helper, numpy_helper, shape_inference
from onnx.reference import ReferenceEvaluator

from .values import Value

LARGEST_DATA = 4096             # elements of an input whose values shape inference is shown
LARGEST_FOLDED = 2 ** 26        # elements of what is computed beforehand


class Inference:
    """Asks about nodes of models of one opset."""

    def __init__(self, opset: int) -> None:
        self.opset = opset
        self.imports = [helper.make_opsetid("", opset)]

    def outputs(self, node: NodeProto, inputs: Sequence[Value | None],
                num_samples: int) -> list[tuple[int, list[tuple[int, ...]] | None]]:
        """(dtype, shapes) of each output. Raises what onnx does, for inputs that do not fit."""
        if not defs.has(node.op_type, self.opset, ""):
            return _of_caffe2(node, inputs)
        schema = defs.get_schema(node.op_type, self.opset, "")
        runs = 1 if all(value is None or _is_fixed(value) for value in inputs) else num_samples
        found = [self._sample(schema, node, inputs, sample) for sample in range(runs)]
        result: list[tuple[int, list[tuple[int, ...]] | None]] = []
        for name in node.output:
            types = [types.get(name) for types in found] * (num_samples // runs)
            shapes = [_shape(made) for made in types]
            dtype = types[0].tensor_type.elem_type if types[0] is not None else 0
            result.append((dtype, None if None in shapes
                           else [shape for shape in shapes if shape is not None]))
        return result

    def _sample(self, schema: defs.OpSchema, node: NodeProto, inputs: Sequence[Value | None],
                sample: int) -> dict[str, TypeProto]:
        types, data = {}, {}
        for name, value in zip(node.input, inputs, strict=True):
            if value is None:
                continue
            shape = None if value.shapes is None else value.shapes[sample]
            types[name] = helper.make_tensor_type_proto(value.dtype, shape)
            if value.arrays is not None and value.arrays[sample].size <= LARGEST_DATA:
                data[name] = numpy_helper.from_array(value.arrays[sample])
        return dict(shape_inference.infer_node_outputs(
            schema, node, types, data, opset_imports=self.imports,
            ir_version=onnx.helper.VERSION_TABLE[-1][1]))

    def evaluate(self, node: NodeProto,
                 arrays: Sequence[np.ndarray | None]) -> list[np.ndarray] | None:
        """The outputs of a node for these inputs; None where onnx cannot run it."""
        feeds = {name: array for name, array in zip(node.input, arrays, strict=True)
                 if array is not None}
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                results = ReferenceEvaluator(self._model(node, feeds)).run(None, feeds)
        except Exception:           # of any kind: the node is made an operator instead
            return None
        if any(not isinstance(result, (np.ndarray, np.generic)) for result in results):
            return None
        return [np.asarray(result) for result in results]

    def _model(self, node: NodeProto, feeds: dict[str, np.ndarray]) -> onnx.ModelProto:
        """A model of this node alone: an evaluator of a node takes the newest opset."""
        graph = helper.make_graph(
            [node], "node",
            [helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype),
                                           array.shape) for name, array in feeds.items()],
            [onnx.ValueInfoProto(name=name) for name in node.output if name])
        return helper.make_model(graph, opset_imports=self.imports)


def _of_caffe2(node: NodeProto, inputs: Sequence[Value | None]
               ) -> list[tuple[int, list[tuple[int, ...]] | None]]:
    """What SpatialBN and FC give, which are no operators of ONNX."""
    data, weight = inputs[0], inputs[1] if len(inputs) > 1 else None
    unknown: list[tuple[int, list[tuple[int, ...]] | None]] = [(0, None)] * len(node.output)
    if data is None or data.shapes is None:
        return unknown
    shapes = data.shapes
    if node.op_type == "FC":
        if weight is None or weight.shapes is None:
            return unknown
        shapes = [(shape[0], rows[0]) for shape, rows in zip(shapes, weight.shapes, strict=True)]
    return [(data.dtype, shapes), *unknown[1:]]


def _is_fixed(value: Value) -> bool:
    if value.arrays is not None:
        return value.constant is not None
    return value.shapes is not None and all(shape == value.shapes[0] for shape in value.shapes)


def _shape(made: TypeProto | None) -> tuple[int, ...] | None:
    """A shape all of whose lengths are known."""
    if made is None or not made.tensor_type.HasField("shape"):
        return None
    if any(not axis.HasField("dim_value") for axis in made.tensor_type.shape.dim):
        return None
    return tuple(axis.dim_value for axis in made.tensor_type.shape.dim)

"""Values that are known before the network runs: constants, and what is computed from shapes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from onnx import NodeProto

from .inference import LARGEST_FOLDED, Inference
from .values import Value

LARGEST_OPEN = 1024             # elements of what depends on open lengths and yet is computed here
_RANDOM = {"RandomUniform", "RandomNormal", "RandomUniformLike", "RandomNormalLike", "Multinomial",
           "Bernoulli"}
_HEAVY = {"Conv", "ConvTranspose", "Einsum", "LSTM", "GRU", "RNN", "MaxPool", "AveragePool",
          "Resize", "MatMul", "Gemm", "MaxRoiPool", "RoiAlign", "GridSample", "TopK"}
# what only moves numbers: a number that is the same for all samples is so for all lengths
_MOVING = {"Shape", "Gather", "Slice", "Concat", "Squeeze", "Unsqueeze", "Cast", "Identity",
           "Reshape", "Split", "Flatten", "Transpose"}


def is_assumed(node: NodeProto, inputs: Sequence[Value | None], output: Value) -> bool:
    """Whether a value that is the same for all samples may be another for other lengths: what
    comparisons give, for one."""
    given = [value for value in inputs if value is not None]
    return any(value.is_assumed for value in given) or (
        node.op_type not in _MOVING and output.constant is not None
        and any(value.arrays is not None and value.constant is None for value in given))


def folded(inference: Inference, node: NodeProto, inputs: Sequence[Value | None],
           outputs: Sequence[Value], count: int) -> list[list[np.ndarray]] | None:
    """The values of a node's outputs, for each of `count` samples; None where they are not known,
    or where operators had better compute them."""
    if node.op_type in _RANDOM or node.op_type in _HEAVY:
        return None
    if node.op_type in ("Shape", "Size"):
        return _shapes(node, inputs[0], count)
    if any(value is not None and value.arrays is None for value in inputs):
        return None
    if outputs[0].shapes is not None \
            and max(int(np.prod(shape)) for shape in outputs[0].shapes) > LARGEST_FOLDED:
        return None
    if all(value is None or value.constant is not None for value in inputs):
        once = inference.evaluate(node, [_sample(value, 0) for value in inputs])
        return None if once is None else [[array] * count for array in once]
    if any(shape is not None and int(np.prod(shape)) > LARGEST_OPEN
           for value in (*inputs, *outputs) if value is not None for shape in value.shapes or ()):
        return None
    every = [inference.evaluate(node, [_sample(value, sample) for value in inputs])
             for sample in range(count)]
    known = [arrays for arrays in every if arrays is not None]
    if len(known) < count:
        return None
    return [list(arrays) for arrays in zip(*known, strict=True)]


def _shapes(node: NodeProto, value: Value | None, count: int) -> list[list[np.ndarray]] | None:
    """What Shape and Size give; None where the shape is not known."""
    if value is None or value.shapes is None:
        return None
    if node.op_type == "Size":
        return [[np.array(np.prod(shape), np.int64) for shape in value.shapes]]
    ends = {attribute.name: attribute.i for attribute in node.attribute}
    cut = slice(ends.get("start"), ends.get("end"))
    return [[np.array(shape[cut], np.int64) for shape in value.shapes]]


def _sample(value: Value | None, sample: int) -> np.ndarray | None:
    return None if value is None or value.arrays is None else value.arrays[sample]

"""Imported operators that move, cut and join, against onnxruntime."""

import numpy as np
import pytest
from onnx import helper, numpy_helper
from onnx_import_cases import BOOL, FLOAT, INT, check, check_dynamic, compare, ids, model_of

DRAW = np.random.default_rng(8)
X = DRAW.standard_normal((2, 3, 4)).astype(np.float32)
IMAGE = DRAW.standard_normal((2, 8, 4, 6)).astype(np.float32)
ONES = DRAW.standard_normal((2, 1, 3, 1)).astype(np.float32)
NUMBER = np.array(3, np.float32)
INTS = np.arange(12).reshape(3, 4)
I = np.array

# op, inputs, attributes, opset, which inputs are constants
CASES = [
    ("Reshape", [X, I([4, 6])], {}, 13, [1]), ("Reshape", [X, I([0, -1])], {}, 13, [1]),
    ("Reshape", [X, I([-1])], {}, 5 + 2, [1]), ("Reshape", [X, I([0, 2, 6])], {}, 14, [1]),
    ("Reshape", [X[:1, :1, :1], I([], np.int64)], {}, 13, [1]),
    *[("Flatten", [X], {"axis": axis}, 13, []) for axis in (0, 1, 2, 3, -1)],
    ("Squeeze", [ONES], {}, 11, []), ("Squeeze", [ONES], {"axes": [1]}, 11, []),
    ("Squeeze", [ONES, I([-1, 1])], {}, 13, [1]), ("Squeeze", [X[:1, 0, 0], I([0])], {}, 13, [1]),
    ("Unsqueeze", [X], {"axes": [0, 3]}, 11, []), ("Unsqueeze", [X, I([-1, 1])], {}, 13, [1]),
    ("Unsqueeze", [NUMBER, I([0])], {}, 13, [1]), ("Unsqueeze", [NUMBER, I([0, 1])], {}, 13, [1]),
    ("Transpose", [X], {}, 13, []), ("Transpose", [X], {"perm": [0, 2, 1]}, 13, []),
    ("Transpose", [X[0, 0]], {}, 13, []),
    ("Concat", [X, X * 2], {"axis": 1}, 13, []), ("Concat", [X], {"axis": -1}, 13, []),
    ("Concat", [X, X, X * 2], {"axis": -1}, 13, [2]),
    ("Expand", [ONES, I([2, 5, 3, 4])], {}, 13, [1]), ("Expand", [X, I([1, 1])], {}, 13, [1]),
    ("Expand", [NUMBER, I([2, 2])], {}, 13, [1]), ("Expand", [X[0], I([2, 1, 4])], {}, 13, [1]),
    ("Tile", [X, I([1, 2, 3])], {}, 13, [1]),
    ("DepthToSpace", [IMAGE], {"blocksize": 2}, 13, []),
    ("DepthToSpace", [IMAGE], {"blocksize": 2, "mode": "CRD"}, 13, []),
    ("SpaceToDepth", [IMAGE], {"blocksize": 2}, 13, []),
    ("Pad", [IMAGE], {"pads": [0, 0, 1, 2, 0, 0, 0, 1], "value": 1.5}, 10, []),
    ("Pad", [X, I([1, 0, 2, 0, 1, 0]), I(2, np.float32)], {}, 13, [1, 2]),
    ("Pad", [X, I([0, 0, 1, 0, 0, 2])], {"mode": "reflect"}, 13, [1]),
    ("Pad", [X, I([0, 0, 1, 0, 0, 2])], {"mode": "edge"}, 13, [1]),
    ("Pad", [X, I([0, 0, -1, 0, -1, 2])], {}, 13, [1]),
    ("Pad", [X, I([1, 2]), None, I([-1])], {}, 18, [1, 3]),
    ("Trilu", [X], {}, 14, []), ("Trilu", [X, I(1)], {"upper": 0}, 14, [1]),
    ("Trilu", [X, I(-1)], {"upper": 1}, 14, [1]),
    # places
    ("Gather", [X, I([0, 2, -1])], {"axis": 1}, 13, [1]),
    ("Gather", [X, I([[0, -1], [1, 1]])], {"axis": 2}, 13, []),
    ("Gather", [X, I(1)], {"axis": 1}, 13, [1]), ("Gather", [X, I(-1)], {"axis": 1}, 13, [1]),
    ("Gather", [X, I(-1)], {"axis": 1}, 13, []), ("Gather", [X[0, 0], I(2)], {}, 13, [1]),
    ("Gather", [X[0], I([[0, 2]], np.int32)], {}, 13, [0]),
    ("GatherElements", [X, I([[[0, 2, -1, 1]]])], {"axis": 1}, 13, []),
    ("GatherElements", [X, I([[[0], [2], [1]], [[3], [-1], [2]]])], {"axis": 2}, 13, [1]),
    ("GatherND", [X, I([[0, 1], [1, -1]])], {}, 13, []), ("GatherND", [X, I([1, 2])], {}, 13, [1]),
    ("GatherND", [X, I([[[1, 2, 3]], [[0, 0, -1]]])], {}, 13, [1]),
    ("GatherND", [X, I([[1], [-1]])], {"batch_dims": 1}, 13, []),
    ("GatherND", [X, I([[[3], [0], [1]], [[1], [2], [0]]])], {"batch_dims": 2}, 13, [1]),
    ("ReverseSequence", [X, I([2, 3])], {"batch_axis": 0, "time_axis": 1}, 13, []),
    ("ReverseSequence", [X, I([1, 2, 2])], {}, 13, []),
    ("ScatterND", [X, I([[0, 1], [1, 2]]), X[0, :2]], {}, 13, []),
    ("ScatterND", [X, I([1]), X[0] * 2], {}, 13, [1]),
    ("ScatterND", [X, I([1, 0, -1]), NUMBER], {}, 13, [1]),
    ("GatherND", [X, I([1, 0, -1])], {}, 13, [1]),
    ("ScatterElements", [X, I([[[0, 2, 1, 1]]]), X[1:, 1:2]], {"axis": 1}, 13, []),
    # parts
    ("Slice", [X], {"starts": [0, 1], "ends": [1, 9], "axes": [0, 2]}, 9, []),
    ("Slice", [X], {"starts": [-3], "ends": [-1], "axes": [2]}, 9, []),
    ("Slice", [X, I([1]), I([3]), I([1])], {}, 13, [1, 2, 3]),
    ("Slice", [X, I([0]), I([2 ** 63 - 1]), I([1]), I([2])], {}, 13, [1, 2, 3, 4]),
    ("Slice", [X, I([-1]), I([-2 ** 63]), I([2]), I([-1])], {}, 13, [1, 2, 3, 4]),
    ("Slice", [X, I([3, 2]), I([0, -9]), I([2, 1]), I([-2, -1])], {}, 13, [1, 2, 3, 4]),
    ("Slice", [X, I([0, 1]), I([2, 3])], {}, 13, [1, 2]),
    ("Slice", [X, I([-99]), I([99]), I([0])], {}, 13, [1, 2, 3]),
    # from shapes
    ("OneHot", [I([0, 2, -1, 5, -4]), I(3), I([0, 1], np.float32)], {}, 11, [1, 2]),
    ("OneHot", [I([[0, 2], [1, 1]]), I([3]), I([2, 5], np.float32)], {"axis": 1}, 11, [1, 2]),
    ("EyeLike", [X[0]], {}, 9, []),
    ("EyeLike", [X[1]], {"k": -1, "dtype": FLOAT}, 9, []),
    ("Identity", [NUMBER], {}, 13, []),
]


@pytest.mark.parametrize(("op", "inputs", "attrs", "opset", "known"), CASES, ids=ids(CASES))
def test_operator(op, inputs, attrs, opset, known):
    check(op, inputs, attrs, opset, known)


@pytest.mark.parametrize("op", ["Shape", "Size"])
def test_shapes_as_numbers(op):
    check(op, [X], out=INT)
    nodes = [helper.make_node(op, ["x"], ["s"]), helper.make_node("Cast", ["s"], ["f"], to=FLOAT),
             helper.make_node("Mul", ["x", "f"] if op == "Size" else ["r", "f"], ["y"])]
    data = np.ones((2, 3, 3), "f")
    inputs = {"x": data} if op == "Size" else {"x": data, "r": X[0, :, :3]}
    model = model_of(nodes, inputs, shapes={"x": ["N", 3, 3]})
    check_dynamic(model, inputs, {**inputs, "x": np.ones((5, 3, 3), "f")})


def test_shape_of_some_axes():
    check("Shape", [X], {"start": 1}, out=INT)
    check("Shape", [X], {"start": -2, "end": -1}, out=INT)


SPLITS = [
    (11, [X], {"axis": 2}, 2), (11, [X], {"axis": 2, "split": [1, 3]}, 2),
    (13, [X, I([2, 2])], {"axis": -1}, 2), (13, [X, I([1, 0 + 2])], {"axis": 1}, 2),
    (18, [X], {"axis": 2, "num_outputs": 3}, 3), (18, [X], {"axis": 0, "num_outputs": 1}, 1),
]


@pytest.mark.parametrize(("opset", "inputs", "attrs", "count"), SPLITS, ids=ids([("Split",)] * 6))
def test_split(opset, inputs, attrs, count):
    outputs = tuple("abc"[:count])
    check("Split", inputs, attrs, opset, range(1, len(inputs)), (FLOAT,) * count, outputs)


def test_an_output_of_several_that_no_one_uses():
    nodes = [helper.make_node("Split", ["x"], ["a", "y"], axis=2)]
    compare(model_of(nodes, {"x": X}, opset=11), {"x": X})


def test_constants_of_all_kinds():
    values = {"value": numpy_helper.from_array(X), "value_float": 2.0, "value_ints": [1, 2, 3, 4],
              "value_floats": [1.0, 2, 3, 4], "value_int": 3}
    for name, value in values.items():
        nodes = [helper.make_node("Constant", [], ["c"], **{name: value}),
                 helper.make_node("Cast", ["c"], ["f"], to=FLOAT),
                 helper.make_node("Add", ["x", "f"], ["y"])]
        compare(model_of(nodes, {"x": X}), {"x": X})


def test_constants_as_outputs_and_inputs_as_outputs():
    nodes = [helper.make_node("Constant", [], ["c"], value_floats=[1.0, 2.0]),
             helper.make_node("Relu", ["x"], ["y"])]
    compare(model_of(nodes, {"x": X}, ("c", "x", "y")), {"x": X})


def test_range_and_constant_of_shape():
    nodes = [helper.make_node("Range", ["zero", "end", "two"], ["r"]),
             helper.make_node("ConstantOfShape", ["shape"], ["c"],
                              value=numpy_helper.from_array(np.array([2.5], "f"))),
             helper.make_node("Add", ["r", "x"], ["a"]), helper.make_node("Mul", ["a", "c"], ["y"])]
    params = {"zero": I(1, np.float32), "end": I(8, np.float32), "two": I(2, np.float32),
              "shape": I([3, 4])}
    compare(model_of(nodes, {"x": X}, params=params), {"x": X})


def test_truth_values_move():
    nodes = [helper.make_node("Greater", ["x", "zero"], ["g"]),
             helper.make_node("Transpose", ["g"], ["t"]),
             helper.make_node("Concat", ["t", "t"], ["c"], axis=0),
             helper.make_node("Cast", ["c"], ["y"], to=INT)]
    model = model_of(nodes, {"x": X}, ("y", "c"), params={"zero": I(0, np.float32)},
                     types={"y": INT, "c": BOOL})
    compare(model, {"x": X})

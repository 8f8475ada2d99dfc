"""Models with open lengths, and arrays made of them, against onnxruntime."""

import numpy as np
import pytest
from onnx import helper
from onnx_import_cases import chain, check_dynamic, compare, draw, model_of

OPEN = [
    # what is made of the lengths N and T of x, (N, T, 4)
    [("Expand", ["row", "shape"], "y", {})],
    [("ConstantOfShape", ["shape"], "c", {}), ("Add", ["c", "x"], "y", {})],
    [("Range", ["zero", "t0", "one"], "r", {}), ("Cast", ["r"], "f", {"to": 1}),
     ("Transpose", ["x"], "xt", {"perm": [0, 2, 1]}), ("Add", ["xt", "f"], "y", {})],
    [("Slice", ["x", "minus", "t", "ones"], "y", {})],
    [("Slice", ["wide", "zeros", "t", "ones"], "cut", {}), ("Add", ["cut", "x"], "y", {})],
    [("Reshape", ["x", "flat"], "r", {}), ("Reshape", ["r", "shape"], "y", {})],
    [("Reshape", ["x", "wild"], "y", {})],
    [("Equal", ["shape", "minus3"], "e", {}), ("Where", ["e", "shape", "shape"], "w", {}),
     ("Expand", ["row", "w"], "y", {})],
    [("Mul", ["n", "t"], "nt", {}), ("Concat", ["nt", "four"], "s", {"axis": 0}),
     ("Reshape", ["x", "s"], "y", {})],
    [("Unsqueeze", ["x", "ones"], "u", {}), ("Squeeze", ["u", "ones"], "y", {})],
    [("Flatten", ["x"], "y", {"axis": 2})],
    [("Cast", ["row"], "i", {"to": 7}), ("Expand", ["i", "shape"], "e", {}),
     ("Cast", ["e"], "y", {"to": 1})],
    [("Neg", ["x"], "m", {}), ("Slice", ["m", "zeros", "ones", "zeros"], "rows", {}),
     ("ScatterND", ["x", "at", "rows"], "y", {})],
    [("Transpose", ["x"], "u", {"perm": [1, 2, 0]}), ("Gather", ["shape", "zero"], "k0", {}),
     ("Unsqueeze", ["k0", "zeros"], "k", {}), ("TopK", ["u", "k"], "y places", {})],
    [("Cast", ["t0"], "f", {"to": 1}), ("Sqrt", ["f"], "q", {}), ("Div", ["x", "q"], "y", {})],
]


@pytest.mark.parametrize("number", range(len(OPEN)))
def test_arrays_made_of_open_lengths(number):
    node, data = helper.make_node, draw(2, 3, 4)
    params = {"row": draw(1, 1, 4), "wide": draw(1, 64, 4), "zero": np.array(0), "one": np.array(1)}
    for name, value in {"zeros": [0], "ones": [1], "minus": [-2], "minus3": [-1, -1, -1],
                        "four": [4], "wild": [0, -1], "at": [[0]]}.items():
        params[name] = np.array(value)
    nodes = [node("Shape", ["x"], ["shape"]), *chain(node, "x", 0, "n"), *chain(node, "x", 1, "t"),
             node("Squeeze", ["t", "zeros"], ["t0"]),
             node("Constant", [], ["rest"], value_ints=[-1]),
             node("Concat", ["n", "rest"], ["flat"], axis=0)]
    nodes += [node(op, inputs, out.split(), **attrs) for op, inputs, out, attrs in OPEN[number]]
    model = model_of(nodes, {"x": data}, params=params, shapes={"x": ["N", "T", 4]})
    check_dynamic(model, {"x": data}, {"x": draw(5, 9, 4)}, {"x": draw(1, 2, 4)})


def test_lengths_without_names_and_two_that_agree():
    nodes = [helper.make_node("Add", ["x", "z"], ["s"]), helper.make_node("Shape", ["z"], ["n"]),
             helper.make_node("Reshape", ["s", "n"], ["y"])]
    feeds = {"x": draw(2, 3), "z": draw(2, 3)}
    model = model_of(nodes, feeds, shapes={"x": [None, 3], "z": ["M", 3]})
    check_dynamic(model, feeds, {"x": draw(4, 3), "z": draw(4, 3)})


def test_a_model_that_says_no_shapes():
    node = helper.make_node
    nodes = [node("Conv", ["x", "w"], ["c"], kernel_shape=[3, 3]), node("Relu", ["c"], ["r"]),
             node("Concat", ["c", "r"], ["d"], axis=1), node("Sum", ["d", "d"], ["e"]),
             node("Transpose", ["e"], ["f"], perm=[0, 1, 3, 2]), node("Flatten", ["f"], ["g"]),
             node("Gemm", ["g", "v"], ["y"], transB=1)]
    params = {"w": draw(4, 2, 3, 3), "v": draw(3, 72)}
    model = model_of(nodes, {"x": draw(1, 2, 5, 5)}, params=params)
    model.graph.input[0].type.tensor_type.ClearField("shape")
    compare(model, {"x": draw(1, 2, 5, 5)})

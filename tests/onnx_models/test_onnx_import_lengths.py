"""Models with open lengths, and arrays made of them, against onnxruntime."""

import numpy as np
import pytest
from onnx import helper
from onnx_import_cases import chain, check_dynamic, compare, draw, model_of

from mxlite.base import MXNetNotImplementedError
from mxlite.contrib.onnx import import_model

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


def reshape_model(*lengths):
    """A Reshape of x, (N, T, L, 6), to lengths of x ("n", "t", "l"), "nt" for two of them joined,
    "half" of L and numbers."""
    node = helper.make_node
    nodes = [line for axis, name in enumerate("ntl") for line in chain(node, "x", axis, name)]
    nodes += [node("Constant", [], ["two"], value_ints=[2]), node("Mul", ["n", "t"], ["nt"]),
              node("Div", ["l", "two"], ["half"])]
    for number in {length for length in lengths if isinstance(length, int)}:
        nodes += [node("Constant", [], [f"c{number}"], value_ints=[number])]
    names = [f"c{length}" if isinstance(length, int) else length for length in lengths]
    nodes += [node("Concat", names, ["s"], axis=0), node("Reshape", ["x", "s"], ["y"], name="n")]
    return model_of(nodes, {"x": draw(2, 3, 4, 6)}, shapes={"x": ["N", "T", "L", 6]})


@pytest.mark.parametrize("lengths", [
    ("nt", "l", 6), ("n", "t", 2, "half", 6), ("n", "t", "half", 2, 6), ("n", 1, "t", "l", 6),
    (1, 1, "n", "t", "l", 6), ("n", "t", "l", 6, 1), ("n", "t", "l", 2, 3), ("n", "t", "l", 6),
], ids=str)
def test_reshape_to_several_open_lengths(lengths):
    check_dynamic(reshape_model(*lengths), {"x": draw(2, 3, 4, 6)}, {"x": draw(5, 1, 8, 6)},
                  {"x": draw(1, 7, 2, 6)})


def test_axes_of_length_one_that_go():
    node = helper.make_node
    nodes = [*chain(node, "x", 1, "n"), *chain(node, "x", 2, "t"),
             node("Concat", ["n", "t"], ["s"], axis=0), node("Reshape", ["x", "s"], ["y"])]
    model = model_of(nodes, {"x": draw(1, 2, 3, 1)}, shapes={"x": [1, "N", "T", 1]})
    check_dynamic(model, {"x": draw(1, 2, 3, 1)}, {"x": draw(1, 5, 4, 1)})


def test_lengths_that_cannot_be_told_apart():
    with pytest.raises(MXNetNotImplementedError, match=r"'n' \(Reshape\): axes \[0, 1, 2\] of its "
                       "output cannot be told apart, as more than one is open in the model. Open"):
        import_model(reshape_model("l", "t", "n", 6))


def test_lengths_without_names_and_two_that_agree():
    nodes = [helper.make_node("Add", ["x", "z"], ["s"]), helper.make_node("Shape", ["z"], ["n"]),
             helper.make_node("Reshape", ["s", "n"], ["y"])]
    feeds = {"x": draw(2, 3), "z": draw(2, 3)}
    model = model_of(nodes, feeds, shapes={"x": [None, 3], "z": ["M", 3]})
    check_dynamic(model, feeds, {"x": draw(4, 3), "z": draw(4, 3)})


def test_lengths_that_agree_by_their_axis():
    """Two inputs whose lengths have names of their own; rows are not columns for all that."""
    node = helper.make_node
    nodes = [node("Add", ["x", "z"], ["s"]), *chain(node, "z", 1, "t"),
             node("Constant", [], ["one"], value_ints=[1]),
             node("Concat", ["t", "one"], ["shape"], axis=0),
             node("ConstantOfShape", ["shape"], ["c"]), node("MatMul", ["s", "c"], ["y"])]
    feeds = {"x": draw(2, 3), "z": draw(2, 3)}
    model = model_of(nodes, feeds, shapes={"x": ["N", "T"], "z": ["N1", "T1"]})
    check_dynamic(model, feeds, {"x": draw(4, 3), "z": draw(4, 3)},
                  {"x": draw(1, 6), "z": draw(1, 6)})


def test_lengths_that_are_taken_to_agree():
    nodes = [helper.make_node("Shape", ["z"], ["sizes"]),
             helper.make_node("Resize", ["x", "", "", "sizes"], ["y"], mode="nearest")]
    feeds = {"x": draw(1, 1, 4, 6), "z": draw(1, 1, 4, 6)}
    model = model_of(nodes, feeds, shapes={"x": [1, 1, "H", "W"], "z": [1, 1, "H1", "W1"]})
    with pytest.warns(UserWarning, match="import_model: the graph is made for equal lengths along "
                      r"an axis as the open lengths of axis 2 of input 'x' \('H'\), axis 3 of"):
        check_dynamic(model, feeds, {"x": draw(1, 1, 2, 5), "z": draw(1, 1, 2, 5)})


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

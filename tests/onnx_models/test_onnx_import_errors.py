"""What import_model says of nodes that it does not take."""

import numpy as np
import pytest
from onnx import TensorProto, helper
from onnx_import_cases import draw, model_of

import mxlite as mx
from mxlite.base import MXNetError, MXNetNotImplementedError, MXNetValueError
from mxlite.contrib.onnx import import_model
from mxlite.contrib.onnx.onnx2mx.table import CONVERTERS


def imported(op, inputs, attrs=None, opset=17, params=None, shapes=None, outputs=("y",)):
    """Import one node 'n' of these inputs; params: numbers of those that are constants."""
    names = [f"x{i}" if array is not None else "" for i, array in enumerate(inputs)]
    known = {names[i]: inputs[i] for i in params or ()}
    feeds = {name: array for name, array in zip(names, inputs, strict=True)
             if name and name not in known}
    node = helper.make_node(op, names, list(outputs), name="n", **(attrs or {}))
    return import_model(model_of([node], feeds, outputs, opset, known, shapes))


def test_parameters_without_elements():
    with pytest.raises(MXNetNotImplementedError, match=r"tensor 'x1' of shape \(0,\) has no elem"):
        imported("Add", [draw(1), draw(0)], params=[1])


IMAGE, WEIGHT = draw(1, 2, 5, 5), draw(3, 2, 3, 3)
REFUSED = [
    ("Conv", [IMAGE, WEIGHT], {"auto_pad": "SAME"}, 17, [1],
     "auto_pad must be one of 'NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER'; got 'SAME'"),
    ("MaxPool", [IMAGE], {"kernel_shape": [2, 2], "dilations": [2, 2]}, 17, [],
     r"dilations must be 1; got \[2, 2\]"),
    ("ConvTranspose", [IMAGE, draw(2, 1, 2, 2)], {"output_padding": [2, 1], "strides": [2, 2]}, 17,
     [1], r"output_padding must be less than strides; got \[2, 1\]"),
    ("LRN", [IMAGE], {"size": 4}, 17, [], "size must be odd; got 4"),
    ("Resize", [IMAGE, draw(8), np.ones(4, np.float32)],
     {"coordinate_transformation_mode": "tf_crop_and_resize"}, 13, [1, 2],
     "coordinate_transformation_mode must be one of .*; got 'tf_crop_and_resize'"),
    ("GridSample", [IMAGE, draw(1, 2, 2, 2)], {}, 16, [], "align_corners must be 1; got 0"),
    ("GridSample", [IMAGE, draw(1, 2, 2, 2)], {"padding_mode": "border"}, 16, [],
     "padding_mode must be 'zeros'; got 'border'"),
    ("RoiAlign", [IMAGE, draw(1, 4), np.array([0])], {"mode": "max"}, 16, [],
     "mode must be 'avg'; got 'max'"),
    ("ScatterND", [draw(3), np.array([[0]]), draw(1)], {"reduction": "add"}, 16, [],
     "reduction must be 'none'; got 'add'"),
    ("LSTM", [draw(2, 1, 3), draw(1, 8, 3), draw(1, 8, 2)], {"hidden_size": 2, "clip": 1.0}, 14,
     [1, 2], "clip is not supported"),
    ("LSTM", [draw(2, 1, 3), draw(1, 8, 3), draw(1, 8, 2)], {"hidden_size": 2, "input_forget": 1},
     14, [1, 2], "input_forget must be 0; got 1"),
    ("RNN", [draw(2, 1, 3), draw(1, 2, 3), draw(1, 2, 2)],
     {"hidden_size": 2, "activations": ["Elu"]}, 14, [1, 2],
     r"activations must be \['Tanh'\]; got \['Elu'\]"),
    ("LSTM", [draw(2, 1, 3), draw(1, 8, 3), draw(1, 8, 2), None, None, None, None, draw(1, 6)],
     {"hidden_size": 2}, 14, [1, 2, 7], r"input 7 \('x7'\) is not supported"),
    ("LSTM", [draw(2, 1, 3), draw(1, 8, 3), draw(1, 8, 2)], {"hidden_size": 2}, 14, [1],
     r"R \(input 2, 'x2'\) must be a constant; it is computed when the network runs"),
    ("Dropout", [IMAGE, np.array(0.5, np.float32), np.array(True)], {}, 13, [1, 2],
     "training_mode must be false"),
    ("SpatialBN", [IMAGE, *[draw(2) for _ in range(4)]], {"strange": 3}, 15, [1, 2, 3, 4],
     r"attribute 'strange' \(3\) is not supported"),
    ("Relu", [IMAGE], {"strange": 3}, 17, [], "Unrecognized attribute: strange"),
    ("Cast", [IMAGE], {"to": TensorProto.INT16}, 17, [], "there are no arrays of int16"),
    ("Reshape", [IMAGE, np.array([5, 10])], {}, 13, [],
     r"shape \(input 1, 'x1'\) must be a constant; it is computed"),
    ("Reshape", [IMAGE, np.array([7, -1])], {}, 13, [1], "ShapeInferenceError"),
    ("Softmax", [draw(2, 3)], {"axis": 4}, 13, [], "axis"),
    ("MaxPool", [IMAGE.astype(np.int8)], {"kernel_shape": [2, 2]}, 12, [],
     "its input must be of a float dtype"),
    ("MaxPool", [draw(1, 1, 3, 3, 3, 3)], {"kernel_shape": [2] * 4}, 17, [],
     "its windows must have 1, 2 or 3 axes; got 4"),
    ("Conv", [IMAGE, WEIGHT], {"kernel_shape": [2, 2]}, 17, [1],
     r"kernel_shape must be that of the weight, \(3, 3\); got \[2, 2\]"),
    ("GridSample", [draw(1, 1, 2, 2, 2), draw(1, 1, 1, 1, 3)], {"align_corners": 1}, 20, [],
     "its input must have 4 axes; got 5"),
    ("AffineGrid", [draw(1, 3, 4), np.array([1, 1, 2, 2, 2])], {}, 20, [1],
     "size must be of 4 lengths; got 5"),
    ("ReverseSequence", [IMAGE, np.array([1])], {"time_axis": 2, "batch_axis": 0}, 13, [],
     "time_axis and batch_axis must be 0 and 1; got 2 and 0"),
    ("Range", [np.array(0), np.array(3), np.array(1)], {}, 13, [1, 2],
     r"start \(input 0, 'x0'\) must be a constant"),
    ("QuantizeLinear", [IMAGE, np.array(0.1, np.float32), np.array(0, np.int16)], {}, 21, [1, 2],
     "its output must be of int8 or uint8"),
    ("LayerNormalization", [IMAGE, draw(1)], {}, 17, [1],
     r"scale must have the shape of data from axis 3 on, \(5,\); got \(1,\)"),
    ("GRU", [draw(2, 1, 3), draw(1, 6, 3), draw(1, 6, 2), None, np.array([2], np.int32)],
     {"hidden_size": 2}, 14, [1, 2], "sequence_lens with linear_before_reset of 0 is not"),
    ("GRU", [draw(1, 2, 3), draw(1, 6, 3), draw(1, 6, 2)], {"hidden_size": 2, "layout": 1}, 14,
     [1, 2], "layout must be 0; got 1"),
    ("Tile", [IMAGE, np.array([2] * 4)], {}, 11, [], r"repeats \(input 1, 'x1'\) must be a const"),
    ("Expand", [IMAGE, np.array([2] * 4)], {}, 13, [], r"shape \(input 1, 'x1'\) must be a const"),
    ("ConstantOfShape", [np.array([2])], {}, 13, [], r"shape \(input 0, 'x0'\) must be a constant"),
    ("Resize", [IMAGE, None, None, np.array([2] * 4)], {}, 13, [],
     r"sizes \(input 3, 'x3'\) must be a constant"),
    ("Resize", [IMAGE, None, np.ones(4, np.float32)], {}, 13, [],
     r"scales \(input 2, 'x2'\) must be a constant"),
    ("Resize", [IMAGE, draw(8), np.ones(4, np.float32)],
     {"coordinate_transformation_mode": "tf_half_pixel_for_nn"}, 11, [1, 2],
     "nearest_mode must be 'floor'; got 'round_prefer_floor'"),
    ("DepthToSpace", [draw(1, 4, 2, 2)], {"blocksize": 2, "mode": "X"}, 13, [],
     "mode must be one of 'DCR', 'CRD'; got 'X'"),
    ("Slice", [IMAGE, np.array([1]), np.array([3])], {}, 13, [2],
     r"starts \(input 1, 'x1'\) must be a constant; it is computed"),
    ("Slice", [IMAGE, np.array([1]), np.array([3])], {}, 13, [1],
     r"ends \(input 2, 'x2'\) must be a constant; it is computed"),
    ("Range", [np.array(0), np.array(3), np.array(1)], {}, 13, [0, 1],
     r"delta \(input 2, 'x2'\) must be a constant"),
    ("Range", [np.array(0), np.array(3), np.array(1)], {}, 13, [0, 2],
     r"limit \(input 1, 'x1'\) must be a constant"),
    ("Upsample", [IMAGE, np.array([1, 1, 2, 2], np.float32)], {}, 9, [],
     r"scales \(input 1, 'x1'\) must be a constant"),
    ("LpNormalization", [IMAGE], {"axis": 9}, 17, [], "axis must be from -4 to 3; got 9"),
    ("GroupNormalization", [IMAGE, draw(1), draw(1)], {"num_groups": 1}, 18, [1, 2],
     "GroupNormalization is deprecated in domain_version of 18"),
    ("Pad", [IMAGE, np.array([0] * 8)], {"mode": "wrap"}, 19, [1],
     "mode must be one of 'constant', 'edge', 'reflect'; got 'wrap'"),
]


@pytest.mark.parametrize(("op", "inputs", "attrs", "opset", "known", "text"), REFUSED,
                         ids=[f"{case[0]}-{i}" for i, case in enumerate(REFUSED)])
def test_what_a_node_may_not_say(op, inputs, attrs, opset, known, text):
    with pytest.raises(MXNetError, match=rf"^import_model: node 'n' \({op}\): .*{text}"):
        imported(op, inputs, attrs, opset, known)


def test_outputs_that_there_are_not():
    with pytest.raises(MXNetNotImplementedError, match="training_mode must be 0; got 1"):
        imported("BatchNormalization", [IMAGE, *[draw(2) for _ in range(4)]], {"training_mode": 1},
                 15, [1, 2, 3, 4], outputs=("y", "mean", "var"))
    for op, attrs in (("MaxPool", {"kernel_shape": [2, 2]}), ("Dropout", {})):
        with pytest.raises(MXNetNotImplementedError, match=r"output 1 \('mask'\) is not supported"):
            imported(op, [IMAGE], attrs, 17, outputs=("y", "mask"))


def test_shapes_that_do_not_fit():
    with pytest.raises(MXNetValueError, match=r"import_model: node 'n': Reshape: shape must be of"):
        imported("Reshape", [IMAGE, np.array([7, 7])], params=[1])


def test_nodes_without_names_are_called_by_what_they_make():
    model = model_of([helper.make_node("LRN", ["x"], ["y"], size=2)], {"x": IMAGE})
    with pytest.raises(MXNetError, match=r"import_model: the node that makes 'y' \(LRN\): size"):
        import_model(model)


def test_open_lengths_that_must_be_known():
    text = (r"Open are axis 0 of input 'x0' \('N'\).*; fix those that matter: python -m "
            r"onnxruntime.tools.make_dynamic_shape_fixed --dim_param N --dim_value 1")
    with pytest.raises(MXNetNotImplementedError, match=rf"'n' \(ScatterND\): axis 1 .*{text}"):
        imported("ScatterND", [draw(3, 4), np.array([[0, 1]]), draw(1)], shapes={"x0": ["N", "M"]})
    of = "needs the length of axis 2, which is open in the model"
    shapes = {"x0": ["N", 2, "H", "W"]}
    with pytest.raises(MXNetNotImplementedError, match=f"auto_pad {of}"):
        imported("Conv", [IMAGE, WEIGHT], {"auto_pad": "SAME_UPPER", "strides": [2, 2]}, 17, [1],
                 shapes)
    with pytest.raises(MXNetNotImplementedError, match=f"ceil_mode {of}"):
        imported("MaxPool", [IMAGE], {"kernel_shape": [2, 2], "strides": [3, 3], "ceil_mode": 1},
                 shapes=shapes)
    nodes = [helper.make_node("Shape", ["x"], ["s"]), helper.make_node("Mul", ["s", "s"], ["p"]),
             helper.make_node("Expand", ["row", "p"], ["y"], name="n")]
    model = model_of(nodes, {"x": draw(3)}, params={"row": draw(1)}, shapes={"x": ["N"]})
    with pytest.raises(MXNetError, match=r"'n' \(Expand\): axis 0 of its output has a length that"):
        import_model(model)


LENGTHS = {"x0": ["N", 2, "H", "W"]}
OPEN_REFUSED = [
    ("ArgMax", [IMAGE], {"axis": 2, "select_last_index": 1}, 13, [], LENGTHS,
     "select_last_index needs the length of axis 2, which"),
    ("Resize", [IMAGE, None, np.array([1, 1, 1.5, 1.5], np.float32)], {"mode": "cubic"}, 13, [2],
     LENGTHS, "the length of axis 2, which these attributes need,"),
    ("EyeLike", [draw(3, 4)], {}, 17, [], {"x0": ["N", 4]},
     "its input must have a known shape; axis 0"),
    ("FC", [draw(2, 3), draw(4, 3), draw(4)], {}, 9, [2], {"x1": ["N", 3]},
     "the weight must have a known shape; axis 0"),
]


@pytest.mark.parametrize(("op", "inputs", "attrs", "opset", "known", "shapes", "text"),
                         OPEN_REFUSED, ids=[case[0] for case in OPEN_REFUSED])
def test_what_an_open_length_may_not_be(op, inputs, attrs, opset, known, shapes, text):
    with pytest.raises(MXNetNotImplementedError,
                       match=rf"'n' \({op}\): {text} is open in the model. Open are axis 0 of "):
        imported(op, inputs, attrs, opset, known, shapes)


def test_constants_that_are_no_arrays():
    node = helper.make_node("Constant", [], ["c"], name="n", value_string="text")
    model = model_of([node, helper.make_node("Cast", ["c"], ["y"], to=1)], {"x": draw(1)})
    with pytest.raises(MXNetError, match=r"no such arrays|must be an array of numbers"):
        import_model(model)


@pytest.mark.parametrize(("made", "text"), [
    (mx.sym.Flatten, r"output 'y' must be of shape \(1, 2, 5, 5\); got \(1, 50\)"),
    (lambda data: mx.sym.Cast(data, dtype="float64"), "output 'y' must be of float32; got float64"),
], ids=["shape", "dtype"])
def test_a_converter_that_makes_something_else(monkeypatch, made, text):
    monkeypatch.setitem(CONVERTERS, "Relu", lambda call: made(call.sym()))
    with pytest.raises(MXNetError, match=f"^import_model: {text}$"):
        imported("Relu", [IMAGE])

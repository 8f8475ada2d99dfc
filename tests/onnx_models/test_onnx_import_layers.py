"""Imported layers of networks, against onnxruntime."""

import numpy as np
import pytest
from onnx import helper
from onnx.reference import ReferenceEvaluator
from onnx_import_cases import DOUBLE, check, compare, ids, imported_outputs, model_of

from mxlite.contrib.onnx import import_model

DRAW = np.random.default_rng(9)


def draw(*shape):
    return DRAW.standard_normal(shape).astype(np.float32)


IMAGE, LINE, CUBE = draw(2, 4, 7, 8), draw(2, 4, 9), draw(1, 2, 4, 5, 6)
WEIGHT, BIAS = draw(6, 4, 3, 3), draw(6)
GROUPED, DOWN = draw(6, 2, 3, 3), draw(4, 3, 3, 2)

CONVOLUTIONS = [
    ("Conv", [IMAGE, WEIGHT, BIAS], {}), ("Conv", [IMAGE, WEIGHT], {"kernel_shape": [3, 3]}),
    ("Conv", [IMAGE, WEIGHT, BIAS], {"pads": [1, 1, 1, 1], "strides": [2, 1]}),
    ("Conv", [IMAGE, GROUPED, BIAS], {"group": 2, "dilations": [2, 1]}),
    ("Conv", [IMAGE, WEIGHT], {"pads": [0, 1, 2, 0]}),
    *[("Conv", [IMAGE, WEIGHT, BIAS], {"auto_pad": auto, "strides": [2, 3]})
      for auto in ("SAME_UPPER", "SAME_LOWER", "VALID")],
    ("Conv", [LINE, draw(3, 4, 2)], {"pads": [1, 0]}), ("Conv", [LINE, draw(3, 4, 2)], {}),
    ("Conv", [CUBE, draw(3, 2, 2, 3, 2)], {"pads": [1, 0, 1, 1, 0, 1]}),
    ("Conv", [CUBE, draw(3, 2, 2, 3, 2)], {"pads": [0, 0, 1, 1, 2, 1]}),
    ("ConvTranspose", [IMAGE, DOWN, draw(3)], {}),
    ("ConvTranspose", [IMAGE, DOWN], {"strides": [2, 3], "pads": [1, 0, 1, 0]}),
    ("ConvTranspose", [IMAGE, DOWN], {"strides": [2, 3], "pads": [1, 0, 0, 1]}),
    ("ConvTranspose", [IMAGE, DOWN], {"strides": [2, 2], "output_padding": [1, 0]}),
    ("ConvTranspose", [IMAGE, DOWN], {"strides": [2, 3], "output_shape": [14, 24]}),
    ("ConvTranspose", [IMAGE, draw(4, 2, 3, 2)], {"group": 2, "dilations": [2, 1]}),
    *[("ConvTranspose", [IMAGE, DOWN], {"strides": [2, 2], "auto_pad": auto})
      for auto in ("SAME_UPPER", "SAME_LOWER", "VALID")],
    ("ConvTranspose", [LINE, draw(4, 2, 4)], {"strides": [2], "pads": [1, 1]}),
]


@pytest.mark.parametrize(("op", "inputs", "attrs"), CONVOLUTIONS, ids=ids(CONVOLUTIONS))
def test_convolutions(op, inputs, attrs):
    check(op, inputs, attrs, params=range(1, len(inputs)))
    check(op, inputs, attrs)


POOLS = [
    ("MaxPool", IMAGE, {"kernel_shape": [2, 3]}),
    ("MaxPool", IMAGE, {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}),
    ("MaxPool", IMAGE - 9, {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [0, 0, 1, 1]}),
    ("MaxPool", IMAGE - 9, {"kernel_shape": [3, 3], "strides": [2, 2], "auto_pad": "SAME_UPPER"}),
    ("MaxPool", IMAGE, {"kernel_shape": [3, 2], "strides": [3, 3], "ceil_mode": 1}),
    ("MaxPool", IMAGE, {"kernel_shape": [2, 2], "strides": [3, 3], "ceil_mode": 1,
                        "pads": [1, 1, 1, 1]}),
    ("MaxPool", LINE, {"kernel_shape": [2], "strides": [2]}),
    ("MaxPool", CUBE, {"kernel_shape": [2, 2, 3], "pads": [1, 0, 1, 1, 0, 1]}),
    ("AveragePool", IMAGE, {"kernel_shape": [2, 3]}),
    ("AveragePool", IMAGE, {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}),
    ("AveragePool", IMAGE, {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "count_include_pad": 1}),
    ("AveragePool", IMAGE, {"kernel_shape": [3, 3], "pads": [0, 1, 1, 0], "strides": [2, 2]}),
    ("AveragePool", IMAGE, {"kernel_shape": [3, 3], "pads": [0, 1, 1, 0], "count_include_pad": 1}),
    ("AveragePool", IMAGE, {"kernel_shape": [3, 3], "auto_pad": "SAME_LOWER", "strides": [2, 2]}),
    ("AveragePool", IMAGE, {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1}),
    ("AveragePool", IMAGE, {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1,
                            "pads": [1, 1, 1, 1]}),
    ("AveragePool", IMAGE, {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1,
                            "pads": [1, 1, 1, 1], "count_include_pad": 1}),
    ("AveragePool", IMAGE, {"kernel_shape": [3, 2], "strides": [3, 3], "ceil_mode": 1,
                            "pads": [1, 0, 0, 1]}),
    ("LpPool", IMAGE, {"kernel_shape": [2, 3]}),
    ("LpPool", IMAGE, {"kernel_shape": [2, 2], "p": 3}),
    ("LpPool", IMAGE, {"kernel_shape": [3, 3], "pads": [1, 0, 1, 1], "strides": [2, 2]}),
    *[(op, data, {}) for op in ("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool")
      for data in (LINE, IMAGE, CUBE)],
    ("GlobalLpPool", IMAGE, {"p": 1}), ("GlobalLpPool", IMAGE, {"p": 3}),
]


@pytest.mark.parametrize(("op", "data", "attrs"), POOLS, ids=ids(POOLS))
def test_pooling(op, data, attrs):
    check(op, [data], attrs, opset=19 if op == "AveragePool" else 12)


STATES = [draw(4), draw(4), draw(4), np.abs(draw(4))]
NORMS = [
    ("BatchNormalization", [IMAGE, *STATES], {"epsilon": 1e-3}, 9),
    ("BatchNormalization", [LINE, *STATES], {}, 15),
    ("BatchNormalization", [draw(3, 4), *STATES], {"momentum": 0.5}, 15),
    ("BatchNormalization", [IMAGE, *STATES], {"spatial": 1}, 7),
    ("InstanceNormalization", [IMAGE, draw(4), draw(4)], {"epsilon": 1e-2}, 17),
    ("InstanceNormalization", [LINE, draw(4), draw(4)], {}, 17),
    ("LRN", [IMAGE], {"size": 3}, 17),
    ("LRN", [IMAGE], {"size": 5, "alpha": 0.1, "beta": 0.6, "bias": 2.0}, 17),
    ("LayerNormalization", [LINE, draw(9), draw(9)], {"epsilon": 1e-3}, 17),
    ("LayerNormalization", [LINE, draw(9)], {"axis": -1}, 17),
    ("LayerNormalization", [LINE, draw(4, 9), draw(4, 9)], {"axis": 1}, 17),
    ("GroupNormalization", [IMAGE, draw(4), draw(4)], {"num_groups": 2}, 21),
    ("GroupNormalization", [LINE, draw(4), draw(4)], {"num_groups": 4, "epsilon": 0.1}, 21),
    ("MeanVarianceNormalization", [IMAGE], {}, 17),
    ("MeanVarianceNormalization", [IMAGE], {"axes": [1, 2]}, 17),
    ("RMSNormalization", [LINE, draw(9)], {}, 23),
    ("Dropout", [IMAGE], {"ratio": 0.4}, 10), ("Dropout", [IMAGE, np.array(0.3, "f")], {}, 13),
]


def test_batch_norm_that_says_spatial_0_of_one_number_a_channel():
    """As MXNet's old exporter wrote it, which ONNX Runtime refuses."""
    params = dict(zip("gbmv", STATES, strict=True))
    models = [model_of([helper.make_node("BatchNormalization", ["x", *params], ["y"],
                                         spatial=spatial)], {"x": IMAGE}, opset=7, params=params)
              for spatial in (0, 1)]
    compare(models[0], {"x": IMAGE}, imported_outputs(models[1], {"x": IMAGE}), 0)
    with pytest.raises(NotImplementedError, match="spatial=0 with a scale for each place"):
        params = {name: draw(4, 7, 8) for name in params}
        import_model(model_of([helper.make_node("BatchNormalization", ["x", *params], ["y"],
                                                spatial=0)], {"x": IMAGE}, opset=7, params=params))


@pytest.mark.parametrize(("op", "inputs", "attrs", "opset"), NORMS, ids=ids(NORMS))
def test_normalization(op, inputs, attrs, opset):
    check(op, inputs, attrs, opset, range(1, len(inputs)))
    check(op, inputs, attrs, opset, range(1, len(inputs)) if op == "Dropout" else [])


def test_fully_connected_and_spatial_batch_norm_of_caffe2():
    nodes = [helper.make_node("SpatialBN", ["x", "g", "b", "m", "v"], ["n"], epsilon=1e-3),
             helper.make_node("FC", ["n", "w", "c"], ["f"]),
             helper.make_node("Softmax", ["f"], ["y"])]
    weight = draw(5, 4 * 7 * 8) * 0.02
    params = dict(zip("gbmvwc", [*STATES, weight, draw(5)], strict=True))
    scaled = [array[:, None, None] for array in STATES]
    normed = (IMAGE - scaled[2]) / np.sqrt(scaled[3] + 1e-3) * scaled[0] + scaled[1]
    expected = np.exp(normed.reshape(2, -1) @ weight.T + params["c"])
    expected /= expected.sum(1, keepdims=True)
    compare(model_of(nodes, {"x": IMAGE}, params=params), {"x": IMAGE}, [expected], 1e-4)


RESIZES = [
    *[(mode, places, [1, 1, 2, 2], 13) for mode in ("nearest", "linear", "cubic")
      for places in ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel")],
    ("nearest", "tf_half_pixel_for_nn", [1, 1, 2, 3], 11),
    ("linear", "half_pixel", [1, 1, 1.5, 0.5], 13), ("linear", "half_pixel", [1, 1, 0.4, 1.7], 13),
    ("nearest", "asymmetric", [1, 1, 1.3, 2], 13), ("linear", "align_corners", [1, 1, 3, 1], 13),
    ("nearest", "half_pixel", [1, 1, 3, 3], 13),
]


@pytest.mark.parametrize(("mode", "places", "scales", "opset"), RESIZES, ids=ids(RESIZES))
def test_resize(mode, places, scales, opset):
    attrs = {"mode": mode, "coordinate_transformation_mode": places}
    if mode == "nearest" and places in ("asymmetric", "tf_half_pixel_for_nn"):
        attrs["nearest_mode"] = "floor"
    image = draw(2, 3, 4, 5)
    scales = np.array(scales, np.float32)
    check("Resize", [image, np.zeros(0, "f"), scales], attrs, opset, [1, 2])
    sizes = np.floor(scales * image.shape).astype(np.int64)
    if opset > 12:
        check("Resize", [image, None, None, sizes], attrs, opset, [3])


def test_resize_as_options_say():
    image, sizes = draw(2, 3, 8, 9), np.array([2, 3, 5, 4])
    how = {"mode": "linear", "antialias": 1}
    check("Resize", [image, None, None, sizes], how, 18, [3])
    check("Resize", [image, None, None, sizes[2:]], {"mode": "linear", "axes": [2, 3]}, 18, [3])
    how = {"mode": "cubic", "cubic_coeff_a": -0.5, "exclude_outside": 1}
    check("Resize", [image, None, None, sizes], how, 13, [3])
    how = {"nearest_mode": "ceil"}
    check("Resize", [image, None, None, sizes * [1, 1, 2, 2]], how, 13, [3])
    check("Resize", [LINE, np.array([1, 1, 2], "f")], {}, 10, [1])


def test_layers_of_float64():
    """onnxruntime has few of them: the package onnx computes what is expected."""
    image, wide = IMAGE.astype(np.float64), np.array([1, 1, 2, 1.5], np.float32)
    rows, channels = draw(8).astype(np.float64), draw(4).astype(np.float64)
    for op, inputs, attrs in [
            ("Resize", [image[:, :1], np.zeros(0, "f"), wide], {"mode": "linear"}),
            ("MaxPool", [image], {"kernel_shape": [2, 2]}),
            ("AveragePool", [image], {"kernel_shape": [2, 2]}),
            ("LayerNormalization", [image, rows], {}),
            ("GroupNormalization", [image, channels, channels], {"num_groups": 2})]:
        node = helper.make_node(op, [f"x{i}" for i in range(len(inputs))], ["y"], **attrs)
        params = {f"x{i}": array for i, array in enumerate(inputs) if i}
        model = model_of([node], {"x0": inputs[0]}, opset=21, params=params, types={"y": DOUBLE})
        expected = ReferenceEvaluator(model).run(None, {"x0": inputs[0]})
        assert imported_outputs(model, {"x0": inputs[0]})[0].dtype == np.float64
        compare(model, {"x0": inputs[0]}, [np.asarray(expected[0], np.float64)])


def test_upsample():
    for mode in ("nearest", "linear"):
        check("Upsample", [IMAGE], {"mode": mode, "scales": [1.0, 1.0, 2.0, 2.0]}, 7)
        check("Upsample", [IMAGE, np.array([1, 1, 2, 3], "f")], {"mode": mode}, 9, [1])


def test_regions():
    rois = np.array([[0, 0, 4, 5], [1, 2, 7, 6], [0, 0, 3, 3]], np.float32)
    images = np.array([0, 1, 0])
    for attrs in ({"output_height": 2, "output_width": 3, "sampling_ratio": 2},
                  {"output_height": 2, "output_width": 2, "spatial_scale": 0.5},
                  {"coordinate_transformation_mode": "output_half_pixel", "output_width": 2}):
        check("RoiAlign", [IMAGE, rois, images], attrs, 16)
    check("RoiAlign", [IMAGE, rois, images], {"output_height": 2}, 10)
    check("MaxRoiPool", [IMAGE, np.concatenate([images[:, None], rois], 1).astype("f")],
          {"pooled_shape": [2, 2]})
    grid = DRAW.uniform(-1.2, 1.2, (2, 3, 5, 2)).astype(np.float32)
    check("GridSample", [IMAGE, grid], {"align_corners": 1}, 16)
    check("GridSample", [IMAGE, grid], {"align_corners": 1, "mode": "linear"}, 20)


@pytest.mark.parametrize("align", [0, 1])
def test_affine_grid(align):
    check("AffineGrid", [draw(2, 2, 3), np.array([2, 3, 4, 5])], {"align_corners": align}, 20, [1])

"""Models of integers of 8 bits, beside what onnxruntime makes of them."""

import numpy as np
import pytest
from onnx import TensorProto, helper
from onnx_import_cases import DRAW, FLOAT, UINT8, check, compare, draw, model_of

IMAGE = draw(2, 4, 7, 6)
INT8 = (DRAW.integers(-100, 100, (2, 4, 7, 6))).astype(np.int8)
BYTES = (DRAW.integers(0, 200, (2, 4, 7, 6))).astype(np.uint8)
FILTERS = (DRAW.integers(-90, 90, (6, 4, 3, 3))).astype(np.int8)
STEP, ZERO, BYTE_ZERO = np.array(0.03, "f"), np.array(3, np.int8), np.array(11, np.uint8)
STEPS, NONE = (np.abs(draw(6)) + 0.1) / 100, np.zeros(6, np.int8)
INT32 = TensorProto.INT32


def test_quantized_numbers():
    scale, zero = np.array(0.05, "f"), np.array(3, np.int8)
    check("QuantizeLinear", [IMAGE, scale, zero], {}, 13, [1, 2], 3)
    check("QuantizeLinear", [IMAGE, scale], {}, 13, [1], 2)
    check("DequantizeLinear", [(IMAGE * 40).astype(np.int8), scale, zero], {}, 13, [1, 2])
    scales, zeros = np.abs(draw(4)) + 0.1, np.array([1, 2, 3, 4], np.uint8)
    check("QuantizeLinear", [IMAGE, scales, zeros], {"axis": 1}, 13, [1, 2], 2)
    check("DequantizeLinear", [(IMAGE * 40).astype(np.int32), scales], {}, 13, [1], FLOAT)
    vector = np.array([5, -7, 9], np.int32)         # with one scale, of a vector, too
    check("DequantizeLinear", [vector, scale.reshape(1)], {}, 13, [0, 1], FLOAT)
    check("DequantizeLinear", [vector, scale], {}, 13, [0, 1], FLOAT)


@pytest.mark.parametrize("attrs", [{}, {"pads": [1, 0, 2, 1], "strides": [2, 1]}])
def test_convolutions_of_integers(attrs):
    check("ConvInteger", [BYTES, FILTERS], attrs, 13, [1], INT32)
    check("ConvInteger", [BYTES, FILTERS, BYTE_ZERO, ZERO], attrs, 13, [1, 2, 3], INT32)
    step, bias = np.array(7.5, "f"), DRAW.integers(-3000, 3000, 6).astype(np.int32)
    check("QLinearConv", [BYTES, STEP, BYTE_ZERO, FILTERS, STEPS, NONE, step, BYTE_ZERO, bias],
          attrs, 13, range(1, 9), UINT8)
    check("QLinearConv", [INT8, STEP, ZERO, FILTERS, STEP, ZERO * 0, step, ZERO], attrs, 13,
          range(1, 8), TensorProto.INT8)


@pytest.mark.parametrize("shapes", [((5, 9), (9, 6)), ((2, 3, 5, 9), (9, 6)),
                                    ((3, 5, 9), (3, 9, 6))])
def test_products_of_integers(shapes):
    left = DRAW.integers(0, 200, shapes[0]).astype(np.uint8)
    right = DRAW.integers(-90, 90, shapes[1]).astype(np.int8)
    check("MatMulInteger", [left, right], {}, 13, [1], INT32)
    check("MatMulInteger", [left, right, BYTE_ZERO, ZERO], {}, 13, [1, 2, 3], INT32)
    check("QLinearMatMul", [left, STEP, BYTE_ZERO, right, STEP, ZERO, np.array(1.5, "f"),
                            BYTE_ZERO], {}, 13, range(1, 8), UINT8)


def test_products_with_a_scale_for_each_column():
    left = DRAW.integers(0, 200, (2, 5, 9)).astype(np.uint8)
    right = DRAW.integers(-90, 90, (9, 6)).astype(np.int8)
    check("QLinearMatMul", [left, STEP, BYTE_ZERO, right, STEPS, NONE, np.array(1.5, "f"),
                            BYTE_ZERO], {}, 13, range(1, 8), UINT8)


@pytest.mark.parametrize("data", [IMAGE, np.abs(IMAGE) + 1, -np.abs(IMAGE) - 1, 0 * IMAGE])
def test_quantizing_by_the_range_of_the_data(data):
    node = helper.make_node("DynamicQuantizeLinear", ["x"], ["y", "scale", "zero"])
    compare(model_of([node], {"x": data}, ("y", "scale", "zero"), 13,
                     types={"y": UINT8, "zero": UINT8}), {"x": data})

"""Imported operators of each element, reductions and logic, against onnxruntime."""

import numpy as np
import pytest
from onnx import helper
from onnx_import_cases import (
    BOOL,
    DOUBLE,
    FLOAT,
    HALF,
    INT,
    UINT8,
    check,
    compare,
    ids,
    model_of,
)

DRAW = np.random.default_rng(7)
X = DRAW.standard_normal((2, 3, 4)).astype(np.float32)
Y = DRAW.standard_normal((2, 3, 4)).astype(np.float32)
ROW = DRAW.standard_normal(4).astype(np.float32)
UNIT = DRAW.uniform(-0.9, 0.9, (2, 5)).astype(np.float32)
ABOVE = DRAW.uniform(1.1, 3, (2, 5)).astype(np.float32)
INTS = np.array([[7, -7, 5], [3, -4, 0]], np.int64)
DIVISORS = np.array([[2, 2, -2], [-3, 3, 5]], np.int64)
SPECIAL = np.array([0.5, np.nan, np.inf, -np.inf, -2], np.float32)
HALVES = np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 1.2, -1.7], np.float32)
TRUE = np.array([[True], [False]])
ALSO = np.array([[True, False, True]])


UNARY = [
    *[(op, X) for op in ("Abs", "Atan", "Ceil", "Cos", "Cosh", "Erf", "Exp", "Floor", "Neg", "Relu",
                         "Sigmoid", "Sign", "Sin", "Sinh", "Softsign", "Tan", "Tanh", "Identity",
                         "Softplus", "Asinh", "Reciprocal", "Elu", "Selu", "LeakyRelu",
                         "HardSigmoid", "ThresholdedRelu", "Celu", "HardSwish")],
    *[(op, UNIT) for op in ("Acos", "Asin", "Atanh")],
    *[(op, ABOVE) for op in ("Acosh", "Log", "Sqrt")],
    ("Round", HALVES), ("Abs", INTS), ("Neg", INTS), ("Sign", INTS),
]


@pytest.mark.parametrize(("op", "data"), UNARY, ids=ids(UNARY))
def test_of_one_array(op, data):
    check(op, [data], out=INT if data is INTS else FLOAT)


WITH_ATTRIBUTES = [
    ("LeakyRelu", {"alpha": 0.3}), ("Elu", {"alpha": 0.4}), ("Selu", {"alpha": 1.2, "gamma": 2.0}),
    ("Celu", {"alpha": 0.7}), ("ThresholdedRelu", {"alpha": 0.2}), ("Shrink", {"lambd": 0.3}),
    ("Shrink", {"lambd": 0.3, "bias": 0.1}), ("HardSigmoid", {"alpha": 0.4, "beta": 0.3}),
    ("Gelu", {}), ("Gelu", {"approximate": "tanh"}), ("Mish", {}), ("Swish", {"alpha": 0.5}),
    ("LpNormalization", {"axis": 1, "p": 2}), ("LpNormalization", {"p": 1}),
    ("Cast", {"to": INT}), ("Cast", {"to": DOUBLE}), ("Cast", {"to": UINT8}),
    ("Cast", {"to": BOOL}), ("Cast", {"to": HALF}),
]


@pytest.mark.parametrize(("op", "attrs"), WITH_ATTRIBUTES, ids=ids(WITH_ATTRIBUTES))
def test_of_one_array_with_attributes(op, attrs):
    opset = {"Gelu": 20, "Mish": 18, "Swish": 24}.get(op, 17)
    data = np.abs(X) if attrs.get("to") == UINT8 else X
    check(op, [data], attrs, opset, out=attrs.get("to", FLOAT))


BINARY = [
    *[(op, X, Y, FLOAT) for op in ("Add", "Sub", "Mul", "Div")],
    *[(op, X, ROW, FLOAT) for op in ("Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Mean")],
    *[(op, INTS, DIVISORS, INT) for op in ("Add", "Sub", "Mul", "Div", "Mod", "Max", "Min")],
    *[(op, ROW, X, BOOL) for op in ("Greater", "Less", "GreaterOrEqual", "LessOrEqual", "Equal")],
    *[(op, INTS, INTS[0], BOOL) for op in ("Greater", "Less", "Equal", "LessOrEqual")],
    *[(op, TRUE, ALSO, BOOL) for op in ("And", "Or", "Xor", "Equal")],
    ("Pow", ABOVE, UNIT, FLOAT), ("Pow", INTS, np.abs(DIVISORS), INT),
    ("Pow", ABOVE, np.array([2], np.int64), FLOAT), ("Pow", X, np.array(2, np.float32), FLOAT),
    ("PRelu", X, np.abs(ROW), FLOAT), ("PRelu", X, np.array([[0.1], [0.2], [0.3]], "f"), FLOAT),
    ("PRelu", X, np.array([0.1], "f"), FLOAT),
    ("Mul", np.array([1.5], "f"), np.array(2, "f"), FLOAT),
    ("Add", np.array(1, "f"), np.array(2, "f"), FLOAT),
]


@pytest.mark.parametrize("known", [(), (0,), (1,)], ids=["inputs", "left_known", "right_known"])
@pytest.mark.parametrize(("op", "left", "right", "out"), BINARY, ids=ids(BINARY))
def test_of_two_arrays(op, left, right, out, known):
    check(op, [left, right], out=out, params=known)


@pytest.mark.parametrize("op", ["Add", "Sub", "Mul", "Div", "Pow"])
@pytest.mark.parametrize("data", [np.abs(X), INTS], ids=["float", "int"])
def test_of_an_array_and_a_number(op, data):
    number = np.array(3, data.dtype)
    out = INT if data is INTS else FLOAT
    check(op, [data, number], out=out, params=[1])
    if data is not INTS:
        check(op, [number, data], out=out, params=[0])


def test_mod_with_fmod_has_the_sign_of_the_dividend():
    check("Mod", [X, Y], {"fmod": 1})
    check("Mod", [INTS, DIVISORS], {"fmod": 1}, out=INT)


@pytest.mark.parametrize("op", ["Sum", "Max", "Min", "Mean"])
@pytest.mark.parametrize("count", [1, 3])
def test_of_several_arrays(op, count):
    check(op, [X, Y, X * Y][:count])
    check(op, [X, ROW, Y][:count])


def test_not_and_tests_of_floats():
    check("Not", [TRUE], out=BOOL)
    for attrs in ({}, {"detect_negative": 0}, {"detect_positive": 0}):
        check("IsInf", [SPECIAL], attrs, out=BOOL)
    check("IsNaN", [SPECIAL], out=BOOL)


def test_where_takes_conditions_of_inputs_and_of_comparisons():
    check("Where", [TRUE, ROW[:3][None], np.ones((2, 3), "f")])
    check("Where", [X > 0, X, Y])
    check("Where", [TRUE, INTS, DIVISORS], out=INT, params=[2])
    nodes = [helper.make_node("Concat", ["mask", "mask"], ["two"], axis=0),
             helper.make_node("Less", ["a", "b"], ["less"]),
             helper.make_node("And", ["less", "two"], ["all"]),
             helper.make_node("And", ["all", "mask"], ["both"]),
             helper.make_node("Not", ["both"], ["not"]),
             helper.make_node("Where", ["not", "a", "b"], ["y"])]
    feeds = {"a": INTS, "b": DIVISORS, "mask": ALSO}
    compare(model_of(nodes, feeds, types={"y": INT}), feeds)


CLIPS = [
    (7, [X], {"min": -0.5, "max": 0.5}, ()), (10, [X], {"min": -0.5}, ()), (10, [X], {}, ()),
    (13, [X, np.array(-0.5, "f"), np.array(0.5, "f")], {}, (1, 2)), (13, [X], {}, ()),
    (13, [X, np.array(-0.5, "f")], {}, (1,)), (13, [X, None, np.array(0.5, "f")], {}, (2,)),
    (13, [X, np.array(-0.5, "f"), np.array(0.5, "f")], {}, ()),
    (13, [INTS, np.array(-1), np.array(4)], {}, (1, 2)),
]


@pytest.mark.parametrize(("opset", "inputs", "attrs", "known"), CLIPS,
                         ids=ids([("Clip",)] * len(CLIPS)))
def test_clip(opset, inputs, attrs, known):
    check("Clip", inputs, attrs, opset, known, INT if inputs[0] is INTS else FLOAT)


REDUCTIONS = ["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1",
              "ReduceL2", "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp"]


@pytest.mark.parametrize("op", REDUCTIONS)
@pytest.mark.parametrize("keepdims", [0, 1])
@pytest.mark.parametrize("axes", [None, [1], [0, -1], [2, 1]], ids=str)
def test_reductions(op, axes, keepdims):
    data = np.abs(X) + 0.1
    attrs = {"keepdims": keepdims}
    given = {} if axes is None else {"axes": axes}
    old = 12 if op == "ReduceSum" else 17
    check(op, [data], {**attrs, **given}, old)
    check(op, [data, *([] if axes is None else [np.array(axes)])], attrs, 18, [1] if axes else [])


def test_reductions_of_integers_and_of_no_axes():
    check("ReduceSum", [INTS, np.array([1])], {}, 13, [1], INT)
    check("ReduceMax", [INTS], {"keepdims": 0}, 13, out=INT)
    check("ReduceSum", [X, np.array([], np.int64)], {"noop_with_empty_axes": 1}, 13, [1])


@pytest.mark.parametrize("op", ["ArgMax", "ArgMin"])
@pytest.mark.parametrize("attrs", [{}, {"axis": -1, "keepdims": 0}, {"axis": 1},
                                   {"axis": 1, "select_last_index": 1}], ids=str)
def test_places_of_extremes(op, attrs):
    data = np.round(X)
    check(op, [data], attrs, out=INT)


def test_top_k():
    out = (FLOAT, INT)
    check("TopK", [X], {"k": 2, "axis": 1}, 9, out=out, outputs=("y", "places"))
    check("TopK", [X, np.array([2])], {"axis": 1, "largest": 0}, 17, [1], out, ("y", "places"))
    check("TopK", [X, np.array([3])], {}, 17, [1], out, ("y", "places"))


@pytest.mark.parametrize("attrs", [{}, {"reverse": 1}, {"exclusive": 1},
                                   {"reverse": 1, "exclusive": 1}], ids=str)
def test_cumsum(attrs):
    check("CumSum", [X, np.array(1)], attrs, 17, [1])
    check("CumSum", [INTS, np.array([-1])], attrs, 17, [1], INT)


@pytest.mark.parametrize("op", ["Softmax", "LogSoftmax", "Hardmax"])
@pytest.mark.parametrize("axis", [None, 0, 1, 2, -1])
@pytest.mark.parametrize("opset", [11, 13])
def test_softmax_of_both_kinds(op, axis, opset):
    check(op, [X], {} if axis is None else {"axis": axis}, opset)

"""Parameters: what is taken for a value, and the text that a graph's JSON has for it.

What MXNet 1.9.1 takes, refuses and writes was tried one by one on `mx.sym`.
"""

import numpy as np
import pytest

import mxlite as mx
from mxlite.base import MXNetError
from mxlite.ops.bind import attributes, from_attributes, sort_arguments
from mxlite.ops.schema import REGISTRY

PARAMS = {"int": ("Convolution", "num_filter"), "float": ("Dropout", "p"),
          "bool": ("BatchNorm", "fix_gamma"), "Shape": ("Convolution", "kernel"),
          "Axis": ("sum", "axis"), "Bounds": ("slice", "begin"), "DType": ("Cast", "dtype"),
          "int | None": ("slice_axis", "end"), "str": ("Activation", "act_type"),
          "choice | None": ("Convolution", "cudnn_tune"), "Floats": ("_image_normalize", "mean")}


def declared(kind):
    op, name = PARAMS[kind]
    return REGISTRY[op].params[name]


@pytest.mark.parametrize("kind, value, want", [
    ("int", "8", 8), ("int", " 8 ", 8), ("int", 8.0, 8), ("int", np.int64(8), 8),
    ("float", "0.5", 0.5), ("float", " 1e-05", 1e-5), ("float", 1, 1.0),
    ("bool", "True", True), ("bool", "true", True), ("bool", "1", True), ("bool", 1, True),
    ("bool", "False", False), ("bool", "false", False), ("bool", "0", False), ("bool", 0, False),
    ("Shape", "(3, 3)", (3, 3)), ("Shape", "(3L,3L)", (3, 3)), ("Shape", "[3, 3]", (3, 3)),
    ("Shape", "( 3 , 3 )", (3, 3)), ("Shape", "(3,3,)", (3, 3)), ("Shape", "(3,)", (3,)),
    ("Shape", "()", ()), ("Shape", "3", (3,)), ("Shape", 3, (3,)), ("Shape", [3, 3], (3, 3)),
    ("Shape", (np.int32(3), 3), (3, 3)),
    ("Axis", "None", None), ("Axis", None, None), ("Axis", "1", 1), ("Axis", "(0,)", (0,)),
    ("Axis", "(0, 1)", (0, 1)), ("Axis", [0, 1], (0, 1)),
    ("Bounds", "(None, 1)", (None, 1)), ("Bounds", (None, 1), (None, 1)), ("Bounds", "2", (2,)),
    ("DType", "float16", "float16"), ("DType", np.float16, "float16"),
    ("int | None", "None", None), ("int | None", "3", 3),
    ("str", "relu", "relu"), ("choice | None", "None", None), ("choice | None", "off", "off"),
    ("Floats", "(0.5, 1)", (0.5, 1.0)), ("Floats", 0.5, (0.5,)),
])
def test_parses(kind, value, want):
    parsed = declared(kind).parse(value, "op")
    assert parsed == want and type(parsed) is type(want)


@pytest.mark.parametrize("kind, value, rule", [
    ("int", "8.0", "num_filter must be at least 1"), ("int", "0x8", "num_filter must be"),
    ("int", True, "num_filter must be"), ("int", "True", "num_filter must be"),
    ("int", "", "num_filter must be"), ("int", 8.5, "num_filter must be"),
    ("float", "True", "p must be between 0 and 1"), ("float", True, "p must be between 0 and 1"),
    ("float", "half", "p must be"), ("float", None, "p must be"),
    ("bool", "2", "fix_gamma must be True or False"), ("bool", 2, "fix_gamma must be True"),
    ("bool", "yes", "fix_gamma must be"), ("bool", "None", "fix_gamma must be"),
    ("Shape", "(3.0, 3)", "kernel must be a tuple of integers"), ("Shape", "(3, 3", "kernel must"),
    ("Shape", "(3, 3]", "kernel must be"), ("Shape", "(None, 3)", "kernel must be"),
    ("Shape", "3 3", "kernel must be"), ("Axis", "True", "axis must be an integer, a tuple"),
    ("DType", "(1,", "dtype must be a dtype such as"), ("DType", "2,(", "dtype must be a dtype"),
    ("DType", "float17", "dtype must be a dtype such as"), ("str", "Relu", "act_type must be one"),
    ("Floats", "(a, b)", "mean must be a tuple of numbers"),
])
def test_refuses(kind, value, rule):
    with pytest.raises(MXNetError, match=rule):
        declared(kind).parse(value, "op")


@pytest.mark.parametrize("kind, value, want", [
    ("int", 8, "8"), ("int", np.int64(8), "8"), ("int", "8", "8"), ("float", 1e-5, "1e-05"),
    ("float", 2.0, "2.0"), ("float", 2, "2"), ("float", float("inf"), "inf"),
    ("float", np.float32(0.3), "0.3"), ("bool", True, "True"), ("bool", 1, "1"),
    ("Shape", (3, 3), "(3, 3)"), ("Shape", [3, 3], "[3, 3]"), ("Shape", (3,), "(3,)"),
    ("Shape", (np.int32(1), 1), "(1, 1)"), ("Shape", 3, "3"), ("Shape", "(3L,3L)", "(3L,3L)"),
    ("Axis", None, "None"), ("Bounds", (None, 1), "(None, 1)"), ("DType", np.float16, "float16"),
    ("DType", np.dtype("int8"), "int8"), ("DType", "bfloat16", "bfloat16"),
    ("str", "relu", "relu"), ("choice | None", None, "None"),
])
def test_text(kind, value, want):
    assert declared(kind).text(value) == want


def test_defaults_survive_being_written_and_read():
    for cls in set(REGISTRY.values()):
        for name, param in cls.params.items():
            if repr(param.default) != "<required>":
                text = param.text(param.default)
                assert param.parse(text, cls.name) == param.default, f"{cls.name} {name} {text}"


def given(name, *args, **kwargs):
    """The attributes of a call of `mx.sym.<name>`."""
    inputs, values = sort_arguments(REGISTRY[name], mx.nd.NDArray, args, kwargs)
    return attributes(REGISTRY[name], values, len(inputs))


def test_attributes_are_what_was_given():
    x = mx.nd.ones((2, 3))
    assert given("Convolution", x, kernel=[3, 3], num_filter=np.int64(8), no_bias=True,
                 stride=(np.int32(1), 1)) == {
        "kernel": "[3, 3]", "num_filter": "8", "no_bias": "True", "stride": "(1, 1)"}
    assert given("clip", x, 0, 1e-5) == {"a_min": "0", "a_max": "1e-05"}
    assert given("_mul_scalar", x, scalar=2) == {"scalar": "2"}
    assert given("Concat", x, x, dim=0) == {"dim": "0", "num_args": "2"}
    assert given("add_n", x, x, num_args=2) == {"num_args": "2"}
    assert given("relu", x) == {}


@pytest.mark.parametrize("value", [2 ** 63, -2 ** 63 - 1, 1e30, "9" * 20, (1, 2 ** 63)])
def test_integers_fit_64_bits(value):
    with pytest.raises(ValueError, match=r"(num_hidden must be at|shape must be a tuple of int)"):
        if isinstance(value, tuple):
            REGISTRY["Reshape"].make({"shape": value})
        else:
            REGISTRY["FullyConnected"].make({"num_hidden": value})


@pytest.mark.parametrize("none", [None, "None"])
def test_none_is_no_lengths(none):
    """MXNet reads it so; `Pooling(kernel=None, global_pool=True)` is found in files."""
    assert REGISTRY["Pooling"].make({"kernel": none, "global_pool": True}).kernel == ()
    assert REGISTRY["Dropout"].make({"axes": none}).axes == ()
    with pytest.raises(ValueError, match="tile: reps must be a tuple of integers; got"):
        REGISTRY["tile"].make({"reps": none})


def test_attributes_make_the_operator_again():
    op, scalars = from_attributes(REGISTRY["Convolution"], {
        "kernel": "(3L, 3L)", "num_filter": "8", "no_bias": "true", "__lr_mult__": "2"})
    assert op is REGISTRY["Convolution"].make(
        {"kernel": (3, 3), "num_filter": 8, "no_bias": True})
    assert scalars == []
    assert from_attributes(REGISTRY["_mul_scalar"], {"scalar": "2"})[1] == [2.0]
    assert from_attributes(REGISTRY["Concat"], {"num_args": "2", "dim": "0"})[0].dim == 0
    assert from_attributes(REGISTRY["relu"], {"axis": "1"})[1] == []    # which takes none at all
    assert from_attributes(REGISTRY["_mul_scalar"], {"scalar": "2", "is_int": "1"})[1] == [2.0]
    assert from_attributes(REGISTRY["_ones"], {"shape": "2", "ctx": "cpu(0)"})[0].shape == (2,)
    for name, key in (("sum", "axes"), ("sum", "ctx"), ("softmax", "is_int")):
        with pytest.raises(TypeError, match=f"{name}: unknown parameter '{key}'"):
            from_attributes(REGISTRY[name], {key: "1"})
    with pytest.raises(TypeError, match="_mul_scalar: missing parameter 'scalar'"):
        from_attributes(REGISTRY["_mul_scalar"], {})

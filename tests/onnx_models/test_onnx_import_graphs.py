"""Names, parameters, functions and dtypes of imported graphs."""

import numpy as np
import pytest
from onnx import TensorProto, helper
from onnx_import_cases import (
    INT,
    compare,
    draw,
    model_of,
    residual_net,
)

import mxlite as mx
from mxlite.contrib.onnx import import_model


@pytest.mark.parametrize("dtype", [np.float64, np.float16])
def test_networks_of_other_floats(dtype):
    node = helper.make_node
    weights = {"w": draw(4, 3).astype(dtype), "b": draw(4).astype(dtype),
               "half": np.array(0.5, dtype)}
    nodes = [node("Gemm", ["x", "w", "b"], ["g"], transB=1), node("Mul", ["g", "half"], ["m"]),
             node("Tanh", ["m"], ["y"])]
    data = draw(2, 3).astype(dtype)
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    compare(model_of(nodes, {"x": data}, params=weights, types={"y": kind}), {"x": data},
            tolerance=1e-5 if dtype == np.float64 else 2e-3)


def test_states_that_are_parameters_too_become_their_own():
    """Exporters store equal arrays once."""
    norm = "BatchNormalization"
    nodes = [helper.make_node(norm, ["x", "one", "zero", "zero", "one"], ["a"], name="first"),
             helper.make_node(norm, ["a", "one", "zero", "zero", "one"], ["y"], name="second")]
    params = {"one": np.ones(3, np.float32), "zero": np.zeros(3, np.float32)}
    model = model_of(nodes, {"x": draw(2, 3, 4)}, params=params)
    compare(model, {"x": draw(2, 3, 4)})
    symbol, args, aux = import_model(model)
    assert set(args) == {"one", "zero"}
    assert set(aux) == {f"{name}_moving_{state}" for name in ("first", "second")
                        for state in ("mean", "var")} == set(symbol.list_auxiliary_states())


def test_nodes_of_equal_and_of_no_names():
    node, data = helper.make_node, draw(2, 3)
    nodes = [node("Relu", ["x"], ["a"], name="same"), node("Neg", ["a"], ["b"], name="same"),
             node("Exp", ["b"], ["x_"]), node("Abs", ["x_"], ["y"], name="x")]
    model = model_of(nodes, {"x": data})
    compare(model, {"x": data}, [np.exp(-np.maximum(data, 0))])     # onnxruntime refuses it
    outputs = import_model(model)[0].get_internals().list_outputs()
    assert outputs == ["x", "same_output", "same_1_output", "x__output", "x_1_output"]


def test_initializers_that_are_listed_as_inputs():
    nodes, params = residual_net()
    model = model_of(nodes, {"x": draw(2, 3, 8, 8), **params}, params=params)
    compare(model, {"x": draw(2, 3, 8, 8)})
    assert set(import_model(model)[0].list_inputs()) == {"x", *params}


def test_nodes_that_no_output_needs_are_left_out():
    nodes = [helper.make_node("Relu", ["x"], ["y"]), helper.make_node("NonZero", ["x"], ["z"])]
    model = model_of(nodes, {"x": draw(2, 3)}, params={"unused": draw(2)})
    compare(model, {"x": draw(2, 3)})
    assert not import_model(model)[1]


def test_functions_of_the_model_and_of_onnx():
    body = [helper.make_node("Relu", ["a"], ["b"]), helper.make_node("Neg", ["b"], ["c"])]
    function = helper.make_function("mine", "Twice", ["a"], ["c"], body,
                                    [helper.make_opsetid("", 17)])
    nodes = [helper.make_node("Twice", ["x"], ["t"], domain="mine"),
             helper.make_node("Abs", ["t"], ["y"])]
    model = model_of(nodes, {"x": draw(2, 3)})
    model.functions.append(function)
    model.opset_import.append(helper.make_opsetid("mine", 1))
    compare(model, {"x": draw(2, 3)})
    queries = draw(2, 4, 5, 8)
    nodes = [helper.make_node("Attention", ["x", "x", "x"], ["y"])]
    compare(model_of(nodes, {"x": queries}, opset=23), {"x": queries})
    nodes = [helper.make_node("SoftmaxCrossEntropyLoss", ["x", "z"], ["y"])]
    feeds = {"x": draw(3, 5), "z": np.array([1, 0, 4])}
    compare(model_of(nodes, feeds), feeds)


def test_random_numbers():
    node = helper.make_node
    nodes = [node("RandomUniform", [], ["a"], shape=[200, 50], low=2.0, high=3.0, seed=1.0),
             node("RandomNormal", [], ["b"], shape=[200, 50], mean=1.0, scale=0.5),
             node("RandomUniformLike", ["x"], ["c"], low=-1.0),
             node("RandomNormalLike", ["i"], ["d"], dtype=TensorProto.FLOAT),
             node("Multinomial", ["logits"], ["e"], sample_size=4000)]
    feeds = {"x": draw(100, 100), "i": np.zeros((100, 100), np.int64),
             "logits": np.log(np.array([[0.1, 0.3, 0.6]], np.float32)) + 2}
    model = model_of(nodes, feeds, tuple("abcde"), types={"e": TensorProto.INT32})
    symbol = import_model(model)[0]
    arrays = {name: mx.nd.array(array, dtype=array.dtype) for name, array in feeds.items()}
    mx.random.seed(3)
    a, b, c, d, e = (out.asnumpy() for out in symbol.bind(mx.cpu(), arrays).forward())
    assert (a.min() >= 2 and a.max() < 3 and c.min() >= -1 and c.max() < 1)
    assert abs(b.mean() - 1) < 0.02 and abs(b.std() - 0.5) < 0.02
    assert abs(d.mean()) < 0.04 and abs(d.std() - 1) < 0.04 and d.dtype == np.float32
    assert e.shape == (1, 4000) and e.dtype == np.int32
    np.testing.assert_allclose(np.bincount(e[0]) / 4000, [0.1, 0.3, 0.6], atol=0.04)


def test_integers_of_indices_keep_their_dtype():
    nodes = [helper.make_node("ArgMax", ["x"], ["a"], axis=1),
             helper.make_node("Add", ["a", "i"], ["y"])]
    params = {"i": np.array([[2 ** 40]])}
    model = model_of(nodes, {"x": draw(2, 3)}, params=params, types={"y": INT})
    compare(model, {"x": draw(2, 3)})
    assert import_model(model)[1]["i"].dtype == np.int64


def test_branches_that_shapes_choose():
    """What squeeze(1) is written as where the exporter does not know the length."""
    node, value = helper.make_node, helper.make_tensor_value_info
    then = helper.make_graph([node("Squeeze", ["x", "one"], ["thin"])], "then", [],
                             [value("thin", 1, None)])
    other = helper.make_graph([node("NonZero", ["x"], ["wide"])], "else", [],
                              [value("wide", 1, None)])
    nodes = [node("Shape", ["x"], ["s"]), node("Gather", ["s", "one"], ["length"]),
             node("Equal", ["length", "one"], ["is_one"]),
             node("If", ["is_one"], ["z"], then_branch=then, else_branch=other),
             node("Neg", ["z"], ["y"])]
    data = draw(3, 1, 4)
    model = model_of(nodes, {"x": data}, params={"one": np.array([1])}, shapes={"x": ["N", 1, 4]})
    compare(model, {"x": data}, [-data[:, 0]])

"""Whole networks in the ways of exporters, against onnxruntime."""

import numpy as np
import pytest
from onnx import TensorProto, helper
from onnx_import_cases import (
    BOOL,
    DRAW,
    chain,
    check_dynamic,
    draw,
    model_of,
    residual_net,
)

import mxlite as mx
from mxlite.contrib.onnx import import_model


def residual_model(shape=("N", 3, "H", "W")):
    nodes, params = residual_net()
    return model_of(nodes, {"x": draw(2, 3, 8, 8)}, params=params, shapes={"x": list(shape)})


def test_residual_network_of_any_size():
    check_dynamic(residual_model(), {"x": draw(2, 3, 8, 8)}, {"x": draw(3, 3, 12, 9)})


def test_names_are_those_of_the_model():
    symbol, args, aux = import_model(residual_model())
    assert set(args) == {"w0", "g0", "o0", "w1", "b1", "g1", "o1", "w2", "b2"}
    assert set(aux) == {"m0", "v0", "m1", "v1"} == set(symbol.list_auxiliary_states())
    assert set(symbol.list_arguments()) == {"x", *args}
    assert symbol.list_outputs() == ["fc_output"]
    assert "conv1_output" in symbol.get_internals().list_outputs()
    assert isinstance(args["w0"], mx.nd.NDArray)


def test_files_of_an_imported_network(tmp_path):
    symbol, args, aux = import_model(residual_model())
    mx.model.save_checkpoint(str(tmp_path / "net"), 3, symbol, args, aux)
    again, args_again, aux_again = mx.model.load_checkpoint(str(tmp_path / "net"), 3)
    data = {"x": mx.nd.array(draw(2, 3, 8, 8))}
    one = symbol.bind(mx.cpu(), {**data, **args}, aux_states=aux).forward()[0]
    other = again.bind(mx.cpu(), {**data, **args_again}, aux_states=aux_again).forward()[0]
    np.testing.assert_array_equal(one.asnumpy(), other.asnumpy())


def test_an_imported_network_in_a_module():
    symbol, args, aux = import_model(residual_model())
    module = mx.mod.Module(symbol, data_names=["x"], label_names=None)
    module.bind([("x", (4, 3, 8, 8))], for_training=False)
    module.set_params(args, aux)
    module.forward(mx.io.DataBatch([mx.nd.array(draw(4, 3, 8, 8))]))
    assert module.get_outputs()[0].shape == (4, 5)


def transformer_nodes():
    """(nodes, params) of an embedding and a block of causal attention with four heads."""
    node, width, heads = helper.make_node, 16, 4
    params = {"table": draw(50, width), "places": draw(64, width), "q": draw(width, 3 * width),
              "qb": draw(3 * width), "o": draw(width, width), "up": draw(width, 32),
              "upb": draw(32), "down": draw(32, width), "g": draw(width), "b": draw(width),
              "g2": draw(width), "b2": draw(width), "scale": np.array(2.0, np.float32),
              "low": np.array(-np.inf, np.float32)}
    constants = {"h": [heads], "d": [width // heads], "w3": [width], "zero": [0], "one": [1],
                 "last": [-1], "two_d": [1, 1]}
    nodes = [node("Constant", [], [name], value_ints=value) for name, value in constants.items()]
    nodes += [*chain(node, "x", 0, "n"), *chain(node, "x", 1, "t")]
    nodes += [
        node("Gather", ["table", "x"], ["words"]),
        node("Slice", ["places", "zero", "t", "zero"], ["at"]),
        node("Add", ["words", "at"], ["in"]),
        node("LayerNormalization", ["in", "g", "b"], ["norm"]),
        node("MatMul", ["norm", "q"], ["qkv0"]), node("Add", ["qb", "qkv0"], ["qkv"]),
        node("Split", ["qkv"], ["q_", "k_", "v_"], axis=-1, num_outputs=3),
        node("Concat", ["n", "t", "h", "d"], ["apart"], axis=0)]
    for name in "qkv":
        nodes += [node("Reshape", [f"{name}_", "apart"], [f"{name}_r"]),
                  node("Transpose", [f"{name}_r"], [f"{name}_t"],
                       perm=[0, 2, 3, 1] if name == "k" else [0, 2, 1, 3])]
    nodes += [
        node("MatMul", ["q_t", "k_t"], ["scores0"]), node("Div", ["scores0", "scale"], ["scores"]),
        node("Concat", ["t", "t"], ["square"], axis=0),
        node("ConstantOfShape", ["square"], ["ones"],
             value=helper.make_tensor("v", TensorProto.FLOAT, [1], [1.0])),
        node("Trilu", ["ones"], ["lower"], upper=0), node("Cast", ["lower"], ["seen"], to=BOOL),
        node("Where", ["seen", "scores", "low"], ["masked"]),
        node("Softmax", ["masked"], ["weights"], axis=-1),
        node("MatMul", ["weights", "v_t"], ["read"]),
        node("Transpose", ["read"], ["read_t"], perm=[0, 2, 1, 3]),
        node("Concat", ["n", "t", "w3"], ["joined"], axis=0),
        node("Reshape", ["read_t", "joined"], ["flat"]),
        node("MatMul", ["flat", "o"], ["out"]), node("Add", ["in", "out"], ["mid"]),
        node("LayerNormalization", ["mid", "g2", "b2"], ["norm2"]),
        node("MatMul", ["norm2", "up"], ["up0"]), node("Add", ["up0", "upb"], ["up1"]),
        node("Gelu", ["up1"], ["act"]), node("MatMul", ["act", "down"], ["down1"]),
        node("Add", ["mid", "down1"], ["y"])]
    return nodes, params


def test_transformer_of_any_batch_and_length():
    nodes, params = transformer_nodes()
    tokens = DRAW.integers(0, 50, (2, 7))
    model = model_of(nodes, {"x": tokens}, opset=20, params=params, shapes={"x": ["N", "T"]})
    check_dynamic(model, {"x": tokens}, {"x": DRAW.integers(0, 50, (1, 1))},
                  {"x": DRAW.integers(0, 50, (5, 11))})


def test_heads_joined_with_the_batch():
    """What nn.MultiheadAttention makes: (T, N, E) to (T, N * heads, d) and back."""
    node, heads = helper.make_node, 4
    data = draw(5, 2, 8)
    nodes = [*chain(node, "x", 0, "t"), *chain(node, "x", 1, "n"),
             node("Constant", [], ["h"], value_ints=[heads]),
             node("Constant", [], ["d"], value_ints=[2]),
             node("Constant", [], ["e"], value_ints=[8]), node("Mul", ["n", "h"], ["nh"]),
             node("Concat", ["t", "nh", "d"], ["first"], axis=0),
             node("Reshape", ["x", "first"], ["r"]),
             node("Transpose", ["r"], ["q"], perm=[1, 0, 2]),
             node("Transpose", ["q"], ["k"], perm=[0, 2, 1]),
             node("MatMul", ["q", "k"], ["s"]), node("Softmax", ["s"], ["p"]),
             node("MatMul", ["p", "q"], ["o"]), node("Transpose", ["o"], ["u"], perm=[1, 0, 2]),
             node("Mul", ["t", "n"], ["tn"]), node("Concat", ["tn", "e"], ["both"], axis=0),
             node("Reshape", ["u", "both"], ["v"]), node("Relu", ["v"], ["w"]),
             node("Concat", ["t", "n", "e"], ["back"], axis=0),
             node("Reshape", ["w", "back"], ["y"])]
    model = model_of(nodes, {"x": data}, shapes={"x": ["T", "N", 8]})
    check_dynamic(model, {"x": data}, {"x": draw(3, 4, 8)}, {"x": draw(1, 1, 8)})


def test_lstm_with_states_made_for_the_batch():
    node, hidden = helper.make_node, 6
    params = {"w": draw(2, 4 * hidden, 5), "r": draw(2, 4 * hidden, hidden),
              "b": draw(2, 8 * hidden), "fc": draw(3, 2 * hidden), "fb": draw(3)}
    nodes = [*chain(node, "x", 0, "n"), node("Constant", [], ["two"], value_ints=[2]),
             node("Constant", [], ["h"], value_ints=[hidden]),
             node("Constant", [], ["last"], value_int=-1),
             node("Constant", [], ["rest"], value_ints=[0, 0, -1]),
             node("Concat", ["two", "n", "h"], ["shape"], axis=0),
             node("ConstantOfShape", ["shape"], ["start"]),
             node("Transpose", ["x"], ["steps"], perm=[1, 0, 2]),
             node("LSTM", ["steps", "w", "r", "b", "", "start", "start"], ["all", "state"],
                  hidden_size=hidden, direction="bidirectional"),
             node("Transpose", ["all"], ["apart"], perm=[0, 2, 1, 3]),
             node("Reshape", ["apart", "rest"], ["joined"]),
             node("Gather", ["joined", "last"], ["end"], axis=0),
             node("Gemm", ["end", "fc", "fb"], ["y"], transB=1)]
    data = draw(2, 4, 5)
    model = model_of(nodes, {"x": data}, ("y", "state"), params=params,
                     shapes={"x": ["N", "T", 5]})
    check_dynamic(model, {"x": data}, {"x": draw(3, 7, 5)}, {"x": draw(1, 1, 5)})


def sized_nodes(mode):
    """Nodes that make an image half as large, and then as large as x again."""
    node = helper.make_node
    return [node("MaxPool", ["x"], ["p"], kernel_shape=[2, 2], strides=[2, 2]),
            node("Shape", ["x"], ["s"]), node("Shape", ["p"], ["ps"], end=2),
            node("Constant", [], ["two"], value_ints=[2]),
            node("Constant", [], ["four"], value_ints=[4]),
            node("Slice", ["s", "two", "four"], ["hw"]),
            node("Concat", ["ps", "hw"], ["sizes"], axis=0),
            node("Resize", ["p", "", "", "sizes"], ["y"], mode=mode,
                 coordinate_transformation_mode="half_pixel")]


def test_images_made_as_large_as_another():
    data = draw(2, 3, 8, 6)
    feeds = {"x": data}, {"x": draw(1, 3, 4, 10)}, {"x": draw(1, 3, 7, 11)}
    model = model_of(sized_nodes("linear"), {"x": data}, shapes={"x": ["N", 3, "H", "W"]})
    check_dynamic(model, *feeds)
    model = model_of(sized_nodes("nearest"), {"x": data}, shapes={"x": ["N", 3, "H", "W"]})
    with pytest.warns(UserWarning, match=r"import_model: the graph is made for multiples of 32 as "
                      r"the open lengths of axis 0 of input 'x' \('N'\), axis 2 of"):
        check_dynamic(model, *feeds[:2])


def test_network_that_joins_what_it_enlarged():
    node = helper.make_node
    params = {"w": draw(4, 3, 3, 3), "up": draw(4, 3, 2, 2)}
    nodes = [node("Conv", ["x", "w"], ["c"], pads=[1, 1, 1, 1]),
             node("MaxPool", ["c"], ["p"], kernel_shape=[2, 2], strides=[2, 2]),
             node("ConvTranspose", ["p", "up"], ["u"], strides=[2, 2]),
             node("Concat", ["x", "u"], ["y"], axis=1)]
    data = draw(2, 3, 8, 6)
    model = model_of(nodes, {"x": data}, params=params, shapes={"x": ["N", 3, "H", "W"]})
    check_dynamic(model, {"x": data}, {"x": draw(1, 3, 4, 10)})

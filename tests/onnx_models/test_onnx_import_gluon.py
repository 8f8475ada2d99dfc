"""import_to_gluon and get_model_metadata."""

import numpy as np
from onnx import helper
from onnx_import_cases import model_of
from onnx_runs import ran

import mxlite as mx
from mxlite import autograd, gluon
from mxlite.contrib.onnx import get_model_metadata, import_to_gluon

DRAW = np.random.default_rng(12)


def draw(*shape):
    return DRAW.standard_normal(shape).astype(np.float32)


def small_net():
    node = helper.make_node
    params = {"w": draw(4, 3, 3, 3), "g": draw(4), "o": draw(4), "m": draw(4),
              "v": np.abs(draw(4)), "i": np.array([1, 0, 2]), "fc": draw(4, 2)}
    nodes = [node("Conv", ["x", "w"], ["c"], name="conv"),
             node("BatchNormalization", ["c", "g", "o", "m", "v"], ["n"], name="norm"),
             node("GlobalMaxPool", ["n"], ["p"]), node("Flatten", ["p"], ["f"]),
             node("MatMul", ["f", "fc"], ["l"]), node("Mul", ["l", "z"], ["y"])]
    inputs = {"x": draw(2, 3, 6, 6), "z": draw(2, 1)}
    return model_of(nodes, inputs, params={name: params[name] for name in ("w", *"gomv", "fc")},
                    shapes={"x": ["N", 3, 6, 6], "z": ["N", 1]}), inputs


def test_a_block_of_a_file(tmp_path):
    model, _ = small_net()
    path = tmp_path / "net.onnx"
    path.write_bytes(model.SerializeToString())
    block = import_to_gluon(str(path), mx.cpu())
    assert isinstance(block, gluon.SymbolBlock)
    params = block.collect_params()
    assert set(params) == {"w", "g", "o", "m", "v", "fc"}
    assert params["m"].grad_req == "null" and params["w"].list_ctx() == [mx.cpu()]
    for count in (2, 5):
        feeds = {"x": draw(count, 3, 6, 6), "z": draw(count, 1)}
        found = block(*(mx.nd.array(feeds[name]) for name in ("x", "z")))
        wanted, = ran(model.SerializeToString(), feeds)
        np.testing.assert_allclose(found.asnumpy(), wanted, 1e-4, 1e-4)


def test_a_block_learns():
    model, inputs = small_net()
    block = import_to_gluon(model, [mx.cpu()])
    trainer = gluon.Trainer(block.collect_params(), "sgd", {"learning_rate": 0.1})
    arrays = [mx.nd.array(inputs[name]) for name in ("x", "z")]
    before = {name: param.data().asnumpy() for name, param in block.collect_params().items()}
    with autograd.record():
        loss = (block(*arrays) ** 2).sum()
    loss.backward()
    trainer.step(2)
    after = {name: param.data().asnumpy() for name, param in block.collect_params().items()}
    assert all(np.abs(after[name] - before[name]).max() > 0 for name in before)


def test_a_block_with_indices_among_its_parameters():
    nodes = [helper.make_node("Gather", ["x", "i"], ["a"], axis=1),
             helper.make_node("Mul", ["a", "s"], ["y"])]
    model = model_of(nodes, {"x": draw(2, 3)}, params={"i": np.array([2, 0]), "s": draw(2)})
    block = import_to_gluon(model, mx.cpu())
    assert block.collect_params()["i"].grad_req == "null"
    assert block.collect_params()["s"].grad_req == "write"
    data = draw(2, 3)
    with autograd.record():
        out = block(mx.nd.array(data))
    out.backward()
    np.testing.assert_allclose(out.asnumpy(), ran(model.SerializeToString(), {"x": data})[0], 1e-6)


def test_metadata(tmp_path):
    model, _ = small_net()
    path = tmp_path / "net.onnx"
    path.write_bytes(model.SerializeToString())
    model.graph.output[0].CopyFrom(helper.make_tensor_value_info("y", 1, ["N", 2]))
    expected = {"input_tensor_data": [("x", (0, 3, 6, 6), 1), ("z", (0, 1), 1)],
                "output_tensor_data": [("y", (0, 2))]}
    assert get_model_metadata(model) == expected
    assert get_model_metadata(path)["input_tensor_data"] == expected["input_tensor_data"]

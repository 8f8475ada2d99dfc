"""`export_model`: what it takes, the file that it writes, and its errors."""

from pathlib import Path

import numpy as np
import onnx as onnx_package
import pytest
from onnx_runs import ran

import mxlite as mx
from mxlite import nd, onnx
from mxlite.onnx.mx2onnx import export as writer

SHAPES = [(2, 3, 4, 4)]


def network():
    x = mx.sym.Convolution(mx.sym.var("data"), kernel=(3, 3), num_filter=2, name="conv")
    x = mx.sym.BatchNorm(x, fix_gamma=False, name="bn")
    return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(x, num_hidden=5, name="fc"), name="softmax")


def parameters(symbol, rng, **shapes):
    args, _, auxs = symbol.infer_shape(**shapes)
    pairs = [*zip(symbol.list_arguments(), args, strict=True),
             *zip(symbol.list_auxiliary_states(), auxs, strict=True)]
    return {name: nd.array(rng.uniform(0.5, 1, shape)) for name, shape in pairs
            if name not in shapes and not name.endswith("label")}


@pytest.fixture
def model(rng):
    symbol = network()
    return symbol, parameters(symbol, rng, data=SHAPES[0])


def test_the_file(model, tmp_path, rng):
    """Names are those of nodes and parameters; the label is gone; ONNX's checker is content."""
    symbol, params = model
    path = onnx.export_model(symbol, params, SHAPES, np.float32, tmp_path / "net.onnx")
    loaded = onnx_package.load(path)
    onnx_package.checker.check_model(loaded, full_check=True)
    graph = loaded.graph
    assert [each.name for each in graph.input] == ["data"]
    assert [each.name for each in graph.output] == ["softmax"]
    assert {each.name for each in graph.initializer} == {*params, "fc_constant"}
    assert [node.name for node in graph.node] == ["conv", "bn", "fc_reshape", "fc", "softmax"]
    assert [opset.version for opset in loaded.opset_import] == [17]
    assert loaded.producer_name == "mxlite"


def test_ways_to_give_the_model(model, tmp_path, rng):
    """Objects, files, [args, auxs], marked names: the same file, byte for byte."""
    symbol, params = model
    auxs = {name: params[name] for name in symbol.list_auxiliary_states()}
    args = {name: array for name, array in params.items() if name not in auxs}
    mx.model.save_checkpoint(str(tmp_path / "net"), 7, symbol, args, auxs)
    marked = {**{f"arg:{name}": array for name, array in args.items()},
              **{f"aux:{name}": array for name, array in auxs.items()}}
    files = [onnx.export_model(graph, given, in_shapes=SHAPES, onnx_file_path=tmp_path / name)
             for name, graph, given in (
                 ("a", symbol, params), ("b", symbol, [args, auxs]), ("c", symbol, marked),
                 ("d", str(tmp_path / "net-symbol.json"), tmp_path / "net-0007.params"))]
    older = onnx.export_model(symbol, params, onnx_file_path=str(tmp_path / "e"),
                              input_shape=SHAPES, input_type="float32")
    contents = [Path(file).read_bytes() for file in (*files, older)]
    assert contents == contents[:1] * 5 and older == str(tmp_path / "e")


def test_verbose_prints_the_nodes(model, tmp_path, capsys):
    onnx.export_model(*model, SHAPES, "float32", tmp_path / "net.onnx", verbose=True)
    assert capsys.readouterr().out.splitlines() == [
        "conv (Convolution): Conv", "bn (BatchNorm): BatchNormalization",
        "fc (FullyConnected): Reshape, Gemm", "softmax (SoftmaxOutput): Softmax"]


def test_shapes_of_all_arrays(model, tmp_path):
    path = onnx.export_model(*model, SHAPES, "float32", tmp_path / "net.onnx",
                             run_shape_inference=True)
    known = {each.name: [length.dim_value for length in each.type.tensor_type.shape.dim]
             for each in onnx_package.load(path).graph.value_info}
    assert known["bn"] == [2, 2, 2, 2] and known["fc"] == [2, 5]


def lengths(value):
    return [length.dim_param or length.dim_value for length in value.type.tensor_type.shape.dim]


def test_free_lengths_have_names(tmp_path):
    """Those given; where all are free, ones of their own."""
    x = mx.sym.Convolution(mx.sym.var("data"), kernel=(3, 3), num_filter=2, no_bias=True, name="c")
    params = {"c_weight": nd.ones((2, 3, 3, 3))}
    path = onnx.export_model(x, params, SHAPES, "float32", tmp_path / "net.onnx", dynamic=True,
                             dynamic_input_shapes=[("batch", 3, None, "width")])
    graph = onnx_package.load(path).graph
    assert lengths(graph.input[0]) == ["batch", 3, "data_axis2", "width"]
    assert lengths(graph.output[0]) == ["batch", 2, 0, 0]
    assert ran(path, {"data": np.ones((1, 3, 7, 5), "float32")})[0].shape == (1, 2, 5, 3)
    y = mx.sym.var("a") + mx.sym.var("b")
    path = onnx.export_model(y, {}, [(2,), (2,)], "float32", tmp_path / "net.onnx", dynamic=True,
                             dynamic_input_shapes=[("n",), ("n",)])
    ones = np.ones(5, "float32")
    assert ran(path, {"a": ones, "b": ones})[0].tolist() == [2] * 5
    path = onnx.export_model(mx.sym.relu(mx.sym.var("a")), {}, [(2, 3)], "float32",
                             tmp_path / "net.onnx", dynamic=True)
    assert lengths(onnx_package.load(path).graph.output[0]) == ["a_axis0", "a_axis1"]


def test_outputs_that_are_inputs_or_twice_there(tmp_path):
    """Every output of a model has a name of its own."""
    x, w = mx.sym.var("x"), mx.sym.var("w")
    y = mx.sym.relu(x, name="y")
    parts = mx.sym.split(y, num_outputs=2, name="s")
    path = onnx.export_model(mx.sym.Group([x, y, y, w, parts[1], mx.sym.BlockGrad(y)]),
                             {"w": nd.array([7, 8])}, [(1, 2)], "float32", tmp_path / "net.onnx")
    names = [each.name for each in onnx_package.load(path).graph.output]
    assert names[1] == "y" and names[4] == "s1" and len(set(names)) == 6
    found = ran(path, {"x": np.array([[-1, 2]], "float32")})
    assert [each.tolist() for each in found] == [
        [[-1, 2]], [[0, 2]], [[0, 2]], [7, 8], [[2]], [[0, 2]]]


def test_what_is_known_is_computed_beforehand(tmp_path):
    """Constants and what is made of parameters alone take no nodes, however it was composed."""
    x = mx.sym.var("x")
    scale = mx.sym.exp(mx.sym.var("w")) * 2 + mx.sym.zeros((2,))
    path = onnx.export_model(mx.sym.broadcast_mul(x, scale, name="y"), {"w": nd.array([0, 1])},
                             [(3, 2)], "float32", tmp_path / "net.onnx")
    assert [node.op_type for node in onnx_package.load(path).graph.node] == ["Mul"]
    found, = ran(path, {"x": np.ones((3, 2), "float32")})
    np.testing.assert_allclose(found, np.tile([2, 2 * np.e], (3, 1)), 1e-6)


def test_large_models_have_their_arrays_in_a_file_beside(tmp_path, monkeypatch, rng):
    symbol, shape = network(), (2, 3, 16, 16)
    params = parameters(symbol, rng, data=shape)
    data = {"data": rng.normal(size=shape).astype("float32")}
    wanted = ran(onnx.export_model(symbol, params, [shape], "float32", tmp_path / "one.onnx"), data)
    monkeypatch.setattr(writer, "LARGEST", 100)
    for _ in range(2):                  # a file that is there is replaced
        path = onnx.export_model(symbol, params, [shape], "float32", tmp_path / "two.onnx")
        np.testing.assert_array_equal(ran(path, data)[0], wanted[0])
        assert (tmp_path / "two.onnx.data").stat().st_size == 4 * params["fc_weight"].size


def test_variables_of_one_name_are_one(tmp_path):
    x, w = [lambda name=name: mx.sym.var(name) for name in "xw"]
    path = onnx.export_model(x() * w() + x() / w(), {"w": nd.array([2, 4])}, [(2,)], "float32",
                             tmp_path / "net.onnx")
    graph = onnx_package.load(path).graph
    assert [each.name for each in graph.input] == ["x"]
    assert [each.name for each in graph.initializer] == ["w"]
    assert ran(path, {"x": np.array([2, 4], "float32")})[0].tolist() == [5, 17]


def test_random_numbers_have_their_distribution(tmp_path):
    x = mx.sym.broadcast_add(mx.sym.random.normal(3, 0.5, shape=(100, 50)), mx.sym.var("x"))
    path = onnx.export_model(x, {}, [(1,)], "float32", tmp_path / "net.onnx")
    values = ran(path, {"x": np.zeros(1, "float32")})[0]
    assert values.mean() == pytest.approx(3, abs=0.05) and values.std() == pytest.approx(0.5, 0.1)


def test_the_list_of_operators():
    names = onnx.get_operator_support()
    assert names == sorted(names) and onnx.get_operator_support(13) == names
    assert {"Convolution", "conv", "_plus_scalar", "_npi_add", "RNN"} - set(names) == {"conv"}
    assert not {"CTCLoss", "_backward_BatchNorm", "_foreach", "adam_update"} & set(names)


# Errors -----------------------------------------------------------------------------------------

def refused(error, match, *args, **kwargs):
    with pytest.raises(error, match=match) as info:
        onnx.export_model(*args, **kwargs)
    assert isinstance(info.value, mx.MXNetError)


def test_wrong_arguments(model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    symbol, params = model
    refused(TypeError, "export_model: sym must be a Symbol or the path of one; got int", 3, params)
    refused(OSError, r"no-symbol\.json", "no-symbol.json", params, SHAPES)
    refused(OSError, r"no\.params", symbol, "no.params", SHAPES)
    refused(TypeError, r"params must be a path, a dict of arrays or \[arg_params, aux_params\]; "
            "got 3", symbol, 3, SHAPES)
    refused(TypeError, r"params\['w'\] must be an NDArray; got float", symbol, {"w": 1.5}, SHAPES)
    nd.save("list.params", [nd.ones(2)])
    refused(ValueError, "the file of params must hold named arrays; its 1 have no names", symbol,
            "list.params", SHAPES)
    refused(TypeError, "in_shapes must be given, a shape for each of data", symbol, params)
    refused(ValueError, r"in_shapes must hold a shape for each variable that params do not hold, "
            r"data; got \[\]", symbol, params, [])
    refused(ValueError, "that params do not hold, data, fc_bias; got", symbol,
            {name: array for name, array in params.items() if name != "fc_bias"}, SHAPES)
    refused(ValueError, "in_shapes of 'data' must be a tuple of integers of at least 0; got '2x3'",
            symbol, params, ["2x3"])
    refused(ValueError, "in_types must be a dtype, or hold one for each of data; got", symbol,
            params, SHAPES, ["float32", "int32"])
    refused(ValueError, r"dynamic_input_shapes must have the axes of in_shapes, \[\(2, 3, 4, 4\)\];"
            r" got \[\('n', 3\)\]", symbol, params, SHAPES, dynamic=True,
            dynamic_input_shapes=[("n", 3)])
    refused(ValueError, "dynamic_input_shapes of 'data', axis 1, must be 3, as in_shapes have it, "
            "a name or None; got 5", symbol, params, SHAPES, dynamic=True,
            dynamic_input_shapes=[("n", 5, 4, 4)])
    refused(ValueError, r"dynamic_input_shapes leave lengths free that the graph does not: with "
            r"\{'data': \(2, 3, 132, 260\)\} node 'fc': FullyConnected: weight must have shape",
            symbol, params, SHAPES, dynamic=True, dynamic_input_shapes=[(2, 3, "h", "w")])
    refused(ValueError, "node 'conv': Convolution: weight must have shape", symbol, params,
            [(2, 5, 4, 4)])
    refused(OSError, r"no-folder", symbol, params, SHAPES, "float32", "no-folder/net.onnx")
    assert [path.name for path in tmp_path.iterdir()] == ["list.params"]


def test_operators_that_onnx_has_no_counterpart_of(tmp_path):
    x = mx.sym.var("x")
    y = mx.sym.linalg.potrf(mx.sym.erfinv(x, name="inverse"), name="factor")
    refused(NotImplementedError, r"export_model: ONNX export does not know the operators erfinv "
            r"\(node 'inverse'\), linalg\.potrf \(node 'factor'\); mxlite\.onnx\."
            r"get_operator_support\(\) lists those that it knows", y, {}, [(2, 2)])
    body = mx.sym.contrib.foreach(lambda a, s: (a + s, s), x, mx.sym.var("s"))[0]
    refused(NotImplementedError, "does not know the operators .*foreach", body, {}, [(2, 2), (2,)])
    refused(NotImplementedError, r"node 'drop' \(Dropout\): mode 'always' drops elements when "
            "predicting", mx.sym.Dropout(x, mode="always", name="drop"), {}, [(2, 2)])


def test_settings_that_onnx_has_no_counterpart_of(tmp_path):
    x, w = mx.sym.var("x"), mx.sym.var("w")
    refused(NotImplementedError, r"node 'r' \(RNN\): parameters must be known when the model is "
            "written", mx.sym.RNN(x, w, mx.sym.var("s"), state_size=1, num_layers=1, mode="gru",
                                  name="r"), {}, [(1, 1, 1), (12,), (1, 1, 1)])
    refused(NotImplementedError, r"node 'm' \(_?mul_scalar\): of an array of int32 and the number "
            "2.5, which is no integer; cast the array first",
            mx.sym._internal._mul_scalar(mx.sym.Cast(x, dtype="int32"), scalar=2.5, name="m"), {},
            [(2,)])
    refused(NotImplementedError, "node 'p' .Pooling.: the last window would lie in the padding",
            mx.sym.Pooling(x, kernel=(1, 1), stride=(3, 3), pooling_convention="full",
                           pool_type="max", name="p"), {}, [(1, 1, 5, 5)])
    refused(NotImplementedError, "pooling_convention 'full' with these settings needs fixed leng",
            mx.sym.Pooling(x, kernel=(2, 2), pooling_convention="full", pool_type="max", pad=(1, 1),
                           name="p"), {}, [(1, 1, 5, 5)], dynamic=True)
    refused(NotImplementedError, "ret_typ 'mask' needs an axis",
            mx.sym.topk(x, axis=None, k=2, ret_typ="mask"), {}, [(2, 3)])


def test_lengths_that_must_be_fixed(tmp_path):
    x, w = mx.sym.var("x"), mx.sym.var("w")
    free = {"dynamic": True}
    refused(NotImplementedError, r"node 'g' \(GroupNorm\): its lengths must be fixed; data has "
            r"\(\?, \?, \?\), by dynamic_input_shapes$",
            mx.sym.GroupNorm(x, w, w, num_groups=2, name="g"), {"w": nd.ones(2)}, [(1, 4, 3)],
            **free)
    refused(NotImplementedError, "several lengths of the result depend on dynamic_input_shapes",
            mx.sym.Reshape(x, shape=(-4, 2, -1, -3)), {}, [(4, 3, 2)], **free)
    refused(NotImplementedError, "a length of the result depends on those of dynamic_input_shapes",
            mx.sym.topk(x, axis=None, k=0), {}, [(2, 3)], **free)


def test_without_the_package(model, monkeypatch):
    import importlib.util
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    for call in (lambda: onnx.export_model(*model, SHAPES), onnx.get_operator_support):
        with pytest.raises(ImportError, match=r"needs the package onnx, which is not installed; "
                           r"pip install onnx, or mxlite\[onnx\]"):
            call()

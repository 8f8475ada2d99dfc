"""Graphs and networks in mixed precision; the nodes are those that MXNet 1.9.1 makes."""

import json

import numpy as np
import pytest

import mxlite as mx
from mxlite.contrib import amp
from mxlite.gluon import nn


def branches():
    """A graph whose nodes compute in float16, in float32, in any dtype and in the widest one."""
    s = mx.sym
    conv = s.Convolution(s.var("data"), kernel=(3, 3), num_filter=4, no_bias=True, name="conv")
    norm = s.BatchNorm(conv, name="norm")
    both = s.elemwise_add(s.Activation(norm, act_type="relu", name="relu"),
                          s.Activation(norm, act_type="softrelu", name="soft"), name="both")
    total = s.elemwise_add(both, conv, name="total")
    first, second = [s.FullyConnected(total, num_hidden=5, no_bias=True, name=name)
                     for name in ("first", "second")]
    return s.Group([s.softmax(s.exp(first, name="exp"), name="out"), second])


def nodes_of(symbol):
    """What each node reads, by name."""
    nodes = json.loads(symbol.tojson(remove_amp_cast=False))["nodes"]
    return {node["name"]: [nodes[i]["name"] for i, _, _ in node["inputs"]] for node in nodes
            if node["op"] != "null"}


RECORDED = {                # by MXNet 1.9.1
    "data_amp_cast_float16": ["data"], "conv_weight_amp_cast_float16": ["conv_weight"],
    "conv": ["data_amp_cast_float16", "conv_weight_amp_cast_float16"],
    "norm": ["conv", "norm_gamma", "norm_beta", "norm_moving_mean", "norm_moving_var"],
    "relu": ["norm"], "relu_output_amp_cast_float32": ["relu"],
    "norm_output_amp_cast_float32": ["norm"], "soft": ["norm_output_amp_cast_float32"],
    "both": ["relu_output_amp_cast_float32", "soft"], "conv_output_amp_cast_float32": ["conv"],
    "total": ["both", "conv_output_amp_cast_float32"], "total_output_amp_cast_float16": ["total"],
    "first_weight_amp_cast_float16": ["first_weight"],
    "first": ["total_output_amp_cast_float16", "first_weight_amp_cast_float16"],
    "first_output_amp_cast_float32": ["first"], "exp": ["first_output_amp_cast_float32"],
    "out": ["exp"], "second_weight_amp_cast_float16": ["second_weight"],
    "second": ["total_output_amp_cast_float16", "second_weight_amp_cast_float16"],
    "second_output_amp_cast_float32": ["second"],
}


def test_the_nodes_are_those_of_mxnet():
    assert nodes_of(amp.convert_symbol(branches())) == RECORDED
    bfloat16 = json.loads(json.dumps(RECORDED).replace("float16", "bfloat16"))
    assert nodes_of(amp.convert_symbol(branches(), "bfloat16")) == bfloat16
    left = nodes_of(mx.sym.load_json(amp.convert_symbol(branches()).tojson()))
    assert left == {**nodes_of(branches()), "second_output_amp_cast_float32": ["second"]}


def test_excluded_nodes_stay_float32():
    got = nodes_of(amp.convert_symbol(branches(), excluded_sym_names=["first"]))
    assert got["first"] == ["total", "first_weight"] and got["exp"] == ["first"]
    assert got["second"] == RECORDED["second"]


def test_variables_of_unknown_dtype():
    """They are cast with what they meet: in MXNet, too, by amp_multicast."""
    s = mx.sym
    net = s.broadcast_add(s.FullyConnected(s.var("data"), num_hidden=2, no_bias=True, name="fc"),
                          s.var("shift"), name="sum")
    got = nodes_of(amp.convert_symbol(net))
    assert got["sum"] == ["fc_output_amp_multicast"] * 2
    assert got["fc_output_amp_multicast"] == ["fc", "shift"]
    double = s.exp(s.FullyConnected(s.var("data", dtype="float64"), num_hidden=2, no_bias=True,
                                    weight=s.var("w", dtype="float64"), name="fc"), name="exp")
    assert nodes_of(amp.convert_symbol(double)) == {"fc": ["data", "w"], "exp": ["fc"]}


def model():
    symbol = branches()
    shapes, _, states = symbol.infer_shape(data=(2, 3, 6, 6))
    rng = np.random.RandomState(0)
    args = {name: mx.nd.array(rng.normal(size=shape, scale=0.3)) for name, shape in
            zip(symbol.list_arguments(), shapes, strict=True)}
    return symbol, args, {
        name: mx.nd.ones(shape) for name, shape in
        zip(symbol.list_auxiliary_states(), states, strict=True)}


@pytest.mark.parametrize("casts_params", [False, True])
@pytest.mark.parametrize(("target", "tolerance"), [("float16", 0.01), ("bfloat16", 0.1)])
def test_a_model_computes_as_before(target, tolerance, casts_params):
    symbol, args, states = model()
    data = args.pop("data")
    want = symbol.bind(mx.cpu(), {**args, "data": data}, aux_states=states).forward()
    graph, low_args, low_states = amp.convert_model(symbol, args, states, target,
                                                    cast_optional_params=casts_params)
    got = graph.bind(mx.cpu(), {**low_args, "data": data}, aux_states=low_states).forward()
    for one, other in zip(got, want, strict=True):
        assert one._dtype_name == "float32" and (one.asnumpy() != other.asnumpy()).any()
        np.testing.assert_allclose(one.asnumpy(), other.asnumpy(), atol=tolerance)
    low = {name for name, array in low_args.items() if array._dtype_name == target}
    assert low == ({"conv_weight", "first_weight", "second_weight"} if casts_params else set())
    assert "conv_weight_amp_cast_float16" not in nodes_of(graph) or not casts_params
    dtypes = [node.get("attrs", {}).get("__dtype__") for node in json.loads(graph.tojson())["nodes"]
              if node["name"] in ("data", "conv_weight", "norm_gamma")]
    assert dtypes == [None, {"float16": "2", "bfloat16": "12"}[target] if casts_params else "0",
                      "0"]


def test_a_parameter_that_others_read_stays_float32():
    s = mx.sym
    weight = s.var("w")
    net = s.Group([s.FullyConnected(s.var("data"), weight, num_hidden=2, no_bias=True, name="fc"),
                   s.exp(weight)])
    graph, args, _ = amp.convert_model(net, {"w": mx.nd.ones((2, 3))}, {},
                                       cast_optional_params=True)
    assert args["w"]._dtype_name == "float32" and "w_amp_cast_float16" in nodes_of(graph)


@pytest.mark.parametrize("casts_params", [False, True])
def test_a_block(casts_params, tmp_path):
    net = nn.HybridSequential()
    net.add(nn.Conv2D(4, 3, activation="relu"), nn.BatchNorm(), nn.Dense(5))
    net.initialize(mx.init.Xavier())
    net.hybridize()
    x = mx.nd.array(np.random.RandomState(0).rand(2, 3, 6, 6))
    want = net(x).asnumpy()
    low = amp.convert_hybrid_block(net, cast_optional_params=casts_params)
    got = low(x)
    assert isinstance(low, mx.gluon.SymbolBlock) and got._dtype_name == "float32"
    np.testing.assert_allclose(got.asnumpy(), want, atol=0.01)
    dtypes = {name.split("_")[-1]: param.data()._dtype_name
              for name, param in low.collect_params().items()}
    assert dtypes == {"weight": "float16" if casts_params else "float32",
                      "bias": "float16" if casts_params else "float32", "gamma": "float32",
                      "beta": "float32", "mean": "float32", "var": "float32"}
    next(iter(low.collect_params().values())).data()[:] = 0
    np.testing.assert_array_equal(net(x).asnumpy(), want)           # nothing is shared
    names = low.export(str(tmp_path / "low"))
    again = mx.gluon.SymbolBlock.imports(names[0], "data", names[1])
    assert again(x.astype("float16") if casts_params else x).shape == (2, 5)


def test_control_flow_gets_float32():
    def step(data, state):
        return data + state, state * 2

    fc = mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=2, no_bias=True, name="fc")
    out, _ = mx.sym.contrib.foreach(step, fc, mx.sym.var("state"))
    graph = amp.convert_symbol(out)
    got = graph.bind(mx.cpu(), {"data": mx.nd.ones((3, 2)), "fc_weight": mx.nd.ones((2, 2)),
                                "state": mx.nd.ones(2)}).forward()[0]
    assert got.asnumpy().tolist() == [[3, 3], [4, 4], [6, 6]]


@pytest.mark.parametrize(("call", "kind", "message"), [
    (lambda: amp.convert_symbol(3), TypeError, "convert_symbol: sym must be a Symbol; got int"),
    (lambda: amp.convert_symbol(branches(), "float64"), ValueError, "got 'float64'"),
    (lambda: amp.convert_symbol(branches(), target_dtype_ops=["conv"]), ValueError,
     "target_dtype_ops must hold names of operators; got 'conv'"),
    (lambda: amp.convert_model(branches(), {"w": 3}, {}), TypeError,
     "convert_model: arg_params must be a dict of NDArrays; got dict"),
    (lambda: amp.convert_hybrid_block(branches()), TypeError,
     "convert_hybrid_block: block must be a HybridBlock; got Symbol"),
    (lambda: amp.convert_hybrid_block(nn.Dense(2)), RuntimeError,
     "call block.hybridize.* before calling amp.convert_hybrid_block"),
])
def test_what_is_refused(call, kind, message):
    with pytest.raises(kind, match=message):
        call()

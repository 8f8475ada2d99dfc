"""Symbols as JSON: written as MXNet 1.9.1 writes them, and read (tools/record_mxnet_symbols.py)."""

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from symbol_graphs import GRAPHS, casts, graph, operator_calls, operator_node

import mxlite as mx
from mxlite.ops.schema import REGISTRY
from mxlite.symbol.json_reader import from_json
from mxlite.symbol.json_writer import to_json
from mxlite.symbol.operator_names import name_of, named

RECORDING = json.loads((Path(__file__).parent.parent / "recordings/symbols.json").read_text())
NOT_IN_MXNET = {"isnan", "isinf", "isfinite", "softrelu", "log_sigmoid", "mish", "digamma",
                "broadcast_floor_div", "_floor_div", "_floor_div_scalar", "_rfloor_div_scalar"}
ALIKE = {"_grad_add"}       # MXNet has it apart, here it is another operator's name


@pytest.mark.parametrize("function", GRAPHS)
def test_composed_as_mxnet(function):
    assert graph(mx, function).tojson() == RECORDING["graphs"][function.__name__]


@pytest.mark.parametrize("name", RECORDING["graphs"])
def test_read_and_written_again(name):
    text = RECORDING["graphs"][name]
    assert to_json(from_json(text)) == text


@pytest.mark.parametrize("title, call", [
    (title, call) for title, call in operator_calls().items() if title in RECORDING["operators"]])
def test_operators_as_mxnet(title, call):
    """Names, attributes, inputs, and how many outputs MXNet counts (node_row_ptr)."""
    text = RECORDING["operators"][title]
    assert operator_node(mx, *call).tojson() == text
    assert to_json(from_json(text)) == text


def test_nearly_all_operators_are_recorded():
    """But those that MXNet has not, what others consist of, and optimizers', which no graph has."""
    recorded = {REGISTRY[op] for title, (op, _, _) in operator_calls().items()
                if title in RECORDING["operators"]}
    assert len(recorded) > 230
    assert not recorded & {REGISTRY[name] for name in NOT_IN_MXNET}


def test_names_that_are_written_are_those_of_mxnet():
    for name, cls in REGISTRY.items():
        if name not in ALIKE:
            assert RECORDING["names"].get(name, name_of(cls)) == name_of(cls)


@pytest.mark.parametrize("alias, name", RECORDING["names"].items())
def test_every_alias_is_read(alias, name):
    assert named(alias) is named(name)


@pytest.mark.parametrize("name, title", [
    ("softrelu", "an operator of mxlite alone"), ("_backward_relu", "a hidden one")])
def test_own_operators(name, title):
    op = REGISTRY[name]
    inputs = [mx.sym.var(entry.name) for entry in op.inputs]
    symbol = getattr(mx.sym._internal, name)(*inputs, name="n")
    assert mx.sym.load_json(symbol.tojson()).tojson() == symbol.tojson()
    assert json.loads(symbol.tojson())["nodes"][-1]["op"] == name


def test_the_walk_of_a_graph_is_its_order():
    loaded = mx.sym.load_json(RECORDING["graphs"]["convolutions"])
    assert loaded.list_inputs()[:8] == [
        "data", "conv0_weight", "conv0_bias", "bn0_gamma", "bn0_beta", "bn0_moving_mean",
        "bn0_moving_var", "act0_gamma"]
    assert loaded.list_auxiliary_states() == [
        "bn0_moving_mean", "bn0_moving_var", "bn1_moving_mean", "bn1_moving_var"]
    assert loaded.list_outputs() == ["softmax0_output", "features_output"]


def test_files(tmp_path):
    symbol = graph(mx, GRAPHS[1])
    path = tmp_path / "größe-symbol.json"
    symbol.save(path)
    assert path.read_bytes() == symbol.tojson().encode()
    assert mx.sym.load(path).tojson() == symbol.tojson()
    assert mx.sym.load(str(path)).tojson() == symbol.tojson()


def test_a_long_chain():
    symbol = mx.sym.var("x")
    for _ in range(20000):
        symbol = mx.sym.sin(symbol, name="s")
    assert mx.sym.load_json(symbol.tojson()).tojson() == symbol.tojson()


def test_writes_are_counted_from_loading_on():
    """As MXNet numbers the uses of a state that come after those in the file."""
    loaded = mx.sym.load_json(RECORDING["graphs"]["states"])
    mean = loaded.get_internals()["mean"]
    more = mx.sym.BatchNorm(loaded[0], moving_mean=mean, name="third")
    nodes = json.loads(more.tojson())["nodes"]
    number = next(i for i, node in enumerate(nodes) if node["name"] == "mean")
    versions = {node["name"]: [entry[2] for entry in node["inputs"] if entry[0] == number]
                for node in nodes if node["op"] == "BatchNorm"}
    assert versions == {"first": [1], "second": [1], "third": [1]}


def test_versions_of_heads_are_0():
    internals = mx.sym.load_json(RECORDING["graphs"]["convolutions"]).get_internals()
    assert {entry[2] for entry in json.loads(internals.tojson())["heads"]} == {0}


def test_operators_that_mxnet_has_apart():
    a, b = mx.sym.var("a"), mx.sym.var("b")
    for name in ALIKE:
        written = json.loads(getattr(mx.sym._internal, name)(a, b).tojson())["nodes"][-1]["op"]
        assert written == {"_grad_add": "elemwise_add"}[name]


def test_casts_of_mixed_precision_stay_where_they_are_asked_for():
    symbol = graph(mx, casts)
    kept = mx.sym.load_json(symbol.tojson(remove_amp_cast=False))
    for other in (kept, pickle.loads(pickle.dumps(symbol))):
        assert other.get_internals().list_outputs() == symbol.get_internals().list_outputs()
        assert "first_output" in other.get_internals().list_outputs()
    assert kept.tojson() == symbol.tojson() == RECORDING["graphs"]["casts"]
    assert symbol.infer_type_partial(x="float32")[1][0] == np.float16       # it is as it was

"""Block.save and Block.load: the tree of blocks, and their parameters."""

import json

import pytest

import mxlite as mx
from mxlite import gluon
from mxlite.gluon import nn


class Row(nn.Block):
    """Runs blocks in a row, whose keys are their names."""

    def add(self, block):
        self._children[block.name + str(len(self._children))] = block

    def forward(self, x):
        for block in self._children.values():
            x = block(x)
        return x


def make():
    inner, net = nn.HybridSequential(), Row()
    inner.add(nn.Dense(2, in_units=2), nn.Dense(1, in_units=2))
    net.add(inner)
    net.add(nn.Dense(2, in_units=1))
    return net


def test_round_trip_with_other_names(tmp_path):
    net, x = make(), mx.nd.array([[1, 2]])
    net.initialize()
    inner = next(iter(net._children.values()))
    inner.hybridize()
    net(x)
    net.save(str(tmp_path / "net"))
    again = make()
    assert again._children.keys() != net._children.keys()
    again.load(str(tmp_path / "net"))
    assert again._children.keys() == net._children.keys()
    assert (again(x) == net(x)).asnumpy().all()
    first, last = again._children.values()
    assert first._active and first._graphs and not last._active


def test_the_file_is_as_mxnet_writes_it(tmp_path):
    """MXNet 1.9.1 reads such files, and this test's tree was read off one that it wrote."""
    net = nn.Sequential(prefix="net_")
    with net.name_scope():
        net.add(nn.HybridSequential(), nn.Dense(2, in_units=1))
        with net[0].name_scope():
            net[0].add(nn.Dense(1, in_units=2))
    net.initialize()
    net[0].hybridize()
    net(mx.nd.ones((1, 2)))
    net.save(str(tmp_path / "net"))
    tree = json.loads((tmp_path / "net-model.json").read_text())
    graph = tree["sequential0"]["hybridsequential1"]
    assert mx.sym.load_json(graph.pop("symbol")).list_inputs() == [
        "data", "net_hybridsequential0_dense0_weight", "net_hybridsequential0_dense0_bias"]
    assert [mx.sym.load_json(text).name for text in graph.pop("inputs")] == ["data"]
    assert tree == {"sequential0": {
        "orig_name": "net", "children": {"net_hybridsequential0": "0", "net_dense0": "1"},
        "hybridsequential1": {
            "orig_name": "net_hybridsequential0", "hybridized": True, "in_format": [0],
            "out_format": 0, "children": {"net_hybridsequential0_dense0": "0"},
            "dense2": {"orig_name": "net_hybridsequential0_dense0", "hybridized": False,
                       "children": {}}},
        "dense3": {"orig_name": "net_dense0", "hybridized": False, "children": {}}}}


def test_nested_inputs_in_the_file(tmp_path):
    class Sum(gluon.HybridBlock):
        def hybrid_forward(self, F, pair, z):
            return [pair[0] + pair[1], z]

    net = Sum()
    net.hybridize()
    x = mx.nd.ones((1,))
    net([x, x], x)
    net.save(str(tmp_path / "net"))
    entry = json.loads((tmp_path / "net-model.json").read_text())["sum0"]
    assert (entry["in_format"], entry["out_format"], len(entry["inputs"])) == ([[0, 0], 0],
                                                                               [0, 0], 3)


def test_errors(tmp_path):
    net = make()
    net.initialize()
    net.save(str(tmp_path / "net"))
    with pytest.raises(ValueError, match="here is 'dense0', there 'row0'"):
        nn.Dense(2).load(str(tmp_path / "net"))
    short = Row()
    short.add(nn.HybridSequential())
    with pytest.raises(ValueError, match="'row0' has 1 blocks, there 2"):
        short.load(str(tmp_path / "net"))
    for text, message in (("{", "is no JSON"), ("[]", "there none")):
        (tmp_path / "bad-model.json").write_text(text)
        with pytest.raises(ValueError, match=message):
            net.load(str(tmp_path / "bad"))
    twins = nn.Sequential()
    twins.add(nn.Dense(1, prefix="a_"), nn.Dense(1, prefix="a_"))
    with pytest.raises(ValueError, match="must have names of their own; they are 'a', 'a'"):
        twins.save(str(tmp_path / "twins"))

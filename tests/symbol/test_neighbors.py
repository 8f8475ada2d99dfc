"""The functions of graphs on csr matrices (dgl_*), of Symbols; names are those of MXNet 1.9.1."""

import numpy as np
import pytest

import mxlite as mx

sym = mx.sym
GRAPH = mx.nd.sparse.csr_matrix((np.arange(1, 4), [1, 2, 0], [0, 1, 2, 3]), shape=(3, 3),
                                dtype="int64")


def vector(*values):
    return mx.nd.array(values, dtype="int64")


@pytest.mark.parametrize("function, inputs, outputs, params", [
    ("dgl_subgraph", 3, 4, {"return_mapping": True}),
    ("dgl_subgraph", 3, 2, {"return_mapping": False}),
    ("dgl_csr_neighbor_uniform_sample", 3, 6, {}),
    ("dgl_csr_neighbor_non_uniform_sample", 3, 4, {}),
    ("dgl_graph_compact", 4, 4, {"return_mapping": True, "graph_sizes": (3, 4)}),
])
def test_outputs(function, inputs, outputs, params):
    variables = [sym.var(f"x{i}") for i in range(inputs)]
    node = getattr(sym.contrib, function)(*variables, name="n", **params)
    assert node.list_arguments() == [f"x{i}" for i in range(inputs)]
    assert node.list_outputs() == [f"n_output{i}" for i in range(outputs)]
    assert node.attr("num_args") == str(inputs)
    assert sym.load_json(node.tojson()).list_outputs() == node.list_outputs()


def test_variables_are_made():
    node = sym.contrib.dgl_subgraph(sym.var("g"), num_args=3, name="n", return_mapping=False)
    assert node.list_arguments() == ["g", "n_varray0", "n_varray1"]


def test_a_bound_subgraph():
    node = sym.contrib.dgl_subgraph(sym.var("g", stype="csr"), sym.var("v"), return_mapping=True)
    new, old = node.bind(mx.cpu(), {"g": GRAPH, "v": vector(0, 1)}, grad_req="null").forward()
    assert new.stype == old.stype == "csr"
    assert new.asnumpy().tolist() == [[0, 0], [0, 0]]
    assert old.asnumpy().tolist() == [[0, 1], [0, 0]]


def test_samples_that_go_on_in_a_graph():
    node = sym.contrib.dgl_csr_neighbor_uniform_sample(
        sym.var("g", stype="csr"), sym.var("v"), max_num_vertices=3, name="n")
    compact = sym.contrib.dgl_graph_compact(node[1], node[0], graph_sizes=3, return_mapping=True)
    net = sym.Group([node[0], compact[0], compact[1]])
    outputs = net.bind(mx.cpu(), {"g": GRAPH, "v": vector(1, 2)}, grad_req="null").forward()
    assert [y.asnumpy().tolist() for y in outputs] == [
        [0, 1, 2, 3], [[0, 0, 0], [0, 0, 0], [1, 0, 0]], [[0, 0, 0], [0, 0, 2], [3, 0, 0]]]


def test_inference():
    node = sym.contrib.dgl_csr_neighbor_non_uniform_sample(
        *[sym.var(name) for name in "gpab"], max_num_vertices=5)
    _, shapes, _ = node.infer_shape(g=(9, 9), p=(9,), a=(2,), b=(1,))
    assert shapes == [(6,)] * 2 + [(5, 9)] * 2 + [(5,)] * 4
    _, dtypes, _ = node.infer_type(g="int64", p="float32", a="int64", b="int64")
    assert [np.dtype(dtype).name for dtype in dtypes] == (
        ["int64"] * 4 + ["float32"] * 2 + ["int64"] * 2)


def test_refusals():
    with pytest.raises(mx.MXNetError, match="num_args must be at least 2; got '1'"):
        sym.contrib.dgl_subgraph(sym.var("g"), return_mapping=False)
    with pytest.raises(mx.MXNetError, match="missing parameter 'return_mapping'"):
        sym.contrib.dgl_subgraph(sym.var("g"), sym.var("v"))
    text = sym.contrib.dgl_subgraph(sym.var("g"), sym.var("v"), return_mapping=False).tojson()
    with pytest.raises(mx.MXNetError, match="num_args must be the number of arrays, 2; got 3"):
        sym.load_json(text.replace('"num_args": "2"', '"num_args": "3"'))

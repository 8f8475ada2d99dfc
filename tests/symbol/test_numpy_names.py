"""Graphs of mx.np as MXNet 1.9.1 writes them: operators of other names or parameters than here."""

import json

import numpy as onp
import pytest

import mxlite as mx
from mxlite import np, npx

A = onp.array([[0.5, 1, 2], [3, 2.5, 1]], "float32")
SQUARE = A @ A.T + onp.eye(2, dtype="float32")
SUMS = {"axis": "None", "keepdims": "False", "ord": "2"}
# operator, what MXNet writes for it, the array that it takes, what it gives
NODES = [
    ("_npx_relu", {}, A - 1, onp.maximum(A - 1, 0)),
    ("_npx_sigmoid", {}, A, 1 / (1 + onp.exp(-A))),
    ("_np_copy", {}, A, A),
    ("_npi_arange", {"ctx": "cpu(0)", "dtype": "int32", "start": "1", "step": "2", "stop": "7"},
     None, onp.array([1, 3, 5], "int32")),
    ("_npi_eye", {"M": "None", "N": "3", "ctx": "cpu(0)", "dtype": "float32", "k": "1"}, None,
     onp.eye(3, k=1, dtype="float32")),
    ("_npi_identity", {"ctx": "cpu(0)", "dtype": "float32", "shape": "(3, 3)"}, None,
     onp.eye(3, dtype="float32")),
    ("_full", {"ctx": "cpu(0)", "dtype": "float32", "shape": "()", "value": "3.5"}, None,
     onp.float32(3.5)),
    ("_npi_full_like", {"ctx": "cpu(0)", "fill_value": "3"}, A, onp.full_like(A, 3)),
    ("_npi_pad", {"mode": "constant", "pad_width": "((1, 1), (0, 2))", "constant_value": "5.0"}, A,
     onp.pad(A, ((1, 1), (0, 2)), constant_values=5)),
    ("_npi_pad", {"mode": "edge", "pad_width": "((1, 1), (0, 2))"}, A,
     onp.pad(A, ((1, 1), (0, 2)), mode="edge")),
    ("_npi_norm", {**SUMS, "flag": "-2"}, A, onp.sqrt((A * A).sum())),
    ("_npi_norm", {**SUMS, "axis": "(1,)", "flag": "1"}, A, onp.linalg.norm(A, axis=1)),
    ("_npi_norm", {**SUMS, "axis": "(0,)", "flag": "-1", "ord": "1"}, A, onp.abs(A).sum(0)),
    ("_npi_norm", {**SUMS, "axis": "(0, 1)", "flag": "2"}, A, onp.linalg.norm(A, "nuc")),
    ("_npi_norm", {**SUMS, "axis": "(0, 1)", "flag": "0"}, A, onp.linalg.norm(A, 2)),
    ("_npi_average", {"axis": "1", "returned": "False", "weighted": "False"}, A, A.mean(1)),
    ("_npi_hsplit", {"axis": "1", "indices": "[]", "sections": "3", "squeeze_axis": "False"}, A,
     A[:, :1]),
    ("_npi_cholesky", {}, SQUARE, onp.linalg.cholesky(SQUARE)),
    ("_npi_eigvalsh", {"UPLO": "L"}, SQUARE, onp.linalg.eigvalsh(SQUARE)),
    ("_linalg_det", {}, SQUARE, onp.linalg.det(SQUARE)),
    ("_npi_unique", {"axis": "None", "return_counts": "True"}, A, onp.unique(A)),
    ("_npi_delete", {"axis": "1", "int_ind": "0"}, A, A[:, 1:]),
    ("_npx_nonzero", {}, A - 1, onp.argwhere(A - 1)),
    ("_npi_uniform", {"ctx": "cpu(0)", "dtype": "float32", "high": "1", "low": "1",
                      "size": "(2,)"}, None, onp.ones(2, "float32")),
    ("_npi_normal", {"ctx": "cpu(0)", "dtype": "float32", "loc": "2", "scale": "0",
                     "size": "None"}, None, onp.float32(2))]


def graph(op, attrs, num_inputs):
    """The text of a graph of one operator on variables v0, v1, ..."""
    nodes = [{"op": "null", "name": f"v{i}", "inputs": []} for i in range(num_inputs)]
    nodes.append({"op": op, "name": "y", "attrs": attrs,
                  "inputs": [[i, 0, 0] for i in range(num_inputs)]})
    return json.dumps({
        "nodes": nodes, "arg_nodes": [*range(num_inputs)], "heads": [[num_inputs, 0, 0]],
        "attrs": {"mxnet_version": ["int", 10901], "is_np_shape": ["int", 1]}})


@pytest.fixture(autouse=True)
def numpy_semantics():
    npx.set_np()
    yield
    npx.reset_np()


@pytest.mark.parametrize("op, attrs, array, expected", NODES, ids=lambda part: str(part)[:30])
def test_nodes_of_mxnet(op, attrs, array, expected):
    symbol = mx.sym.load_json(graph(op, attrs, 0 if array is None else 1))
    for read in (symbol, mx.sym.load_json(symbol.tojson())):
        found = read.eval(**({} if array is None else {"v0": np.array(array)}))[0].asnumpy()
        assert found.shape == onp.shape(expected) and found.dtype == expected.dtype
        onp.testing.assert_allclose(found, expected, 1e-5, 1e-6)


def test_weighted_average():
    text = graph("_npi_average", {"axis": "1", "returned": "False"}, 2)
    found = mx.sym.load_json(text).eval(v0=np.array(A), v1=np.array([1, 2, 1]))[0]
    onp.testing.assert_allclose(found.asnumpy(), onp.average(A, 1, [1, 2, 1]), 1e-6)


@pytest.mark.parametrize("op, attrs, num_inputs, message", [
    ("_npi_normal", {"loc": "None", "scale": "None", "size": "None"}, 2, "'_npi_normal' in mxlite"),
    ("_npi_delete", {"axis": "None"}, 2, "there is no operator '_npi_delete' in mxlite"),
    ("_npi_identity", {}, 0, "there is no operator '_npi_identity' in mxlite"),
    ("_npi_pad", {"pad_width": "((1"}, 1, "pad: pad_width must be a tuple of integers"),
    ("_npi_pad", {"pad_width": "-" * 100000 + "1"}, 1,      # too deep for Python's own parser
     "pad: pad_width must be a tuple of integers")])
def test_what_is_not_read(op, attrs, num_inputs, message):
    with pytest.raises(mx.MXNetError, match=message):
        mx.sym.load_json(graph(op, attrs, num_inputs))

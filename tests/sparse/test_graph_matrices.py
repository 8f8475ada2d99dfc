"""Operators on csr matrices that stand for graphs; values are those of MXNet 1.9.1."""

import numpy as np
import pytest

import mxlite as mx

EDGES = mx.nd.sparse.csr_matrix((np.array([5, 6, 7]), [1, 2, 0], [0, 1, 3, 3]), shape=(3, 3))


@pytest.mark.parametrize("dtype", ["int64", "float32"])
def test_edge_id(dtype):
    u, v = [mx.nd.array(each, dtype=dtype) for each in ([0, 1, 1, 2], [1, 0, 1, 2])]
    ids = mx.nd.contrib.edge_id(EDGES.astype(dtype), u, v)
    assert ids.dtype == np.dtype(dtype) and ids.asnumpy().tolist() == [5, 7, -1, -1]
    none = mx.nd.zeros((3, 3), stype="csr", dtype=dtype)
    assert mx.nd.contrib.edge_id(none, u, v).asnumpy().tolist() == [-1] * 4


def test_adjacency():
    ones = mx.nd.contrib.dgl_adjacency(EDGES)
    assert ones.stype == "csr" and ones.dtype == np.float32
    assert ones.asnumpy().tolist() == [[0, 1, 0], [1, 0, 1], [0, 0, 0]]


def test_errors():
    u = mx.nd.array([0, 1])
    with pytest.raises(ValueError, match=r"u and v must have shape .* got \(3, 3\), \(2,\) and"):
        mx.nd.contrib.edge_id(EDGES, u, mx.nd.array([0]))
    with pytest.raises(ValueError, match="edge_id: data must be csr, u and v dense; got"):
        mx.nd.contrib.edge_id(mx.nd.ones((3, 3)), u, u)
    with pytest.raises(IndexError, match=r"edge_id: v must be in \[0, 2\]; got \[0, 3\]"):
        mx.nd.contrib.edge_id(EDGES, u, mx.nd.array([0, 3]))
    with pytest.raises(ValueError, match="dgl_adjacency: data must be csr; got 'default'"):
        mx.nd.contrib.dgl_adjacency(mx.nd.ones((3, 3)))

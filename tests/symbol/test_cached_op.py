"""nd.CachedOp: a Symbol as a function of arrays."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, nd


@pytest.fixture
def graph():
    data = mx.sym.var("data")
    return mx.sym.FullyConnected(data, num_hidden=2, name="fc") + 2


X, W, B = nd.array([[1, 2, 3]]), nd.array([[1, 0, 0], [0, 1, 1]]), nd.array([10, 20])


def test_calls(graph):
    op = nd.CachedOp(graph)
    assert op(X, W, B).tolist() == [[13, 27]]
    out = nd.zeros((1, 2))
    assert op(X, W, B, out=out) is out and out.tolist() == [[13, 27]]
    more = nd.CachedOp(mx.sym.Group([graph, graph * 2]), [("static_alloc", "true")])
    first, second = more(X, W, B)
    assert (first.tolist(), second.tolist()) == ([[13, 27]], [[26, 54]])
    assert op(nd.ones((4, 3)), W, B).shape == (4, 2)        # another shape


def test_gradients(graph):
    op, x, w = nd.CachedOp(graph), X.copy(), W.copy()
    for _ in range(2):
        for array in (x, w):
            array.attach_grad()
        with autograd.record():
            y = op(x * 3, w, B) * 2
        y.backward(retain_graph=True)
        y.backward()
        assert x.grad.tolist() == [[6, 6, 6]] and w.grad.tolist() == [[6, 12, 18]] * 2


def test_states_are_inputs():
    op = nd.CachedOp(mx.sym.BatchNorm(mx.sym.var("d"), momentum=0.5, name="bn"))
    gamma, mean, var = nd.ones(2), nd.zeros(2), nd.ones(2)
    gamma.attach_grad()
    with autograd.record():
        y = op(nd.array([[1, 2], [3, 4]]), gamma, nd.zeros(2), mean, var)
    y.backward()
    assert mean.tolist() == [1, 1.5]


def test_a_graph_that_python_runs():
    x = mx.sym.var("x")
    total, states = mx.sym.contrib.foreach(lambda a, s: (a + s[0], [a + s[0]]), x,
                                           [mx.sym.zeros((1,))])
    op = nd.CachedOp(mx.sym.Group([total, *states]))
    a = nd.array([[1], [2], [3]])
    outputs, last = op(a)
    assert outputs.tolist() == [[1], [3], [6]] and last.tolist() == [6]
    out = [nd.zeros((3, 1)), nd.zeros(1)]
    assert op(a, out=out) is out and out[1].tolist() == [6]
    with pytest.raises(ValueError, match="out must hold 2 arrays, one an output; got 1"):
        op(a, out=out[:1])
    a.attach_grad()
    with autograd.record():
        y = op(a)[1]
    y.backward()
    assert np.all(a.grad.asnumpy() == 1)


def test_messages(graph):
    with pytest.raises(TypeError, match="CachedOp: sym must be a Symbol; got list"):
        nd.CachedOp([graph])
    with pytest.raises(ValueError, match=r"unknown flag 'static_aloc'; .*did you mean 'static_al"):
        nd.CachedOp(graph, [("static_aloc", 1)])
    op = nd.CachedOp(graph)
    with pytest.raises(ValueError, match="takes 3 arrays, data, fc_weight, fc_bias; got 2"):
        op(X, W)
    with pytest.raises(TypeError, match="CachedOp: fc_bias must be an NDArray; got int"):
        op(X, W, 1)


def test_as_a_part_of_a_graph():
    """Names are those of MXNet 1.9.1."""
    a, b = mx.sym.var("a"), mx.sym.var("b")
    part = mx.sym.BatchNorm(a * b, name="bn", fix_gamma=False).tojson()
    p, q, *rest = [mx.sym.var(name) for name in ("p", "q", "g", "be", "m", "va")]
    with mx.name.NameManager():
        whole = mx.sym._internal._CachedOp(p, q, *rest, subgraph=part)
    assert whole.list_arguments() == ["p", "q", "g", "be"]
    assert whole.list_auxiliary_states() == ["m", "va"]
    assert whole.list_outputs() == ["_cachedop0_bn_output"]
    few = mx.sym._internal._CachedOp(p * 2, q, subgraph=part, name="n", static_alloc=True) + 1
    assert few.list_inputs() == ["p", "q", "n_bn_gamma", "n_bn_beta", "n_bn_moving_mean",
                                 "n_bn_moving_var"]
    arrays = [nd.array(np.arange(6).reshape(3, 2)), nd.ones((3, 2)), nd.ones(2), nd.zeros(2)]
    plain = nd.CachedOp(mx.sym.BatchNorm(p * 2 * q, fix_gamma=False) + 1)
    states = [nd.zeros(2), nd.ones(2)]
    assert (nd.CachedOp(few)(*arrays, *states) == plain(*arrays, *states)).asnumpy().all()
    assert mx.sym.load_json(few.tojson()).tojson() == few.tojson()
    both = mx.sym.Group([a + b, a * b]).tojson()
    assert len(mx.sym._internal._CachedOp(p, p, subgraph=both)) == 2
    with pytest.raises(ValueError, match="takes at most 2 Symbols, a, b; got 3"):
        mx.sym._internal._CachedOp(p, q, q, subgraph=both)
    with pytest.raises(TypeError, match="each input must be a Symbol of one output; got 3"):
        mx.sym._internal._CachedOp(p, 3, subgraph=both)
    with pytest.raises(ValueError, match="CachedOp: unknown flag 'wat'"):
        mx.sym._internal._CachedOp(p, q, subgraph=both, wat=1)

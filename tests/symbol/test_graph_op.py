"""GraphOp: a graph as an operator; what it refuses, and what it keeps."""

import pickle

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, nd
from mxlite.ndarray.run import invoke_list
from mxlite.ops.schema import REGISTRY, Op, register
from mxlite.ops.trace import composed
from mxlite.symbol import graph_op
from mxlite.symbol.graph import Entry, Node
from mxlite.symbol.graph_op import GraphOp


@pytest.fixture
def half_differentiable():
    """x * h, whose gradient goes to x alone although it reads h."""
    @register("_test_half", inputs="x h")
    class Half(Op):
        def prepare(self, inputs, outputs):
            return composed(lambda F, x, h: F.elemwise_mul(x, h), inputs)

        def grad(self, F, dy, inputs, outputs):
            return [F.elemwise_mul(dy[0], inputs[1]), None]

    yield Half
    del REGISTRY["_test_half"]


def test_what_was_not_kept_for_second_order_is_named(half_differentiable):
    x = mx.sym.var("x")
    inner = mx.sym.square(mx.sym.sin(x))
    head = Entry(Node(half_differentiable, "half", {}, [x.heads[0], inner.heads[0]]), 0)
    op = GraphOp([head], [x.heads[0].node], wanted=[True])
    array = nd.array([0.5])
    array.attach_grad()
    with autograd.record():
        first = autograd.grad(invoke_list(op, [array], []), array, create_graph=True,
                              retain_graph=True)[0]
    np.testing.assert_allclose(first.asnumpy(), np.sin(0.5) ** 2, rtol=1e-6)
    with pytest.raises(mx.MXNetError, match=r"cannot be differentiated twice as one; call hybridi"):
        first.backward()


def test_plans_are_bounded_and_made_again(monkeypatch):
    monkeypatch.setattr(graph_op, "MOST_PLANS", 2)
    x = mx.sym.var("x")
    op = GraphOp((x * x).heads, [x.heads[0].node], wanted=[True])
    for length in (1, 2, 3, 4, 5, 1):
        array = nd.ones((length,))
        array.attach_grad()
        with autograd.record():
            y = invoke_list(op, [array], [])
        y.backward()
        assert array.grad.asnumpy().tolist() == [2] * length
        assert len(op._plans) <= 3


def test_a_prepared_graph_is_not_pickled():
    x = mx.sym.var("x")
    with pytest.raises(TypeError, match="cannot be pickled or copied; pickle its Symbol or block"):
        pickle.dumps(GraphOp((x + 1).heads, [x.heads[0].node]))

"""What users are told of Symbols, executors and blocks of graphs that they use wrongly."""

import pytest

import mxlite as mx
from mxlite import autograd, gluon, nd

X, Y = mx.sym.var("x"), mx.sym.var("y")


def shared_of_another_shape():
    net = mx.sym.FullyConnected(X, num_hidden=2, name="fc")
    first = net.simple_bind(mx.cpu(), x=(1, 3))
    net.simple_bind(mx.cpu(), x=(1, 4), shared_exec=first, shared_arg_names=["fc_weight"])


def function_in_a_graph():
    class Same(autograd.Function):
        def forward(self, x):
            return x

        def backward(self, dy):
            return dy

    x = nd.ones((1,))
    x.attach_grad()
    with autograd.record():
        y = Same()(x)
    autograd.get_symbol(y)


def unknown_shape():
    inner = mx.sym.broadcast_add(X, mx.sym.var("w"))
    block = gluon.SymbolBlock(inner, X)
    block.initialize()
    block(nd.ones((2, 3)))


CASES = [
    (lambda: (X + mx.sym.var("x")).bind(mx.cpu(), [nd.ones(1), nd.ones(1)]).arg_dict,
     "several arguments named 'x', so that names cannot tell them apart"),
    (lambda: X.list_attr(recursive=True), "recursive=True has been deprecated"),
    (lambda: mx.sym.var("x", foo="1"), "Attribute name=foo is not supported"),
    (shared_of_another_shape, r"the shared array fc_weight must be float32 of shape \(2, 4\)"),
    (lambda: mx.sym.load(3), "load: fname must be a path; got 3"),
    (lambda: mx.sym.load_json(3), "load_json: json_str must be a string; got 3"),
    (lambda: mx.sym.random.normal(X, 2), "random.normal: parameters must be all Symbols or all"),
    (lambda: gluon.SymbolBlock(X + 1, X)(3), "the first input must be an NDArray; got int"),
    (function_in_a_graph, "get_symbol: a Function is no operator"),
    (unknown_shape, "the shape of Parameter 'w' does not follow from the inputs"),
    (lambda: mx.sym.FullyConnected(X, num_hidden=1, name=3), "FullyConnected: name must be a str"),
    (lambda: mx.sym.relu(X, out=Y), "relu: a Symbol has no memory for out="),
    (lambda: mx.sym.relu(nd.ones(1)), "relu: data must be a Symbol; got NDArray"),
]


@pytest.mark.parametrize(("call", "message"), CASES)
def test_messages(call, message):
    with pytest.raises((mx.MXNetError, DeprecationWarning), match=message):
        call()

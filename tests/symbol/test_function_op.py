"""autograd.Function in graphs: hybridized blocks, Executors, shapes that follow through it."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, gluon, nd


class Slow(autograd.Function):
    """x^3 with a gradient of its own, 10 x dy."""

    def forward(self, x):
        self.save_for_backward(x)
        return x ** 3

    def backward(self, dy):
        x, = self.saved_tensors
        return 10 * x * dy


class Split(autograd.Function):
    """(x + y of half the columns, twice as many rows)."""

    num_outputs = 2

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, x, y):
        return x + y * self.factor, nd.concat(x, x, dim=0)

    def backward(self, dy, twice):
        return dy + twice[:dy.shape[0]], dy * self.factor


class Net(gluon.nn.HybridBlock):
    def __init__(self):
        super().__init__()
        with self.name_scope():
            self.first, self.last = gluon.nn.Dense(3, in_units=2), gluon.nn.Dense(2)

    def hybrid_forward(self, F, x):
        y, twice = Split(2)(self.first(x), self.first(x) + 1)
        return self.last(Slow()(y)), twice * 2


def results(net, x):
    x = x.copy()
    x.attach_grad()
    with autograd.record():
        y, twice = net(x)
        loss = (y * y).sum() + (twice * twice).sum()
    loss.backward()
    return [array.asnumpy() for array in (y, twice, x.grad, net.first.weight.grad(),
                                          net.last.weight.grad())]


def test_a_hybridized_block_does_what_it_does_eagerly():
    net = Net()
    net.initialize(mx.init.Normal(1))
    x = nd.random.normal(shape=(4, 2))
    expected = results(net, x)
    net.hybridize()
    for _ in range(2):
        for found, want in zip(results(net, x), expected, strict=True):
            np.testing.assert_allclose(found, want, rtol=1e-5, atol=1e-5)
    assert net(x[:3])[1].shape == (6, 3)            # outside of record(), and another shape


def test_shapes_of_parameters_follow_through_it():
    net = Net()
    net.initialize()
    net.hybridize()
    net(nd.ones((4, 2)))
    assert net.last.weight.shape == (2, 3)


def test_an_executor():
    x = mx.sym.var("x")
    y = Slow()(x * 2) + 1
    assert y.infer_shape(x=(2,))[1] == [(2,)] and y.infer_type(x="float64")[1] == [np.float64]
    ex = y.simple_bind(mx.cpu(), x=(2,))
    ex.arg_dict["x"][:] = nd.array([1, 2])
    for _ in range(2):
        assert ex.forward(is_train=True)[0].tolist() == [9, 65]
        ex.backward(nd.array([1, 10]))
        assert ex.grad_dict["x"].tolist() == [40, 800]


def test_training_is_seen():
    class Mode(autograd.Function):
        def forward(self, x):
            return x + autograd.is_training()

        def backward(self, dy):
            return dy

    ex = Mode()(mx.sym.var("x")).bind(mx.cpu(), {"x": nd.zeros(1)})
    assert [ex.forward(is_train=train)[0].asscalar() for train in (True, False)] == [1, 0]


def test_messages():
    x = mx.sym.var("x")
    with pytest.raises(TypeError, match="Slow: each input must be a Symbol, as one is; got ND"):
        Slow()(x, nd.ones(1))
    with pytest.raises(TypeError, match=r"Slow: input 0 is a Symbol of 2 outputs; pick one"):
        Slow()(mx.sym.Group([x, x]))
    y = Slow()(x)
    with pytest.raises(ValueError, match="Slow: an instance serves one call; make a new one"):
        twice = Slow()
        twice(x), twice(x)
    with pytest.raises(NotImplementedError, match=r"autograd.Function Slow cannot be written"):
        y.tojson()

    class Two(Slow):
        def forward(self, x):
            return x, x

    with pytest.raises(ValueError, match=r"Two.forward: returned 2 arrays; in a graph it must "
                                         r"return num_outputs=1"):
        Two()(x).eval(x=nd.ones(1))

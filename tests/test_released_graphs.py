"""What `backward` released is a constant in what is recorded after it; numbers of MXNet 1.9.1."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, nd

RELEASED = "walked already and what it saved is released"


def variable(value):
    x = nd.array([value])
    x.attach_grad()
    return x


@pytest.mark.parametrize("step, gradients", [
    (lambda h, w: h * w, [1, 2, 4]),
    (lambda h, w: h + w, [1, 1, 1]),
    (lambda h, w: nd.square(h) + w, [1, 1, 1]),
    (lambda h, w: nd.tanh(h * w), [0.070650816, 0.078213714, 0.07941337]),
    (lambda h, w: (h.reshape((1, 1)) * 1).reshape((1,)) * w, [1, 2, 4]),
])
def test_a_state_that_is_carried_on_is_truncated(step, gradients):
    w, h = variable(2), nd.array([1])
    for expected in gradients:
        with autograd.record():
            h = step(h, w)
            loss = (h * 1).sum()
        loss.backward()
        np.testing.assert_allclose(w.grad.asscalar(), expected, rtol=1e-6)


def test_the_steps_before_are_freed():
    class Counted(autograd.Function):
        alive = 0

        def __init__(self):
            super().__init__()
            Counted.alive += 1

        def __del__(self):
            Counted.alive -= 1

        def forward(self, x):
            return x * 2

        def backward(self, dy):
            return dy * 2

    w, h = variable(1), nd.array([1])
    for _ in range(10):
        with autograd.record():
            h = Counted()(h + w)
        h.backward()
    assert Counted.alive == 0


def test_gradients_for_the_variable_alone():
    x = variable(2)
    with autograd.record():
        y = x * x
    y.backward()
    with autograd.record():
        assert autograd.grad(y * x, [x])[0].asscalar() == 4
        assert autograd.grad(nd.exp(y).reshape((1, 1)) * x, x)[0].asscalar() == pytest.approx(
            np.exp(4))


def test_a_function_of_a_constant_is_one():
    class Twice(autograd.Function):
        def forward(self, x):
            return x * 2

        def backward(self, dy):
            raise AssertionError("nobody wants this gradient")

    x = variable(2)
    with autograd.record():
        y = x * x
    y.backward()
    with autograd.record():
        z = Twice()(y) * x
    z.backward()
    assert x.grad.asscalar() == 8


def test_a_walk_that_ends_there_alone_raises():
    x = variable(2)
    with autograd.record():
        y = x * x
    y.backward()
    with autograd.record():
        z = (y * 2 + 1).sum()
    for head in (y, z):
        with pytest.raises(mx.MXNetError, match=RELEASED):
            head.backward()


def test_a_graph_that_was_whole_when_it_was_recorded_raises():
    x, w = variable(2), variable(3)
    with autograd.record():
        y = x * x
        first, second = y * 2, y * w
    first.backward()
    with pytest.raises(mx.MXNetError, match=RELEASED):
        second.backward()               # not a gradient for w alone


def test_hybridized_states_are_truncated_as_eager_ones():
    results = []
    for hybridize in (False, True):
        cell = mx.gluon.rnn.LSTMCell(3, input_size=3)
        cell.initialize(mx.init.Constant(0.3))
        if hybridize:
            cell.hybridize()
        states = cell.begin_state(2)
        for _ in range(3):
            with autograd.record():
                y, states = cell(nd.ones((2, 3)), states)
            y.backward()
        results.append(cell.h2h_weight.grad().asnumpy())
    np.testing.assert_array_equal(*results)
    assert np.abs(results[0]).max() > 0

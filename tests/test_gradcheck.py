"""The gradient checker sees wrong gradients, of first and of second order."""

import numpy as np
import pytest
from gradcheck import check_gradient, check_second, check_vjp

import mxlite as mx


def test_a_right_rule_passes(rng):
    check_vjp(lambda x: [np.sin(x)], lambda dys, x: [dys[0] * np.cos(x)], [rng.random((3, 4))], rng)


@pytest.mark.parametrize("wrong", [1.001, 0.0, -1.0])
def test_a_wrong_rule_is_seen(rng, wrong):
    with pytest.raises(AssertionError):
        check_vjp(lambda x: [np.sin(x)], lambda dys, x: [dys[0] * np.cos(x) * wrong],
                  [rng.random((3, 4))], rng)


def test_a_wrong_gradient_of_one_input_is_seen(rng):
    def vjp(dys, x, y):
        return [dys[0] * y, dys[0] * y]

    with pytest.raises(AssertionError):
        check_vjp(lambda x, y: [x * y], vjp, [rng.random((3, 4)), rng.random((3, 4))], rng)


class Cube(mx.autograd.Function):
    """x ** 3, its gradient times `wrong`."""

    def __init__(self, wrong):
        super().__init__()
        self.wrong = wrong

    def forward(self, x):
        self.save_for_backward(x)
        return x * x * x

    def backward(self, dy):
        x, = self.saved_tensors
        return dy * x * x * 3 * self.wrong


def test_a_custom_function_passes(rng):
    check_gradient(lambda x: Cube(1.0)(x), [rng.random((3, 4))], rng)


def test_a_wrong_custom_backward_is_seen(rng):
    with pytest.raises(AssertionError):
        check_gradient(lambda x: Cube(1.0001)(x), [rng.random((3, 4))], rng)


def test_the_wrong_second_order_is_seen(rng):
    check_second(lambda x: mx.nd.sin(x) * x, [rng.random((3, 4))], rng)

    class FrozenSlope(mx.autograd.Function):
        """sin x, whose gradient keeps cos x as a number: right at first order only."""

        def forward(self, x):
            self.save_for_backward(x)
            return mx.nd.sin(x)

        def backward(self, dy):
            return dy * mx.nd.cos(self.saved_tensors[0]).detach()

    check_gradient(lambda x: FrozenSlope()(x) * x, [rng.random((3, 4))], rng)
    with pytest.raises((AssertionError, mx.MXNetError)):
        check_second(lambda x: FrozenSlope()(x) * x, [rng.random((3, 4))], rng)


def test_several_outputs(rng):
    check_gradient(lambda x: mx.nd.split(mx.nd.exp(x), num_outputs=2), [rng.random((3, 4))], rng)
    check_second(lambda x: mx.nd.split(mx.nd.exp(x), num_outputs=2), [rng.random((3, 4))], rng)

"""Every gradient checker sees wrong gradients, of first and of second order."""

import numpy as np
import pytest
from gradcheck import check_gradient, check_gradients, check_linear, check_second, check_vjp

import mxlite as mx
from mxlite.ndarray.function import OpFunction
from mxlite.ops.schema import Op, host


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
    """x ** 3, its gradient times `factor`."""

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, x):
        self.save_for_backward(x)
        return x * x * x

    def backward(self, dy):
        x, = self.saved_tensors
        return dy * x * x * 3 * self.factor


def with_frozen_slope(x):
    """sin x, whose gradient has cos x as a number: right at first order only."""
    at = x.detach()
    return mx.nd.sin(at) + mx.nd.cos(at) * (x - at)


@pytest.mark.parametrize("check", [check_gradient, check_gradients])
def test_a_wrong_custom_backward_is_seen(check, rng):
    values = [rng.random((3, 4))]
    check_gradient(lambda x: Cube(1.0)(x), values, rng)
    with pytest.raises(AssertionError):
        check(lambda x: Cube(1.0001)(x), values, rng)


@pytest.mark.parametrize("check", [check_second, check_gradients])
def test_the_wrong_second_order_is_seen(check, rng):
    values = [rng.random((3, 4))]
    check(lambda x: mx.nd.sin(x) * x, values, rng)
    check_gradient(lambda x: with_frozen_slope(x) * x, values, rng)
    with pytest.raises(AssertionError):
        check(lambda x: with_frozen_slope(x) * x, values, rng)


def part(F, x, begin, end):
    return F.slice_axis(x, axis=0, begin=begin, end=end)


WRONG_CHANGES = {
    "one element": lambda F, dx: F.Concat(part(F, dx, 0, 4), F.zeros_like(part(F, dx, 4, 5)),
                                          dim=0),
    "order": lambda F, dx: F.reverse(dx, axis=0),
    "sign": lambda F, dx: F.negative(dx),
    "second order": lambda F, dx: F.BlockGrad(dx),
}


@pytest.fixture
def rolled(register):
    """The elements of a vector, moved on by one; `change` spoils the gradient."""
    def build(change):
        @register("_test_rolled")
        class Rolled(Op):
            def prepare(self, inputs, outputs):
                return host(lambda x, y: np.copyto(y, np.roll(x, 1)))

            def grad(self, F, dy, inputs, outputs):
                return [change(F, F.Concat(part(F, dy[0], 1, 5), part(F, dy[0], 0, 1), dim=0))]

        return OpFunction(Rolled, "rolled")

    return build


def test_a_right_linear_gradient_passes(rolled, rng):
    check_linear(rolled(lambda F, dx: dx), [(5,)], rng)


@pytest.mark.parametrize("name", WRONG_CHANGES)
def test_a_wrong_linear_gradient_is_seen(name, rolled, rng):
    with pytest.raises(AssertionError):
        check_linear(rolled(WRONG_CHANGES[name]), [(5,)], rng)


def test_a_gradient_of_the_wrong_shape_is_seen(rng):
    with pytest.raises(AssertionError):
        check_vjp(lambda x: [x * 2], lambda dys, x: [dys[0].sum(0) * 2], [rng.random((3, 4))], rng)


def test_several_outputs(rng):
    check_gradient(lambda x: mx.nd.split(mx.nd.exp(x), num_outputs=2), [rng.random((3, 4))], rng)
    check_second(lambda x: mx.nd.split(mx.nd.exp(x), num_outputs=2), [rng.random((3, 4))], rng)

"""Gradients that are zero everywhere are zeros: not an error, and not what was there before."""

import pytest

import mxlite as mx
from mxlite import autograd, nd


def variable(values):
    x = nd.array(values)
    x.attach_grad()
    return x


def second(function, x):
    """The derivative of sum(f') for x."""
    with autograd.record():
        first = autograd.grad(function(x), x, create_graph=True, retain_graph=True)[0]
        return autograd.grad(first, x)[0].tolist()


FLAT = {
    "2 x": lambda x: x * 2, "x + c": lambda x: x + nd.ones((2,)), "sign": nd.sign,
    "relu": nd.relu, "floor": nd.floor, "stop": nd.BlockGrad, "sum": nd.sum,
}


@pytest.mark.parametrize("name", FLAT)
def test_the_second_derivative_of_what_has_none(name):
    assert second(FLAT[name], variable([1, -2])) == [0, 0]


def test_a_variable_that_does_not_stand_in_the_first_gradient():
    x, z = variable([1, 2]), variable([3, 4])
    with autograd.record():
        first = autograd.grad(x * z, x, create_graph=True, retain_graph=True)[0]
        zeros = autograd.grad(first, x, retain_graph=True)[0]
    assert first.tolist() == [3, 4] and zeros.tolist() == [0, 0]
    first.backward()
    assert x.grad.tolist() == [0, 0] and z.grad.tolist() == [1, 1]


def test_variables_stay_what_they_are():
    x, z = variable([3, 4]), variable([5, 6])
    with autograd.record():
        first = autograd.grad(x * z, [x, z], create_graph=True)
    assert [each.tolist() for each in (x, z, *first)] == [[3, 4], [5, 6], [5, 6], [3, 4]]


def test_third_order_of_a_square():
    x = variable([1, 2])
    with autograd.record():
        y = x * x
        for _ in range(2):
            y = autograd.grad(y, x, create_graph=True, retain_graph=True)[0]
        zeros = autograd.grad(y, x)[0]
    assert y.tolist() == [2, 2] and zeros.tolist() == [0, 0]


@pytest.mark.parametrize("function", [
    lambda x: nd.argmax(x, axis=0), lambda x: nd.one_hot(x, 4), nd.shape_array, nd.argsort,
    nd.BlockGrad, lambda x: x > 1])
def test_backward_writes_zeros_where_no_gradient_flows(function):
    x = variable([1, 2])
    x.grad[:] = 5
    with autograd.record():
        y = function(x)
    y.backward()
    assert x.grad.tolist() == [0, 0]


def test_backward_adds_nothing_where_no_gradient_flows():
    x = variable([1, 2])
    x.attach_grad("add")
    x.grad[:] = 5
    with autograd.record():
        y = nd.argsort(x)
    y.backward()
    assert x.grad.tolist() == [5, 5]


def test_a_variable_that_is_read_by_its_own_gradient_is_zeroed_after_the_walk():
    x, z = variable([1, 2]), variable([3, 4])
    x.grad[:] = 5
    with autograd.record():
        y = x.grad * z + nd.BlockGrad(x)    # a walk that must not write before its end
    y.backward()
    assert z.grad.tolist() == [5, 5] and x.grad.tolist() == [0, 0]


def test_grad_of_a_variable_that_was_not_read_raises():
    x, z = variable([1]), variable([1])
    with autograd.record():
        y = x * 2
    with pytest.raises(mx.MXNetError, match="the heads do not depend on variable 0"):
        autograd.grad(y, z)

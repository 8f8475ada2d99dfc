"""mx.contrib.autograd: gradients of functions, sections, as MXNet 1.9.1 recorded them."""

import pytest

import mxlite as mx
from mxlite import autograd, nd
from mxlite.contrib import autograd as old


def values(arrays):
    return [array.asnumpy().tolist() for array in arrays]


def product(a, b):
    return a * a * b


@pytest.fixture
def pair():
    return nd.array([1, 2, 3]), nd.array([4, 5, 6])


def state():
    return autograd.is_recording(), autograd.is_training()


def test_gradients_and_outputs_of_a_function(pair):
    grads, output = old.grad_and_loss(product)(*pair)
    assert values([*grads, output]) == [[8, 20, 36], [1, 4, 9], [4, 20, 54]]


@pytest.mark.parametrize("argnum, expected", [
    (None, [[8, 20, 36], [1, 4, 9]]), (1, [[1, 4, 9]]), ([1, 0], [[1, 4, 9], [8, 20, 36]])])
def test_gradients_of_a_function(pair, argnum, expected):
    assert values(old.grad(product, argnum)(*pair)) == expected


def test_a_function_with_several_outputs(pair):
    assert values(old.grad(lambda a: [a * 2, a * a])(pair[0])) == [[4, 6, 8]]


def test_sections():
    with old.train_section():
        assert state() == (True, True)
        with old.test_section():
            assert state() == (False, False)
        assert state() == (True, True)
    assert state() == (False, False)
    assert not old.set_is_training(True) and state() == (True, True)
    assert old.set_is_training(False) and state() == (False, False)


def test_variables_with_gradients_that_are_added(pair):
    x, dx = pair[0], nd.zeros(3)
    old.mark_variables([x], [dx], "add")
    for _ in range(2):
        with old.train_section():
            y = x * 3
        old.compute_gradient([y])
    assert dx.asnumpy().tolist() == [6, 6, 6]
    old.mark_variables([x], [dx])
    with old.train_section():
        y = x * 3
    old.backward([y], [nd.array([1, 10, 100])])
    assert dx.asnumpy().tolist() == [3, 30, 300]


def test_what_is_refused(pair):
    with pytest.raises(TypeError, match="outputs must be a list of NDArrays; got NDArray"):
        mx.contrib.autograd.compute_gradient(pair[0])
    with pytest.raises(TypeError, match="grad_and_loss: argument 1 must be an NDArray; got int"):
        old.grad(product)(pair[0], 3)
    with pytest.raises(ValueError, match=r"argnum must be below 2, .*; got 5"):
        old.grad(product, argnum=5)(*pair)


def test_more_gradients_than_variables():
    x, first, second = mx.nd.ones(2), mx.nd.zeros(2), mx.nd.zeros(2)
    old.mark_variables([x], [first, second])
    with old.train_section():
        y = x * 3
    old.compute_gradient([y])
    assert first.tolist() == [3, 3] and second.tolist() == [0, 0]       # as in MXNet
    with pytest.raises(ValueError, match="mark_variables: got 2 variables, 1 gradients"):
        old.mark_variables([x, x], [first])

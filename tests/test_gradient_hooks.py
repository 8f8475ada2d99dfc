"""Hooks of variables: they are called as soon as backward() has written a gradient."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, gluon, nd
from mxlite.ndarray.variable import on_gradient

LAYERS = 4


def network(is_hybrid):
    """Dense layers, whose parameters are in the order in which forward reads them."""
    net = gluon.nn.HybridSequential()
    for _ in range(LAYERS):
        net.add(gluon.nn.Dense(5, activation="tanh", in_units=5))
    net.initialize(mx.init.Normal(1))
    if is_hybrid:
        net.hybridize(static_alloc=True)
    return net, [param.data() for param in net.collect_params().values()]


def snapshots(arrays):
    """[(number of an array, gradients of all)], noted in its hook, which this sets."""
    found = []
    for i, array in enumerate(arrays):
        on_gradient(array, lambda i=i: found.append((i, [each.grad.asnumpy() for each in arrays])))
    return found


def walk(net, value=1.0):
    with autograd.record():
        loss = (net(nd.full((3, 5), value)) ** 2).sum()
    loss.backward()


@pytest.mark.parametrize("is_hybrid", [False, True])
def test_gradients_of_the_last_layers_come_while_backward_runs(is_hybrid):
    net, arrays = network(is_hybrid)
    for array in arrays:
        array.grad[:] = 77
    found = snapshots(arrays)
    walk(net)
    last = [array.grad.asnumpy() for array in arrays]
    assert sorted(i for i, _ in found) == list(range(2 * LAYERS))           # once each
    order = [i // 2 for i, _ in found]                                      # layers
    assert order == sorted(order, reverse=True)
    for place, (i, grads) in enumerate(found):
        np.testing.assert_array_equal(grads[i], last[i])                    # it is whole
        for other in {j for j, _ in found[place + 1:]} - {i ^ 1}:           # the others are not
            assert (grads[other] == 77).all()
    assert all((each != 77).any() for each in last)


@pytest.mark.parametrize("is_hybrid", [False, True])
def test_hooks_change_no_gradient(is_hybrid):
    net, arrays = network(is_hybrid)
    walk(net, 0.5)
    want = [array.grad.asnumpy() for array in arrays]
    snapshots(arrays)
    walk(net, 0.5)
    for array, wanted in zip(arrays, want, strict=True):
        np.testing.assert_array_equal(array.grad.asnumpy(), wanted)


@pytest.mark.parametrize("is_hybrid", [False, True])
def test_each_walk_calls_and_none_takes_them_off(is_hybrid):
    net, arrays = network(is_hybrid)
    counts = [0] * len(arrays)

    def count(i):
        counts[i] += 1

    for i, array in enumerate(arrays):
        on_gradient(array, lambda i=i: count(i))
    for _ in range(3):
        walk(net)
    on_gradient(arrays[0], None)
    walk(net)
    assert counts == [3] + [4] * (2 * LAYERS - 1)


def test_a_sum_of_contributions_comes_once_and_whole():
    x, seen = nd.array([1.0, 2.0]), []
    x.attach_grad()
    on_gradient(x, lambda: seen.append(x.grad.asnumpy().tolist()))
    with autograd.record():
        y = x * 3 + x * x
    y.backward()
    assert seen == [[5, 7]]


@pytest.mark.parametrize("req, want", [("write", [[2, 2], [2, 2]]), ("add", [[2, 2], [4, 4]]),
                                       ("null", [])])
def test_grad_reqs(req, want):
    x, seen = nd.ones((2,)), []
    x.attach_grad(req)
    if req != "null":
        on_gradient(x, lambda: seen.append(x.grad.asnumpy().tolist()))
    z = nd.ones((2,))
    z.attach_grad()
    for _ in range(2):
        with autograd.record():
            y = x * 2 + z
        y.backward()
    assert seen == want


def test_a_variable_that_gets_zeros_is_told_too():
    x, y, seen = nd.ones((2,)), nd.ones((2,)), []
    for array in (x, y):
        array.attach_grad()
    on_gradient(x, lambda: seen.append(x.grad.asnumpy().tolist()))
    with autograd.record():
        z = y + nd.BlockGrad(x) + nd.sign(x)
    z.backward()
    assert seen == [[0, 0]]


@pytest.mark.parametrize("is_hybrid", [False, True])
def test_an_error_in_a_hook_ends_backward_and_leaves_no_lock(is_hybrid):
    net, arrays = network(is_hybrid)

    def fail():
        raise ZeroDivisionError("in the hook")

    on_gradient(arrays[4], fail)
    with pytest.raises(ZeroDivisionError, match="in the hook"):
        walk(net)
    on_gradient(arrays[4], None)
    walk(net)                                   # would wait for ever for a lock
    assert all(np.isfinite(array.grad.asnumpy()).all() for array in arrays)


def test_only_variables_have_hooks():
    with pytest.raises(mx.MXNetError, match="on_gradient: the array must be a variable"):
        on_gradient(nd.ones((2,)), print)

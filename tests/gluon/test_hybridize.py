"""hybridize: a block as one graph computes what it does eagerly, to the last bit."""

import numpy as np
import pytest
from hybrid_blocks import Lambda, hybridized, network

import mxlite as mx
from mxlite import autograd, gluon, nd
from mxlite.gluon import nn


def trained(steps=3, hybridize=None, batch=4):
    """Losses, outputs and parameters of a training that starts from one seed."""
    mx.random.seed(7)
    net = network()
    net(nd.ones((batch, 2, 8, 8)))      # makes the parameters
    if hybridize is not None:
        net.hybridize(**hybridize)
    rng = np.random.default_rng(3)
    loss_of = gluon.loss.SoftmaxCrossEntropyLoss()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1, "momentum": 0.9})
    seen = []
    for _ in range(steps):
        x = nd.array(rng.normal(size=(batch, 2, 8, 8)))
        label = nd.array(rng.integers(0, 3, batch))
        with autograd.record():
            y = net(x)
            loss = loss_of(y, label)
        loss.backward()
        trainer.step(batch)
        seen += [y.asnumpy(), loss.asnumpy(), net(x).asnumpy()]
    return seen + [param.data().asnumpy() for param in net.collect_params().values()]


@pytest.mark.parametrize("flags", [
    {}, {"static_alloc": True}, {"static_alloc": True, "static_shape": True},
    {"inline_limit": 0, "forward_bulk_size": 3}], ids=str)
def test_training_has_the_same_bits(flags):
    for one, other in zip(trained(hybridize=flags), trained(), strict=True):
        assert one.tobytes() == other.tobytes()


# Inputs and outputs

@pytest.mark.parametrize("function, inputs", [
    (lambda F, x: x * 2, [1]), (lambda F, x: [x * 2, x + 1], [1]), (lambda F, x: (x, x + 1), [1]),
    (lambda F, x: [x * 2, (x, [x + 1])], [1]), (lambda F, x, y: x + y, [1, 2]),
    (lambda F, xs: xs[0] + xs[1], [[1, 2]]), (lambda F, x, more: x + more[0] * more[1][0],
                                              [1, [2, [3]]]),
    (lambda F, x, y: x if y is None else y, [1, None]),
    (lambda F, x, y: y if x is None else x, [None, 1]),
    (lambda F, x, y=None: x + 1 if y is None else y, [1]),
    (lambda F, x: F.split(x, num_outputs=1, axis=0), [1])])
def test_nested_inputs_and_outputs(function, inputs):
    def arrays(item):
        if isinstance(item, list):
            return [arrays(each) for each in item]
        return None if item is None else nd.array([item, 10 * item])

    def values(item):
        return ([values(each) for each in item] if isinstance(item, (list, tuple))
                else item.asnumpy().tolist())

    block = hybridized(function)
    args = arrays(inputs)
    expected = values(Lambda(function)(*args))
    for _ in range(2):
        assert values(block(*args)) == expected


def test_none_at_the_end_may_be_left_out():
    def function(F, x, y=None):
        return x + 1 if y is None else x + y

    x = nd.ones((2,))
    for first, then in (((x,), (x, None)), ((x, None), (x,))):
        block = hybridized(function)
        for args in (first, then):
            assert block(*args).asnumpy().tolist() == [2, 2]
        with pytest.raises(ValueError, match=r"nested as \(x, x\), but the graph was traced for"):
            block(x, x)


def test_other_shapes_and_dtypes_run_the_same_graph():
    block = hybridized(lambda F, x: F.sum(x * 2, axis=0))
    for shape, dtype in (((2, 3), "float32"), ((4, 1), "float64"), ((0, 2), "int32")):
        y = block(nd.ones(shape, dtype=dtype))
        assert y.asnumpy().tolist() == [2 * shape[0]] * shape[1] and y.dtype == np.dtype(dtype)


def test_results_stay_when_the_block_runs_again():
    block = hybridized(lambda F, x: x * 2 + 1, static_alloc=True)
    first, _ = block(nd.ones((3,))), block(nd.zeros((3,)))
    assert first.asnumpy().tolist() == [3, 3, 3]


def test_a_symbol_gives_a_symbol():
    net = network()
    for hybridize in (False, True):
        net.hybridize(hybridize)
        symbol = net(mx.sym.var("data"))
        assert isinstance(symbol, mx.sym.Symbol)
        assert symbol.list_arguments()[:3] == ["data", "net_conv0_weight", "net_conv0_bias"]
        assert symbol.list_outputs() == ["net_dense1_fwd_output"]


# Gradients

def gradients(block, steps):
    x = nd.array([[1.0, -2.0, 3.0]])
    x.attach_grad()
    steps(block, x)
    return x.grad.asnumpy().tolist()


def two_forwards(block, x):
    with autograd.record():
        total = block(x).sum() + (block(x * 2) * 10).sum()
    total.backward()


def backward_later(block, x):
    with autograd.record():
        first = block(x)
        block(x * 5)
    block(x * 7)
    first.backward(nd.array([[1.0, 2.0, 3.0]]))


def within(block, x):
    with autograd.record():
        y = block(x.exp()) * block(x)
    y.backward()


def twice(block, x):
    with autograd.record():
        y = block(x)
    y.backward(retain_graph=True)
    y.backward()


def in_prediction(block, x):
    with autograd.record(train_mode=False):
        y = block(x)
    y.backward(train_mode=False)


def second(block, x):
    with autograd.record():
        first, = autograd.grad(block(x), [x], create_graph=True)
        total = (first * first).sum()
    total.backward()


def function_of_one(F, x):
    return F.tanh(x * 0.3) * x + F.square(x)


@pytest.mark.parametrize("steps", [backward_later, twice, in_prediction])
def test_gradients_have_the_same_bits(steps):
    assert gradients(hybridized(function_of_one), steps) == gradients(
        Lambda(function_of_one), steps)


@pytest.mark.parametrize("steps", [two_forwards, within, second])
def test_gradients_that_are_summed_in_another_order(steps):
    np.testing.assert_allclose(gradients(hybridized(function_of_one), steps),
                               gradients(Lambda(function_of_one), steps), 1e-6)


def test_inputs_without_gradient():
    x, y = nd.array([2.0]), nd.array([3.0])
    x.attach_grad()
    block = hybridized(lambda F, x, y: x * y)
    with autograd.record():
        z = block(x, y)
    z.backward()
    assert x.grad.asscalar() == 3 and y.grad is None
    y.attach_grad()
    with autograd.record():
        z = block(x, y)
    z.backward()
    assert y.grad.asscalar() == 2


def test_frozen_parameters():
    net = nn.Dense(2, in_units=3)
    net.initialize()
    net.weight.grad_req = "null"
    net.hybridize()
    with autograd.record():
        y = net(nd.ones((4, 3)))
    y.backward()
    assert net.bias.grad().asnumpy().tolist() == [4, 4]
    net.weight.grad_req = "write"
    with autograd.record():
        y = net(nd.ones((4, 3)))
    y.backward()
    assert net.weight.grad().asnumpy().tolist() == [[4] * 3] * 2

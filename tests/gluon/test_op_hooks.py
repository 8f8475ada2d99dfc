"""register_op_hook: a function sees what the operators of hybridized blocks read and make."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, nd
from mxlite.gluon import nn

OUTPUTS = [("net_dense0_fwd_output", "FullyConnected"),
           ("net_dense0_relu_fwd_output", "Activation"),
           ("net_batchnorm0_fwd_output", "BatchNorm"), ("net_dropout0_fwd_output", "Dropout")]


def network(hybridize=True):
    net = nn.HybridSequential(prefix="net_")
    with net.name_scope():
        net.add(nn.Dense(2, activation="relu"), nn.BatchNorm(), nn.Dropout(0.5))
    net.initialize()
    net.hybridize(hybridize)
    return net


def watched(net, monitor_all=False):
    """The names, and a list that fills with (name, operator, array)."""
    seen = []
    net.register_op_hook(lambda name, op, array: seen.append((name.decode(), op.decode(), array)),
                         monitor_all)
    return seen


def test_outputs_in_every_call():
    net = network()
    seen = watched(net)
    for count in (1, 2):
        y = net(nd.ones((4, 3)))
        assert [entry[:2] for entry in seen] == OUTPUTS * count
    assert seen[-1][2].asnumpy().tolist() == y.asnumpy().tolist()
    assert [array.shape for _, _, array in seen] == [(4, 2)] * 8


def test_hidden_outputs_in_training():
    net = network()
    seen = watched(net)
    with autograd.record():
        y = net(nd.ones((4, 3)))
    y.backward()
    assert [name.removeprefix("net_") for name, _, _ in seen] == [
        "dense0_fwd_output", "dense0_relu_fwd_output", "batchnorm0_fwd_output",
        "batchnorm0_fwd_mean", "batchnorm0_fwd_var", "dropout0_fwd_output", "dropout0_fwd_mask"]


def test_inputs():
    net = network()
    seen = watched(net, monitor_all=True)
    net(nd.ones((4, 3)))
    assert [name.removeprefix("net_") for name, _, _ in seen] == [
        "dense0_fwd_data", "dense0_fwd_weight", "dense0_fwd_bias", "dense0_fwd_output",
        "dense0_relu_fwd_input0", "dense0_relu_fwd_output", "batchnorm0_fwd_data",
        "batchnorm0_fwd_gamma", "batchnorm0_fwd_beta", "batchnorm0_fwd_moving_mean",
        "batchnorm0_fwd_moving_var", "batchnorm0_fwd_output", "dropout0_fwd_data",
        "dropout0_fwd_output"]


def test_results_and_gradients_stay_the_same():
    results = []
    for watch in (False, True):
        mx.random.seed(3)
        net = network()
        if watch:
            watched(net)
        x = nd.array(np.arange(12.0).reshape(4, 3))
        x.attach_grad()
        with autograd.record():
            y = net(x)
        y.backward()
        results.append([array.asnumpy().tobytes() for array in (
            y, x.grad, *[p.data() for p in net.collect_params().values()])])
    assert results[0] == results[1]


def test_eager_blocks_are_not_seen_but_hybridized_children_are():
    net = network(hybridize=False)
    seen = watched(net)
    net(nd.ones((4, 3)))
    assert seen == []
    net[0].hybridize()
    net(nd.ones((4, 3)))
    assert [entry[:2] for entry in seen] == OUTPUTS[:2]


def test_the_hook_must_be_a_function():
    with pytest.raises(TypeError, match="register_op_hook: callback must be a function; got 3"):
        network().register_op_hook(3)

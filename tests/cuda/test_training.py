"""Networks learn on a GPU, with the numbers of the CPU."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, gluon, nd
from mxlite.contrib import amp


def trained(ctx, optimizer, hybridize, rng):
    """Losses and parameters of ten steps."""
    data, label = rng.standard_normal((32, 5)).astype("f4"), np.arange(32) % 3
    mx.random.seed(3)
    net = gluon.nn.HybridSequential()
    net.add(gluon.nn.Dense(16, activation="relu", in_units=5), gluon.nn.Dense(3, in_units=16))
    net.initialize(mx.init.Xavier(), ctx=mx.cpu())
    net.collect_params().reset_ctx(ctx)
    if hybridize:
        net.hybridize()
    trainer = gluon.Trainer(net.collect_params(), optimizer,
                            {"learning_rate": 0.01, "wd": 1e-3}, kvstore=None)
    loss_of = gluon.loss.SoftmaxCrossEntropyLoss()
    x, y = nd.array(data, ctx=ctx), nd.array(label, ctx=ctx)
    losses = []
    for _ in range(10):
        with autograd.record():
            loss = loss_of(net(x), y)
        loss.backward()
        trainer.step(32)
        losses.append(loss.mean().asscalar())
    return losses, [p.data().asnumpy() for p in net.collect_params().values()]


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("optimizer", ["sgd", "adam", "rmsprop"])
def test_a_network_learns_as_on_the_cpu(optimizer, hybridize, gpu):
    losses, parameters = trained(gpu, optimizer, hybridize, np.random.default_rng(1))
    expected, others = trained(mx.cpu(), optimizer, hybridize, np.random.default_rng(1))
    np.testing.assert_allclose(losses, expected, 1e-5)
    for one, other in zip(parameters, others, strict=True):
        np.testing.assert_allclose(one, other, 1e-5, 1e-5)
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("is_cast", [False, True])
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_mixed_precision(dtype, is_cast, gpu, request):
    """Weights of float32 that are cast in the graph, and of 16 bits with masters of float32; of
    float16 with a scaled loss, whose gradients overflow once."""
    request.addfinalizer(amp.amp._stop)
    rng, results = np.random.default_rng(1), []
    data, label = rng.standard_normal((32, 5)), np.arange(32) % 3
    for ctx in (mx.cpu(), gpu):
        mx.random.seed(3)
        net = gluon.nn.HybridSequential()
        net.add(gluon.nn.Dense(16, in_units=5), gluon.nn.BatchNorm(in_channels=16),
                gluon.nn.Activation("relu"), gluon.nn.Dense(3, in_units=16))
        net.initialize(mx.init.Xavier(), ctx=mx.cpu())
        if is_cast:
            net.cast(dtype)
        net.collect_params().reset_ctx(ctx)
        net.hybridize()
        trainer = gluon.Trainer(net.collect_params(), "sgd", {
            "learning_rate": 0.1, "momentum": 0.9, "multi_precision": True}, kvstore=None)
        amp.init(dtype)
        amp.init_trainer(trainer)
        trainer._amp_loss_scaler.loss_scale = 2.0 ** (18 if dtype == "float16" else 0)
        losses = []
        for _ in range(10):
            with autograd.record():
                x = nd.array(data, dtype=dtype if is_cast else "float32", ctx=ctx)
                out = net(x).astype("float32")
                loss = gluon.loss.SoftmaxCrossEntropyLoss()(out, nd.array(label, ctx=ctx))
                with amp.scale_loss(loss, trainer) as scaled:
                    scaled.backward()
            trainer.step(32)
            losses.append(loss.mean().asscalar())
        results.append(losses)
        assert (trainer._amp_loss_scaler.loss_scale < 2.0 ** 18) and losses[-1] < losses[0]
        assert (losses[1] == losses[0]) == (dtype == "float16")         # a step was left out
    np.testing.assert_allclose(*results, 0.05 if dtype == "bfloat16" else 0.01)


def test_second_derivatives(gpu):
    x = nd.array([1.0, 2, 3], ctx=gpu)
    x.attach_grad()
    with autograd.record():
        y = nd.exp(x) * x
        first = autograd.grad([y], [x], create_graph=True, retain_graph=True)[0]
    first.backward()
    np.testing.assert_allclose(x.grad.asnumpy(), np.exp([1, 2, 3]) * np.array([3, 4, 5]), 1e-5)

"""Convolutional networks learn on a GPU, with the numbers of the CPU."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, gluon, nd
from mxlite.gluon import nn


def lenet():
    net = nn.HybridSequential()
    net.add(nn.Conv2D(4, 3, activation="tanh", in_channels=1), nn.MaxPool2D(2),
            nn.Conv2D(6, 3, activation="tanh", in_channels=4), nn.AvgPool2D(2), nn.Flatten(),
            nn.Dropout(0.2), nn.Dense(10, activation="relu", in_units=24), nn.Dense(3, in_units=10))
    return net


class Residual(gluon.HybridBlock):
    """Two convolutions beside a shortcut."""

    def __init__(self, channels, stride):
        super().__init__()
        with self.name_scope():
            self.body = nn.HybridSequential()
            self.body.add(nn.Conv2D(channels, 3, stride, 1, use_bias=False, in_channels=4),
                          nn.BatchNorm(in_channels=channels), nn.Activation("relu"),
                          nn.Conv2D(channels, 3, 1, 1, use_bias=False, in_channels=channels),
                          nn.BatchNorm(in_channels=channels))
            self.shortcut = nn.Conv2D(channels, 1, stride, in_channels=4)

    def hybrid_forward(self, F, x):
        return F.relu(self.body(x) + self.shortcut(x))


def resnet():
    net = nn.HybridSequential()
    net.add(nn.Conv2D(4, 3, 1, 1, in_channels=1), nn.BatchNorm(in_channels=4),
            Residual(4, 1), Residual(8, 2), nn.GlobalAvgPool2D(), nn.Dense(3, in_units=8))
    return net


def trained(make, ctx, hybridize):
    """Losses of four steps, a prediction, and all parameters, moving statistics too."""
    rng = np.random.default_rng(2)
    x = nd.array(rng.standard_normal((8, 1, 14, 14)), ctx=ctx)
    y = nd.array(np.arange(8) % 3, ctx=ctx)
    mx.random.seed(3)
    net = make()
    net.initialize(mx.init.Xavier(), ctx=mx.cpu())
    net.collect_params().reset_ctx(ctx)
    if hybridize:
        net.hybridize()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.05, "momentum": 0.9},
                            kvstore=None)
    loss_of = gluon.loss.SoftmaxCrossEntropyLoss()
    values = []
    for _ in range(4):
        with autograd.record():
            loss = loss_of(net(x), y)
        loss.backward()
        trainer.step(8)
        values.append(loss.asnumpy())
    values.append(net(x).asnumpy())
    return values + [p.data().asnumpy() for p in net.collect_params().values()]


@pytest.mark.parametrize("hybridize", [False, True], ids=["eager", "hybridized"])
@pytest.mark.parametrize("make", [lenet, resnet])
def test_a_network_learns_as_on_the_cpu(make, hybridize, gpu):
    found, expected = trained(make, gpu, hybridize), trained(make, mx.cpu(), hybridize)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, 1e-5, 1e-5)
    assert found[3].mean() < found[0].mean()

"""Networks that tests of mx.contrib share."""

import numpy as np
import pytest

import mxlite as mx
from mxlite.gluon import nn

sym = mx.sym


def images(rng, count):
    """Images (count, 1, 16, 16) with a bright quarter, and which one it is, with noise."""
    labels = rng.integers(0, 4, count)
    x = rng.normal(0, 0.4, (count, 1, 16, 16))
    for i, label in enumerate(labels):
        top, left = divmod(label, 2)
        x[i, 0, 8 * top:8 * top + 8, 8 * left:8 * left + 8] += 0.5
    return mx.nd.array(x), mx.nd.array(labels)


@pytest.fixture(scope="module")
def lenet():
    """(network, images, labels): LeNet-like, trained until it knows them."""
    mx.random.seed(3)
    rng = np.random.default_rng(3)
    net = nn.HybridSequential()
    net.add(nn.Conv2D(8, 3), nn.BatchNorm(), nn.Activation("relu"), nn.MaxPool2D(2, 2),
            nn.Conv2D(16, 3, activation="relu"), nn.MaxPool2D(2, 2), nn.Flatten(),
            nn.Dense(32, activation="relu"), nn.Dense(4))
    net.initialize(mx.init.Xavier())
    trainer = mx.gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 3e-3})
    loss_of = mx.gluon.loss.SoftmaxCrossEntropyLoss()
    x, y = images(rng, 256)
    for _ in range(25):
        with mx.autograd.record():
            loss = loss_of(net(x), y)
        loss.backward()
        trainer.step(len(x))
    return (net, *images(rng, 200))


def residual():
    """A graph with a sum, two branches that are joined, and a tanh between."""
    data = sym.var("data")
    first = sym.Convolution(data, kernel=(3, 3), num_filter=8, pad=(1, 1), name="c1")
    first = sym.Activation(first, act_type="relu", name="r")
    second = sym.Convolution(first, kernel=(3, 3), num_filter=8, pad=(1, 1), no_bias=True,
                             name="c2")
    total = sym.Pooling(sym.elemwise_add(second, first, name="add"), kernel=(2, 2), stride=(2, 2),
                        pool_type="avg", name="p")
    joined = sym.Concat(total, sym.tanh(total, name="t"), dim=1, name="cat")
    out = sym.FullyConnected(sym.Flatten(joined, name="f"), num_hidden=5, name="fc")
    return sym.SoftmaxOutput(out, name="softmax")


@pytest.fixture
def model(rng):
    """(graph, parameters, auxiliary states, iterator) of `residual`."""
    net = residual()
    shapes, _, _ = net.infer_shape(data=(4, 3, 8, 8))
    args = {name: mx.nd.array(rng.normal(0, 0.3, shape))
            for name, shape in zip(net.list_arguments(), shapes, strict=True)
            if name not in ("data", "softmax_label")}
    data = mx.io.NDArrayIter(rng.normal(0, 1, (12, 3, 8, 8)), np.zeros(12), 4)
    return net, args, {}, data

"""Networks that train on some contexts, as the tests of stores have them."""

import numpy as np

import mxlite as mx
from mxlite import autograd, gluon
from mxlite.gluon import nn

LOSS = gluon.loss.SoftmaxCrossEntropyLoss()
OPTIMIZERS = {"sgd": {"learning_rate": 0.05, "momentum": 0.9, "wd": 0.01},
              "adam": {"learning_rate": 0.02}}


def dense_net():
    net = nn.HybridSequential(prefix="net_")
    net.add(nn.Dense(16, activation="tanh", in_units=6, prefix="a_"),
            nn.Dense(16, activation="relu", in_units=16, prefix="b_"),
            nn.Dense(3, in_units=16, prefix="c_"))
    return net


def words_net(embedding):
    net = nn.Sequential(prefix="net_")
    net.add(embedding, nn.Flatten(), nn.Dense(3, in_units=20, prefix="c_"))
    return net


def batches(is_words=False):
    rng = np.random.default_rng(5)
    for _ in range(5):
        data = rng.integers(0, 40, (16, 5)) if is_words else rng.standard_normal((16, 6))
        yield mx.nd.array(data), mx.nd.array(rng.integers(0, 3, 16))


def numbers(shape, start):
    return mx.nd.array(np.sin(start + 1.7 * np.arange(np.prod(shape))).reshape(shape))


def squared_error(outputs, labels):
    return ((outputs - labels) ** 2).sum()


class Run:
    """A network on contexts, whose parameters are `numbers` from `start` on, with a Trainer.

    loss: a function of outputs and labels. options: of the Trainer.
    """

    def __init__(self, net, contexts, optimizer, loss=squared_error, grad_req="write", start=0,
                 **options):
        self.net, self.contexts, self.loss = net, list(contexts), loss
        net.initialize(ctx=self.contexts)
        params = net.collect_params()
        self.params = {name: params[name] for name in sorted(params)}       # a Trainer's order
        for i, param in enumerate(self.params.values()):
            param.set_data(numbers(param.shape, start + i).tostype(param.stype))
            param.grad_req = grad_req
        self.trainer = gluon.Trainer(params, optimizer, OPTIMIZERS[optimizer], **options)

    def backward(self, data, labels):
        """The gradients of a batch, of which each context has a part."""
        with autograd.record():
            losses = [self.loss(self.net(x), y) for x, y in zip(
                gluon.utils.split_and_load(data, self.contexts),
                gluon.utils.split_and_load(labels, self.contexts), strict=True)]
        autograd.backward(losses)

    def step(self, data, labels, batch_size):
        self.backward(data, labels)
        self.trainer.step(batch_size)

    def copies(self):
        """Of each parameter, the values on each context."""
        return {name: [array.asnumpy() for array in param._arrays().values()]
                for name, param in self.params.items()}

    def values(self):
        """The values of each parameter, means over the contexts."""
        return [param.reduced().asnumpy() for param in self.params.values()]


def assert_alike(run, single, **tolerance):
    """The copies on all contexts are equal, and are what one device has."""
    want = single.copies()
    for name, copies in run.copies().items():
        assert all((copy == copies[0]).all() for copy in copies)
        np.testing.assert_allclose(copies[0], want[name][0], **(tolerance or {"rtol": 1e-5,
                                                                              "atol": 1e-5}))


def assert_same_bits(run, single):
    """Four contexts, and one with grad_req="add" that adds up the four parts in their order."""
    for data, labels in batches():
        run.step(data, labels, 16)
        for k in range(4):
            single.backward(data[4 * k:4 * k + 4], labels[4 * k:4 * k + 4])
        single.trainer.step(16)
        for param in single.params.values():
            param.zero_grad()
    assert_alike(run, single, rtol=0, atol=0)

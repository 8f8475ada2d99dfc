"""A network that trains on some contexts, as the tests of stores have it."""

import numpy as np

import mxlite as mx
from mxlite import autograd, gluon

OPTIMIZERS = {"sgd": {"learning_rate": 0.05, "momentum": 0.9, "wd": 0.01},
              "adam": {"learning_rate": 0.02}}


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

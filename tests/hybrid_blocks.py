"""Blocks that tests of hybridize share."""

import mxlite as mx
from mxlite import gluon
from mxlite.gluon import nn


class Lambda(gluon.HybridBlock):
    """A block of one function of F and the inputs."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def hybrid_forward(self, F, *args):
        return self.function(F, *args)


def hybridized(function, **flags):
    block = Lambda(function)
    block.hybridize(**flags)
    return block


def network():
    net = nn.HybridSequential(prefix="net_")
    with net.name_scope():
        net.add(nn.Conv2D(4, 3, activation="relu"), nn.BatchNorm(), nn.MaxPool2D(2), nn.Flatten(),
                nn.Dense(6, activation="tanh"), nn.Dropout(0.5), nn.Dense(3))
    net.initialize(mx.init.Xavier())
    return net

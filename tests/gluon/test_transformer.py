"""A transformer encoder (Vaswani et al. 2017) on the operators of attention learns to turn
sequences round, for which every place must look at another one."""

import numpy as np
import pytest

import mxlite as mx
from mxlite.gluon import nn

STEPS, WORDS, UNITS, HEADS = 8, 10, 32, 4


class EncoderCell(mx.gluon.HybridBlock):
    """Self-attention and a feed-forward network on (steps, batch, units), each added to its input
    and normalized."""

    def __init__(self):
        super().__init__()
        with self.name_scope():
            self.project = nn.Dense(3 * UNITS, flatten=False)
            self.join = nn.Dense(UNITS, flatten=False)
            self.inner = nn.Dense(2 * UNITS, activation="relu", flatten=False)
            self.outer = nn.Dense(UNITS, flatten=False)
            self.first_norm, self.second_norm = nn.LayerNorm(), nn.LayerNorm()
            self.dropout = nn.Dropout(0.02)

    def hybrid_forward(self, F, x):
        parts = self.project(x)
        scores = F.contrib.interleaved_matmul_selfatt_qk(parts, heads=HEADS)
        seen = F.contrib.interleaved_matmul_selfatt_valatt(parts, F.softmax(scores), heads=HEADS)
        x = self.first_norm(x + self.dropout(self.join(seen)))
        return self.second_norm(x + self.outer(self.inner(x)))


class Encoder(mx.gluon.HybridBlock):
    def __init__(self):
        super().__init__()
        with self.name_scope():
            self.words = nn.Embedding(WORDS, UNITS)
            self.places = self.params.get("places", shape=(STEPS, 1, UNITS))
            self.cells = nn.HybridSequential()
            self.cells.add(EncoderCell(), EncoderCell())
            self.top = nn.Dense(WORDS, flatten=False)

    def hybrid_forward(self, F, x, places):
        return self.top(self.cells(F.broadcast_add(self.words(x), places)))


@pytest.mark.parametrize("hybridize", [False, True])
def test_it_learns_to_turn_sequences_round(rng, hybridize):
    mx.random.seed(3)
    net, loss_of = Encoder(), mx.gluon.loss.SoftmaxCrossEntropyLoss()
    net.initialize(mx.init.Xavier())
    if hybridize:
        net.hybridize()
    trainer = mx.gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 4e-3})

    def batch():
        words = rng.integers(0, WORDS, (STEPS, 32))
        return mx.nd.array(words), mx.nd.array(words[::-1].copy())

    for _ in range(200):
        x, turned = batch()
        with mx.autograd.record():
            loss = loss_of(net(x), turned)
        loss.backward()
        trainer.step(32)
    x, turned = batch()
    found = net(x).asnumpy().argmax(2)
    assert np.mean(found == turned.asnumpy()) > 0.95            # by chance: 0.1

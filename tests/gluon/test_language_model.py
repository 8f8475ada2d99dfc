"""A language model of characters, an LSTM, learns a text: the acceptance test of gluon.rnn."""

import numpy as np
import pytest

import mxlite as mx
from mxlite.gluon import nn, rnn

TEXT = """
the sun is up and the cat is on the mat. the cat sees a bird and the bird sees the cat.
the bird is in the tree and the tree is in the sun. the cat is not in the tree.
the sun goes down and the bird sleeps in the tree. the cat sleeps on the mat.
""".replace("\n", " ") * 4
CHARACTERS = sorted(set(TEXT))
STEPS, TEXTS, UNITS = 16, 8, 48


class Model(mx.gluon.HybridBlock):
    def __init__(self, layer):
        super().__init__()
        with self.name_scope():
            self.embedding = nn.Embedding(len(CHARACTERS), 12)
            self.layer = layer
            self.top = nn.Dense(len(CHARACTERS), flatten=False)

    def hybrid_forward(self, F, x, *states):
        y, after = self.layer(self.embedding(x), list(states))
        return self.top(y), after


def batches():
    """(characters, the ones that follow), (STEPS, TEXTS) each, from TEXTS places of the text."""
    numbers = np.array([CHARACTERS.index(character) for character in TEXT])
    length = (len(numbers) - 1) // TEXTS
    data, label = [numbers[at:at + length * TEXTS].reshape(TEXTS, length).T for at in (0, 1)]
    for start in range(0, length - STEPS + 1, STEPS):
        yield mx.nd.array(data[start:start + STEPS]), mx.nd.array(label[start:start + STEPS])


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("make", [rnn.LSTM, rnn.GRU])
def test_perplexity(make, hybridize):
    mx.random.seed(11)
    layer = make(UNITS, 2)
    net, loss_of = Model(layer), mx.gluon.loss.SoftmaxCrossEntropyLoss()
    net.initialize(mx.init.Xavier())
    if hybridize:
        net.hybridize()
    trainer = mx.gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 0.01})
    perplexities = []
    for _ in range(25):
        states, losses = layer.begin_state(TEXTS), []
        for data, label in batches():
            with mx.autograd.record():
                y, states = net(data, *[state.detach() for state in states])
                loss = loss_of(y, label).mean()
            loss.backward()
            mx.gluon.utils.clip_global_norm(
                [param.grad() for param in net.collect_params().values()], 1.0)
            trainer.step(1)
            losses.append(loss.asscalar())
        perplexities.append(float(np.exp(np.mean(losses))))
    assert perplexities[0] > 10             # of 20 characters
    assert perplexities[-1] < 1.5

"""A network with embeddings, sorted and gathered items learns on a GPU, eagerly and hybridized."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, gluon, nd


class Ranker(gluon.HybridBlock):
    """Words -> scores of two classes: their embeddings, the best items first, clipped."""

    def __init__(self):
        super().__init__()
        self.embedding = gluon.nn.Embedding(30, 8)
        self.dense = gluon.nn.Dense(2, in_units=7)

    def hybrid_forward(self, F, words):
        x = self.embedding(words)
        best = F.topk(x, k=3, ret_typ="value", axis=2).mean(axis=1)
        others = F.cumsum(F.clip(x, -0.5, 0.5), axis=1)
        last = F.SequenceLast(F.transpose(others, axes=(1, 0, 2)))
        last = F.slice_axis(last, axis=1, begin=0, end=4)
        return self.dense(F.concat(best, last, dim=1))


def trained(ctx, hybridize):
    mx.random.seed(5)
    rng, net = np.random.default_rng(2), Ranker()
    net.initialize(mx.init.Normal(0.5), ctx=ctx)
    if hybridize:
        net.hybridize()
    trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 0.05}, kvstore=None)
    loss_of, losses = gluon.loss.SoftmaxCrossEntropyLoss(), []
    words = rng.integers(0, 30, (40, 6))
    x, y = nd.array(words, ctx=ctx), nd.array(words.sum(1) > 87, ctx=ctx)
    for _ in range(8):
        with autograd.record():
            loss = loss_of(net(x), y)
        loss.backward()
        trainer.step(40)
        losses.append(loss.mean().asscalar())
    return losses, net.embedding.weight.data(ctx).asnumpy()


@pytest.mark.parametrize("hybridize", [False, True])
def test_numbers_of_the_cpu(hybridize, gpu):
    losses, weight = trained(gpu, hybridize)
    expected, other = trained(mx.cpu(), hybridize)
    np.testing.assert_allclose(losses, expected, 1e-4)
    np.testing.assert_allclose(weight, other, 1e-3, 1e-3)
    assert losses[-1] < losses[0]


def test_a_mask_chooses_rows(gpu, rng):
    x, mask = rng.standard_normal((9, 3)).astype("f4"), np.arange(9) % 2
    data = nd.array(x, ctx=gpu)
    data.attach_grad()
    with autograd.record():
        y = nd.contrib.boolean_mask(data, nd.array(mask, ctx=gpu))
    y.backward()
    np.testing.assert_array_equal(y.asnumpy(), x[mask == 1])
    np.testing.assert_array_equal(data.grad.asnumpy(), np.repeat(mask[:, None], 3, 1))

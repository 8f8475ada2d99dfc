"""gluon.loss.CTCLoss: against MXNet 1.9.1, hybridized, and that a network learns to read."""

import numpy as np
import pytest

import mxlite as mx
from mxlite.gluon.loss import CTCLoss


@pytest.fixture
def batch():
    pred = np.random.RandomState(5).randn(2, 6, 4)
    return mx.nd.array(pred), mx.nd.array([[0, 1, 1, -1], [2, 0, -1, -1]])


@pytest.mark.parametrize("hybridize", [False, True])
def test_values_as_recorded_from_mxnet(batch, hybridize):
    pred, label = batch
    turned = CTCLoss(layout="TNC", label_layout="TN", weight=0.5)
    plain, measured = CTCLoss(), CTCLoss()
    if hybridize:
        for loss in (turned, plain, measured):
            loss.hybridize()
    np.testing.assert_allclose(plain(pred, label).asnumpy(), [4.8518915, 4.9057484], rtol=1e-6)
    weighted = turned(pred.swapaxes(0, 1), label.T, None, None, mx.nd.array([0.5, 2]))
    np.testing.assert_allclose(weighted.asnumpy(), [1.2129729, 4.9057484], rtol=1e-6)
    lengths = mx.nd.array([6, 4]), mx.nd.array([2, 2])
    np.testing.assert_allclose(measured(pred, label, *lengths).asnumpy(), [4.358008, 3.2619052],
                               rtol=1e-6)


@pytest.mark.parametrize(("name", "options"), [
    ("layout must be 'NTC' or 'TNC'; got 'CTN'", {"layout": "CTN"}),
    ("label_layout must be 'NT' or 'TN'; got 'T'", {"label_layout": "T"})])
def test_layouts_that_there_are_not(name, options):
    with pytest.raises(ValueError, match=f"CTCLoss: {name}"):
        CTCLoss(**options)


def drawn_strings(rng, count):
    """Strings of 3 symbols as noisy steps of data: each symbol lasts 1 to 3 steps, with silence
    between them."""
    data, labels = 0.1 * rng.standard_normal((count, 16, 4)), np.zeros((count, 4))
    for n in range(count):
        at = 0
        for i in range(4):
            labels[n, i] = rng.integers(3)
            lasting = rng.integers(1, 4)
            data[n, at:at + lasting, int(labels[n, i])] += 1
            at += lasting + 1
    return mx.nd.array(data), mx.nd.array(labels)


def best_strings(scores):
    """Per sample the labels of the best path: repetitions joined, blanks (3) dropped."""
    best = scores.argmax(-1).asnumpy().astype(int).tolist()
    return [[k for t, k in enumerate(row) if k != 3 and (t == 0 or row[t - 1] != k)]
            for row in best]


def test_a_network_learns_to_read(rng):
    mx.random.seed(3)
    net = mx.gluon.nn.Dense(4, flatten=False)
    net.initialize(mx.init.Xavier())
    trainer = mx.gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 0.05})
    data, labels = drawn_strings(rng, 64)
    loss = CTCLoss()
    first = loss(net(data), labels).mean().asscalar()
    for _ in range(150):
        with mx.autograd.record():
            value = loss(net(data), labels)
        value.backward()
        trainer.step(64)
    assert value.mean().asscalar() < first / 10
    data, labels = drawn_strings(rng, 100)
    right = sum(read == label for read, label in zip(
        best_strings(net(data)), labels.asnumpy().astype(int).tolist(), strict=True))
    assert right > 90

"""Block.fit, evaluate and validate, and what they take for data."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import gluon
from mxlite.gluon import nn

CLASSES = gluon.loss.SoftmaxCrossEntropyLoss


def points(rng, count=20):
    x = rng.normal(size=(count, 3)).astype("float32")
    return x, (x.sum(axis=1) > 0).astype("float32")


def dense(units=2):
    net = nn.Dense(units, in_units=3)
    net.initialize(mx.init.One())
    return net


def trained_by_hand(x, y, parts, epochs=1):
    """The weights after steps of SGD on these slices of the samples."""
    net, loss_fn = dense(), CLASSES()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.5})
    for part in list(parts) * epochs:
        with mx.autograd.record():
            loss = loss_fn(net(mx.nd.array(x[part])), mx.nd.array(y[part]))
        loss.backward()
        trainer.step(len(x[part]))
    return net.weight.data().asnumpy()


def sgd():
    return mx.optimizer.SGD(learning_rate=0.5)


@pytest.mark.parametrize("make, size", [
    (lambda x, y: gluon.data.DataLoader(gluon.data.ArrayDataset(x, y), 8), 8),
    (lambda x, y: mx.io.NDArrayIter(x, y, 8), 8),                       # pads the last batch
    (lambda x, y: mx.io.DataBatch([mx.nd.array(x)], [mx.nd.array(y)]), 20),
    (lambda x, y: mx.io.DataBatch([mx.nd.array(x)], [mx.nd.array(y)], pad=4), 16),
    (lambda x, y: mx.io.MXDataBatch((mx.nd.array(x), mx.nd.array(y))), 20),
    (lambda x, y: (x, y), 20), (lambda x, y: (mx.nd.array(x), mx.nd.array(y)), 20),
    (lambda x, y: gluon.data.ArrayDataset(x, y), 20),
])
def test_data_of_every_kind(make, size, rng):
    x, y = points(rng)
    net = dense()
    net.fit(make(x, y), num_epochs=2, loss_fn=CLASSES(), optimizer=sgd(), batch_size=20,
            verbose=False)
    parts = [slice(0, 16)] if size == 16 else [slice(a, a + size) for a in range(0, 20, size)]
    np.testing.assert_allclose(net.weight.data().asnumpy(), trained_by_hand(x, y, parts, 2), 1e-5)


def test_samples_are_shuffled_for_training_alone(rng):
    x, y = points(rng)
    seen = []
    net = dense()
    net.register_forward_hook(lambda block, inputs, out: seen.append(inputs[0].asnumpy()))
    net.fit((x, y), num_epochs=2, loss_fn=CLASSES(), optimizer="sgd", batch_size=20,
            verbose=False)
    net.evaluate((x, y), batch_size=20)
    assert not (seen[0] == x).all() and not (seen[0] == seen[1]).all() and (seen[2] == x).all()
    assert (np.sort(seen[0], axis=0) == np.sort(x, axis=0)).all()


def test_images_of_a_dataset_are_scaled():
    images = np.arange(4 * 5 * 5, dtype="uint8").reshape(4, 5, 5, 1) * 2
    seen = []
    net = nn.HybridSequential()
    net.add(nn.Flatten(), nn.Dense(2))
    net[0].register_forward_hook(lambda block, inputs, out: seen.append(inputs[0].asnumpy()))
    net.initialize()
    net.evaluate(gluon.data.ArrayDataset(mx.nd.array(images, dtype="uint8"), np.zeros(4)),
                 loss_fn=CLASSES())
    np.testing.assert_allclose(seen[0], images.transpose(0, 3, 1, 2) / 255, 1e-6)


def test_results(rng, capsys):
    x, y = points(rng)
    net = dense()
    results = net.fit((x, y), (x[:10], y[:10]), loss_fn=CLASSES(), optimizer=sgd(),
                      metrics=["f1", mx.metric.Accuracy()])
    assert list(results) == ["f1", "accuracy", "loss", "validation f1", "validation accuracy",
                             "validation loss"]
    shown = capsys.readouterr()
    assert shown.out == "" and "epoch 1/1: 100%" in shown.err and "training f1: " in shown.err
    scores = net(mx.nd.array(x)).asnumpy()
    accuracy = (scores.argmax(axis=1) == y).mean()
    losses = np.log(np.exp(scores).sum(axis=1)) - scores[range(20), y.astype(int)]
    np.testing.assert_allclose(net.evaluate((x, y))[1:], [accuracy, losses.mean()], 1e-5)
    np.testing.assert_allclose(net.evaluate((x, y), "acc"), [accuracy, losses.mean()], 1e-5)
    loss, metrics = net.validate((x, y), metrics="acc")
    np.testing.assert_allclose([loss, metrics["accuracy"]], [losses.mean(), accuracy], 1e-5)


def test_another_fit_goes_on(rng):
    x, y = points(rng)
    optimizer, once, twice = mx.optimizer.Adam(), dense(), dense()
    batch = mx.io.MXDataBatch((mx.nd.array(x), mx.nd.array(y)))
    twice.fit(batch, loss_fn=CLASSES(), optimizer=optimizer, verbose=False)
    assert optimizer.rescale_grad == 1
    twice.fit(batch, num_epochs=2, verbose=False)
    once.fit(batch, num_epochs=3, loss_fn=CLASSES(), optimizer="adam", verbose=False)
    assert (once.weight.data() == twice.weight.data()).asnumpy().all()
    assert optimizer.num_update == 3


def test_prepare_holds_inside_its_block(rng):
    x, y = points(rng)
    net, optimizer = dense(), sgd()
    with optimizer.prepare(net, CLASSES()) as prepared:
        assert prepared is net
        with mx.optimizer.Adam().prepare(net, gluon.loss.L2Loss()):
            assert isinstance(net._prepared.optimizer, mx.optimizer.Adam)
        net.fit((x, y), batch_size=20, verbose=False)
    np.testing.assert_allclose(net.weight.data().asnumpy(), trained_by_hand(x, y, [slice(0, 20)]),
                               1e-5)
    assert net._prepared is None and net.validate((x, y))[0] > 0


def test_parameters_are_initialized_by_their_own_initializers_or_xavier(rng):
    net = nn.Sequential()
    net.add(nn.Dense(4), nn.Dense(2, weight_initializer=mx.init.One()))
    net.fit(points(rng), loss_fn=CLASSES(), optimizer=mx.optimizer.SGD(learning_rate=0),
            verbose=False)
    assert (net[1].weight.data() == 1).asnumpy().all()
    widest = np.abs(net[0].weight.data().asnumpy()).max()
    assert 0.3 < widest <= np.sqrt(3 / ((4 + 3) / 2)) + 1e-6


def test_handlers_and_contexts_are_passed_on(rng):
    from mxlite.gluon.contrib.estimator import EpochEnd

    class Stop(EpochEnd):
        def epoch_end(self, estimator, *args, **kwargs):
            self.context = estimator.context
            return True

    for handlers in (Stop(), [Stop()]):
        net, seen = nn.Dense(2), []
        net.register_forward_hook(lambda *args, seen=seen: seen.append(args))
        net.fit(points(rng), num_epochs=9, loss_fn=CLASSES(), optimizer="sgd", batch_size=20,
                ctx=[mx.cpu(0), mx.cpu(1)], event_handlers=handlers, verbose=False)
        assert len(seen) == 2 and net.weight.list_ctx() == [mx.cpu(0), mx.cpu(1)]


def test_metrics_without_a_loss(rng):
    x, y = points(rng)
    net = dense()
    assert len(net.evaluate((x, y), metrics="acc")) == 1
    with pytest.raises(ValueError, match="validate: there is no loss_fn"):
        net.validate((x, y), metrics="acc")


def test_errors_say_what_is_lacking(rng):
    x, y = points(rng)
    net = dense()
    with pytest.raises(ValueError, match=r"fit: there is no loss_fn; give fit\(loss_fn=\.\.\.\)"):
        net.fit((x, y))
    with pytest.raises(ValueError, match=r"fit: there is no optimizer; .*prepare\(net, loss_fn"):
        net.fit((x, y), loss_fn=CLASSES())
    with pytest.raises(ValueError, match="evaluate: there is no loss_fn"):
        net.evaluate((x, y))
    for data in (mx.nd.ones((2, 3)), [x, y, y], iter([])):
        with pytest.raises(TypeError, match="evaluate: the data must be a DataLoader, a Dataset"):
            net.evaluate(data, loss_fn=CLASSES())
    with pytest.raises(ValueError, match="one array of data and one of labels; got 1 and 0"):
        net.evaluate(mx.io.DataBatch([mx.nd.array(x)]), loss_fn=CLASSES())
    with pytest.raises(ValueError, match=r"samples of a Dataset must be pairs \(data, label\)"):
        net.evaluate(gluon.data.ArrayDataset(x, y, y), loss_fn=CLASSES())
    with pytest.raises(TypeError, match="MXDataBatch: batch must be a pair"):
        mx.io.MXDataBatch(mx.nd.array(x))
    with pytest.raises(TypeError, match=r"prepare: net must be a gluon\.Block; got 1"):
        sgd().prepare(1, CLASSES())
    with pytest.raises(TypeError, match="prepare: loss must be a function; got 1"):
        sgd().prepare(net, 1)


def test_a_block_does_not_hold_itself():
    inner, outer = nn.Sequential(), nn.Sequential()
    outer.add(inner)
    for block, child, how in ((outer, outer, "is"), (inner, outer, "holds")):
        with pytest.raises(ValueError, match=f"Sequential: a block cannot hold itself; "
                                             f"'{child.name}' {how} this one"):
            block.add(child)
        with pytest.raises(ValueError, match="a block cannot hold itself"):
            block.child = child


@pytest.mark.parametrize("last", [
    lambda: [nn.Dense(2, in_units=3, activation="softmax")],
    lambda: [nn.Dense(2, in_units=3), nn.Activation("softmax")]])
def test_softmax_is_taken_once(last, rng):
    x, y = points(rng)
    net, inner = nn.HybridSequential(), nn.HybridSequential()
    inner.add(*last())
    net.add(inner)
    net.initialize(mx.init.One())
    net.fit((x, y), loss_fn=CLASSES(), optimizer=sgd(), batch_size=20, verbose=False)
    weight = inner[0].weight.data()
    np.testing.assert_allclose(weight.asnumpy(), trained_by_hand(x, y, [slice(0, 20)]), 1e-5)
    scores = x @ weight.asnumpy().T + inner[0].bias.data().asnumpy()
    losses = np.log(np.exp(scores).sum(axis=1)) - scores[range(20), y.astype(int)]
    np.testing.assert_allclose(net.validate((x, y))[0], losses.mean(), 1e-5)

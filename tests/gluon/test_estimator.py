"""gluon.contrib.estimator: what an Estimator does with networks, data, metrics and handlers."""

import re

import numpy as np
import pytest

import mxlite as mx
from mxlite import gluon
from mxlite.gluon import nn
from mxlite.gluon.contrib.estimator import (
    BatchBegin,
    BatchEnd,
    BatchProcessor,
    EpochBegin,
    EpochEnd,
    Estimator,
    GradientUpdateHandler,
    LoggingHandler,
    MetricHandler,
    TrainBegin,
    TrainEnd,
)

CLASSES = gluon.loss.SoftmaxCrossEntropyLoss


def points(rng, count=20):
    x = rng.normal(size=(count, 3)).astype("float32")
    return x, (x.sum(axis=1) > 0).astype("float32")


def loader(x, y, batch_size=8):
    return gluon.data.DataLoader(gluon.data.ArrayDataset(x, y), batch_size)


def dense(units=2, **kwargs):
    net = nn.Dense(units, in_units=3, **kwargs)
    net.initialize(mx.init.One())
    return net


def estimator(net=None, loss=None, lr=0.1, **kwargs):
    net = dense() if net is None else net
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": lr})
    return Estimator(net, CLASSES() if loss is None else loss, trainer=trainer, **kwargs)


class Events(TrainBegin, EpochBegin, BatchBegin, BatchEnd, EpochEnd, TrainEnd):
    """Notes what it is called for; says `stop` at the ends."""

    def __init__(self, stop=()):
        self.seen, self.stop = [], stop

    def _note(self, event, values):
        self.seen.append((event, sorted(values)))
        return event in self.stop

    def train_begin(self, estimator, *args, **kwargs):
        self._note("train_begin", kwargs)

    def epoch_begin(self, estimator, *args, **kwargs):
        self._note("epoch_begin", kwargs)

    def batch_begin(self, estimator, *args, **kwargs):
        self._note("batch_begin", kwargs)

    def batch_end(self, estimator, *args, **kwargs):
        return self._note("batch_end", kwargs)

    def epoch_end(self, estimator, *args, **kwargs):
        return self._note("epoch_end", kwargs)

    def train_end(self, estimator, *args, **kwargs):
        self._note("train_end", kwargs)


def test_fit_is_gradient_descent(rng):
    x, y = points(rng, 16)
    net = dense(1, use_bias=False)
    estimator(net, gluon.loss.L2Loss(), lr=0.5).fit(loader(x, y), epochs=2)
    weight = np.ones((1, 3))
    for _ in range(2):
        for a in (0, 8):
            error = x[a:a + 8] @ weight.T - y[a:a + 8, None]
            weight = weight - 0.5 * (error.T @ x[a:a + 8]) / 8
    np.testing.assert_allclose(net.weight.data().asnumpy(), weight, 1e-5)


def test_metrics_of_training_and_validation(rng, capsys):
    x, y = points(rng)
    est = estimator(lr=1e-9)
    est.fit(loader(x, y), loader(x[:10], y[:10]), epochs=1)
    scores = est.net(mx.nd.array(x)).asnumpy()
    losses = np.log(np.exp(scores).sum(axis=1)) - scores[range(20), y.astype(int)]
    wanted = {"training accuracy": (scores.argmax(axis=1) == y).mean(),
              "training softmaxcrossentropyloss": losses.mean(),
              "validation accuracy": (scores.argmax(axis=1) == y)[:10].mean(),
              "validation softmaxcrossentropyloss": losses[:10].mean()}
    got = dict(pair for each in est.train_metrics + est.val_metrics
               for pair in each.get_name_value())
    assert got.keys() == wanted.keys()
    for name, value in wanted.items():
        np.testing.assert_allclose(got[name], value, 1e-5)
    lines = re.sub(r"\d+\.\d+s|\d+s", "TIME", capsys.readouterr().out).splitlines()
    values = [f"{name}: {value:.4f}" for name, value in wanted.items()]
    assert lines == [           # MXNet's words, but for the end of the validation
        "Training begin: using optimizer SGD with current learning rate 0.0000 ",
        "Train for 1 epochs.", "[Epoch 0] Begin, current learning rate: 0.0000", "Validation Begin",
        "Validation finished in TIME, " + ", ".join(values[2:]),
        "[Epoch 0] Finished in TIME, " + ", ".join(values[:2]),
        "Train finished using total TIME with 1 epochs. " + ", ".join(values[:2])]


def test_events_come_in_order(rng):
    events = Events()
    estimator().fit(loader(*points(rng)), epochs=1, event_handlers=events)
    batch = [("batch_begin", ["batch"]), ("batch_end", ["batch", "label", "loss", "pred"])]
    assert events.seen == [("train_begin", []), ("epoch_begin", []), *batch * 3,
                           ("epoch_end", []), ("train_end", [])]


def test_handlers_stop_an_epoch_or_the_training(rng):
    data = loader(*points(rng))
    events = Events({"epoch_end"})
    estimator().fit(data, epochs=5, event_handlers=[events])
    assert [event for event, _ in events.seen].count("batch_end") == 3
    events = Events({"batch_end"})
    estimator().fit(data, epochs=2, event_handlers=[events])
    assert [event for event, _ in events.seen].count("batch_end") == 2
    events = Events()
    estimator().fit(data, batches=4, event_handlers=[events])
    names = [event for event, _ in events.seen]
    assert (names.count("batch_end"), names.count("epoch_end")) == (4, 2)


def test_lists_of_handlers_are_left_as_they_are(rng):
    handlers = [Events()]
    est = estimator()
    est.fit(loader(*points(rng)), epochs=1, event_handlers=handlers)
    est.evaluate(loader(*points(rng)), event_handlers=handlers)
    assert len(handlers) == 1


def test_defaults_are_left_out_where_one_of_the_kind_is_given():
    est = estimator()
    kinds = [type(handler).__name__ for handler in est._prepare_default_handlers(None, None)]
    assert kinds == ["GradientUpdateHandler", "MetricHandler", "StoppingHandler", "LoggingHandler"]
    given = [LoggingHandler(metrics=est.train_metrics), GradientUpdateHandler(),
             MetricHandler(est.train_metrics)]
    assert len(est._prepare_default_handlers(None, given)) == 4
    numbers = [len(part) for part in est._categorize_handlers(given)]
    assert numbers == [1, 2, 1, 3, 1, 1]


def test_context_and_uneven_batches(rng):
    x, y = points(rng, 7)
    net = nn.Dense(2)
    with pytest.warns(UserWarning, match="No trainer specified"):
        est = Estimator(net, CLASSES(), context=[mx.cpu(0), mx.cpu(1)])
    est.fit(loader(x, y, 7), epochs=1)
    assert est.trainer.optimizer.lr == 0.001 and net.weight.list_ctx() == [mx.cpu(0), mx.cpu(1)]
    assert est.train_metrics[0].num_inst == 7


def test_batch_axis(rng):
    x, y = points(rng, 6)
    est = estimator(dense(), gluon.loss.L2Loss())

    class Turned(BatchProcessor):
        def fit_batch(self, estimator, train_batch, batch_axis=0):
            assert batch_axis == 1
            parts = self._get_data_and_label(train_batch, [mx.cpu(0), mx.cpu(1)], batch_axis)
            assert [part.shape for part in parts[0]] == [(3, 3), (3, 3)]
            return super().fit_batch(estimator, (train_batch[0].T, train_batch[1][0]), 0)

    est.batch_processor = Turned()
    data = gluon.data.DataLoader([0], 1, batchify_fn=lambda _: (mx.nd.array(x.T),
                                                                mx.nd.array(np.stack([y, y]))))
    est.loss = gluon.loss.SoftmaxCrossEntropyLoss()
    est.fit(data, epochs=1, batch_axis=1)


def test_another_net_and_loss_validate(rng):
    x, y = points(rng)
    zeros = nn.Dense(2, in_units=3)
    zeros.initialize(mx.init.Zero())
    est = estimator(val_net=zeros, val_loss=gluon.loss.SoftmaxCrossEntropyLoss(weight=2))
    est.evaluate(loader(x, y))
    np.testing.assert_allclose(est.val_metrics[1].get()[1], 2 * np.log(2), 1e-6)


def test_initializers():
    net = nn.Sequential()
    net.add(nn.Dense(2, in_units=3), nn.Dense(2, in_units=2))
    net[0].initialize(mx.init.Zero())
    with pytest.warns(UserWarning, match="No trainer specified"):
        Estimator(net, CLASSES(), initializer=mx.init.One())
    assert net[0].weight.data().sum().asscalar() == 0
    assert net[1].weight.data().sum().asscalar() == 4
    trainer = gluon.Trainer(net.collect_params(), "sgd")
    with pytest.warns(UserWarning, match="already fully initialized"):
        Estimator(net, CLASSES(), initializer=mx.init.One(), trainer=trainer)


def test_metrics_of_two_estimators_keep_their_names():
    metric = mx.metric.Accuracy()
    for _ in range(2):
        est = estimator(train_metrics=mx.metric.CompositeEvalMetric([metric, mx.metric.F1()]))
    assert [each.name for each in est.train_metrics] == ["training accuracy", "training f1"]
    assert [each.name for each in est.val_metrics] == ["validation accuracy", "validation f1"]


@pytest.mark.parametrize("changes, message", [
    ({"loss": 1}, r"loss must be a gluon\.loss\.Loss; got 1"),
    ({"val_loss": 1}, r"val_loss must be a gluon\.loss\.Loss; got 1"),
    ({"net": 1}, r"net must be a gluon\.Block; got 1"),
    ({"val_net": 1}, r"val_net must be a gluon\.Block; got 1"),
    ({"train_metrics": "acc"}, r"train_metrics must be a metric of mx\.metric, or a list"),
    ({"val_metrics": [1]}, r"val_metrics must be a metric .* got 1"),
    ({"trainer": "sgd"}, r"trainer must be a gluon\.Trainer; got 'sgd'"),
    ({"context": "cpu"}, r"context must be a Context or a list of such; got 'cpu'"),
    ({"batch_processor": 1}, "batch_processor must have the method fit_batch; got 1"),
])
def test_wrong_arguments(changes, message):
    net = dense()
    given = {"net": net, "loss": CLASSES(),
             "trainer": gluon.Trainer(net.collect_params(), "sgd"), **changes}
    with pytest.raises(ValueError, match=message):
        Estimator(**given)


def test_wrong_contexts_metrics_and_calls(rng):
    with pytest.raises(AssertionError, match=r"context must be there; got gpu\(99\)"):
        estimator(context=mx.gpu(99))
    metric = mx.metric.Accuracy()
    with pytest.raises(ValueError, match="is among both train_metrics and val_metrics"):
        estimator(train_metrics=metric, val_metrics=metric)
    est, (x, y) = estimator(), points(rng)
    data = loader(x, y)
    with pytest.raises(ValueError, match=r"fit: train_data must be a gluon\.data\.DataLoader"):
        est.fit(mx.nd.ones((2, 3)), epochs=1)
    with pytest.raises(ValueError, match="fit: val_data must be a gluon"):
        est.fit(data, [1], epochs=1)
    with pytest.raises(ValueError, match="evaluate: val_data must be a gluon"):
        est.evaluate([1])
    for given in ({}, {"epochs": 1, "batches": 1}):
        with pytest.raises(ValueError, match="give one of epochs and batches"):
            est.fit(data, **given)
    with pytest.raises(ValueError, match="epochs must be an integer of at least 1"):
        est.fit(data, epochs=0)
    with pytest.raises(ValueError, match="batches must be an integer of at least 1"):
        est.fit(data, batches=-1)
    with pytest.raises(ValueError, match="event_handlers must be an EventHandler"):
        est.fit(data, epochs=1, event_handlers=[len])
    with pytest.raises(ValueError, match="metrics must be among the metrics of the estimator"):
        est.fit(data, epochs=1, event_handlers=[LoggingHandler(metrics=mx.metric.F1())])
    empty = gluon.data.DataLoader(gluon.data.ArrayDataset(x[:3], y[:3]), 8, last_batch="discard")
    with pytest.raises(ValueError, match="train_data has no batch"):
        est.fit(empty, batches=2)

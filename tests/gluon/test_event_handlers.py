"""gluon.contrib.estimator: handlers that write files, stop, validate, log and show a bar."""

import io
import logging
import re

import pytest

import mxlite as mx
from mxlite import gluon
from mxlite.gluon import nn
from mxlite.gluon.contrib.estimator import (
    CheckpointHandler,
    EarlyStoppingHandler,
    Estimator,
    LoggingHandler,
    MetricHandler,
    ProgressBarHandler,
    ValidationHandler,
)


def data():
    """Four batches of 8."""
    return gluon.data.DataLoader(gluon.data.ArrayDataset(mx.nd.ones((32, 3)), mx.nd.zeros((32,))),
                                 8)


def estimator(lr=0.1, hybrid=False):
    net = nn.HybridSequential()
    net.add(nn.Dense(2))
    net.initialize(mx.init.One())
    if hybrid:
        net.hybridize()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": lr, "momentum": 0.9})
    return Estimator(net, gluon.loss.SoftmaxCrossEntropyLoss(), trainer=trainer)


class Given(mx.metric.EvalMetric):
    """A metric that takes these values, one an epoch."""

    def __init__(self, values, name="loss"):
        self.values = iter(values)
        super().__init__(name)

    def reset(self):
        super().reset()
        self.current = next(self.values, None)

    def update(self, labels, preds):
        self.sum_metric, self.num_inst = self.current, 1


def fit_with(values, name="loss", epochs=9, **kwargs):
    """How many epochs a training with these values takes, and the handler."""
    est = estimator()
    metric = Given([None, *values], name)
    est._train_metrics.append(metric)
    handler = EarlyStoppingHandler(metric, **kwargs)
    est.fit(data(), epochs=epochs, event_handlers=handler)
    return handler.current_epoch, handler


@pytest.mark.parametrize("values, kwargs, epochs", [
    ([3, 2, 1, 1, 0], {}, 4),
    ([3, 2, 1, 1, 1.5, 0.5, 1, 1], {"patience": 2}, 5),
    ([3, 2, 1, 1, 0.5, 1, 1, 0], {"patience": 2}, 7),
    ([3, 2, 1.95, 0], {"min_delta": 0.1}, 3),
    ([3, 2, 1], {"baseline": 2.5}, 1),
    ([1, 2, 3, 3], {"mode": "max"}, 4),
    ([1, 2, 3, 3], {"name": "f1"}, 4),
    ([1, float("nan"), 3], {}, 2),
    ([5, 4, 3], {"epochs": 3}, 3),
])
def test_early_stopping(values, kwargs, epochs):
    assert fit_with(values, **kwargs)[0] == epochs


def test_early_stopping_says_why(capsys):
    _, handler = fit_with([3, 2, 2])
    assert handler.stopped_epoch == 2 and handler.best == 2
    assert ("[Epoch 2] EarlyStoppingHandler: stopped, as loss no longer improves; best: 2.00000"
            in capsys.readouterr().out)


def test_checkpoints_by_epochs(tmp_path, capsys):
    est = estimator()
    handler = CheckpointHandler(tmp_path / "new", "net", max_checkpoints=2, verbose=1,
                                monitor=est.train_metrics[1], save_best=True)
    est.fit(data(), epochs=12, event_handlers=handler)
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        "net-best.params", "net-best.states", "net-epoch10batch44.params",
        "net-epoch10batch44.states", "net-epoch11batch48.params", "net-epoch11batch48.states"]
    log = capsys.readouterr().out
    assert "net-symbol.json is not written, as the network is not hybridized" in log
    assert re.search(r"CheckpointHandler: wrote \S+net-best, as training softmaxcrossentropyloss "
                     r"went from 0\.\d{5} to 0\.\d{5}", log)
    again = estimator()
    again.net.load_parameters(str(tmp_path / "new/net-best.params"))
    assert (again.net[0].weight.data() == est.net[0].weight.data()).asnumpy().all()


def test_the_best_stays(tmp_path):
    est = estimator(lr=-1)                                         # gets worse and worse
    handler = CheckpointHandler(tmp_path, monitor=est.train_metrics[1], save_best=True)
    est.fit(data(), epochs=3, event_handlers=handler)
    assert ((tmp_path / "model-best.params").read_bytes()
            == (tmp_path / "model-epoch0batch4.params").read_bytes())


def test_checkpoints_by_batches_and_the_graph(tmp_path):
    est = estimator(hybrid=True)
    handler = CheckpointHandler(tmp_path, epoch_period=None, batch_period=2, max_checkpoints=2)
    est.fit(data(), batches=10, event_handlers=handler)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "model-epoch1batch7.params", "model-epoch1batch7.states", "model-epoch2batch9.params",
        "model-epoch2batch9.states", "model-symbol.json"]
    assert mx.sym.load(str(tmp_path / "model-symbol.json")).list_inputs()[0] == "data"


@pytest.mark.parametrize("total, rest, periods, last", [
    ({"epochs": 2}, {"epochs": 5}, {}, "epoch4batch20"),
    ({"batches": 6}, {"batches": 10}, {"epoch_period": None, "batch_period": 1}, "epoch2batch9")])
def test_resumed_training_is_the_same(total, rest, periods, last, tmp_path, capsys):
    def checkpoints(**kwargs):
        return CheckpointHandler(tmp_path, max_checkpoints=1, resume_from_checkpoint=True,
                                 **{**periods, **kwargs})

    estimator().fit(data(), **total, event_handlers=checkpoints())
    assert "there is no checkpoint in" in capsys.readouterr().out
    resumed, whole = estimator(), estimator()
    resumed.fit(data(), **rest, event_handlers=checkpoints())
    assert "CheckpointHandler: resumed from" in capsys.readouterr().out
    whole.fit(data(), **rest)
    assert (resumed.net[0].weight.data() == whole.net[0].weight.data()).asnumpy().all()
    assert [path.name for path in tmp_path.glob("*.states")] == [f"model-{last}.states"]


def test_wrong_resuming(tmp_path):
    est = estimator()
    with pytest.raises(ValueError, match="to resume a training by batches, give batch_period"):
        est.fit(data(), batches=2, event_handlers=CheckpointHandler(
            tmp_path, resume_from_checkpoint=True))
    with pytest.raises(ValueError, match="by epochs, give epoch_period, and batch_period=None"):
        est.fit(data(), epochs=2, event_handlers=CheckpointHandler(
            tmp_path, batch_period=1, resume_from_checkpoint=True))
    est.fit(data(), epochs=2, event_handlers=CheckpointHandler(tmp_path))
    with pytest.raises(ValueError, match="2 of 2 epochs, so nothing is left to train"):
        est.fit(data(), epochs=2, event_handlers=CheckpointHandler(
            tmp_path, resume_from_checkpoint=True))
    (tmp_path / "model-epoch1batch8.states").unlink()
    with pytest.raises(ValueError, match=r"there is no file .*model-epoch1batch8\.states"):
        est.fit(data(), epochs=4, event_handlers=CheckpointHandler(
            tmp_path, resume_from_checkpoint=True))


def test_validation_periods():
    calls = []
    est = estimator()
    handler = ValidationHandler("data", lambda **kwargs: calls.append(kwargs), epoch_period=2,
                                batch_period=3, event_handlers="theirs")
    est.fit(data(), epochs=3, event_handlers=handler)
    assert calls == [{"val_data": "data", "batch_axis": 0, "event_handlers": "theirs"}] * 5


def test_log_every_so_many_batches(capsys):
    est, log = estimator(lr=1e-9), io.StringIO()
    est.logger.addHandler(logging.StreamHandler(log))
    est.fit(data(), epochs=1,
            event_handlers=LoggingHandler(2, metrics=[est.train_metrics[0]]))
    text = log.getvalue()
    assert text == capsys.readouterr().out
    assert re.sub(r"\d\.\d{3}s", "TIME", text).splitlines()[3:5] == [
        "[Epoch 0][Batch 0][Samples 8] time/interval: TIME training accuracy: 1.0000",
        "[Epoch 0][Batch 2][Samples 24] time/interval: TIME training accuracy: 1.0000"]
    est.fit(data(), batches=1, event_handlers=LoggingHandler())
    assert "Train for 1 batches.\n" in capsys.readouterr().out


def test_a_bar_stands_in_for_the_log(capsys):
    est = estimator()
    est.fit(data(), data(), epochs=2, event_handlers=[
        ProgressBarHandler(), ValidationHandler(data(), est.evaluate,
                                                event_handlers=ProgressBarHandler())])
    shown = capsys.readouterr()
    assert shown.out == ""
    last = shown.err.split("\r")[-1]
    assert "epoch 2/2: 100%" in shown.err and "4/4" in last
    assert "training accuracy: 1.0000" in shown.err and "validation accuracy: 1.0000" in last


def test_metrics_that_nothing_updates_are_told():
    class Never(MetricHandler):
        def batch_end(self, *args, **kwargs):
            """Does nothing."""

    est = estimator()
    with pytest.warns(RuntimeWarning, match="training accuracy has not been updated"):
        est.fit(data(), epochs=1, event_handlers=[Never(est.train_metrics),
                                                  EarlyStoppingHandler(est.train_metrics[0])])


@pytest.mark.parametrize("make, message", [
    (lambda: EarlyStoppingHandler("acc"), "monitor must be one of the estimator's"),
    (lambda: EarlyStoppingHandler(mx.metric.CompositeEvalMetric()), "and no composite"),
    (lambda: EarlyStoppingHandler(mx.metric.F1(), mode="most"), "mode must be .*got 'most'"),
    (lambda: CheckpointHandler("unused", save_best=True), "CheckpointHandler: monitor must be"),
    (lambda: CheckpointHandler("unused", epoch_period=-1), "epoch_period must be an integer"),
    (lambda: CheckpointHandler("unused", max_checkpoints=0), "max_checkpoints must be"),
    (lambda: LoggingHandler("batch"), "log_interval must be 'epoch' or a number of batches"),
    (lambda: LoggingHandler(0), "log_interval must be an integer of at least 1"),
    (lambda: MetricHandler([1]), "MetricHandler: metrics must be a metric"),
    (lambda: ValidationHandler([], len, batch_period=0.5), "batch_period must be an integer"),
])
def test_wrong_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_eval_fn_must_be_a_function():
    with pytest.raises(TypeError, match="eval_fn must be a function; got 1"):
        ValidationHandler([], 1)

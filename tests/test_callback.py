"""Callbacks: lines as MXNet 1.9.1 logs them, checkpoints, bars."""

import logging
import time

import pytest

import mxlite as mx
from mxlite.base import MXNetError
from mxlite.model import BatchEndParam


class Metric(mx.metric.EvalMetric):
    """A mean that a test sets, and how often it was reset."""

    def __init__(self):
        super().__init__("x")
        self._add(0.25, 1)
        self.resets = 0

    def reset_local(self):
        self.resets += 1


def called(callback, counts, metric, epoch=3):
    for count in counts:
        callback(BatchEndParam(epoch, count, metric, None))


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO)
    return lambda: [record.message for record in caplog.records]


@pytest.fixture
def clock(monkeypatch):
    """Half a second passes at every look."""
    now = [100.0]

    def look():
        now[0] += 0.5
        return now[0]

    monkeypatch.setattr(time, "time", look)
    return now


def test_speedometer(lines, clock):
    metric = Metric()
    called(mx.callback.Speedometer(10, 2), range(5), metric)
    assert lines() == ["Epoch[3] Batch [0-2]\tSpeed: 40.00 samples/sec\tx=0.250000",
                       "Epoch[3] Batch [2-4]\tSpeed: 40.00 samples/sec\tx=0.250000"]
    assert metric.resets == 2


def test_speedometer_that_leaves_the_metric(lines, clock):
    metric = Metric()
    called(mx.callback.Speedometer(10, 2, auto_reset=False), range(5), metric)
    assert lines() == ["Epoch[3] Batch [0-2]\tSpeed: 40.00 samples/sec\tx=0.250000",
                       "Epoch[3] Batch [0-4]\tSpeed: 40.00 samples/sec\tx=0.250000"]
    assert metric.resets == 0


def test_speedometer_without_a_metric_and_over_epochs(lines, clock):
    speedometer = mx.callback.Speedometer(10, 2)
    called(speedometer, range(3), None, epoch=0)
    called(speedometer, range(3), None, epoch=1)        # the time in between does not count
    assert lines() == ["Iter[0] Batch [2]\tSpeed: 40.00 samples/sec",
                       "Iter[1] Batch [2]\tSpeed: 40.00 samples/sec"]


def test_speedometer_of_no_time(lines, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 1.0)
    called(mx.callback.Speedometer(10, 1), range(2), None)
    assert lines() == ["Iter[3] Batch [1]\tSpeed: inf samples/sec"]


def test_several_metrics_stand_in_one_line(lines, clock):
    metric = mx.metric.CompositeEvalMetric()
    metric.add(Metric())
    metric.add(Metric())
    called(mx.callback.Speedometer(10, 1), range(2), metric)
    assert lines()[0].endswith("samples/sec\tx=0.250000\tx=0.250000")


def test_log_train_metric(lines):
    metric = Metric()
    called(mx.callback.log_train_metric(2), range(4), metric)
    assert lines() == ["Iter[3] Batch[0] Train-x=0.250000", "Iter[3] Batch[2] Train-x=0.250000"]
    assert metric.resets == 0
    called(mx.callback.log_train_metric(2, auto_reset=True), range(3), metric)
    called(mx.callback.log_train_metric(1), [0], None)
    assert metric.resets == 2 and len(lines()) == 4


def test_log_validation_metrics(lines):
    called(mx.callback.LogValidationMetricsCallback(), [0], Metric())
    called(mx.callback.LogValidationMetricsCallback(), [0], None)
    assert lines() == ["Epoch[3] Validation-x=0.250000"]


def test_what_is_logged_can_be_parsed(lines, load_tool):
    from mxlite.tools.parse_log import parse, patterns_of

    called(mx.callback.LogValidationMetricsCallback(), [0], Metric(), epoch=0)
    rows = parse([*lines(), "Epoch[0] Train-x=0.5", "Epoch[0] Time cost=1.500"], patterns_of(["x"]))
    assert rows == [[1, 0.5, 0.25, 1.5]]


def test_progress_bar(capsys):
    bar = mx.callback.ProgressBar(4, length=60)
    called(bar, range(4), None, epoch=0)
    called(bar, range(2), None, epoch=1)
    called(bar, [0, 1, 2, 3, 4], None, epoch=2)         # one more than there should be
    shown = capsys.readouterr().err
    assert "Epoch 0: 100%" in shown and "| 4/4 [" in shown and "Epoch 1" in shown
    assert "Epoch 2: 100%" in shown and "5/4" not in shown
    assert max(map(len, shown.replace("\r", "\n").split("\n"))) <= 60


def test_do_checkpoint(tmp_path):
    symbol = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=1, name="fc")
    callback = mx.callback.do_checkpoint(str(tmp_path / "net"), period=2)
    for epoch in range(4):
        callback(epoch, symbol, {"fc_bias": mx.nd.array([epoch])}, {})
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "net-0002.params", "net-0004.params", "net-symbol.json"]
    assert mx.model.load_params(tmp_path / "net", 4)[0]["fc_bias"].asscalar() == 3


def test_module_checkpoint():
    class Recorder:
        calls: list = []

        def save_checkpoint(self, *args):
            self.calls.append(args)

    module = Recorder()
    for callback in (mx.callback.module_checkpoint(module, "p", 2, True),
                     mx.callback.module_checkpoint(module, "q", 0)):
        for epoch in range(3):
            callback(epoch)
    assert module.calls == [("p", 2, True), ("q", 1, False), ("q", 2, False), ("q", 3, False)]


@pytest.mark.parametrize(("call", "message"), [
    (lambda: mx.callback.Speedometer(10, 0), "Speedometer: frequent must be an integer of at l"),
    (lambda: mx.callback.ProgressBar(0), "ProgressBar: total must be an integer of at least 1"),
    (lambda: mx.callback.ProgressBar(3, 0), "ProgressBar: length must be"),
    (lambda: mx.callback.log_train_metric(0), "log_train_metric: period must be"),
])
def test_what_is_refused(call, message):
    with pytest.raises(MXNetError, match=message):
        call()

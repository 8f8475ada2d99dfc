"""LogMetricsCallback, with a stand-in for tensorboardX's SummaryWriter."""

import sys
from types import SimpleNamespace

import pytest

import mxlite as mx
from mxlite.callback import BatchEndParam


class Writer:
    """Notes what it is given."""

    def __init__(self, folder):
        self.folder, self.scalars = folder, []

    def add_scalar(self, name, value, global_step=None):
        self.scalars.append((name, value, global_step))


@pytest.fixture(autouse=True)
def tensorboard_x(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", SimpleNamespace(SummaryWriter=Writer))


@pytest.mark.parametrize("prefix, names", [(None, ["accuracy", "mse"]),
                                           ("train", ["train-accuracy", "train-mse"])])
def test_values_go_under_their_names_and_the_epoch(tmp_path, prefix, names):
    log = mx.contrib.tensorboard.LogMetricsCallback(tmp_path / "logs", prefix)
    assert log.summary_writer.folder == str(tmp_path / "logs")
    given = mx.metric.create(["acc", "mse"])
    given.get_name_value = lambda: [("accuracy", 0.5), ("mse", 2.0)]
    log(BatchEndParam(3, 7, given, {}))
    assert log.summary_writer.scalars == [(names[0], 0.5, 3), (names[1], 2.0, 3)]


def test_without_a_metric_there_is_nothing_to_log():
    log = mx.contrib.tensorboard.LogMetricsCallback("logs")
    log(BatchEndParam(0, 0, None, {}))
    assert log.summary_writer.scalars == []


def test_in_fit(rng):
    log = mx.contrib.tensorboard.LogMetricsCallback("logs", prefix="train")
    net = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=2, name="fc")
    module = mx.mod.Module(mx.sym.SoftmaxOutput(net, name="softmax"))
    data = mx.io.NDArrayIter(rng.standard_normal((8, 3)), rng.integers(0, 2, 8), 4)
    module.fit(data, num_epoch=2, batch_end_callback=log)
    assert [(name, step) for name, _, step in log.summary_writer.scalars] == [
        ("train-accuracy", epoch) for epoch in (0, 0, 1, 1)]


def test_without_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(ImportError, match=r"LogMetricsCallback needs tensorboardX: `pip install "
                                          r"mxlite\[tensorboard\]`"):
        mx.contrib.tensorboard.LogMetricsCallback("logs")

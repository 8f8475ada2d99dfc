"""Handlers that end a training: after so many epochs or batches, or when it no longer helps."""

from __future__ import annotations

import math
import warnings
from typing import Any

from ....arguments import check_choice
from ....base import MXNetValueError
from ....metric import CompositeEvalMetric, EvalMetric
from ....wording import shown
from .events import BatchEnd, EpochEnd, TrainBegin, TrainEnd

_GROWING = ("acc", "f1", "mcc", "pcc", "pearson")       # in names of metrics that are to grow


class StoppingHandler(TrainBegin, BatchEnd, EpochEnd):
    """Ends the training after the estimator's max_epoch epochs or max_batch batches."""

    def __init__(self, max_epoch: int | None = None, max_batch: int | None = None) -> None:
        self.max_epoch = max_epoch
        self.max_batch = max_batch
        self.current_batch = 0
        self.current_epoch = 0
        self.stop_training = False

    def train_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Count from 0, to what the estimator says now."""
        self.max_epoch = estimator.max_epoch
        self.max_batch = estimator.max_batch
        self.current_batch = 0
        self.current_epoch = 0
        self.stop_training = False

    def batch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> bool:
        """Whether this was the last batch."""
        self.current_batch += 1
        self.stop_training = self.stop_training or self.current_batch == self.max_batch
        return self.stop_training

    def epoch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> bool:
        """Whether this was the last epoch."""
        self.current_epoch += 1
        self.stop_training = self.stop_training or self.current_epoch == self.max_epoch
        return self.stop_training


class Best:
    """The best value of a metric: mode 'min' or 'max'; 'auto' is 'max' for accuracies, F1 and
    correlations, and 'min' for all others."""

    def __init__(self, caller: str, monitor: EvalMetric, mode: str) -> None:
        check_choice(caller, "mode", mode, ("auto", "min", "max"))
        if mode == "auto":
            name = str(monitor.name).lower()
            mode = "max" if any(word in name for word in _GROWING) else "min"
        self._sign = 1 if mode == "max" else -1
        self.reset()

    def reset(self, value: float | None = None) -> None:
        """Begin again, with this value to beat."""
        self.value = -self._sign * math.inf if value is None else value

    def improves(self, value: float, least: float = 0.0) -> bool:
        """Whether `value` beats the best by more than `least`; it is the best from then on."""
        if self._sign * (value - self.value) > least:
            self.value = value
            return True
        return False


def monitored(caller: str, monitor: EvalMetric) -> float | None:
    """The metric's value; None, after a warning, where nothing has updated it."""
    name, value = monitor.get()
    if math.isnan(value) and monitor.num_inst == 0:
        warnings.warn(f"{caller}: {name} has not been updated, so nothing is known of the best; "
                      "monitor must be one of the estimator's train_metrics and val_metrics",
                      RuntimeWarning, stacklevel=2)
        return None
    return float(value)


def checked_monitor(caller: str, monitor: Any) -> EvalMetric:
    """One metric, which has one value."""
    if not isinstance(monitor, EvalMetric) or isinstance(monitor, CompositeEvalMetric):
        raise MXNetValueError(f"{caller}: monitor must be one of the estimator's train_metrics "
                              f"and val_metrics, and no composite; got {shown(monitor)}")
    return monitor


class EarlyStoppingHandler(TrainBegin, EpochEnd, TrainEnd):
    """Ends the training when `monitor` has not improved in `patience` epochs (0 and 1: at once).

    Only a change by more than min_delta is an improvement. baseline: the value to beat first.
    mode: 'min', 'max', or 'auto', which goes by the name of the metric. NaN is no improvement.
    """

    def __init__(self, monitor: EvalMetric, min_delta: float = 0, patience: int = 0,
                 mode: str = "auto", baseline: float | None = None) -> None:
        self.monitor = checked_monitor("EarlyStoppingHandler", monitor)
        self.min_delta = min_delta
        self.patience = patience
        self.baseline = baseline
        self._best = Best("EarlyStoppingHandler", monitor, mode)
        self.wait = 0
        self.stopped_epoch = 0
        self.current_epoch = 0
        self.stop_training = False

    @property
    def best(self) -> float:
        """The best value so far."""
        return self._best.value

    def train_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Begin again."""
        self.wait = 0
        self.stopped_epoch = 0
        self.current_epoch = 0
        self.stop_training = False
        self._best.reset(self.baseline)

    def epoch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> bool:
        """Whether to stop."""
        value = monitored("EarlyStoppingHandler", self.monitor)
        if value is not None:
            if self._best.improves(value, self.min_delta):
                self.wait = 0
            else:
                self.wait += 1
                if self.wait >= self.patience:
                    self.stopped_epoch = self.current_epoch
                    self.stop_training = True
        self.current_epoch += 1
        return self.stop_training

    def train_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Say why the training ended."""
        if self.stop_training:
            estimator.logger.info("[Epoch %d] EarlyStoppingHandler: stopped, as %s no longer "
                                  "improves; best: %.5f", self.stopped_epoch,
                                  self.monitor.get()[0], self.best)

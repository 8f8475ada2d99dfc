"""Handlers that tell people how a training goes: `LoggingHandler`, `ProgressBarHandler`."""

from __future__ import annotations

import math
import time
from typing import Any

from ....arguments import check_count
from ....base import MXNetValueError
from ....wording import shown
from .events import (
    BatchBegin,
    BatchEnd,
    EpochBegin,
    EpochEnd,
    EventHandler,
    TrainBegin,
    TrainEnd,
)
from .utils import TRAINING, checked_metrics


def _values(metrics: Any) -> str:
    """"training accuracy: 0.9000, training loss: 0.3000"."""
    return ", ".join(f"{name}: {value:.4f}" for metric in metrics
                     for name, value in metric.get_name_value())


class Reporter(EventHandler):
    """Base of what tells people how a training goes; it says nothing itself.

    An estimator that is given one adds no LoggingHandler of its own.
    """


class LoggingHandler(Reporter, TrainBegin, TrainEnd, EpochBegin, EpochEnd, BatchBegin, BatchEnd):
    """Logs metrics, rates and times to the estimator's logger.

    log_interval: 'epoch', or every so many batches.
    """

    def __init__(self, log_interval: int | str = "epoch", metrics: Any = None,
                 priority: float = math.inf) -> None:
        if log_interval != "epoch":
            if isinstance(log_interval, str):
                raise MXNetValueError("LoggingHandler: log_interval must be 'epoch' or a number "
                                      f"of batches; got {shown(log_interval)}")
            log_interval = check_count("LoggingHandler", "log_interval", log_interval, 1)
        self.metrics = checked_metrics("LoggingHandler", "metrics", metrics)
        self.log_interval = log_interval
        self.priority = priority
        self._start_counting()
        self.train_start = self.epoch_start = self.batch_start = time.time()

    def _start_counting(self) -> None:
        self.batch_index = 0
        self.current_epoch = 0
        self.processed_samples = 0
        self.log_interval_time = 0.0

    def _is_training(self) -> bool:
        """Whether the epochs are of a training; the names of the metrics tell."""
        return not self.metrics or any(str(metric.name).startswith(TRAINING)
                                       for metric in self.metrics)

    def train_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Log the optimizer, and for how long it will be."""
        self._start_counting()
        self.train_start = time.time()
        trainer = estimator.trainer
        estimator.logger.info("Training begin: using optimizer %s with current learning rate %.4f ",
                              type(trainer.optimizer).__name__, trainer.learning_rate)
        if estimator.max_epoch:
            estimator.logger.info("Train for %d epochs.", estimator.max_epoch)
        else:
            estimator.logger.info("Train for %d batches.", estimator.max_batch)

    def train_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Log the time and the last metrics."""
        self._log(estimator, "Train finished using total %ds with %d epochs.",
                  time.time() - self.train_start, self.current_epoch, separator=" ")

    def _log(self, estimator: Any, text: str, *values: Any, separator: str = ", ") -> None:
        """Log a text with the metrics behind it."""
        shown_metrics = _values(self.metrics)
        rest = separator + shown_metrics if shown_metrics else ""
        estimator.logger.info(text + "%s", *values, rest)

    def batch_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Begin to measure the time."""
        self.batch_start = time.time()

    def batch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Log the metrics, if it is time to."""
        if isinstance(self.log_interval, int):
            self.processed_samples += sum(part.shape[0] for part in kwargs["loss"])
            self.log_interval_time += time.time() - self.batch_start
            if self.batch_index % self.log_interval == 0:
                self._log(estimator, "[Epoch %d][Batch %d][Samples %d] time/interval: %.3fs",
                          self.current_epoch, self.batch_index, self.processed_samples,
                          self.log_interval_time, separator=" ")
                self.log_interval_time = 0.0
        self.batch_index += 1

    def epoch_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Log that an epoch, or a validation, begins."""
        self.epoch_start = time.time()
        if self._is_training():
            estimator.logger.info("[Epoch %d] Begin, current learning rate: %.4f",
                                  self.current_epoch, estimator.trainer.learning_rate)
        else:
            estimator.logger.info("Validation Begin")

    def epoch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Log the time and the metrics."""
        seconds = time.time() - self.epoch_start
        if self._is_training():
            self._log(estimator, "[Epoch %d] Finished in %.3fs", self.current_epoch, seconds)
        else:
            self._log(estimator, "Validation finished in %.3fs", seconds)
        self.current_epoch += 1
        self.batch_index = 0


class ProgressBarHandler(Reporter, TrainBegin, EpochBegin, BatchEnd, EpochEnd):
    """Shows a bar for each epoch, with the metrics, on stderr.

    metrics: those that the bar shows; None: the estimator's. An estimator that is given one adds no
    LoggingHandler of its own.
    """

    def __init__(self, metrics: Any = None, priority: float = math.inf) -> None:
        self.metrics = checked_metrics("ProgressBarHandler", "metrics", metrics)
        self.priority = priority
        self.current_epoch = 0
        self._bar: Any = None

    def train_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Count epochs from 1."""
        self.current_epoch = 0

    def epoch_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Show a new bar."""
        from tqdm import tqdm

        self.current_epoch += 1
        of = f"/{estimator.max_epoch}" if estimator.max_epoch else ""
        self._bar = tqdm(total=estimator.batches_per_epoch, unit="batch",
                         desc=f"epoch {self.current_epoch}{of}")

    def batch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Move it."""
        self._bar.set_postfix_str(_values(self.metrics or estimator.train_metrics), refresh=False)
        self._bar.update()

    def epoch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Leave it as it is."""
        metrics = self.metrics or [*estimator.train_metrics, *estimator.updated_val_metrics()]
        self._bar.set_postfix_str(_values(metrics))
        self._bar.close()

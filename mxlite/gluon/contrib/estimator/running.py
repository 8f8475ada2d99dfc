"""Handlers that do the work of a loop: update weights and metrics, and validate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....arguments import check_callable, check_count
from ....metric import Loss
from .events import BatchEnd, EpochBegin, EpochEnd, TrainBegin
from .utils import checked_metrics


class GradientUpdateHandler(BatchEnd):
    """After each batch, a step of the trainer by the batch's number of losses."""

    def __init__(self, priority: float = -2000) -> None:
        self.priority = priority

    def batch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Update the weights."""
        loss = kwargs["loss"]
        parts = loss if isinstance(loss, (list, tuple)) else [loss]
        estimator.trainer.step(sum(part.shape[0] for part in parts))


class MetricHandler(EpochBegin, BatchEnd):
    """Resets metrics before each epoch and updates them after each batch.

    `mx.metric.Loss` gets the losses, all others get labels and predictions.
    """

    def __init__(self, metrics: Any, priority: float = -1000) -> None:
        self.metrics = checked_metrics("MetricHandler", "metrics", metrics)
        self.priority = priority

    def epoch_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Reset."""
        for metric in self.metrics:
            metric.reset()

    def batch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Update."""
        for metric in self.metrics:
            if isinstance(metric, Loss):
                metric.update(0, kwargs["loss"])
            else:
                metric.update(kwargs["label"], kwargs["pred"])


class ValidationHandler(TrainBegin, BatchEnd, EpochEnd):
    """Validates every `epoch_period` epochs and every `batch_period` batches (None: never).

    eval_fn: called as eval_fn(val_data=, batch_axis=, event_handlers=), such as
    `Estimator.evaluate`.
    """

    def __init__(self, val_data: Any, eval_fn: Callable[..., Any], epoch_period: int | None = 1,
                 batch_period: int | None = None, priority: float = -1000,
                 event_handlers: Any = None) -> None:
        check_callable("ValidationHandler", "eval_fn", eval_fn)
        self.val_data = val_data
        self.eval_fn = eval_fn
        self.epoch_period = checked_period("ValidationHandler", "epoch_period", epoch_period)
        self.batch_period = checked_period("ValidationHandler", "batch_period", batch_period)
        self.current_batch = 0
        self.current_epoch = 0
        self.priority = priority
        self.event_handlers = event_handlers

    def train_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Count from 0."""
        self.current_batch = 0
        self.current_epoch = 0

    def batch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Validate, if it is time to."""
        self.current_batch += 1
        self._validate(estimator, self.current_batch, self.batch_period)

    def epoch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Validate, if it is time to."""
        self.current_epoch += 1
        self._validate(estimator, self.current_epoch, self.epoch_period)

    def _validate(self, estimator: Any, count: int, period: int | None) -> None:
        if period and count % period == 0:
            self.eval_fn(val_data=self.val_data, batch_axis=estimator.batch_axis,
                         event_handlers=self.event_handlers)


def checked_period(caller: str, name: str, value: int | None) -> int | None:
    """A number of epochs or batches, 1 or more; None or 0: never."""
    return check_count(caller, name, value, 1) if value else None

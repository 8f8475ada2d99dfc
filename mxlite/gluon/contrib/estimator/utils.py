"""Checks of metrics and handlers that estimators are given."""

from __future__ import annotations

from typing import Any

from ....base import MXNetValueError
from ....metric import Accuracy, CompositeEvalMetric, EvalMetric
from ....wording import shown
from ...loss import SoftmaxCrossEntropyLoss
from .events import EventHandler

TRAINING, VALIDATION = "training", "validation"


def checked_metrics(caller: str, name: str, metrics: Any) -> list[EvalMetric]:
    """A list of metrics, from None, one metric, or a list of them; composites are taken apart."""
    if metrics is None:
        return []
    if isinstance(metrics, CompositeEvalMetric):
        metrics = metrics.metrics
    elif isinstance(metrics, EvalMetric):
        return [metrics]
    if not isinstance(metrics, (list, tuple)):
        raise _no_metric(caller, name, metrics)
    for metric in metrics:
        if not isinstance(metric, EvalMetric):
            raise _no_metric(caller, name, metric)
    return [part for metric in metrics for part in (
        checked_metrics(caller, name, metric) if isinstance(metric, CompositeEvalMetric)
        else [metric])]


def _no_metric(caller: str, name: str, got: Any) -> MXNetValueError:
    return MXNetValueError(f"{caller}: {name} must be a metric of mx.metric, or a list of such; "
                           f"got {shown(got)}")


def checked_handlers(handlers: Any) -> list[EventHandler]:
    """A new list of handlers, from None, one handler, or a list of them."""
    if isinstance(handlers, EventHandler):
        return [handlers]
    handlers = [] if handlers is None else handlers
    for handler in handlers if isinstance(handlers, (list, tuple)) else [handlers]:
        if not isinstance(handler, EventHandler):
            raise MXNetValueError("Estimator: event_handlers must be an EventHandler or a list of "
                                  f"such; got {shown(handler)}")
    return list(handlers)


def suggested_metric(loss: Any) -> EvalMetric | None:
    """The metric that people look at with this loss."""
    return Accuracy() if isinstance(loss, SoftmaxCrossEntropyLoss) else None


def mark(metric: EvalMetric, use: str) -> None:
    """Put "training" or "validation" in front of the metric's name, by which logs tell them."""
    bare = metric.name.removeprefix(f"{TRAINING} ").removeprefix(f"{VALIDATION} ")
    metric.name = f"{use} {bare}"


def check_known_metrics(handler: EventHandler, known: list[EvalMetric]) -> None:
    """Raise where a handler has a metric of its own, which nothing would update."""
    for attribute, value in vars(handler).items():
        if "metric" not in attribute and "monitor" not in attribute:
            continue
        for metric in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(metric, EvalMetric) and not any(metric is each for each in known):
                raise MXNetValueError(
                    f"{type(handler).__name__}: {attribute} must be among the metrics of the "
                    f"estimator, train_metrics and val_metrics, or it is never updated; got "
                    f"{metric}")

"""The events of a training loop: a handler inherits from those that it is called for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class EventHandler:
    """Base of all handlers. Handlers with a lower `priority` (default 0) are called first."""


class TrainBegin(EventHandler):
    """Called before the first epoch."""

    def train_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Subclasses override it."""


class TrainEnd(EventHandler):
    """Called after the last epoch."""

    def train_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Subclasses override it."""


class EpochBegin(EventHandler):
    """Called before each epoch, and before each validation."""

    def epoch_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Subclasses override it."""


class EpochEnd(EventHandler):
    """Called after each epoch, and after each validation."""

    def epoch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> Any:
        """Subclasses override it; a true result ends the training."""
        return False


class BatchBegin(EventHandler):
    """Called before each batch."""

    def batch_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Subclasses override it; kwargs has `batch`."""


class BatchEnd(EventHandler):
    """Called after each batch."""

    def batch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> Any:
        """Subclasses override it; kwargs has `batch`, `pred`, `label` and `loss`.

        A true result ends the epoch.
        """
        return False


EVENTS = {TrainBegin: "train_begin", EpochBegin: "epoch_begin", BatchBegin: "batch_begin",
          BatchEnd: "batch_end", EpochEnd: "epoch_end", TrainEnd: "train_end"}


class Handlers:
    """Handlers, a list for each of EVENTS, called event by event."""

    def __init__(self, categories: Iterable[list[EventHandler]]) -> None:
        self._methods = {event: [getattr(handler, event) for handler in handlers]
                         for event, handlers in zip(EVENTS.values(), categories, strict=True)}

    def call(self, event: str, estimator: Any, **values: Any) -> bool:
        """Call all handlers of this event; whether any of them asked to stop."""
        return any([method(estimator, **values) for method in self._methods[event]])

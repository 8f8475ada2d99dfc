"""`Estimator`: trains and evaluates a network, and calls handlers on the way."""

from __future__ import annotations

import copy
import logging
import sys
import warnings
from typing import Any

from .... import metric as metrics
from ....arguments import NamesArguments, check_count
from ....base import MXNetAssertionError, MXNetValueError
from ....device.context import Context, cpu, gpu, num_gpus
from ....wording import shown
from ...batches import Batches, number_of_batches
from ...block import Block
from ...data import DataLoader
from ...loss import Loss
from ...trainer import Trainer
from .batch_processor import BatchProcessor
from .event_handler import (
    GradientUpdateHandler,
    LoggingHandler,
    MetricHandler,
    StoppingHandler,
    ValidationHandler,
)
from .events import EVENTS, EventHandler, Handlers
from .reporting import Reporter
from .utils import (
    TRAINING,
    VALIDATION,
    check_known_metrics,
    checked_handlers,
    checked_metrics,
    mark,
    suggested_metric,
)


class Estimator(NamesArguments):
    """Trains `net` with a `loss` of gluon.loss: `fit(train_data, val_data, epochs=3)`.

    train_metrics, val_metrics: metrics, whose names get "training" and "validation" in front; None:
    accuracy, if the loss is SoftmaxCrossEntropyLoss, and the loss. initializer: for parameters
    that are not initialized. trainer: a gluon.Trainer; None: SGD with a rate of 0.001, after a
    warning. context: one or several; None: gpu(0), if there is one. val_net, val_loss: for
    validation in place of net and loss. batch_processor: what is done with a batch.
    """

    logger: Any = None      # logs at INFO to stdout; add handlers of `logging` as you like

    def __init__(self, net: Block, loss: Loss, train_metrics: Any = None, val_metrics: Any = None,
                 initializer: Any = None, trainer: Trainer | None = None, context: Any = None,
                 val_net: Block | None = None, val_loss: Loss | None = None,
                 batch_processor: Any = None) -> None:
        self.net = net
        self.val_net = net if val_net is None else val_net
        for name, block in (("net", net), ("val_net", self.val_net)):
            if not isinstance(block, Block):
                raise MXNetValueError(f"Estimator: {name} must be a gluon.Block; got "
                                      f"{shown(block)}")
        self.loss = _checked_loss("loss", loss)
        self.val_loss = self.loss if val_loss is None else _checked_loss("val_loss", val_loss)
        self._train_metrics = self._training_metrics(train_metrics)
        self._val_metrics = self._validation_metrics(val_metrics)
        self.logger = logging.Logger("Estimator", logging.INFO)
        self.logger.addHandler(logging.StreamHandler(sys.stdout))
        self.context = _checked_context(context)
        self._initialize(initializer)
        self.trainer = self._checked_trainer(trainer)
        self.batch_processor = _checked_processor(batch_processor)
        self.max_epoch: int | None = None
        self.max_batch: int | None = None
        self.batch_axis = 0
        self.batches_per_epoch: int | None = None

    # What it is given ---------------------------------------------------------------------------

    def _training_metrics(self, given: Any) -> list[metrics.EvalMetric]:
        chosen = checked_metrics("Estimator", "train_metrics", given)
        if not chosen:
            suggested = suggested_metric(self.loss)
            name = self.loss.name.rstrip("0123456789")
            chosen = [*([] if suggested is None else [suggested]), metrics.Loss(name)]
        for metric in chosen:
            mark(metric, TRAINING)
        return chosen

    def _validation_metrics(self, given: Any) -> list[metrics.EvalMetric]:
        chosen = checked_metrics("Estimator", "val_metrics", given)
        chosen = chosen or [copy.deepcopy(metric) for metric in self._train_metrics]
        for metric in chosen:
            if any(metric is other for other in self._train_metrics):
                raise MXNetValueError(f"Estimator: {metric} is among both train_metrics and "
                                      "val_metrics; each needs metrics of its own")
            mark(metric, VALIDATION)
        return chosen

    def _initialize(self, initializer: Any) -> None:
        """Initialize what is not."""
        params = self.net.collect_params()
        waiting = [name for name, param in params.items()
                   if param._by_context is None and param._deferred is None]
        if waiting and len(waiting) == len(params):
            self.net.initialize(initializer, self.context)
        elif waiting:
            for name in waiting:
                params[name].initialize(None, self.context, initializer)
        elif initializer is not None:
            warnings.warn("Network already fully initialized, so that initializer is not used; "
                          "net.initialize(init, force_reinit=True) does it again", stacklevel=3)

    def _checked_trainer(self, trainer: Any) -> Trainer:
        if trainer is None:
            warnings.warn("No trainer specified; the optimizer is SGD with a learning rate of "
                          "0.001", stacklevel=3)
            return Trainer(self.net.collect_params(), "sgd", {"learning_rate": 0.001})
        if not isinstance(trainer, Trainer):
            raise MXNetValueError(f"Estimator: trainer must be a gluon.Trainer; got "
                                  f"{shown(trainer)}")
        return trainer

    @property
    def train_metrics(self) -> list[metrics.EvalMetric]:
        """The metrics of training."""
        return self._train_metrics

    @property
    def val_metrics(self) -> list[metrics.EvalMetric]:
        """The metrics of validation."""
        return self._val_metrics

    def updated_val_metrics(self) -> list[metrics.EvalMetric]:
        """Those metrics of validation that have a value."""
        return [metric for metric in self._val_metrics if metric.num_inst]

    # Running ------------------------------------------------------------------------------------

    def evaluate(self, val_data: Any, batch_axis: int = 0, event_handlers: Any = None) -> None:
        """Update val_metrics over a DataLoader of (data, label).

        event_handlers: called besides a MetricHandler and a LoggingHandler, or in their place.
        """
        _check_loader("evaluate", val_data)
        handlers = Handlers(self._categorize_handlers(
            self._prepare_default_validation_handlers(event_handlers)))
        for metric in self._val_metrics:
            metric.reset()
        handlers.call("epoch_begin", self)
        for batch in val_data:
            handlers.call("batch_begin", self, batch=batch)
            _, label, pred, loss = self.batch_processor.evaluate_batch(self, batch, batch_axis)
            handlers.call("batch_end", self, batch=batch, pred=pred, label=label, loss=loss)
        handlers.call("epoch_end", self)

    def fit(self, train_data: Any, val_data: Any = None, epochs: int | None = None,
            event_handlers: Any = None, batches: int | None = None, batch_axis: int = 0) -> None:
        """Train on a DataLoader of (data, label) for so many epochs or batches.

        val_data: a DataLoader to validate on after each epoch. event_handlers: called besides the
        defaults, which are a StoppingHandler, and, unless one of the kind is given, a
        GradientUpdateHandler, MetricHandler, ValidationHandler and LoggingHandler. batch_axis: what
        is split over contexts.
        """
        _check_loader("fit", train_data)
        if val_data is not None:
            _check_loader("fit", val_data, "val_data")
        if (epochs is None) == (batches is None):
            raise MXNetValueError(f"Estimator.fit: give one of epochs and batches; got {epochs} "
                                  f"and {batches}")
        self.max_epoch = None if epochs is None else check_count("Estimator.fit", "epochs",
                                                                 epochs, 1)
        self.max_batch = None if batches is None else check_count("Estimator.fit", "batches",
                                                                  batches, 1)
        self.batch_axis = batch_axis
        self.batches_per_epoch = number_of_batches(train_data)
        handlers = Handlers(self._categorize_handlers(
            self._prepare_default_handlers(val_data, event_handlers)))
        handlers.call("train_begin", self)
        while not self._fit_epoch(train_data, handlers):
            pass
        handlers.call("train_end", self)

    def _fit_epoch(self, train_data: Any, handlers: Handlers) -> bool:
        """Train on all batches; whether a handler asked to stop."""
        handlers.call("epoch_begin", self)
        count = 0
        for count, batch in enumerate(train_data, 1):  # noqa: B007
            handlers.call("batch_begin", self, batch=batch)
            _, label, pred, loss = self.batch_processor.fit_batch(self, batch, self.batch_axis)
            if handlers.call("batch_end", self, batch=batch, pred=pred, label=label, loss=loss):
                break
        if not count:
            raise MXNetValueError("Estimator.fit: train_data has no batch")
        return handlers.call("epoch_end", self)

    def _prepare_default_handlers(self, val_data: Any, event_handlers: Any) -> list[EventHandler]:
        """The handlers of a training, in the order in which they are called."""
        defaults: list[EventHandler] = [GradientUpdateHandler(), MetricHandler(self._train_metrics)]
        if val_data is not None:
            defaults.append(ValidationHandler(val_data, self.evaluate))
        defaults.append(LoggingHandler(metrics=self._train_metrics))
        stopping = StoppingHandler(self.max_epoch, self.max_batch)
        return self._completed(event_handlers, [*self._train_metrics, *self._val_metrics],
                               defaults, [stopping])

    def _prepare_default_validation_handlers(self, event_handlers: Any) -> list[EventHandler]:
        """The handlers of a validation, in the order in which they are called."""
        return self._completed(event_handlers, self._val_metrics, [
            MetricHandler(self._val_metrics), LoggingHandler(metrics=self._val_metrics)])

    def _completed(self, event_handlers: Any, known: list[metrics.EvalMetric],
                   defaults: list[EventHandler], always: Any = ()) -> list[EventHandler]:
        """The given handlers with those defaults of whose kind none is given."""
        given = checked_handlers(event_handlers)
        added: list[EventHandler] = list(always)
        for default in defaults:
            kind = Reporter if isinstance(default, Reporter) else type(default)
            if not any(isinstance(handler, kind) for handler in given):
                added.append(default)
        if added:
            for handler in given:
                check_known_metrics(handler, known)
        return sorted([*given, *added], key=lambda handler: getattr(handler, "priority", 0))

    def _categorize_handlers(self, event_handlers: list[EventHandler]) -> Any:
        """Lists of those to be called before the training, epochs and batches, and after batches,
        epochs and the training."""
        return tuple([handler for handler in event_handlers if isinstance(handler, kind)]
                     for kind in EVENTS)


def _checked_loss(name: str, loss: Any) -> Loss:
    if not isinstance(loss, Loss):
        raise MXNetValueError(f"Estimator: {name} must be a gluon.loss.Loss; got {shown(loss)}")
    return loss


def _checked_context(context: Any) -> list[Context]:
    if context is None or context == []:
        return [gpu(0) if num_gpus() else cpu()]
    given = list(context) if isinstance(context, (list, tuple)) else [context]
    for each in given:
        if not isinstance(each, Context):
            raise MXNetValueError("Estimator: context must be a Context or a list of such; got "
                                  f"{shown(context)}")
        if each.device_type == "gpu" and each.device_id >= num_gpus():
            raise MXNetAssertionError(f"Estimator: context must be there; got {each}, and there "
                                      f"are {num_gpus()} GPUs")
    return given


def _checked_processor(processor: Any) -> Any:
    if processor is None:
        return BatchProcessor()
    for method in ("fit_batch", "evaluate_batch"):
        if not callable(getattr(processor, method, None)):
            raise MXNetValueError(f"Estimator: batch_processor must have the method {method}; got "
                                  f"{shown(processor)}")
    return processor


def _check_loader(caller: str, data: Any, name: str = "") -> None:
    if not isinstance(data, (DataLoader, Batches)):
        name = name or ("train_data" if caller == "fit" else "val_data")
        raise MXNetValueError(f"Estimator.{caller}: {name} must be a gluon.data.DataLoader; got "
                              f"{shown(data)}")

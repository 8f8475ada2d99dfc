"""What `Block.fit`, `evaluate` and `validate` do, with an Estimator."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from .. import metric
from ..base import MXNetValueError
from ..device.context import cpu, gpu, num_gpus
from ..initializer import Xavier
from ..optimizer import Optimizer
from .batches import batches_of
from .contrib.estimator import BatchProcessor, Estimator, ProgressBarHandler, ValidationHandler
from .contrib.estimator.reporting import Reporter
from .contrib.estimator.utils import TRAINING, suggested_metric
from .loss import SoftmaxCrossEntropyLoss
from .nn import Activation
from .trainer import Trainer

if TYPE_CHECKING:
    from .block import Block


class _OfProbabilities(SoftmaxCrossEntropyLoss):
    """A SoftmaxCrossEntropyLoss for a network that ends in softmax itself."""

    def __init__(self, loss_fn: SoftmaxCrossEntropyLoss) -> None:
        super().__init__(loss_fn._axis, loss_fn._sparse_label, True, loss_fn._weight,
                         loss_fn._batch_axis)

    def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None) -> Any:
        """pred (N, *, C) probabilities, label (N, *) class numbers -> (N,)."""
        return super().hybrid_forward(F, F.log(F.clip(pred, 1e-30, 1)), label, sample_weight)


def _fitting(net: Block, loss_fn: Any) -> Any:
    """The loss; where the softmax that it takes is done by the network, one without it."""
    if (type(loss_fn) is SoftmaxCrossEntropyLoss and not loss_fn._from_logits
            and _ends_in_softmax(net)):
        return _OfProbabilities(loss_fn)
    return loss_fn


def _ends_in_softmax(block: Block) -> bool:
    """Whether the last layer of a Sequential, or the layer itself, is a softmax."""
    if getattr(block, "is_container", False) and block._children:
        return _ends_in_softmax(list(block._children.values())[-1])
    activation = getattr(block, "act", block)
    return isinstance(activation, Activation) and activation._act_type == "softmax"


@dataclass
class Trained:
    """What a block was last trained with."""

    optimizer: Optimizer | str
    loss_fn: Any
    trainer: Trainer
    metrics: Any


def fit(net: Block, train_data: Any, val_data: Any, num_epochs: int, loss_fn: Any, optimizer: Any,
        metrics: Any, batch_size: int, ctx: Any, event_handlers: Any,
        verbose: bool) -> dict[str, float]:
    """See `Block.fit`."""
    loss_fn = _chosen(net, "fit", "loss_fn", loss_fn)
    optimizer = _chosen(net, "fit", "optimizer", optimizer)
    batches = batches_of("fit", train_data, batch_size, shuffle=True)
    trainer = _trainer(net, optimizer)
    scale = trainer.optimizer.rescale_grad = trainer._scale
    contexts = _contexts(net, ctx)
    _initialize(net, contexts)
    estimator = Estimator(net, _fitting(net, loss_fn), _metrics(metrics, loss_fn),
                          trainer=trainer, context=contexts)
    handlers = list(event_handlers) if isinstance(event_handlers, (list, tuple)) else (
        [] if event_handlers is None else [event_handlers])
    handlers.append(ProgressBarHandler() if verbose else Reporter())
    if val_data is not None:
        handlers.append(ValidationHandler(
            batches_of("fit", val_data, batch_size, shuffle=False), estimator.evaluate,
            event_handlers=Reporter()))
    net._trained = Trained(optimizer, loss_fn, trainer, metrics)
    try:
        estimator.fit(batches, epochs=num_epochs, event_handlers=handlers)
    finally:
        trainer.optimizer.rescale_grad = scale
    shown = [*estimator.train_metrics, *estimator.updated_val_metrics()]
    return {name.removeprefix(f"{TRAINING} "): value
            for each in shown for name, value in each.get_name_value()}


def evaluate(net: Block, data: Any, loss_fn: Any, metrics: Any,
             batch_size: int) -> list[metric.EvalMetric]:
    """The metrics over the data, and the loss behind them, if one is known."""
    if metrics is None and net._trained is not None:
        metrics = net._trained.metrics
    if loss_fn is not None or metrics is None or _known(net, "loss_fn") is not None:
        loss_fn = _chosen(net, "evaluate", "loss_fn", loss_fn)
    loss_fn = _fitting(net, loss_fn)
    measured = _metrics(metrics, loss_fn)
    for each in measured:
        each.reset()
    user = SimpleNamespace(context=_contexts(net, None), val_net=net,
                           val_loss=loss_fn or (lambda pred, label: None))
    processor = BatchProcessor()
    for batch in batches_of("evaluate", data, batch_size, shuffle=False):
        _, label, pred, loss = processor.evaluate_batch(user, batch)
        for each in measured:
            each.update(*((0, loss) if isinstance(each, metric.Loss) else (label, pred)))
    return measured


def _known(net: Block, name: str) -> Any:
    """What `optimizer.prepare` or the last `fit` says; None if nothing does."""
    for source in (net._prepared, net._trained):
        if source is not None:
            return getattr(source, name)
    return None


def _chosen(net: Block, caller: str, name: str, given: Any) -> Any:
    """What is given, or else known."""
    chosen = _known(net, name) if given is None else given
    if chosen is None:
        raise MXNetValueError(
            f"{caller}: there is no {name}; give {caller}({name}=...), or call it within "
            "`with optimizer.prepare(net, loss_fn):`")
    return chosen


def _metrics(given: Any, loss_fn: Any) -> list[metric.EvalMetric]:
    """New metrics of these names, or those that are given; then the loss."""
    if given is None:
        suggested = suggested_metric(loss_fn)
        chosen = [] if suggested is None else [suggested]
    else:
        made = metric.create(list(given) if isinstance(given, tuple) else given)
        chosen = made.metrics if isinstance(made, metric.CompositeEvalMetric) else [made]
    return [*chosen, *([] if loss_fn is None else [metric.Loss("loss")])]


def _trainer(net: Block, optimizer: Any) -> Trainer:
    """The trainer of the last fit, if it was with this optimizer for these parameters."""
    params = net.collect_params()
    last = net._trained
    if (last is not None and (last.optimizer is optimizer or last.optimizer == optimizer)
            and {id(param) for param in last.trainer._params} == {*map(id, params.values())}):
        return last.trainer
    return Trainer(params, optimizer)


def _initialize(net: Block, contexts: Any) -> None:
    """Initialize the parameters that are not."""
    for param in net.collect_params().values():
        if param._by_context is None and param._deferred is None:
            param.initialize(None, contexts, Xavier())


def _contexts(net: Block, ctx: Any) -> Any:
    """The contexts that are given, or those of the parameters."""
    if ctx is not None:
        return ctx
    for param in net.collect_params().values():
        if param._by_context is not None or param._deferred is not None:
            return param.list_ctx()
    return [gpu(0) if num_gpus() else cpu()]

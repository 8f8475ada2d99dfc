"""`BatchProcessor`: what an estimator does with one batch."""

from __future__ import annotations

from typing import Any

from .... import autograd
from ...utils import split_and_load


class BatchProcessor:
    """Base: override fit_batch or evaluate_batch where batches are not just (data, label)."""

    def _get_data_and_label(self, batch: Any, ctx: Any, batch_axis: int = 0) -> tuple[Any, Any]:
        """Data and labels of a batch, each as a list with a part a context."""
        return (split_and_load(batch[0], ctx, batch_axis, even_split=False),
                split_and_load(batch[1], ctx, batch_axis, even_split=False))

    def evaluate_batch(self, estimator: Any, val_batch: Any, batch_axis: int = 0) -> Any:
        """(data, label, pred, loss) of a batch, each a list with an array a context."""
        data, label = self._get_data_and_label(val_batch, estimator.context, batch_axis)
        pred = [estimator.val_net(x) for x in data]
        loss = [estimator.val_loss(p, y) for p, y in zip(pred, label, strict=True)]
        return data, label, pred, loss

    def fit_batch(self, estimator: Any, train_batch: Any, batch_axis: int = 0) -> Any:
        """As evaluate_batch, recorded, and with the gradients of the losses.

        The weights are left to the GradientUpdateHandler.
        """
        data, label = self._get_data_and_label(train_batch, estimator.context, batch_axis)
        with autograd.record():
            pred = [estimator.net(x) for x in data]
            loss = [estimator.loss(p, y) for p, y in zip(pred, label, strict=True)]
        for each in loss:
            each.backward()
        return data, label, pred, loss

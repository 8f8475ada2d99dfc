"""Losses that compare samples: triplet, cosine embedding, smoothed deep metric learning."""

from __future__ import annotations

from typing import Any

from .base import Loss, shaped_like, weighted
from .classification import KLDivLoss


class TripletLoss(Loss):
    """max(0, sum((positive - pred)^2 - (negative - pred)^2) + margin), a value a sample."""

    def __init__(self, margin: float = 1, weight: float | None = None, batch_axis: int = 0,
                 **kwargs: Any) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self._margin = margin

    def hybrid_forward(self, F: Any, pred: Any, positive: Any, negative: Any) -> Any:
        """All (N, *) -> (N,)."""
        near = F.square(shaped_like(F, positive, pred) - pred)
        far = F.square(shaped_like(F, negative, pred) - pred)
        loss = F.relu(F.sum(near - far, axis=self._batch_axis, exclude=True) + self._margin)
        return weighted(F, loss, self._weight)


class CosineEmbeddingLoss(Loss):
    """1 - cos(input1, input2) where label is 1, max(0, cos - margin) where it is -1."""

    def __init__(self, weight: float | None = None, batch_axis: int = 0, margin: float = 0,
                 **kwargs: Any) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self._margin = margin

    def hybrid_forward(self, F: Any, input1: Any, input2: Any, label: Any,
                       sample_weight: Any = None) -> Any:
        """input1, input2 (N, D), label (N,) -> (N, 1)."""
        input1 = shaped_like(F, input1, input2)
        label = label.reshape((-1, 1))
        lengths = F.norm(input1, axis=-1) * F.norm(input2, axis=-1)
        cosine = (F.sum(input1 * input2, axis=-1) / F.maximum(lengths, 1e-12)).reshape((-1, 1))
        loss = (1 - cosine) * (label == 1) + F.relu(cosine - self._margin) * (label == -1)
        return weighted(F, loss, self._weight, sample_weight)


class SDMLLoss(Loss):
    """Pulls row i of x1 to row i of x2 and away from the others, by smoothed classification.

    The squared distances of all pairs are the logits; smoothing_parameter is the probability left
    to the other rows.
    """

    def __init__(self, smoothing_parameter: float = 0.3, weight: float | None = 1.0,
                 batch_axis: int = 0, **kwargs: Any) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self.kl_loss = KLDivLoss(from_logits=True)
        self.smoothing_parameter = smoothing_parameter

    def hybrid_forward(self, F: Any, x1: Any, x2: Any) -> Any:
        """x1, x2 (N, D) -> (N,)."""
        count = x1.shape[0]
        difference = F.broadcast_sub(F.expand_dims(x1, axis=1), F.expand_dims(x2, axis=0))
        logits = F.log_softmax(-F.sum(F.square(difference), axis=2), axis=1)
        # of the kind of the arrays, nd or np
        same = F.broadcast_add(F.zeros_like(logits), F.eye(count, dtype=x1.dtype, ctx=x1.ctx))
        rest = self.smoothing_parameter / (count - 1)
        labels = same * (1 - self.smoothing_parameter) + (1 - same) * rest
        return self.kl_loss(logits, labels)

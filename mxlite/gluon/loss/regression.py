"""Losses for numbers: L2, L1, Huber, Poisson."""

from __future__ import annotations

import math
from typing import Any

from .base import Loss, shaped_like, weighted


class L2Loss(Loss):
    """weight / 2 * (label - pred)^2, averaged over all axes but the batch's."""

    def __init__(self, weight: float | None = 1.0, batch_axis: int = 0, **kwargs: Any) -> None:
        super().__init__(weight, batch_axis, **kwargs)

    def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None) -> Any:
        """pred, label (N, *) -> (N,)."""
        loss = F.square(shaped_like(F, label, pred) - pred)
        half = 0.5 if self._weight is None else self._weight / 2
        loss = weighted(F, loss, half, sample_weight)
        return F.mean(loss, axis=self._batch_axis, exclude=True)


class L1Loss(Loss):
    """|label - pred|, averaged over all axes but the batch's."""

    def __init__(self, weight: float | None = None, batch_axis: int = 0, **kwargs: Any) -> None:
        super().__init__(weight, batch_axis, **kwargs)

    def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None) -> Any:
        """pred, label (N, *) -> (N,)."""
        return self._average(F, F.abs(shaped_like(F, label, pred) - pred), sample_weight)


class HuberLoss(Loss):
    """(label - pred)^2 / (2 * rho) up to a distance of rho, |label - pred| - rho / 2 beyond."""

    def __init__(self, rho: float = 1, weight: float | None = None, batch_axis: int = 0,
                 **kwargs: Any) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self._rho = rho

    def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None) -> Any:
        """pred, label (N, *) -> (N,)."""
        loss = F.abs(shaped_like(F, label, pred) - pred)
        loss = F.where(loss > self._rho, loss - 0.5 * self._rho, (0.5 / self._rho) * F.square(loss))
        return self._average(F, loss, sample_weight)


class PoissonNLLLoss(Loss):
    """-log of the Poisson probability of target: exp(pred) - target * pred, averaged over all.

    from_logits=False: pred is the mean itself, pred - target * log(pred + epsilon). compute_full
    adds Stirling's log(target!) for targets above 1.
    """

    def __init__(self, weight: float | None = None, from_logits: bool = True, batch_axis: int = 0,
                 compute_full: bool = False, **kwargs: Any) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self._from_logits = from_logits
        self._compute_full = compute_full

    def hybrid_forward(self, F: Any, pred: Any, target: Any, sample_weight: Any = None,
                       epsilon: float = 1e-8) -> Any:
        """pred, target (N, *) -> (1,)."""
        target = shaped_like(F, target, pred)
        if self._from_logits:
            loss = F.exp(pred) - target * pred
        else:
            loss = pred - target * F.log(pred + epsilon)
        if self._compute_full:
            above = F.maximum(target, 1)
            stirling = above * F.log(above) - above + 0.5 * F.log(2 * math.pi * above)
            loss = loss + stirling * (target > 1)
        return F.mean(weighted(F, loss, self._weight, sample_weight))

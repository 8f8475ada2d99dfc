"""Metrics of numbers: MAE, MSE, RMSE, Pearson's correlation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..base import MXNetValueError
from .base import EvalMetric, alias, metric_value, pairs, register, shapes_differ

Names = Sequence[str] | None


class _Distance(EvalMetric):
    """The mean over updates of a distance; (N,) counts as (N, 1)."""

    def __init__(self, name: str, output_names: Names, label_names: Names) -> None:
        super().__init__(name, output_names, label_names, has_global_stats=True)

    def distance(self, difference: np.ndarray) -> float:
        """The distance for one batch's label - pred."""
        raise NotImplementedError

    def update(self, labels: Any, preds: Any) -> None:
        """labels, preds of one shape, or of shapes that NumPy broadcasts."""
        for label, pred in pairs(self, labels, preds):
            label, pred = (x.reshape(len(x), 1) if x.ndim == 1 else x for x in (label, pred))
            try:
                difference = label.astype("float64") - pred
            except ValueError:
                raise shapes_differ(self, "one shape must broadcast to the other", label,
                                    pred) from None
            self._add(self.distance(difference), 1)


@register
class MAE(_Distance):
    """Mean |label - pred|."""

    def __init__(self, name: str = "mae", output_names: Names = None,
                 label_names: Names = None) -> None:
        super().__init__(name, output_names, label_names)

    def distance(self, difference: np.ndarray) -> float:
        """Mean of absolute values."""
        return float(np.abs(difference).mean())


@register
class MSE(_Distance):
    """Mean (label - pred)^2."""

    def __init__(self, name: str = "mse", output_names: Names = None,
                 label_names: Names = None) -> None:
        super().__init__(name, output_names, label_names)

    def distance(self, difference: np.ndarray) -> float:
        """Mean of squares."""
        return float((difference ** 2).mean())


@register
class RMSE(_Distance):
    """Root of the mean (label - pred)^2, averaged over updates."""

    def __init__(self, name: str = "rmse", output_names: Names = None,
                 label_names: Names = None) -> None:
        super().__init__(name, output_names, label_names)

    def distance(self, difference: np.ndarray) -> float:
        """Root of the mean of squares."""
        return math.sqrt((difference ** 2).mean())


@register
@alias("pearsonr")
class PearsonCorrelation(EvalMetric):
    """The correlation of labels and preds: 'macro' averages updates, 'micro' takes all together."""

    def __init__(self, name: str = "pearsonr", output_names: Names = None,
                 label_names: Names = None, average: str = "macro") -> None:
        if average not in ("macro", "micro"):
            raise MXNetValueError("PearsonCorrelation: average must be 'macro' or 'micro'; "
                                  f"got {average!r}")
        self.average = average
        super().__init__(name, output_names, label_names, has_global_stats=True)

    def reset(self) -> None:
        """Forget everything."""
        super().reset()
        self.reset_micro()

    def reset_micro(self) -> None:
        """Forget what 'micro' takes together."""
        self._sums = np.zeros(5)
        self._count = 0

    def update(self, labels: Any, preds: Any) -> None:
        """labels, preds of one shape."""
        for label, pred in pairs(self, labels, preds):
            if label.shape != pred.shape:
                raise shapes_differ(self, "both must have one shape", label, pred)
            x, y = label.ravel().astype("float64"), pred.ravel().astype("float64")
            sums = np.array([x.sum(), y.sum(), x @ x, y @ y, x @ y])
            self._sums += sums
            self._count += x.size
            self._add(self._correlation(sums, x.size) if self.average == "macro" else 0.0, 1)

    @staticmethod
    def _correlation(sums: np.ndarray, count: int) -> float:
        x, y, xx, yy, xy = sums / count
        return float((xy - x * y) / math.sqrt((xx - x * x) * (yy - y * y)))

    def get(self) -> tuple[Any, Any]:
        """(name, correlation)."""
        if self.average == "macro" or self._count == 0:
            return super().get()
        return self.name, metric_value(self._correlation(self._sums, self._count))

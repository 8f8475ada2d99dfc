"""Metrics of two classes: F1 and Matthews' correlation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..base import MXNetValueError
from .base import EvalMetric, metric_value, pairs, register, shapes_differ

Names = Sequence[str] | None


class _Confusion(EvalMetric):
    """Counts of (right, wrong) x (positive, negative), of an epoch and of everything.

    average: 'macro' averages the score of each update, 'micro' scores all counts together.
    """

    def __init__(self, name: str, output_names: Names, label_names: Names, average: str) -> None:
        if average not in ("macro", "micro"):
            raise MXNetValueError(f"{type(self).__name__}: average must be 'macro' or 'micro'; "
                                  f"got {average!r}")
        self.average = average
        config = {} if average == "macro" else {"average": average}
        super().__init__(name, output_names, label_names, has_global_stats=True, **config)

    def score(self, counts: np.ndarray) -> float:
        """The score of counts [[tn, fp], [fn, tp]], t and f for true and false."""
        raise NotImplementedError

    def reset(self) -> None:
        """Forget everything."""
        super().reset()
        self._counts = np.zeros((2, 2))
        self._global_counts = np.zeros((2, 2))

    def reset_local(self) -> None:
        """Forget what `get` gives."""
        super().reset_local()
        self._counts = np.zeros((2, 2))

    def update(self, labels: Any, preds: Any) -> None:
        """labels (N,) of 0 and 1, preds (N, 2) scores."""
        batch = np.zeros((2, 2))
        for label, pred in pairs(self, labels, preds):
            batch += self._count(label.ravel().astype("int32"), pred)
        self._counts += batch
        self._global_counts += batch
        if self.average == "macro":
            self._add(self.score(batch), 1)
        else:
            self._add(0.0, int(batch.sum()))

    def _count(self, label: np.ndarray, pred: np.ndarray) -> np.ndarray:
        if pred.ndim != 2 or len(pred) != len(label):
            raise shapes_differ(self, "labels must be (N,) and preds (N, 2)", label, pred)
        if not np.isin(label, (0, 1)).all():
            raise MXNetValueError(f"{type(self).__name__}: labels must be 0 or 1; "
                                  f"got {np.unique(label)[:5]}")
        counts = np.zeros((2, 2))
        np.add.at(counts, (label, (pred.argmax(axis=1) == 1).astype(int)), 1)
        return counts

    def get(self) -> tuple[Any, Any]:
        """(name, value)."""
        if self.average == "macro" or self.num_inst == 0:
            return super().get()
        return self.name, metric_value(self.score(self._counts))

    def get_global(self) -> tuple[Any, Any]:
        """As get, over everything since `reset`."""
        if self.average == "macro" or self.global_num_inst == 0:
            return super().get_global()
        return self.name, metric_value(self.score(self._global_counts))


@register
class F1(_Confusion):
    """2 * precision * recall / (precision + recall), 0 where both are."""

    def __init__(self, name: str = "f1", output_names: Names = None, label_names: Names = None,
                 average: str = "macro") -> None:
        super().__init__(name, output_names, label_names, average)

    def score(self, counts: np.ndarray) -> float:
        """2 tp / (2 tp + fp + fn)."""
        (_, fp), (fn, tp) = counts
        return float(2 * tp / (2 * tp + fp + fn)) if tp else 0.0


@register
class MCC(_Confusion):
    """(tp * tn - fp * fn) / sqrt((tp + fp)(tp + fn)(tn + fp)(tn + fn)); factors of 0 count as 1."""

    def __init__(self, name: str = "mcc", output_names: Names = None, label_names: Names = None,
                 average: str = "macro") -> None:
        super().__init__(name, output_names, label_names, average)

    def score(self, counts: np.ndarray) -> float:
        """The correlation of classes and predictions."""
        (tn, fp), (fn, tp) = counts
        factors = [tp + fp, tp + fn, tn + fp, tn + fn]
        scale = math.prod(math.sqrt(factor) for factor in factors if factor)
        return float((tp * tn - fp * fn) / scale)

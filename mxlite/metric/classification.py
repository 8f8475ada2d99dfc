"""Metrics of classes: accuracy, cross-entropy, perplexity."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..base import MXNetValueError
from .base import EvalMetric, alias, pairs, register, shapes_differ

Names = Sequence[str] | None


@alias("acc")
class Accuracy(EvalMetric):
    """The share of right classes; preds are class numbers or scores of the classes along `axis`."""

    def __init__(self, axis: int = 1, name: str = "accuracy", output_names: Names = None,
                 label_names: Names = None) -> None:
        super().__init__(name, output_names, label_names, axis=axis)
        self.axis = axis

    def update(self, labels: Any, preds: Any) -> None:
        """labels (N, *), preds (N, C, *) or (N, *)."""
        for label, pred in pairs(self, labels, preds):
            classes = pred.argmax(axis=self.axis) if pred.shape != label.shape else pred
            if classes.size != label.size:
                raise shapes_differ(self, f"preds without axis {self.axis} must have the shape of "
                                    "labels", label, pred)
            right = classes.astype("int32").ravel() == label.astype("int32").ravel()
            self._add(int(right.sum()), right.size)


@alias("top_k_accuracy", "top_k_acc")
class TopKAccuracy(EvalMetric):
    """The share of samples whose class is among the `top_k` with the greatest scores."""

    def __init__(self, top_k: int = 1, name: str = "top_k_accuracy", output_names: Names = None,
                 label_names: Names = None) -> None:
        super().__init__(name, output_names, label_names, top_k=top_k)
        if top_k < 2:
            raise MXNetValueError("TopKAccuracy: top_k must be at least 2 (use Accuracy for 1); "
                                  f"got {top_k}")
        self.top_k = top_k
        self.name += f"_{top_k}"

    def update(self, labels: Any, preds: Any) -> None:
        """labels (N,), preds (N, C), or class numbers (N,)."""
        for label, pred in pairs(self, labels, preds):
            if pred.ndim > 2 or len(pred) != label.size:
                raise shapes_differ(self, "labels must be (N,) and preds (N, C)", label, pred)
            wanted = label.astype("int32").reshape(-1, 1)
            best = pred.astype("int32").reshape(-1, 1)
            if pred.ndim == 2:
                k = min(self.top_k, pred.shape[1])
                best = np.argpartition(pred, pred.shape[1] - k, axis=1)[:, -k:]
            self._add(int((best == wanted).sum()), len(wanted))


class _LogLikelihood(EvalMetric):
    """-log(pred[label] + eps), averaged over samples."""

    eps: float

    def update(self, labels: Any, preds: Any) -> None:
        """labels (N,), preds (N, C) probabilities."""
        for label, pred in pairs(self, labels, preds):
            label = label.ravel().astype("int64")
            if pred.ndim != 2 or len(pred) != len(label):
                raise shapes_differ(self, "labels must be (N,) and preds (N, C)", label, pred)
            chosen = pred[np.arange(len(label)), label].astype("float64")
            self._add(float(-np.log(chosen + self.eps).sum()), len(label))


@alias("ce")
class CrossEntropy(_LogLikelihood):
    """-log of the probability of the right class, averaged over samples."""

    def __init__(self, eps: float = 1e-12, name: str = "cross-entropy",
                 output_names: Names = None, label_names: Names = None) -> None:
        super().__init__(name, output_names, label_names, eps=eps)
        self.eps = eps


@alias("nll_loss")
class NegativeLogLikelihood(_LogLikelihood):
    """-log of the probability of the right class, averaged over samples."""

    def __init__(self, eps: float = 1e-12, name: str = "nll-loss", output_names: Names = None,
                 label_names: Names = None) -> None:
        super().__init__(name, output_names, label_names, eps=eps)
        self.eps = eps


@register
class Perplexity(EvalMetric):
    """exp of the mean of -log p(label); labels equal to ignore_label do not count."""

    def __init__(self, ignore_label: int | None = None, axis: int = -1, name: str = "perplexity",
                 output_names: Names = None, label_names: Names = None) -> None:
        super().__init__(name, output_names, label_names, ignore_label=ignore_label, axis=axis)
        self.ignore_label = ignore_label
        self.axis = axis

    def update(self, labels: Any, preds: Any) -> None:
        """labels (*), preds (*, C) probabilities, C along `axis`."""
        for label, pred in pairs(self, labels, preds):
            rows = np.moveaxis(pred, self.axis, -1)
            if label.size != pred.size // pred.shape[self.axis]:
                raise shapes_differ(self, f"preds without axis {self.axis} must have the size of "
                                    "labels", label, pred)
            label = label.ravel().astype("int64")
            chosen = rows.reshape(-1, rows.shape[-1])[np.arange(len(label)), label]
            kept = np.ones(len(label), bool) if self.ignore_label is None \
                else label != self.ignore_label
            total = -np.log(np.maximum(chosen[kept].astype("float64"), 1e-10)).sum()
            self._add(float(total), int(kept.sum()))

    def _value(self, total: float, count: int) -> float:
        return math.exp(total / count)

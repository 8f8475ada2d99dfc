"""Metrics of classes: accuracy, cross-entropy, perplexity."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..base import MXNetValueError
from .base import EvalMetric, alias, metric_value, pairs, register, shapes_differ

Names = Sequence[str] | None


@register
@alias("acc")
class Accuracy(EvalMetric):
    """The share of right classes; preds are class numbers or scores of the classes along `axis`."""

    def __init__(self, axis: int = 1, name: str = "accuracy", output_names: Names = None,
                 label_names: Names = None) -> None:
        super().__init__(name, output_names, label_names, has_global_stats=True, axis=axis)
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


@register
class PCC(EvalMetric):
    """The correlation of classes and predictions, of any number of classes, over all samples.

    With n samples, r of them right, and n_k and m_k samples of class k and predictions of it:
    (n r - sum n_k m_k) / sqrt((n^2 - sum n_k^2) (n^2 - sum m_k^2)); NaN where that is 0 / 0.
    """

    def __init__(self, name: str = "pcc", output_names: Names = None,
                 label_names: Names = None, has_global_stats: bool = True) -> None:
        super().__init__(name, output_names, label_names, has_global_stats=has_global_stats)

    def reset(self) -> None:
        """Forget everything."""
        super().reset()
        self._counts = self._global_counts = np.zeros((2, 2))

    def reset_local(self) -> None:
        """Forget what `get` gives."""
        super().reset_local()
        self._counts = np.zeros((2, 2))

    def update(self, labels: Any, preds: Any) -> None:
        """labels (N,) of class numbers, preds (N, C) scores or (N,)."""
        for label, pred in pairs(self, labels, preds):
            guess = pred if pred.shape == label.shape else pred.argmax(axis=1)
            known, guess = label.astype("int64").ravel(), guess.astype("int64").ravel()
            if known.size != guess.size:
                raise shapes_differ(self, "labels must be (N,) and preds (N, C)", label, pred)
            if known.size and min(known.min(), guess.min()) < 0:
                raise MXNetValueError("PCC: class numbers must be at least 0; got "
                                      f"{min(known.min(), guess.min())}")
            size = max(len(self._global_counts), 1 + max(known.max(initial=0),
                                                         guess.max(initial=0)))
            batch = np.zeros((size, size))
            np.add.at(batch, (guess, known), 1)
            self._counts = _enlarged(self._counts, size) + batch
            self._global_counts = _enlarged(self._global_counts, size) + batch
        self._add(0.0, 1)
        self.sum_metric = _correlation(self._counts) * self.num_inst
        self.global_sum_metric = _correlation(self._global_counts) * self.global_num_inst

    def get(self) -> tuple[Any, Any]:
        """(name, value)."""
        return self.name, metric_value(_correlation(self._counts))

    def get_global(self) -> tuple[Any, Any]:
        """As get, over everything since `reset`."""
        counts = self._global_counts if self._has_global_stats else self._counts
        return self.name, metric_value(_correlation(counts))


def _enlarged(counts: np.ndarray, size: int) -> np.ndarray:
    more = size - len(counts)
    return np.pad(counts, ((0, more), (0, more)))


def _correlation(counts: np.ndarray) -> float:
    total, guesses, known = counts.sum(), counts.sum(axis=1), counts.sum(axis=0)
    scale = (total ** 2 - (guesses ** 2).sum()) * (total ** 2 - (known ** 2).sum())
    if scale == 0:
        return math.nan
    return float((total * np.trace(counts) - guesses @ known) / math.sqrt(scale))


@register
@alias("top_k_accuracy", "top_k_acc")
class TopKAccuracy(EvalMetric):
    """The share of samples whose class is among the `top_k` with the greatest scores."""

    def __init__(self, top_k: int = 1, name: str = "top_k_accuracy", output_names: Names = None,
                 label_names: Names = None) -> None:
        super().__init__(name, output_names, label_names, has_global_stats=True, top_k=top_k)
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


def _wide(chosen: Any) -> Any:
    """Probabilities in their own dtype, as MXNet computes with them; those of 16 bits, in which eps
    is nothing, in float32."""
    return chosen.astype(np.promote_types(chosen.dtype, "float32"), copy=False)


class _LogLikelihood(EvalMetric):
    """-log(pred[label] + eps), averaged over samples."""

    eps: float

    def update(self, labels: Any, preds: Any) -> None:
        """labels (N,), preds (N, C) probabilities."""
        for label, pred in pairs(self, labels, preds):
            label = label.ravel().astype("int64")
            if pred.ndim != 2 or len(pred) != len(label):
                raise shapes_differ(self, "labels must be (N,) and preds (N, C)", label, pred)
            chosen = _wide(pred[np.arange(len(label)), label])
            self._add(float(-np.log(chosen + self.eps).sum()), len(label))


@register
@alias("ce")
class CrossEntropy(_LogLikelihood):
    """-log of the probability of the right class, averaged over samples."""

    def __init__(self, eps: float = 1e-12, name: str = "cross-entropy",
                 output_names: Names = None, label_names: Names = None) -> None:
        super().__init__(name, output_names, label_names, has_global_stats=True, eps=eps)
        self.eps = eps


@register
@alias("nll_loss")
class NegativeLogLikelihood(_LogLikelihood):
    """-log of the probability of the right class, averaged over samples."""

    def __init__(self, eps: float = 1e-12, name: str = "nll-loss", output_names: Names = None,
                 label_names: Names = None) -> None:
        super().__init__(name, output_names, label_names, has_global_stats=True, eps=eps)
        self.eps = eps


@register
class Perplexity(EvalMetric):
    """exp of the mean of -log p(label); labels equal to ignore_label do not count."""

    def __init__(self, ignore_label: int | None = None, axis: int = -1, name: str = "perplexity",
                 output_names: Names = None, label_names: Names = None) -> None:
        config = {"ignore_label": ignore_label} | ({} if axis == -1 else {"axis": axis})
        super().__init__(name, output_names, label_names, has_global_stats=True, **config)
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
            total = -np.log(np.maximum(_wide(chosen[kept]), 1e-10)).sum()
            self._add(float(total), int(kept.sum()))

    def _value(self, total: float, count: int) -> float:
        return math.exp(total / count)

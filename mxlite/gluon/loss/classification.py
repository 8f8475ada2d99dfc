"""Losses for classes: softmax and sigmoid cross-entropy, divergence, hinges, logistic."""

from __future__ import annotations

from typing import Any

from ...base import MXNetIndexError, MXNetValueError
from ...ops import wrong_indices
from .base import Loss, shaped_like, weighted


class SoftmaxCrossEntropyLoss(Loss):
    """-log softmax(pred)[label] along `axis`, averaged over the rest but the batch.

    Labels are class numbers; one that is none raises, unless there is a sample_weight.
    sparse_label=False: label holds probabilities of the shape of pred. from_logits: pred holds
    log-probabilities already.
    """

    def __init__(self, axis: int = -1, sparse_label: bool = True, from_logits: bool = False,
                 weight: float | None = None, batch_axis: int = 0, **kwargs: Any) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self._axis = axis
        self._sparse_label = sparse_label
        self._from_logits = from_logits

    def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None) -> Any:
        """pred (N, *, C), label (N, *) class numbers -> (N,)."""
        if not self._from_logits:
            pred = F.log_softmax(pred, axis=self._axis)
        if self._sparse_label:
            loss = -self._picked(F, pred, label, "raise" if sample_weight is None else "clip")
        else:
            loss = -F.sum(pred * shaped_like(F, label, pred), axis=self._axis, keepdims=True)
        return self._average(F, loss, sample_weight)

    def _picked(self, F: Any, pred: Any, label: Any, mode: str) -> Any:
        """pred[label] along the axis of the classes; the errors name what is wrong with label."""
        try:
            return F.pick(pred, label, axis=self._axis, keepdims=True, mode=mode)
        except MXNetIndexError:
            values, classes = label.asnumpy(), pred.shape[self._axis]
            got = wrong_indices.first(values, wrong_indices.outside(values, 0, classes - 1))
            raise MXNetIndexError(
                f"{type(self).__name__}: labels must be from 0 to {classes - 1}, as pred "
                f"{pred.shape} has {classes} classes{got}. With a sample_weight, 0 for "
                "what is to be left out, they are not checked") from None
        except MXNetValueError:
            if label.shape != pred.shape:
                raise
            raise MXNetValueError(
                f"{type(self).__name__}: label has the shape of pred, {pred.shape}; if it holds "
                "one-hot rows or probabilities, pass sparse_label=False") from None


SoftmaxCELoss = SoftmaxCrossEntropyLoss


def _softplus_of_minus_abs(F: Any, x: Any) -> Any:
    """log(1 + exp(-|x|)), which never overflows."""
    return F.Activation(-F.abs(x), act_type="softrelu")


class SigmoidBinaryCrossEntropyLoss(Loss):
    """-(label * log p + (1 - label) * log(1 - p)), p = sigmoid(pred), averaged but for the batch.

    from_sigmoid: pred is p already. pos_weight: an array that scales the first term.
    """

    def __init__(self, from_sigmoid: bool = False, weight: float | None = None,
                 batch_axis: int = 0, **kwargs: Any) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self._from_sigmoid = from_sigmoid

    def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None,
                       pos_weight: Any = None) -> Any:
        """pred, label (N, *) -> (N,)."""
        label = shaped_like(F, label, pred)
        if self._from_sigmoid:
            loss = self._of_probabilities(F, pred, label, pos_weight)
        elif pos_weight is None:
            loss = F.relu(pred) - pred * label + _softplus_of_minus_abs(F, pred)
        else:
            scale = 1 + F.broadcast_mul(pos_weight - 1, label)
            loss = pred - pred * label + scale * (
                _softplus_of_minus_abs(F, pred) + F.relu(-pred))
        return self._average(F, loss, sample_weight)

    @staticmethod
    def _of_probabilities(F: Any, pred: Any, label: Any, pos_weight: Any) -> Any:
        eps = 1e-12
        hit = F.log(pred + eps) * label
        if pos_weight is not None:
            hit = F.broadcast_mul(hit, pos_weight)
        return -(hit + F.log(1 - pred + eps) * (1 - label))


SigmoidBCELoss = SigmoidBinaryCrossEntropyLoss


class KLDivLoss(Loss):
    """Sum of label * (log label - pred) over all but the batch; pred holds log-probabilities.

    from_logits=False: pred goes through log_softmax along `axis` first.
    """

    def __init__(self, from_logits: bool = True, axis: int = -1, weight: float | None = None,
                 batch_axis: int = 0, **kwargs: Any) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self._from_logits = from_logits
        self._axis = axis

    def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None) -> Any:
        """pred, label (N, *) -> (N,)."""
        if not self._from_logits:
            pred = F.log_softmax(pred, axis=self._axis)
        loss = label * (F.log(label + 1e-12) - pred)
        loss = weighted(F, loss, self._weight, sample_weight)
        return F.sum(loss, axis=self._batch_axis, exclude=True)


class HingeLoss(Loss):
    """max(0, margin - pred * label), label -1 or 1, averaged but for the batch."""

    def __init__(self, margin: float = 1, weight: float | None = None, batch_axis: int = 0,
                 **kwargs: Any) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self._margin = margin

    def _hinge(self, F: Any, pred: Any, label: Any) -> Any:
        return F.relu(self._margin - pred * shaped_like(F, label, pred))

    def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None) -> Any:
        """pred, label (N, *) -> (N,)."""
        return self._average(F, self._hinge(F, pred, label), sample_weight)


class SquaredHingeLoss(HingeLoss):
    """max(0, margin - pred * label)^2, label -1 or 1, averaged but for the batch."""

    def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None) -> Any:
        """pred, label (N, *) -> (N,)."""
        return self._average(F, F.square(self._hinge(F, pred, label)), sample_weight)


class LogisticLoss(Loss):
    """log(1 + exp(-pred * label)), averaged but for the batch.

    label_format: 'signed' for labels -1 and 1, 'binary' for 0 and 1.
    """

    def __init__(self, weight: float | None = None, batch_axis: int = 0,
                 label_format: str = "signed", **kwargs: Any) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        if label_format not in ("signed", "binary"):
            raise MXNetValueError("LogisticLoss: label_format must be 'signed' or 'binary'; "
                                  f"got {label_format!r}")
        self._label_format = label_format

    def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None) -> Any:
        """pred, label (N, *) -> (N,)."""
        label = shaped_like(F, label, pred)
        if self._label_format == "signed":
            label = (label + 1) / 2
        loss = F.relu(pred) - pred * label + _softplus_of_minus_abs(F, pred)
        return self._average(F, loss, sample_weight)

"""`Loss`: the weighting and the averaging that all losses share."""

from __future__ import annotations

import numbers
import operator
from typing import Any

from ...base import MXNetTypeError
from ..hybrid_block import HybridBlock


class Loss(HybridBlock):
    """Base: `loss(pred, label)` has one value for every index of `batch_axis`.

    weight: a number that scales the loss. sample_weight: an array that broadcasts to the shape of
    the loss before it is averaged.
    """

    def __init__(self, weight: float | None, batch_axis: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_weight(type(self).__name__, weight)
        self._weight = weight
        self._batch_axis = batch_axis

    def __repr__(self) -> str:
        return f"{type(self).__name__}(batch_axis={self._batch_axis}, w={self._weight})"

    def _average(self, F: Any, loss: Any, sample_weight: Any = None) -> Any:
        """The weighted loss, averaged over all axes but the batch's."""
        loss = weighted(F, loss, self._weight, sample_weight)
        return F.mean(loss, axis=self._batch_axis, exclude=True)


def check_weight(caller: str, weight: Any) -> None:
    """Raise MXNetTypeError unless the weight is a number or None."""
    if weight is not None and not isinstance(weight, numbers.Real):
        raise MXNetTypeError(f"{caller}: weight must be a number; got {type(weight).__name__}")


def weighted(F: Any, loss: Any, weight: float | None = None, sample_weight: Any = None) -> Any:
    """loss * sample_weight * weight, leaving out what is None; sample_weight broadcasts."""
    check_weight("_apply_weighting", weight)
    if sample_weight is not None:
        times = getattr(F, "broadcast_mul", operator.mul)   # mx.np has none: * broadcasts
        loss = times(loss, sample_weight)
    return loss if weight is None else loss * weight


def shaped_like(F: Any, x: Any, y: Any) -> Any:
    """x in the shape of y, so that (N,) labels fit (N, 1) predictions."""
    return x if getattr(x, "shape", None) == getattr(y, "shape", ()) else F.reshape_like(x, y)

"""Metrics made of functions, and the mean of losses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy

from ..arguments import check_callable
from ..base import MXNetValueError
from .base import EvalMetric, pairs, register

Names = Sequence[str] | None


@register
class Loss(EvalMetric):
    """The mean of all elements of preds, which are losses; labels do not matter."""

    def __init__(self, name: str = "loss", output_names: Names = None,
                 label_names: Names = None) -> None:
        super().__init__(name, output_names, label_names, has_global_stats=True)

    def update(self, _: Any, preds: Any) -> None:
        """preds of any shape."""
        for pred in preds if isinstance(preds, (list, tuple)) else [preds]:
            values = numpy.asarray(pred)
            self._add(float(values.sum(dtype="float64")), values.size)


@register
class Torch(Loss):
    """The mean of preds, under the name 'torch'."""

    def __init__(self, name: str = "torch", output_names: Names = None,
                 label_names: Names = None) -> None:
        super().__init__(name, output_names, label_names)


@register
class Caffe(Loss):
    """The mean of preds, under the name 'caffe'."""

    def __init__(self, name: str = "caffe", output_names: Names = None,
                 label_names: Names = None) -> None:
        super().__init__(name, output_names, label_names)


@register
class CustomMetric(EvalMetric):
    """The mean of feval(label, pred) on NumPy arrays: a number, or (sum, count).

    allow_extra_outputs: labels and preds need not be lists of one length.
    """

    def __init__(self, feval: Callable[..., Any], name: str | None = None,
                 allow_extra_outputs: bool = False, output_names: Names = None,
                 label_names: Names = None) -> None:
        check_callable("CustomMetric", "feval", feval)
        if name is None:
            name = getattr(feval, "__name__", type(feval).__name__)
            name = f"custom({name})" if "<" in name else name
        super().__init__(name, output_names, label_names, has_global_stats=True)
        self._feval = feval
        self._allow_extra_outputs = allow_extra_outputs

    def update(self, labels: Any, preds: Any) -> None:
        """Call feval on every (label, pred)."""
        if self._allow_extra_outputs and isinstance(labels, list) and isinstance(preds, list):
            count = min(len(labels), len(preds))
            labels, preds = labels[:count], preds[:count]
        for label, pred in pairs(self, labels, preds):
            result = self._feval(label, pred)
            self._add(*(result if isinstance(result, tuple) else (result, 1)))

    def get_config(self) -> dict[str, Any]:
        """A function cannot be written down."""
        raise MXNetValueError("CustomMetric: a function cannot be saved in a configuration")


def np(numpy_feval: Callable[..., Any], name: str | None = None,
       allow_extra_outputs: bool = False) -> CustomMetric:
    """A metric from a function of NumPy arrays (label, pred)."""
    check_callable("metric.np", "numpy_feval", numpy_feval)

    def feval(label: Any, pred: Any) -> Any:
        return numpy_feval(label, pred)

    feval.__name__ = getattr(numpy_feval, "__name__", type(numpy_feval).__name__)
    return CustomMetric(feval, name, allow_extra_outputs)

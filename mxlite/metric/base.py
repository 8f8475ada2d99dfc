"""`EvalMetric`: a sum and a count, over an epoch and over everything; and the registry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import ndarray as nd
from ..arguments import NamesArguments
from ..base import MXNetTypeError, MXNetValueError
from ..registry import get_alias_func, get_create_func, get_register_func


class MetricValue(np.float64):
    """A metric's value: NumPy's float64, as in MXNet, but printed as a number (0.5)."""

    __repr__ = float.__repr__


def metric_value(value: Any) -> Any:
    """A float of Python's or NumPy's as a MetricValue; other things as they are."""
    return MetricValue(value) if isinstance(value, (float, np.floating)) else value


class EvalMetric(NamesArguments):
    """Base: override update(labels, preds), which calls `_add` with a sum and a count.

    `get` gives the mean since `reset`; `reset_local` starts a new stretch for `get` while
    `get_global` goes on. A metric that keeps sum_metric and num_inst alone, without their global
    counterparts, leaves `has_global_stats` False; its `get_global` is `get`.
    """

    def __init__(self, name: str, output_names: Sequence[str] | None = None,
                 label_names: Sequence[str] | None = None, *, has_global_stats: bool = False,
                 **kwargs: Any) -> None:
        self.name = str(name)
        self.output_names = output_names
        self.label_names = label_names
        self._has_global_stats = has_global_stats
        self._kwargs = kwargs
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self.num_inst = 0
        self.sum_metric = 0.0
        self.global_num_inst = 0
        self.global_sum_metric = 0.0

    def reset_local(self) -> None:
        """Forget what `get` gives, keep what get_global gives."""
        self.num_inst = 0
        self.sum_metric = 0.0

    def update(self, labels: Any, preds: Any) -> None:
        """Take in a batch: arrays or lists of arrays."""
        raise NotImplementedError(f"{type(self).__name__} must override update")

    def update_dict(self, label: dict[str, Any], pred: dict[str, Any]) -> None:
        """Take in a batch given by names; output_names and label_names choose among them."""
        chosen = [[given[name] for name in (given if names is None else names)]
                  for given, names in ((label, self.label_names), (pred, self.output_names))]
        self.update(*chosen)

    def _add(self, total: float, count: int) -> None:
        self.sum_metric += total
        self.global_sum_metric += total
        self.num_inst += count
        self.global_num_inst += count

    def _value(self, total: float, count: int) -> float:
        return total / count

    def get(self) -> tuple[Any, Any]:
        """(name, value); nan before the first update."""
        if self.num_inst == 0:
            return self.name, float("nan")
        return self.name, metric_value(self._value(self.sum_metric, self.num_inst))

    def get_global(self) -> tuple[Any, Any]:
        """As get, over everything since `reset`."""
        if not self._has_global_stats:
            return self.get()
        if self.global_num_inst == 0:
            return self.name, float("nan")
        value = self._value(self.global_sum_metric, self.global_num_inst)
        return self.name, metric_value(value)

    def get_name_value(self) -> list[tuple[str, Any]]:
        """[(name, value)]."""
        return _pairs(*self.get())

    def get_global_name_value(self) -> list[tuple[str, Any]]:
        """As get_name_value, over everything since `reset`."""
        return _pairs(*self.get_global()) if self._has_global_stats else self.get_name_value()

    def get_config(self) -> dict[str, Any]:
        """What `create` needs to make such a metric again."""
        return {**self._kwargs, "metric": type(self).__name__, "name": self.name,
                "output_names": self.output_names, "label_names": self.label_names}

    def __str__(self) -> str:
        return f"EvalMetric: {dict(self.get_name_value())}"


register = get_register_func(EvalMetric, "metric")
alias = get_alias_func(EvalMetric, "metric")
_create = get_create_func(EvalMetric, "metric")


def _pairs(names: Any, values: Any) -> list[tuple[str, Any]]:
    names = names if isinstance(names, list) else [names]
    values = values if isinstance(values, list) else [values]
    return list(zip(names, values, strict=True))


def create(metric: Any, *args: Any, **kwargs: Any) -> EvalMetric:
    """A metric from itself, its name ("acc"), a function, a list of such, or what `get_config`
    gave, as a dict or as JSON."""
    if isinstance(metric, list):
        return CompositeEvalMetric([create(item, *args, **kwargs) for item in metric])
    given = ("custommetric", metric) if callable(metric) else (metric,)
    made: EvalMetric = _create(*given, *args, **kwargs)
    return made


def check_label_shapes(labels: Any, preds: Any, wrap: bool = False, shape: bool = False) -> Any:
    """Raise unless both have one length (or with `shape` one shape); `wrap` makes lists of them."""
    sizes = (labels.shape, preds.shape) if shape else (len(labels), len(preds))
    if sizes[0] != sizes[1]:
        raise MXNetValueError(
            f"Shape of labels {sizes[0]} does not match shape of predictions {sizes[1]}")
    if wrap:
        labels = [labels] if isinstance(labels, nd.NDArray) else labels
        preds = [preds] if isinstance(preds, nd.NDArray) else preds
    return labels, preds


def pairs(metric: EvalMetric, labels: Any, preds: Any) -> list[tuple[np.ndarray, np.ndarray]]:
    """(label, pred) as NumPy arrays, from arrays or lists of arrays; raises on unequal lists."""
    labels, preds = (list(given) if isinstance(given, (list, tuple)) else [given]
                     for given in (labels, preds))
    if len(labels) != len(preds):
        raise MXNetValueError(f"{type(metric).__name__}: labels and preds must be lists of one "
                              f"length; got {len(labels)} and {len(preds)}")
    for side, given in (("labels", labels), ("preds", preds)):
        for item in given:
            if not hasattr(item, "__array__"):
                raise MXNetTypeError(f"{type(metric).__name__}: {side} must be arrays or lists of "
                                     f"arrays; got {type(item).__name__}")
    return [(np.asarray(label), np.asarray(pred))
            for label, pred in zip(labels, preds, strict=True)]


def shapes_differ(metric: EvalMetric, rule: str, label: Any, pred: Any) -> MXNetValueError:
    """The error for shapes that do not fit: "Accuracy: ...; got labels (3,), preds (4, 2)"."""
    return MXNetValueError(f"{type(metric).__name__}: {rule}; got labels of shape {label.shape} "
                           f"and preds of shape {pred.shape}")


@register
@alias("composite")
class CompositeEvalMetric(EvalMetric):
    """Several metrics at once; `get` gives lists of names and of values."""

    def __init__(self, metrics: Sequence[Any] | None = None, name: str = "composite",
                 output_names: Sequence[str] | None = None,
                 label_names: Sequence[str] | None = None) -> None:
        self.metrics = [create(metric) for metric in metrics or []]
        super().__init__(name, output_names, label_names, has_global_stats=True)

    def add(self, metric: Any) -> None:
        """Put another metric at the end."""
        self.metrics.append(create(metric))

    def get_metric(self, index: int) -> EvalMetric:
        """The metric with this number."""
        if not 0 <= index < len(self.metrics):
            raise MXNetValueError(f"get_metric: index must be in [0, {len(self.metrics)}); "
                                  f"got {index}")
        return self.metrics[index]

    def update(self, labels: Any, preds: Any) -> None:
        """Update all."""
        for metric in self.metrics:
            metric.update(labels, preds)

    def update_dict(self, label: dict[str, Any], pred: dict[str, Any]) -> None:
        """Update all, each with the names it takes."""
        for metric in self.metrics:
            metric.update_dict(label, pred)

    def reset(self) -> None:
        """Reset all."""
        for metric in self.metrics:
            metric.reset()

    def reset_local(self) -> None:
        """Reset all locally."""
        for metric in self.metrics:
            metric.reset_local()

    def get(self) -> tuple[Any, Any]:
        """([names], [values])."""
        return self._gather("get_name_value")

    def get_global(self) -> tuple[Any, Any]:
        """As get, over everything since `reset`."""
        return self._gather("get_global_name_value")

    def _gather(self, method: str) -> tuple[list[str], list[Any]]:
        pairs = [pair for metric in self.metrics for pair in getattr(metric, method)()]
        return [name for name, _ in pairs], [value for _, value in pairs]

    def get_config(self) -> dict[str, Any]:
        """What `create` needs, for each metric."""
        return {**super().get_config(), "metrics": [m.get_config() for m in self.metrics]}

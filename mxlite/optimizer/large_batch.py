"""SGD for large batches: LARS and LBSGD, whose rates are scaled by layer or warmed up."""

from __future__ import annotations

import math
from typing import Any

from .. import ndarray as nd
from ..arguments import check_count
from ..base import MXNetValueError
from ..wording import listing
from .optimizer import register
from .sgd import SGD

PLAIN = ("gamma", "beta", "bias")       # ends of the names of weights that LARS does not scale
STRATEGIES = ("linear", "power2", "sqrt", "lars")


@register
class LARS(SGD):
    """SGD whose rate is scaled by eta * |weight| / (|g| + wd * |weight| + eps) for each weight.

    g is the rescaled gradient. Names that end in gamma, beta or bias keep their rate; names that do
    not end in _weight have no weight decay. momentum_correction: at an update with another learning
    rate than the last one, momentum is multiplied by new rate / old rate.
    """

    def __init__(self, momentum: float = 0.0, lazy_update: bool = True, eta: float = 0.001,
                 eps: float = 0, momentum_correction: bool = True, **kwargs: Any) -> None:
        super().__init__(momentum=momentum, lazy_update=lazy_update, **kwargs)
        self.eta = eta
        self.eps = eps
        self.momentum_correction = momentum_correction
        self._last_rates: dict[Any, float] = {}

    def set_wd_mult(self, args_wd_mult: dict[Any, float]) -> None:
        """Multipliers of weight decay; 0 for names that do not end in _weight."""
        free = {name: 0.0 for name in self.idx2name.values() if not name.endswith("_weight")}
        self.wd_mult = {**free, **self._attributes("__wd_mult__"), **args_wd_mult}

    def _rate(self, index: Any, weight: nd.NDArray, grad: nd.NDArray) -> float:
        rate = self._get_lr(index)
        if self.idx2name.get(index, str(index)).endswith(PLAIN):
            return rate
        size = _norm(weight)
        slope = _norm(grad) * abs(self.rescale_grad)
        if size > 0 and slope > 0:
            rate *= self.eta * size / (slope + self._get_wd(index) * size + self.eps)
        return rate

    def _momentum_now(self, index: Any) -> float:
        now = self.learning_rate
        last = self._last_rates.get(index, self._last_rates.get(None, now))
        self._last_rates[index] = now
        return self.momentum * (now / last if self.momentum_correction and last else 1.0)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """MXNet keeps one last rate, of all weights."""
        super().__setstate__({"_last_rates": {None: state.get("cur_lr")}, **state})


@register
class LBSGD(SGD):
    """SGD on the mean gradient of batch_scale updates, its rate warmed up.

    The rate is multiplied by a number that grows from 1 to batch_scale over warmup_epochs *
    updates_per_epoch updates, by warmup_strategy 'linear', 'power2' or 'sqrt'. 'lars': instead by
    |weight| / sqrt(|g|^2 + wd * |weight|^2), between 0.01 and 100.
    """

    aggregate_num = 0

    def __init__(self, momentum: float = 0.0, multi_precision: bool = False,
                 warmup_strategy: str = "linear", warmup_epochs: int = 5, batch_scale: int = 1,
                 updates_per_epoch: int = 32, begin_epoch: int = 0, num_epochs: int = 60,
                 **kwargs: Any) -> None:
        super().__init__(momentum=momentum, multi_precision=multi_precision, **kwargs)
        if warmup_strategy not in STRATEGIES:
            raise MXNetValueError(f"LBSGD: warmup_strategy must be {listing(STRATEGIES)}; "
                                  f"got {warmup_strategy!r}")
        self.warmup_strategy = warmup_strategy
        self.warmup_epochs = warmup_epochs
        self.batch_scale = check_count("LBSGD", "batch_scale", batch_scale, 1)
        self.updates_per_epoch = updates_per_epoch
        self.init_updates = begin_epoch * updates_per_epoch
        self.num_epochs = num_epochs
        self._sums: dict[Any, nd.NDArray] = {}
        self._counts: dict[Any, int] = {}
        self._rate_before = 0.0

    def update(self, index: Any, weight: nd.NDArray, grad: nd.NDArray, state: Any) -> None:
        """Add the gradient up; at every batch_scale-th update, a step."""
        mean = self._mean_gradient(index, grad)
        if mean is not None:
            super().update(index, weight, mean, state)

    def update_multi_precision(self, index: Any, weight: nd.NDArray, grad: nd.NDArray,
                               state: Any) -> None:
        """As update; 16-bit weights with multi_precision through their masters."""
        if isinstance(index, (list, tuple)):
            super().update_multi_precision(index, weight, grad, state)
            return
        if not self._is_mixed(weight):
            self.update(index, weight, grad, state)
            return
        mean = self._mean_gradient(index, grad)
        if mean is not None:
            super().update_multi_precision(index, weight, mean, state)

    def _mean_gradient(self, index: Any, grad: nd.NDArray) -> nd.NDArray | None:
        """The mean of the last batch_scale gradients, when there are as many; else None."""
        count = self._counts[index] = self._counts.get(index, self.init_updates) + 1
        total = self._sums.pop(index, None)
        total = grad.copy() if total is None else total + grad
        self._rate_before = self._get_lr(index)         # before the update is counted, as in MXNet
        if count % self.batch_scale == 0:
            return total / self.batch_scale
        self._sums[index] = total
        self._update_count(index)
        return None

    def _rate(self, index: Any, weight: nd.NDArray, grad: nd.NDArray) -> float:
        return self._rate_before * self._scale(index, weight, grad)

    def _scale(self, index: Any, weight: nd.NDArray, grad: nd.NDArray) -> float:
        if self.warmup_strategy == "lars":
            size, slope = _norm(weight) ** 2, _norm(grad) ** 2
            scale = math.sqrt(size / (slope + self._get_wd(index) * size + 1e-18))
            return min(max(scale, 0.01), 100)
        count, warmup = self._counts[index], self.warmup_epochs * self.updates_per_epoch
        if count >= warmup:
            return float(self.batch_scale)
        power = {"linear": 1.0, "power2": 2.0, "sqrt": 0.5}[self.warmup_strategy]
        return 1.0 + (self.batch_scale - 1) * (count / warmup) ** power

    def __setstate__(self, state: dict[str, Any]) -> None:
        """MXNet keeps sums and counts together; a sum of nothing is the number 0."""
        summed = state.get("cumgrads", {})
        sums = {index: entry["cum_grad"] for index, entry in summed.items()
                if not isinstance(entry["cum_grad"], (int, float))}
        counts = {index: entry["num_cums"] for index, entry in summed.items()}
        super().__setstate__({"_sums": sums, "_counts": counts, "_rate_before": 0.0, **state})


def _norm(array: nd.NDArray) -> float:
    return float(nd.norm(array.astype("float32")).asscalar())

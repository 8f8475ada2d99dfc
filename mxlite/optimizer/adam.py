"""Adam and its kin: means of gradients and of their squares. t counts the updates."""

from __future__ import annotations

import math
from typing import Any

from .. import ndarray as nd
from .optimizer import Optimizer, register, run_update


class _TwoMeans(Optimizer):
    """State: (mean, var), zeros like the weight."""

    def __init__(self, learning_rate: float | None, beta1: float, beta2: float, **kwargs: Any
                 ) -> None:
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.beta1 = beta1
        self.beta2 = beta2

    def create_state(self, index: Any, weight: nd.NDArray) -> Any:
        """(mean, var)."""
        return (nd.zeros_like(weight), nd.zeros_like(weight))


@register
class Adam(_TwoMeans):
    """weight -= lr * sqrt(1 - beta2^t) / (1 - beta1^t) * mean / (sqrt(var) + epsilon).

    mean = beta1 * mean + (1 - beta1) * g, var = beta2 * var + (1 - beta2) * g^2, and g is the
    rescaled gradient plus wd * weight, clipped. lazy_update: of a row_sparse gradient, only the
    rows that it has are updated.
    """

    def __init__(self, learning_rate: float | None = 0.001, beta1: float = 0.9,
                 beta2: float = 0.999, epsilon: float = 1e-8, lazy_update: bool = True,
                 **kwargs: Any) -> None:
        super().__init__(learning_rate, beta1, beta2, **kwargs)
        self.epsilon = epsilon
        self.lazy_update = lazy_update

    def update(self, index: Any, weight: nd.NDArray, grad: nd.NDArray, state: Any) -> None:
        """adam_update with the bias correction in the learning rate."""
        self._update_count(index)
        t = self._index_update_count[index]
        lr = self._get_lr(index) * math.sqrt(1 - self.beta2 ** t) / (1 - self.beta1 ** t)
        run_update("adam_update", [weight, grad, *state], lr, self.beta1, self.beta2,
                   self.epsilon, self._get_wd(index), self.rescale_grad, self._clip,
                   is_lazy=self.lazy_update)

    def create_state(self, index: Any, weight: nd.NDArray) -> Any:
        """(mean, var), row_sparse like the weight where updates are lazy."""
        return super().create_state(index, weight if self.lazy_update
                                    else weight.tostype("default"))


@register
class Adamax(_TwoMeans):
    """weight -= lr / (1 - beta1^t) * mean / u, u = max(beta2 * u, |g|)."""

    def __init__(self, learning_rate: float | None = 0.002, beta1: float = 0.9,
                 beta2: float = 0.999, **kwargs: Any) -> None:
        super().__init__(learning_rate, beta1, beta2, **kwargs)

    def update(self, index: Any, weight: nd.NDArray, grad: nd.NDArray, state: Any) -> None:
        """One step; the state's second array is u."""
        self._update_count(index)
        t = self._index_update_count[index]
        lr = self._get_lr(index) / (1 - self.beta1 ** t)
        grad = self._gradient(grad, self._get_wd(index) * weight)
        mean, u = state
        mean[:] = self.beta1 * mean + (1 - self.beta1) * grad
        u[:] = nd.maximum(self.beta2 * u, nd.abs(grad))
        weight -= lr * mean / u


@register
class Nadam(_TwoMeans):
    """Adam with Nesterov's momentum, whose factor follows beta1 * (1 - 0.96^(t * decay) / 2)."""

    def __init__(self, learning_rate: float | None = 0.001, beta1: float = 0.9,
                 beta2: float = 0.999, epsilon: float = 1e-8, schedule_decay: float = 0.004,
                 **kwargs: Any) -> None:
        super().__init__(learning_rate, beta1, beta2, **kwargs)
        self.epsilon = epsilon
        self.schedule_decay = schedule_decay
        self.m_schedule = 1.0

    def update(self, index: Any, weight: nd.NDArray, grad: nd.NDArray, state: Any) -> None:
        """One step; m_schedule multiplies the factors so far, of all weights, as in MXNet."""
        self._update_count(index)
        t = self._index_update_count[index]
        lr = self._get_lr(index)
        grad = self._gradient(grad, self._get_wd(index) * weight)
        factor, next_factor = (self.beta1 * (1 - 0.5 * 0.96 ** (n * self.schedule_decay))
                               for n in (t, t + 1))
        self.m_schedule *= factor
        mean, var = state
        mean[:] = self.beta1 * mean + (1 - self.beta1) * grad
        var[:] = self.beta2 * var + (1 - self.beta2) * grad * grad
        step = ((1 - factor) / (1 - self.m_schedule) * grad
                + next_factor / (1 - self.m_schedule * next_factor) * mean)
        weight -= lr * step / (nd.sqrt(var / (1 - self.beta2 ** t)) + self.epsilon)


@register
class LAMB(_TwoMeans):
    """Adam's step, scaled layer by layer to the length of the weight.

    weight -= lr * |weight| / |step| * step, |weight| kept in [lower_bound, upper_bound].
    """

    aggregate_num = 45

    def __init__(self, learning_rate: float | None = 0.001, beta1: float = 0.9,
                 beta2: float = 0.999, epsilon: float = 1e-6, lower_bound: float | None = None,
                 upper_bound: float | None = None, bias_correction: bool = True,
                 **kwargs: Any) -> None:
        super().__init__(learning_rate, beta1, beta2, **kwargs)
        self.epsilon = epsilon
        self.lower_bound = lower_bound
        self.upper_bound = upper_bound
        self.bias_correction = bias_correction

    def update(self, index: Any, weight: nd.NDArray, grad: nd.NDArray, state: Any) -> None:
        """One step; all four may be lists."""
        if isinstance(index, (list, tuple)):
            for one in zip(index, weight, grad, state, strict=True):
                LAMB.update(self, *one)
            return
        self._update_count(index)
        t = self._index_update_count[index]
        grad = self._gradient(grad)
        mean, var = state
        mean[:] = self.beta1 * mean + (1 - self.beta1) * grad
        var[:] = self.beta2 * var + (1 - self.beta2) * grad * grad
        first, second = 1.0, 1.0
        if self.bias_correction:
            first, second = 1 - self.beta1 ** t, 1 - self.beta2 ** t
        step = mean / first / (nd.sqrt(var / second) + self.epsilon)
        step = step + self._get_wd(index) * weight
        length, reach = (float(nd.norm(x).asscalar()) for x in (weight, step))
        if self.lower_bound and length < self.lower_bound:          # NaN stays
            length = self.lower_bound
        if self.upper_bound and length > self.upper_bound:
            length = self.upper_bound
        ratio = length / reach if length and reach else 1.0
        weight -= self._get_lr(index) * ratio * step

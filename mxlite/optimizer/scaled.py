"""Steps scaled by past gradients: AdaGrad, AdaDelta, RMSProp."""

from __future__ import annotations

from typing import Any

from .. import ndarray as nd
from .optimizer import Optimizer, bound, register, run_update


@register
class AdaGrad(Optimizer):
    """history += g^2; weight -= lr * (g / sqrt(history + eps) + wd * weight).

    Of a row_sparse gradient, only the rows that it has are updated; wd must be 0 then.
    """

    def __init__(self, eps: float = 1e-7, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.float_stable_eps = eps

    def create_state(self, index: Any, weight: nd.NDArray) -> nd.NDArray:
        """history."""
        return nd.zeros_like(weight)

    def update(self, index: Any, weight: nd.NDArray, grad: nd.NDArray, state: Any) -> None:
        """One step."""
        self._update_count(index)
        if grad.stype == "row_sparse":
            run_update("_sparse_adagrad_update", [weight, grad, state], self._get_lr(index),
                       self.float_stable_eps, self._get_wd(index), self.rescale_grad, self._clip)
            return
        grad = self._gradient(grad)
        state += grad * grad
        step = grad / nd.sqrt(state + self.float_stable_eps) + self._get_wd(index) * weight
        weight -= self._get_lr(index) * step


@register
class AdaDelta(Optimizer):
    """step = sqrt(past steps^2 + epsilon) / sqrt(past g^2 + epsilon) * g, means kept by rho.

    weight -= step + wd * weight. There is no learning rate.
    """

    def __init__(self, rho: float = 0.90, epsilon: float = 1e-5, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rho = rho
        self.epsilon = epsilon

    def create_state(self, index: Any, weight: nd.NDArray) -> Any:
        """(mean of g^2, mean of step^2)."""
        return (nd.zeros_like(weight), nd.zeros_like(weight))

    def update(self, index: Any, weight: nd.NDArray, grad: nd.NDArray, state: Any) -> None:
        """One step."""
        self._update_count(index)
        grad = self._gradient(grad)
        squares, steps = state
        squares[:] = self.rho * squares + (1 - self.rho) * grad * grad
        step = nd.sqrt(steps + self.epsilon) / nd.sqrt(squares + self.epsilon) * grad
        steps[:] = self.rho * steps + (1 - self.rho) * step * step
        weight -= step + self._get_wd(index) * weight


@register
class RMSProp(Optimizer):
    """n = gamma1 * n + (1 - gamma1) * g^2; weight -= lr * g / sqrt(n + epsilon).

    centered: Graves' version, which takes the mean gradient off n and has a momentum of gamma2.
    """

    def __init__(self, learning_rate: float | None = 0.001, gamma1: float = 0.9,
                 gamma2: float = 0.9, epsilon: float = 1e-8, centered: bool = False,
                 clip_weights: float | None = None, **kwargs: Any) -> None:
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.gamma1 = gamma1
        self.gamma2 = gamma2
        self.centered = centered
        self.epsilon = epsilon
        self.clip_weights = clip_weights

    def create_state(self, index: Any, weight: nd.NDArray) -> Any:
        """(n,), or (n, g, delta) if centered."""
        return tuple(nd.zeros_like(weight) for _ in range(3 if self.centered else 1))

    def update(self, index: Any, weight: nd.NDArray, grad: nd.NDArray, state: Any) -> None:
        """rmsprop_update or rmspropalex_update."""
        self._update_count(index)
        rest = (self.epsilon, self._get_wd(index), self.rescale_grad, self._clip,
                bound(self.clip_weights))
        arrays = [weight, grad, *state]
        if self.centered:
            run_update("rmspropalex_update", arrays, self._get_lr(index), self.gamma1,
                       self.gamma2, *rest)
        else:
            run_update("rmsprop_update", arrays, self._get_lr(index), self.gamma1, *rest)

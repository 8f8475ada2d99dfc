"""Signs and regularized leaders: Signum, Ftrl, FTML."""

from __future__ import annotations

from typing import Any

from .. import ndarray as nd
from .optimizer import Optimizer, register, run_update


@register
class Signum(Optimizer):
    """mom = momentum * mom - (1 - momentum) * (g + wd * weight);

    weight = (1 - lr * wd_lh) * weight + lr * sign(mom). Without momentum: signs of gradients.
    """

    def __init__(self, learning_rate: float | None = 0.01, momentum: float = 0.9,
                 wd_lh: float = 0.0, **kwargs: Any) -> None:
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.momentum = momentum
        self.wd_lh = wd_lh

    def create_state(self, index: Any, weight: nd.NDArray) -> Any:
        """mom, or None without momentum."""
        return None if self.momentum == 0 else nd.zeros_like(weight)

    def update(self, index: Any, weight: nd.NDArray, grad: nd.NDArray, state: Any) -> None:
        """signsgd_update or signum_update."""
        self._update_count(index)
        lr, wd = self._get_lr(index), self._get_wd(index)
        if state is None:
            run_update("signsgd_update", [weight, grad], lr, wd, self.rescale_grad, self._clip)
        else:
            run_update("signum_update", [weight, grad, state], lr, self.momentum, wd,
                       self.rescale_grad, self._clip, self.wd_lh)


@register
class Ftrl(Optimizer):
    """z += g - (sqrt(n + g^2) - sqrt(n)) * weight / lr; n += g^2;

    weight = (sign(z) * lamda1 - z) / ((beta + sqrt(n)) / lr + wd) where |z| > lamda1, else 0.
    """

    def __init__(self, lamda1: float = 0.01, learning_rate: float | None = 0.1, beta: float = 1,
                 **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lr = learning_rate             # a scheduler keeps its own rate, as in MXNet
        self.lamda1 = lamda1
        self.beta = beta

    def create_state(self, index: Any, weight: nd.NDArray) -> Any:
        """(z, n)."""
        return (nd.zeros_like(weight), nd.zeros_like(weight))

    def update(self, index: Any, weight: nd.NDArray, grad: nd.NDArray, state: Any) -> None:
        """ftrl_update."""
        self._update_count(index)
        run_update("ftrl_update", [weight, grad, *state], self._get_lr(index), self.lamda1,
                   self.beta, self._get_wd(index), self.rescale_grad, self._clip)


@register
class FTML(Optimizer):
    """Follow the moving leader: weight = -z / d.

    v = beta2 * v + (1 - beta2) * g^2; d' = (1 - beta1^t) / lr * (sqrt(v / (1 - beta2^t)) +
    epsilon); z = beta1 * z + (1 - beta1) * g - (d' - beta1 * d) * weight; d = d'.
    """

    def __init__(self, beta1: float = 0.6, beta2: float = 0.999, epsilon: float = 1e-8,
                 **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon

    def create_state(self, index: Any, weight: nd.NDArray) -> Any:
        """(d, v, z)."""
        return tuple(nd.zeros_like(weight) for _ in range(3))

    def update(self, index: Any, weight: nd.NDArray, grad: nd.NDArray, state: Any) -> None:
        """ftml_update."""
        self._update_count(index)
        t = self._index_update_count[index]
        run_update("ftml_update", [weight, grad, *state], self._get_lr(index), self.beta1,
                   self.beta2, self.epsilon, t, self._get_wd(index), self.rescale_grad, self._clip)

"""Gradient descent: SGD and its kin. g is the gradient, rescaled and clipped."""

from __future__ import annotations

from typing import Any

from .. import ndarray as nd
from .optimizer import Optimizer, register, run_update


@register
class SGD(Optimizer):
    """mom = momentum * mom - lr * (g + wd * weight); weight = weight + mom.

    lazy_update: of a row_sparse gradient, only the rows that it has are updated.
    """

    lazy_update = True              # files of MXNet's subclasses do not say
    aggregate_num = 4
    _plain, _with_momentum = "sgd_update", "sgd_mom_update"
    _mixed_plain, _mixed_momentum = "mp_sgd_update", "mp_sgd_mom_update"

    def __init__(self, momentum: float = 0.0, lazy_update: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.momentum = momentum
        self.lazy_update = lazy_update

    def create_state(self, index: Any, weight: nd.NDArray) -> Any:
        """mom, or None without momentum."""
        return None if self.momentum == 0 else nd.zeros_like(self._like_state(weight))

    def _like_state(self, weight: nd.NDArray) -> nd.NDArray:
        """The weight in the storage type of its state: a lazy update leaves both row_sparse."""
        return weight if self.lazy_update else weight.tostype("default")

    def create_state_multi_precision(self, index: Any, weight: nd.NDArray) -> Any:
        """(mom, float32 master) for a 16-bit weight with multi_precision."""
        state = super().create_state_multi_precision(index, weight)
        return (state[1], state[0]) if self._is_mixed(weight) else state

    def update(self, index: Any, weight: nd.NDArray, grad: nd.NDArray, state: Any) -> None:
        """sgd_update or sgd_mom_update; all four may be lists."""
        if isinstance(index, (list, tuple)):
            for one in zip(index, weight, grad, state, strict=True):
                SGD.update(self, *one)
            return
        self._update_count(index)
        rate, decay = self._rate(index, weight, grad), self._get_wd(index)
        if state is None:
            run_update(self._plain, [weight, grad], rate, decay, self.rescale_grad, self._clip,
                       is_lazy=self.lazy_update)
        else:
            run_update(self._with_momentum, [weight, grad, state], rate, self._momentum_now(index),
                       decay, self.rescale_grad, self._clip,
                       is_lazy=self.lazy_update or self._with_momentum != "sgd_mom_update")

    def update_multi_precision(self, index: Any, weight: nd.NDArray, grad: nd.NDArray,
                               state: Any) -> None:
        """As update; 16-bit weights with multi_precision through mp_sgd_update and kin."""
        if isinstance(index, (list, tuple)):
            super().update_multi_precision(index, weight, grad, state)
            return
        if not self._is_mixed(weight):
            self.update(index, weight, grad, state)
            return
        self._update_count(index)
        mom, master = state
        scale = self.rescale_grad, self._clip
        rate = self._rate(index, master, grad)
        if mom is None:
            run_update(self._mixed_plain, [weight, grad, master], rate, self._get_wd(index),
                       *scale)
        else:
            run_update(self._mixed_momentum, [weight, grad, mom, master], rate,
                       self._momentum_now(index), self._get_wd(index), *scale)

    def _rate(self, index: Any, weight: nd.NDArray, grad: nd.NDArray) -> float:
        """The learning rate of this update; subclasses look at weight and gradient."""
        return self._get_lr(index)

    def _momentum_now(self, index: Any) -> float:
        """The momentum of this update."""
        return self.momentum


@register
class ccSGD(SGD):
    """The old name of SGD."""


@register
class NAG(SGD):
    """Nesterov: m = momentum * m - lr * (g + wd * weight); weight += momentum * m - lr * (...)."""

    _with_momentum, _mixed_momentum = "nag_mom_update", "mp_nag_mom_update"
    aggregate_num = 0

    def __init__(self, momentum: float = 0.0, **kwargs: Any) -> None:
        super().__init__(momentum=momentum, **kwargs)


@register
class SGLD(Optimizer):
    """Langevin dynamics: weight += -lr / 2 * (g + wd * weight) + normal(0, sqrt(lr))."""

    def update(self, index: Any, weight: nd.NDArray, grad: nd.NDArray, state: Any) -> None:
        """Half a gradient step and noise."""
        self._update_count(index)
        lr, wd = self._get_lr(index), self._get_wd(index)
        noise = nd.random.normal_like(weight, 0, lr ** 0.5)
        weight += noise - lr / 2 * (self._gradient(grad) + wd * weight)


@register
class DCASGD(Optimizer):
    """Delay-compensated SGD: mom = momentum * mom - lr * (g + wd * weight + lamda * g^2 * d).

    d is the weight now minus what it was at the last update; weight = weight + mom.
    """

    def __init__(self, momentum: float = 0.0, lamda: float = 0.04, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.momentum = momentum
        self.lamda = lamda

    def create_state(self, index: Any, weight: nd.NDArray) -> Any:
        """(mom or None, the last weight)."""
        return (nd.zeros_like(weight) if self.momentum else None, weight.copy())

    def update(self, index: Any, weight: nd.NDArray, grad: nd.NDArray, state: Any) -> None:
        """One compensated step."""
        self._update_count(index)
        lr, wd = self._get_lr(index), self._get_wd(index)
        grad = self._gradient(grad)
        mom, previous = state
        step = -lr * (grad + wd * weight + self.lamda * grad * grad * (weight - previous))
        if mom is not None:
            mom[:] = step = self.momentum * mom + step
        previous[:] = weight
        weight += step

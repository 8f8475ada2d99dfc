"""Updates of AdamW as `mx.sym.contrib` has them: rescale_grad may be a number."""

from __future__ import annotations

from typing import Any

from ..ops.schema import REGISTRY
from .compose import call
from .creation import full
from .symbol import Symbol


def adamw_update(weight: Symbol, grad: Symbol, mean: Symbol, var: Symbol, rescale_grad: Any,
                 lr: float, eta: float, beta1: float = 0.9, beta2: float = 0.999,
                 epsilon: float = 1e-8, wd: float = 0, clip_gradient: float = -1,
                 out: None = None, name: str | None = None, **kwargs: Any) -> Symbol:
    """weight - eta * (lr * mean / (sqrt(var) + epsilon) + wd * weight), mean and var being updated.

    rescale_grad: a number or a Symbol (1,), the factor of the gradient.
    """
    return _update("_adamw_update", [weight, grad, mean, var], rescale_grad, name=name, lr=lr,
                   eta=eta, beta1=beta1, beta2=beta2, epsilon=epsilon, wd=wd,
                   clip_gradient=clip_gradient, **kwargs)


def mp_adamw_update(weight: Symbol, grad: Symbol, mean: Symbol, var: Symbol, weight32: Symbol,
                    rescale_grad: Any, lr: float, eta: float, beta1: float = 0.9,
                    beta2: float = 0.999, epsilon: float = 1e-8, wd: float = 0,
                    clip_gradient: float = -1, out: None = None, name: str | None = None,
                    **kwargs: Any) -> Symbol:
    """adamw_update of weight32; the result is its value in 16 bits, the dtype of weight."""
    return _update("_mp_adamw_update", [weight, grad, mean, var, weight32], rescale_grad,
                   name=name, lr=lr, eta=eta, beta1=beta1, beta2=beta2, epsilon=epsilon, wd=wd,
                   clip_gradient=clip_gradient, **kwargs)


def _update(operator: str, arrays: list[Symbol], rescale_grad: Any, **params: Any) -> Symbol:
    if not isinstance(rescale_grad, Symbol):
        rescale_grad = full((1,), rescale_grad)
    return call(REGISTRY[operator], operator, (*arrays, rescale_grad), params)

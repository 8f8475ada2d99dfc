"""`mx.optimizer.contrib`: GroupAdaGrad."""

from __future__ import annotations

from typing import Any

from .. import ndarray as nd
from ..base import MXNetValueError
from .optimizer import Optimizer, register


@register
class GroupAdaGrad(Optimizer):
    """history += mean(g^2) of each row; weight -= lr * g / sqrt(history + eps). There is no wd.

    Of a row_sparse gradient, only the rows that it has are updated.
    """

    def __init__(self, eps: float = 1e-5, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.float_stable_eps = eps

    def create_state(self, index: Any, weight: nd.NDArray) -> nd.NDArray:
        """history: (rows, 1)."""
        if weight.ndim != 2:
            raise MXNetValueError("GroupAdaGrad: the weight must have two axes; its shape is "
                                  f"{weight.shape}")
        return nd.zeros((weight.shape[0], 1), weight.ctx, weight.dtype, stype=weight.stype)

    def update(self, index: Any, weight: nd.NDArray, grad: nd.NDArray, state: Any) -> None:
        """_contrib_group_adagrad_update, or the same of all rows."""
        self._update_count(index)
        if self._get_wd(index):
            raise MXNetValueError(f"GroupAdaGrad: wd must be 0; got {self._get_wd(index)}")
        nd.contrib.group_adagrad_update(
            weight, grad, state, lr=self._get_lr(index), rescale_grad=self.rescale_grad,
            clip_gradient=self._clip, epsilon=self.float_stable_eps, out=weight)

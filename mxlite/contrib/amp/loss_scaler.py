"""`LossScaler`: the factor of the loss that keeps small gradients of 16 bits from becoming 0."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ... import ndarray as nd

MOST = 1000     # arrays of a call


class LossScaler:
    """loss_scale is halved when gradients overflow, and doubled after 2000 steps in which none did.
    """

    def __init__(self) -> None:
        self.loss_scale = 2.0 ** 16
        self.max_loss_scale = 2.0 ** 24
        self.window = 2000
        self._steps = 0                 # without an overflow

    def has_overflow(self, params: Iterable[Any],
                     anywhere: Callable[[bool], bool] = bool) -> bool:
        """Whether a gradient of these parameters holds inf or NaN; loss_scale follows from it.

        anywhere: says of an answer of this worker whether one of all workers is True.
        """
        grads = [getattr(grad, "data", grad) for param in params if param.grad_req != "null"
                 for grad in param.list_grad()]
        is_finite = not anywhere(not all_finite(grads))
        if not is_finite:
            self.loss_scale, self._steps = max(self.loss_scale / 2, 1.0), 0
        elif self._steps + 1 == self.window:
            self.loss_scale, self._steps = min(self.loss_scale * 2, self.max_loss_scale), 0
        else:
            self._steps += 1
        return not is_finite


def all_finite(arrays: list[Any]) -> bool:
    """Whether no array holds inf or NaN, by one operator for those of a device and dtype: what it
    finds is waited for when all are asked."""
    groups: dict[Any, list[Any]] = {}
    for array in arrays:
        groups.setdefault((array.ctx, array.dtype), []).append(array)
    flags = [nd.multi_all_finite(*group[at:at + MOST]) for group in groups.values()
             for at in range(0, len(group), MOST)]
    return all([flag.asscalar() for flag in flags])

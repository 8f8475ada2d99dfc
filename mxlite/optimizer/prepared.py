"""`Prepared`: a `with` block in which a network is trained with one optimizer and loss."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..arguments import check_callable
from ..base import MXNetTypeError
from ..wording import shown

if TYPE_CHECKING:
    from .optimizer import Optimizer


class Prepared:
    """Inside it, net.fit, evaluate and validate use this optimizer and this loss."""

    def __init__(self, optimizer: Optimizer, net: Any, loss_fn: Any) -> None:
        if not hasattr(net, "_prepared"):
            raise MXNetTypeError(f"Optimizer.prepare: net must be a gluon.Block; got {shown(net)}")
        check_callable("Optimizer.prepare", "loss", loss_fn)
        self.optimizer = optimizer
        self.loss_fn = loss_fn
        self._net = net
        self._outer: Any = None

    def __enter__(self) -> Any:
        self._outer, self._net._prepared = self._net._prepared, self
        return self._net

    def __exit__(self, *error: object) -> None:
        self._net._prepared = self._outer

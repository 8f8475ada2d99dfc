"""The optimizer that a key-value store needs for full gradients, which it keeps beside weights."""

from __future__ import annotations

from typing import Any

from ... import optimizer
from ...arguments import arguments_of
from ...ndarray import NDArray

FULL = "_full"                # what the names of full gradients end with


class _AssignmentOptimizer(optimizer.Optimizer):
    """weight = gradient."""

    def update(self, index: Any, weight: NDArray, grad: NDArray, state: Any) -> None:
        """Copy the gradient."""
        weight[:] = grad


class _SVRGOptimizer(optimizer.Optimizer):
    """Updates weights by default_optimizer, an Optimizer or a name with kwargs; and replaces what
    is named "..._full" by what comes.

    The names are those of param_idx2name, or the indices themselves.
    """

    def __init__(self, default_optimizer: Any, **kwargs: Any) -> None:
        known = arguments_of(optimizer.Optimizer)
        super().__init__(**{name: value for name, value in kwargs.items() if name in known})
        self.default_opt = (optimizer.create(default_optimizer, **kwargs)
                            if isinstance(default_optimizer, str) else default_optimizer)
        self.aux_opt = _AssignmentOptimizer()

    def _for(self, index: Any) -> optimizer.Optimizer:
        return self.aux_opt if str(self.idx2name.get(index, index)).endswith(FULL) else (
            self.default_opt)

    def create_state(self, index: Any, weight: NDArray) -> Any:
        """What the default optimizer remembers of a weight; nothing of a full gradient."""
        return self._for(index).create_state(index, weight)

    def update(self, index: Any, weight: NDArray, grad: NDArray, state: Any) -> None:
        """Update a weight, or replace a full gradient."""
        self._for(index).update(index, weight, grad, state)

"""`Updater`: an optimizer with the states of all its weights, which can be saved."""

from __future__ import annotations

from typing import Any

from .. import ndarray as nd
from ..base import MXNetTypeError
from ..device.context import Context
from . import states as saved
from .optimizer import Optimizer


class Updater:
    """`updater(index, grad, weight)` updates the weight, making its state when it first comes.

    aggregate_updates: an optimizer of users takes weights of one dtype in tuples, aggregate_num of
    them at most; otherwise, and by those of mxlite, which gain nothing from it, one at a time.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        if not isinstance(optimizer, Optimizer):
            raise MXNetTypeError("Updater: optimizer must be an Optimizer; got "
                                 f"{type(optimizer).__name__}")
        self.optimizer = optimizer
        self.states: dict[Any, Any] = {}
        self.states_synced: dict[Any, bool] = {}
        self.aggregate_updates = optimizer.aggregate_num > 0

    def __call__(self, index: Any, grad: Any, weight: Any) -> None:
        """Update one weight, or lists of them."""
        if not isinstance(index, (list, tuple)):
            index, grad, weight = [index], [grad], [weight]
        if self.aggregate_updates and not type(self.optimizer).__module__.startswith(__package__):
            self._update_together(index, weight, grad)      # one of users may want lists
            return
        states, synced = self.states, self.states_synced
        update = self.optimizer.update_multi_precision
        for one, array, gradient in zip(index, weight, grad, strict=True):
            if one not in states or not synced[one]:
                one = self._prepare(one, array)
            update(one, array, gradient, states[one])

    def _prepare(self, index: Any, weight: nd.NDArray) -> Any:
        """Have the weight's state, on its context; returns the number under which it is kept."""
        if isinstance(index, bytes):            # a str key of a KVStore, from a function of users
            index = index.decode()
        if index not in self.states:
            self.states[index] = self.optimizer.create_state_multi_precision(index, weight)
        elif not self.states_synced[index]:
            self.states[index] = self.sync_state_context(self.states[index], weight.ctx)
        self.states_synced[index] = True
        return index

    def _update_together(self, indices: Any, weights: Any, grads: Any) -> None:
        """Give the optimizer what is of one dtype, at most aggregate_num weights at a time."""
        indices = [one if self.states_synced.get(one) else self._prepare(one, weight)
                   for one, weight in zip(indices, weights, strict=True)]
        size = max(1, self.optimizer.aggregate_num)
        update: Any = self.optimizer.update_multi_precision
        for dtype in dict.fromkeys([weight._dtype_name for weight in weights]):
            alike = [one for one in zip(indices, weights, grads, strict=True)
                     if one[1]._dtype_name == dtype]
            for first in range(0, len(alike), size):
                some, some_weights, some_grads = zip(*alike[first:first + size], strict=True)
                update(some, some_weights, some_grads, [self.states[index] for index in some])

    def sync_state_context(self, state: Any, context: Context) -> Any:
        """The state with all its arrays on `context`."""
        if isinstance(state, nd.NDArray):
            return state.as_in_context(context)
        if isinstance(state, (tuple, list)):
            return type(state)(self.sync_state_context(item, context) for item in state)
        return state

    def get_states(self, dump_optimizer: bool = False) -> bytes:
        """The states, with dump_optimizer also the optimizer, as bytes."""
        return saved.dumps(self.states, self.optimizer if dump_optimizer else None)

    def set_states(self, states: bytes, source: str = "set_states") -> None:
        """Take what get_states gave, here or in MXNet 1.x; errors name `source`.

        Raises MXNetError, and changes nothing, where the bytes are damaged or hold anything but
        arrays, numbers, an optimizer and its scheduler. A scheduler that is a function is named
        there, and must be the scheduler of `optimizer`.
        """
        self.states, optimizer = saved.loads(states, source, self.optimizer)
        self.optimizer = optimizer or self.optimizer
        self.states_synced = dict.fromkeys(self.states, False)


def get_updater(optimizer: Optimizer) -> Updater:
    """An Updater around the optimizer."""
    return Updater(optimizer)

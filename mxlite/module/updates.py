"""The optimizer of a module: updates its parameters, which may lie on several contexts."""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping, Sequence
from typing import Any

from .. import ndarray as nd
from ..base import MXNetNotImplementedError, MXNetTypeError, MXNetValueError, listing, suggestion
from ..optimizer import Optimizer, Updater, get_updater
from ..whole_file import replacing

STORES = ("local", "device", "nccl", "local_update_cpu", "local_allreduce_cpu",
          "local_allreduce_device")
LARGE = 16 << 20                # elements; "local" updates such parameters on each context

Arrays = Sequence[Sequence[Any]]            # of each parameter, its arrays on all contexts


class Updates:
    """Applies an optimizer to parameters by their gradients, after `set_optimizer`.

    On several contexts the gradients are summed. The update is done once, on the first context,
    whence the others get it; without `is_once` it is done on each. Without `is_summed`, each
    context goes by its own gradient. names: of the parameters; their places are the numbers under
    which states are kept and saved, as in MXNet, unless the update is done once.
    """

    _updater: Updater

    def __init__(self, names: Sequence[str], num_contexts: int, is_summed: bool,
                 is_once: bool) -> None:
        self.num_contexts, self.is_summed, self.is_once = num_contexts, is_summed, is_once
        self.numbers = {name: i for i, name in enumerate(names)}
        self._has_foreign_keys = False

    def idx2name(self) -> dict[int, str]:
        """The names by the numbers that the optimizer is told."""
        repeats = 1 if self.is_once else self.num_contexts
        return {number * repeats + k: name for name, number in self.numbers.items()
                for k in range(repeats)}

    def set_optimizer(self, optimizer: Optimizer) -> None:
        """Use this optimizer, without states yet."""
        self._updater = get_updater(optimizer)

    def key(self, name: str, context: int) -> Any:
        """Under which the state of a parameter on a context is kept."""
        if self.is_once:
            return name
        number = self.numbers.setdefault(name, len(self.numbers))
        return number * self.num_contexts + context

    def update(self, names: Sequence[str], arrays: Arrays, grads: Arrays) -> None:
        """Update all parameters that have gradients."""
        if self._has_foreign_keys:
            self._take_over_states()
        for name, weights, slopes in zip(names, arrays, grads, strict=True):
            if slopes[0] is None:
                continue
            if self.is_once:
                self._updater(name, _total(slopes), weights[0])
                for weight in weights[1:]:
                    weights[0].copyto(weight)
                continue
            if self.is_summed:
                total = _total(slopes)
                for slope in slopes:
                    total.copyto(slope)
            for k, (weight, slope) in enumerate(zip(weights, slopes, strict=True)):
                self._updater(self.key(name, k), slope, weight)

    def save(self, path: Any) -> None:
        """Write the states to a file, which appears whole or not at all."""
        content = self._updater.get_states()
        with replacing(path) as file:
            file.write(content)

    def load(self, path: Any) -> None:
        """Read states that were saved here or in MXNet, with any number of contexts."""
        with open(path, "rb") as file:
            self._updater.set_states(file.read(), os.fspath(path))
        self._has_foreign_keys = True

    def _take_over_states(self) -> None:
        """Keep loaded states under the keys that are used here."""
        self._has_foreign_keys = False
        states, names = self._updater.states, list(self.numbers)
        numbers = [key for key in states if isinstance(key, int)]
        old_contexts = max(numbers) // max(1, len(names)) + 1 if numbers else 0
        if not states or (old_contexts == self.num_contexts and not self.is_once):
            return
        by_name = {key: state for key, state in states.items() if isinstance(key, str)}
        by_name |= {names[key // old_contexts]: states[key] for key in numbers
                    if key % old_contexts == 0}
        self._updater.states = {
            self.key(name, k): copy.deepcopy(state) if k else state
            for name, state in by_name.items()
            for k in range(1 if self.is_once else self.num_contexts)}
        self._updater.states_synced = dict.fromkeys(self._updater.states, False)


def _total(grads: Sequence[nd.NDArray]) -> nd.NDArray:
    """The sum over contexts, on the first; what is summed stays as it is."""
    if len(grads) == 1:
        return grads[0]
    total = grads[0].copy()
    for grad in grads[1:]:
        total += grad.as_in_context(total.ctx)
    return total


def updates_for(kvstore: Any, params: Mapping[str, nd.NDArray], num_contexts: int) -> Updates:
    """The Updates that MXNet's Module would do with this `kvstore`, None or a name.

    With one context there is nothing to sum. With several, a name means that the update is done
    once, unless MXNET_UPDATE_ON_KVSTORE is 0, or the store is "local" and a parameter is large.
    """
    if kvstore is not None and not isinstance(kvstore, str):
        raise MXNetTypeError("init_optimizer: kvstore must be None or a name; got "
                             f"{type(kvstore).__name__}")
    if kvstore is not None and kvstore.startswith("dist"):
        raise MXNetNotImplementedError(
            f"init_optimizer: kvstore {kvstore!r}, training by several processes, is not there "
            f"yet; it must be None, {listing(STORES)}")
    if kvstore is not None and kvstore not in STORES:
        raise MXNetValueError(f"init_optimizer: kvstore must be None, {listing(STORES)}; got "
                              f"{kvstore!r}{suggestion(kvstore, STORES)}")
    is_summed = kvstore is not None and num_contexts > 1
    is_large = kvstore == "local" and any(array.size > LARGE for array in params.values())
    is_once = is_summed and not is_large and os.environ.get("MXNET_UPDATE_ON_KVSTORE", "1") != "0"
    return Updates(list(params), num_contexts, is_summed, is_once)

"""The optimizer of a module: updates its parameters, which may lie on several contexts."""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakSet

from .. import ndarray as nd
from ..kvstore.early import EarlySums, early_sums
from ..kvstore.kvstore import KVStore
from ..kvstore.updates import create_kvstore, initialize_kvstore, push_pull
from ..optimizer import Optimizer, Updater, get_updater
from ..whole_file import reading, replacing

Arrays = Sequence[Sequence[Any]]            # of each parameter, its arrays on all contexts


class Updates:
    """Applies an optimizer to parameters by their gradients, after `set_optimizer`.

    kvstore: sums gradients over contexts; None: each context goes by its own. is_once: the update
    is done in the store, whence all contexts get it; otherwise on each. params: by name; their
    places are the numbers under which states are kept and saved, as in MXNet, unless is_once.
    """

    _updater: Updater

    def __init__(self, kvstore: Any, params: Mapping[str, nd.NDArray], num_contexts: int,
                 compression_params: Any = None) -> None:
        self.num_contexts = num_contexts
        self.kvstore, self.is_once = create_kvstore(kvstore, num_contexts, params)
        if self.kvstore is not None and compression_params:
            self.kvstore.set_gradient_compression(compression_params)
        self.numbers = {name: i for i, name in enumerate(params)}
        self._has_foreign_keys = False
        self._early: EarlySums | None = None
        self._watched: WeakSet[Any] = WeakSet()         # executors whose gradients it is told of

    def share_of_batch(self) -> float:
        """Which part of the samples of an update this worker has, where all wait for each other."""
        kind = "" if self.kvstore is None else self.kvstore.type
        return 1 / self.kvstore.num_workers if "dist" in kind and "_sync" in kind else 1.0

    def idx2name(self) -> dict[int, str]:
        """The names by the numbers that the optimizer is told."""
        repeats = 1 if self.is_once else self.num_contexts
        return {number * repeats + k: name for name, number in self.numbers.items()
                for k in range(repeats)}

    def set_optimizer(self, optimizer: Optimizer) -> None:
        """Use this optimizer, without states yet."""
        self._updater = get_updater(optimizer)
        if self._is_foreign:
            self.kvstore.set_optimizer(optimizer)

    def start(self, names: Sequence[str], arrays: Arrays, params: Mapping[str, nd.NDArray],
              ) -> None:
        """Put the parameters into the store, and its values into all their arrays."""
        if not self.is_once:
            for copies in arrays:
                for array in copies[1:]:
                    if array.stype != "default":
                        array._copy_from(array)     # apart from those that shared its memory
        if isinstance(self.kvstore, KVStore):
            self._hold(names, arrays)
            if names:
                self.kvstore.pull(list(names), [list(each) for each in arrays],
                                  ignore_sparse=False)
        elif self.kvstore is not None:
            initialize_kvstore(self.kvstore, arrays, params, names, self.is_once)

    def sum_early(self, group: Any) -> None:
        """Let the sums of gradients start while backward still runs, where that is to be; all
        workers call this at the same point. group: the DataParallelExecutorGroup."""
        reqs = [group.grad_req[name] for name in group.param_names]
        self._early = early_sums(self.kvstore, group.param_names, group.param_variables, reqs,
                                 self._early)
        self._watched.update(group.execs)

    def watch(self, group: Any) -> None:
        """Have new executors, those of other shapes, tell of their gradients, too."""
        if self._early is not None and not self._watched.issuperset(group.execs):
            self._early.watch(group.param_names, group.param_variables)
            self._watched.update(group.execs)

    def _hold(self, names: Sequence[str], arrays: Arrays) -> None:
        """Let the store have the first array of each parameter itself, which may be another one
        than before."""
        if isinstance(self.kvstore, KVStore):
            new = [i for i, name in enumerate(names)
                   if not self.kvstore._holds(name, arrays[i][0] if self.is_once else None)]
            self.kvstore._hold(self, [names[i] for i in new], [arrays[i][0] for i in new],
                               self._updater if self.is_once else None)

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
        trained = [i for i, slopes in enumerate(grads) if slopes[0] is not None]
        names = [names[i] for i in trained]
        arrays, grads = [arrays[i] for i in trained], [grads[i] for i in trained]
        if self.kvstore is not None:
            self._hold(names, arrays)
            push_pull(self.kvstore, names, grads, arrays if self.is_once else grads, self._early)
        if self.is_once:
            return
        for name, weights, slopes in zip(names, arrays, grads, strict=True):
            for k, (weight, slope) in enumerate(zip(weights, slopes, strict=True)):
                self._updater(self.key(name, k), slope, weight)

    @property
    def _is_foreign(self) -> bool:
        """Whether a store of another class than KVStore has the states."""
        return self.is_once and not isinstance(self.kvstore, KVStore)

    def save(self, path: Any) -> None:
        """Write the states to a file, which appears whole or not at all."""
        if self._is_foreign:
            self.kvstore.save_optimizer_states(path)
            return
        content = self._updater.get_states()
        with replacing(path) as file:
            file.write(content)

    def load(self, path: Any) -> None:
        """Read states that were saved here or in MXNet, with any number of contexts."""
        if self._is_foreign:
            self.kvstore.load_optimizer_states(path)
            return
        with reading(path) as file:
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

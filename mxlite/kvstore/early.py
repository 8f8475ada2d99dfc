"""`EarlySums`: gradients are summed over the workers while backward() still computes others."""

from __future__ import annotations

import queue
import threading
import weakref
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from ..ndarray import NDArray, tape, zeros
from ..ndarray.variable import gradient_of, on_gradient
from .communicator import Communicator
from .kvstore import KVStore
from .pairs import Key, buckets_of

Grads = Mapping[Key, Sequence[NDArray]]         # of each key, one a context

MOST_REPEATS = 2                # steps with sums that were made in vain; then there are no more


class EarlySum:
    """The sums of a bucket, which a thread makes."""

    def __init__(self, keys: Sequence[Key], groups: list[list[NDArray]]) -> None:
        self.pairs = dict(zip(keys, groups, strict=True))
        self.time = tape.watch([array for group in groups for array in group])
        self.totals: dict[Key, NDArray] = {}
        self.error: BaseException | None = None
        self.is_done = threading.Event()

    def run(self, communicator: Communicator) -> None:
        """Sum; what it raises is for the one who takes the sums."""
        try:
            for keys in buckets_of(self.pairs, communicator.bucket_bytes):
                totals = communicator.reduce([self.pairs[key] for key in keys])
                self.totals.update(zip(keys, totals, strict=True))
        except BaseException as error:
            self.error = error
        self.is_done.set()

    def is_of(self, grads: Grads) -> bool:
        """Whether these arrays were summed, and are as they were then."""
        return all(len(group) == len(grads[key])
                   and all(mine is its and not tape.was_written(mine, self.time)
                           for mine, its in zip(group, grads[key], strict=True))
                   for key, group in self.pairs.items())


class Channel:
    """A thread that makes sums, one after the other, by a Communicator of its own.

    All workers start the same sums in the same order, each when it can.
    """

    def __init__(self, communicator: Communicator) -> None:
        self.buckets: list[list[Key]] = []
        self.specs: dict[Key, list[Any]] = {}
        self.num_started = 0                # since it was made, and
        self.place = 0                      # since all workers had started the same ones
        self._last = threading.Event()          # whether the last one is done
        self._last.set()
        self._jobs: queue.SimpleQueue[EarlySum] = queue.SimpleQueue()
        threading.Thread(target=_work, args=(self._jobs, communicator), daemon=True).start()

    def start(self, groups: list[list[NDArray]]) -> EarlySum:
        """Have the next bucket summed."""
        job = EarlySum(self.buckets[self.place], groups)
        self.place += 1
        self.num_started += 1
        self._last = job.is_done
        self._jobs.put(job)
        return job

    def is_idle(self) -> bool:
        """Whether all that was started is done."""
        return self._last.is_set()

    def catch_up(self, count: int, grads: Grads = MappingProxyType({})) -> list[EarlySum]:
        """Start what other workers have started and this one has not, of these gradients; with
        zeros, where the sums will not be used."""
        return [self.start([
            list(grads.get(key) or [zeros(spec.shape, spec.ctx, spec.dtype)
                                    for spec in self.specs[key]])
            for key in self.buckets[self.place]]) for _ in range(self.num_started, count)]


def _work(jobs: Any, communicator: Communicator) -> None:
    while True:
        jobs.get().run(communicator)


class EarlySums:
    """Sums of the gradients of one Trainer or Module, from one step to the next.

    The dense gradients that are written, not added to, are put in buckets, in the order in which
    they came in worker 0 in the first backward(). As soon as all of a bucket have come, its sum
    starts; buckets start one after the other. At the step all workers tell each other which they
    have started, and which of these do not count, as the gradients have changed since: they were
    clipped, say, or there was another backward(). So workers need not do alike in between, and
    the sums are those that `KVStore.push` would make, to the bit.
    """

    def __init__(self, communicator: Communicator, channel: Channel, keys: Sequence[Key],
                 specs: Sequence[list[Any]]) -> None:
        self.channel = channel
        self.is_on = True
        self._communicator, self._keys = communicator, list(keys)
        self._numbers = {key: i for i, key in enumerate(keys)}
        self._sizes = [its[0].nbytes for its in specs]
        self._counts = [len(its) for its in specs]
        self._lock = threading.Lock()
        self._order: list[int] = []                     # in which they came
        self._arrived: list[dict[int, NDArray]] = [{} for _ in keys]
        self._sums: list[EarlySum] = []
        self._num_repeats = 0
        self._settle([])
        channel.buckets, channel.specs = [], dict(zip(keys, specs, strict=True))

    def watch(self, keys: Sequence[Key], variables: Sequence[Sequence[NDArray]]) -> None:
        """Have backward() tell of the gradients of these arrays, of each key one a context."""
        this = weakref.ref(self)
        for key, arrays in zip(keys, variables, strict=True):
            for k, array in enumerate(arrays):
                if key in self._numbers:
                    on_gradient(array, _Hook(this, self._numbers[key], k, weakref.ref(array)))

    def came(self, number: int, context: int, gradient: NDArray) -> None:
        """A gradient has been written."""
        with self._lock:
            if not self.is_on:
                return
            arrived, buckets = self._arrived, self.channel.buckets
            arrived[number][context] = gradient
            if not buckets:
                if len(arrived[number]) == self._counts[number] and number not in self._order:
                    self._order.append(number)
                return
            while self.channel.place < len(buckets):
                numbers = [self._numbers[key] for key in buckets[self.channel.place]]
                if any(len(arrived[i]) < self._counts[i] for i in numbers):
                    return
                self._sums.append(self.channel.start(
                    [[arrived[i][k] for k in sorted(arrived[i])] for i in numbers]))

    def take(self, keys: Sequence[Key], grads: Sequence[Sequence[NDArray]], is_wanted: bool,
             ) -> dict[Key, NDArray]:
        """The sums of those of these gradients that have been summed; in a step, of all workers.

        is_wanted: False where sums of another kind are.
        """
        with self._lock:
            if not self.is_on:
                return {}
            found = self._take(dict(zip(keys, grads, strict=True)), is_wanted)
            self._arrived = [{} for _ in self._keys]
            self._sums = []
        return found

    def _take(self, grads: Grads, is_wanted: bool) -> dict[Key, NDArray]:
        if not self.channel.buckets:
            self._plan()
            return {}
        is_planned = is_wanted and self._numbers.keys() <= grads.keys()
        sums, num_buckets = self._sums, len(self.channel.buckets)
        is_right = np.ones(1 + num_buckets, np.int64)
        is_right[0] = is_planned
        for i, each in enumerate(sums):
            is_right[1 + i] = is_planned and each.is_of(grads)
        agreed = self._settle(is_right, grads)
        num_started = len(self._sums)
        if not all(agreed[:1 + num_started]):
            self._num_repeats += 1
            self.is_on = self._num_repeats <= MOST_REPEATS
        if not agreed[0]:
            return {}
        return {key: total for each, counts in zip(self._sums, agreed[1:], strict=False) if counts
                for key, total in each.totals.items()}

    def _settle(self, is_right: Any, grads: Grads = MappingProxyType({})) -> list[bool]:
        """Wait until all workers have the same sums; which of these are right in all."""
        channel = self.channel
        told = self._communicator.gather(np.array([channel.num_started, *is_right], np.int64))
        self._sums += channel.catch_up(int(told[:, 0].max()), grads)
        for each in self._sums:
            self._communicator.wait(each.is_done, "sums of gradients")
            if each.error is not None:
                raise each.error
        channel.place = 0
        return [bool(right) for right in told[:, 1:].all(axis=0)]

    def _plan(self) -> None:
        """Put the keys in buckets, in the order that worker 0 has found."""
        order = np.array([*self._order, *[i for i in range(len(self._keys))
                                          if i not in self._order]], np.int64)
        order = self._communicator.gather(order)[0]
        channel, nbytes = self.channel, self._communicator.early_bytes
        bucket: list[Key] = []
        size = 0
        for i in order.tolist():
            bucket.append(self._keys[i])
            size += self._sizes[i]
            if size >= nbytes:
                channel.buckets.append(bucket)
                bucket, size = [], 0
        if bucket:
            channel.buckets.append(bucket)


class _Hook:
    """What backward() calls for the gradient of one variable."""

    def __init__(self, sums: weakref.ref[EarlySums], number: int, context: int,
                 array: weakref.ref[NDArray]) -> None:
        self.sums, self.number, self.context, self.array = sums, number, context, array

    def __call__(self) -> None:
        sums, array = self.sums(), self.array()
        gradient = None if array is None else gradient_of(array)
        if sums is not None and gradient is not None:
            sums.came(self.number, self.context, gradient)


def early_sums(store: Any, keys: Sequence[Key], variables: Sequence[Sequence[NDArray]],
               reqs: Sequence[str], old: EarlySums | None) -> EarlySums | None:
    """Early sums of the gradients of these variables, of each key one a context; None where there
    are none: within one process, without waiting, or of fewer bytes than one bucket has.

    All workers call this at the same point. old: those that the new ones replace.
    """
    if not isinstance(store, KVStore) or not store._sums_early:
        return None
    chosen = [i for i, (arrays, req) in enumerate(zip(variables, reqs, strict=True))
              if req == "write" and all(_gradient_spec(array) is not None for array in arrays)]
    specs = [[_gradient_spec(array) for array in variables[i]] for i in chosen]
    communicator = store._communicator
    if sum(its[0].nbytes for its in specs) <= communicator.early_bytes:
        return None
    if old is None:
        apart = communicator.apart()
        if apart is None:
            return None
        channel = Channel(apart)
        communicator.keep(channel)
    else:
        channel = old.channel
    sums = EarlySums(communicator, channel, [keys[i] for i in chosen], specs)
    sums.watch(keys, variables)
    return sums


def _gradient_spec(array: NDArray) -> Any:
    """The Spec of a dense gradient."""
    gradient = gradient_of(array)
    return None if gradient is None or gradient.stype != "default" else gradient._spec

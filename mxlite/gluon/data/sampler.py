"""Samplers: the order in which samples of a dataset are taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sized
from operator import index
from typing import Any

import numpy as np

from ...argument_types import Items, checks_types
from ...arguments import NamesArguments, check_choice, check_count
from ...base import MXNetValueError
from ...device.rng import permutation

_LAST_BATCH = ["keep", "discard", "rollover"]


class Sampler(NamesArguments):
    """Base: override `__iter__`, which gives numbers of samples, and `__len__`."""

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError(f"{type(self).__name__} must override __iter__")

    def __len__(self) -> int:
        raise NotImplementedError(f"{type(self).__name__} must override __len__")


class SequentialSampler(Sampler):
    """start, start + 1, ..., start + length - 1."""

    @checks_types
    def __init__(self, length: int, start: int = 0) -> None:
        self._length = check_count("SequentialSampler", "length", length, 0)
        self._start = index(start)

    def __iter__(self) -> Iterator[int]:
        return iter(range(self._start, self._start + self._length))

    def __len__(self) -> int:
        return self._length


class RandomSampler(Sampler):
    """0 to length - 1 in a new random order each time, from the seed of mx.random.seed; before that
    was called, from NumPy's global generator, as in MXNet."""

    @checks_types
    def __init__(self, length: int) -> None:
        self._length = check_count("RandomSampler", "length", length, 0)

    def __iter__(self) -> Iterator[int]:
        return iter(permutation(self._length))

    def __len__(self) -> int:
        return self._length


class FilterSampler(Sampler):
    """The numbers of the samples for which fn(sample) is true."""

    @checks_types
    def __init__(self, fn: Callable[[Any], bool], dataset: Items) -> None:
        self._indices = [i for i in range(len(dataset)) if fn(dataset[i])]

    def __iter__(self) -> Iterator[int]:
        return iter(self._indices)

    def __len__(self) -> int:
        return len(self._indices)


class IntervalSampler(Sampler):
    """0, interval, 2 * interval, ..., with rollover then 1, 1 + interval, ... and so on."""

    @checks_types
    def __init__(self, length: int, interval: int, rollover: bool = True) -> None:
        self._length = check_count("IntervalSampler", "length", length, 1)
        self._interval = check_count("IntervalSampler", "interval", interval, 1)
        if interval > length:
            raise MXNetValueError(f"IntervalSampler: interval must be in [1, length], "
                                  f"[1, {length}]; got {interval}")
        self._rollover = rollover

    def __iter__(self) -> Iterator[int]:
        for start in range(self._interval if self._rollover else 1):
            yield from range(start, self._length, self._interval)

    def __len__(self) -> int:
        return self._length if self._rollover else len(range(0, self._length, self._interval))


class SplitSampler(Sampler):
    """The part of worker `part_index` of `num_parts`, in a new random order of all numbers each
    time, which is the same in all workers.

    All parts have length // num_parts numbers, so that workers make the same number of steps; what
    is left over is left out, others each time. shuffle: False for a part of consecutive numbers.
    seed: of the order, together with `epoch`, the number of passes that were begun; set it to go on
    from a checkpoint.
    """

    @checks_types
    def __init__(self, length: int, num_parts: int = 1, part_index: int = 0, shuffle: bool = True,
                 seed: int = 0) -> None:
        self._length = check_count("SplitSampler", "length", length, 0)
        self._num_parts = check_count("SplitSampler", "num_parts", num_parts, 1)
        self._part_index = check_count("SplitSampler", "part_index", part_index, 0)
        if part_index >= num_parts:
            raise MXNetValueError("SplitSampler: part_index must be below num_parts="
                                  f"{num_parts}; got {part_index}")
        self._shuffle = shuffle
        self._seed = check_count("SplitSampler", "seed", seed, 0)
        self.epoch = 0

    def __iter__(self) -> Iterator[int]:
        share = len(self)
        part = slice(share * self._part_index, share * (self._part_index + 1))
        if not self._shuffle:
            return iter(range(self._length)[part])
        order = np.random.default_rng((self._seed, self.epoch)).permutation(self._length)
        self.epoch += 1
        return iter(order[part].tolist())

    def __len__(self) -> int:
        return self._length // self._num_parts


class BatchSampler(Sampler):
    """Lists of `batch_size` numbers of another sampler.

    What is left at the end is a smaller batch ('keep'), is dropped ('discard'), or begins the
    next pass ('rollover').
    """

    @checks_types
    def __init__(self, sampler: Iterable[Any], batch_size: int, last_batch: str = "keep") -> None:
        self._sampler = sampler
        self._batch_size = check_count("BatchSampler", "batch_size", batch_size, 1)
        self._last_batch = check_choice("BatchSampler", "last_batch", last_batch, _LAST_BATCH)
        self._left: list[Any] = []

    def __iter__(self) -> Iterator[list[Any]]:
        batch, self._left = self._left, []
        for number in self._sampler:
            batch.append(number)
            if len(batch) == self._batch_size:
                yield batch
                batch = []
        if batch and self._last_batch == "keep":
            yield batch
        elif self._last_batch == "rollover":
            self._left = batch

    def __len__(self) -> int:
        count = len(_sized(self._sampler))
        if self._last_batch == "keep":
            return -(-count // self._batch_size)
        if self._last_batch == "discard":
            return count // self._batch_size
        return (count + len(self._left)) // self._batch_size


def _sized(sampler: Any) -> Sized:
    return sampler

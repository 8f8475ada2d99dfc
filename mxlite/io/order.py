"""The order in which an iterator gives its samples, batch by batch and epoch by epoch."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, NamedTuple

import numpy as np

from .iterator import shuffled


class Turn(NamedTuple):
    """The samples of one batch."""

    pass_number: int                       # which pass over the data, from reset to reset
    epoch: int                             # in which the pass began
    samples: np.ndarray[Any, Any]          # int64 (batch_size,)
    epochs: np.ndarray[Any, Any]           # uint64 (batch_size,): whose order each belongs to
    pad: int                               # samples at the end that only fill the batch up


class Order:
    """An endless sequence of Turns, pass after pass; a pass has each of `count` samples once.

    An incomplete last batch is filled with the first samples of the next epoch's order. With
    `round_batch` the next pass starts after these samples, else it has them again.
    """

    def __init__(self, count: int, batch_size: int, shuffle: bool, seed: int,
                 round_batch: bool, keep_short: bool = True) -> None:
        self._count = count
        self._batch_size = batch_size
        self._shuffle = shuffle
        self._seed = seed
        self._round_batch = round_batch
        self._keep_short = keep_short
        self.pass_number = 0
        self._turns = self._all(0)

    def __next__(self) -> Turn:
        return next(self._turns)

    def restart(self, epoch: int) -> None:
        """Begin another pass, in that epoch."""
        self._turns.close()
        self.pass_number += 1
        self._turns = self._all(epoch)

    def _samples(self, epoch: int) -> np.ndarray[Any, Any]:
        if self._shuffle:
            return shuffled(self._count, self._seed, epoch)
        return np.arange(self._count)

    def _all(self, epoch: int) -> Generator[Turn]:
        start = 0
        while True:
            epoch, start = yield from self._pass(epoch, start)
            self.pass_number += 1

    def _pass(self, epoch: int, start: int) -> Generator[Turn, None, tuple[int, int]]:
        """Gives (epoch, start) of the next pass."""
        size, first = self._batch_size, epoch
        order = self._samples(epoch)
        same_epoch = _epochs(epoch, size)
        while start + size <= self._count:
            yield Turn(self.pass_number, first, order[start:start + size], same_epoch, 0)
            start += size
        left = self._count - start
        if left == 0 or not self._keep_short:
            return epoch + 1, 0
        samples, epochs = [order[start:]], [_epochs(epoch, left)]
        missing, start = size - left, self._count
        while missing:
            if start == self._count:
                epoch, start = epoch + 1, 0
                order = self._samples(epoch)
            taken = min(missing, self._count - start)
            samples.append(order[start:start + taken])
            epochs.append(_epochs(epoch, taken))
            missing, start = missing - taken, start + taken
        yield Turn(self.pass_number, first, np.concatenate(samples), np.concatenate(epochs),
                   size - left)
        if not self._round_batch:
            return epoch, 0
        return (epoch, start) if start < self._count else (epoch + 1, 0)


class OneOrder(Order):
    """An Order whose passes are all alike."""

    def _samples(self, epoch: int) -> np.ndarray[Any, Any]:
        return super()._samples(0)


def _epochs(epoch: int, count: int) -> np.ndarray[Any, Any]:
    return np.full(count, epoch, np.uint64)

"""Batches that a pool of `multiprocessing` makes: what loaders of other libraries build upon.

`DataLoader` does not use it: it has threads and processes of its own. GluonCV's and GluonNLP's
loaders, and programs like them, bring a Pool, give it work in a `_push_next` of their own, and
leave it to this iterator to hand out the batches in order.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Iterable
from typing import Any

from ...base import MXNetError
from ...device.context import cpu_pinned
from .making import batch_on

_dataset: Any = None        # in a worker process: what its initializer was given


def set_dataset(dataset: Any) -> None:
    """The initializer of a Pool whose workers run `make_batch` without a dataset."""
    global _dataset
    _dataset = dataset


def make_batch(samples: Iterable[Any], batchify_fn: Callable[[list[Any]], Any],
               dataset: Any = None) -> Any:
    """The batch of these samples: itself, of a dataset that threads share; pickled, in a process
    that has one of its own."""
    source = _dataset if dataset is None else dataset
    batch = batchify_fn([source[sample] for sample in samples])
    if dataset is not None:
        return batch
    from multiprocessing.reduction import ForkingPickler

    content = io.BytesIO()
    ForkingPickler(content, pickle.HIGHEST_PROTOCOL).dump(batch)
    return content.getvalue()


class PoolBatches:
    """An iterator over batches, in the order of `batch_sampler`, that a Pool's workers make.

    worker_pool: a Pool or ThreadPool, whose `apply_async` is called with `worker_fn` and
    (samples, batchify_fn, dataset). worker_fn: gives a batch, or one that is pickled as bytes.
    prefetch: how many batches are asked for ahead. timeout: seconds to wait for one, before
    MXNetError is raised. data_loader: kept alive as long as the iterator.

    Subclasses replace `_push_next`, which asks for one more batch, if there is one: it stores what
    `apply_async` gives as `_data_buffer[_sent_idx]` and counts `_sent_idx` on. These names, those
    of the other attributes and of the arguments are MXNet 1.9.1's.
    """

    def __init__(self, worker_pool: Any, batchify_fn: Any, batch_sampler: Iterable[Any],
                 pin_memory: bool = False, pin_device_id: int = 0,
                 worker_fn: Callable[..., Any] = make_batch, prefetch: int = 0,
                 dataset: Any = None, data_loader: Any = None, timeout: float = 120) -> None:
        self._worker_pool, self._worker_fn = worker_pool, worker_fn
        self._batchify_fn, self._batch_sampler = batchify_fn, batch_sampler
        self._dataset, self._data_loader = dataset, data_loader
        self._pin_memory, self._pin_device_id = pin_memory, pin_device_id
        self._timeout = timeout
        self._data_buffer: dict[int, Any] = {}      # what is under way, by the batch's number
        self._rcvd_idx = self._sent_idx = 0
        self._iter = iter(batch_sampler)
        for _ in range(prefetch):
            self._push_next()

    def __len__(self) -> int:
        return len(self._batch_sampler)             # type: ignore[arg-type]

    def __iter__(self) -> PoolBatches:
        return self

    def __next__(self) -> Any:
        self._push_next()
        if self._rcvd_idx == self._sent_idx:
            raise StopIteration
        from multiprocessing import TimeoutError as PoolTimeoutError

        number = self._rcvd_idx
        try:
            batch = self._data_buffer[number].get(self._timeout)
        except PoolTimeoutError:
            raise MXNetError(f"DataLoader: the pool has not made batch {number} within "
                             f"timeout={self._timeout} s; timeout can be given as more seconds, "
                             "and its workers may wait for something for ever") from None
        del self._data_buffer[number]
        self._rcvd_idx += 1
        if isinstance(batch, bytes):
            batch = pickle.loads(batch)
        return batch_on(batch, cpu_pinned(self._pin_device_id)) if self._pin_memory else batch

    def _push_next(self) -> None:
        """Ask the pool for one more batch, if the sampler has one."""
        samples = next(self._iter, None)
        if samples is not None:
            self._data_buffer[self._sent_idx] = self._worker_pool.apply_async(
                self._worker_fn, (samples, self._batchify_fn, self._dataset))
            self._sent_idx += 1

"""`DataLoader`: batches of a dataset, made here or ahead of time by threads."""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any

import numpy as np

from ... import ndarray as nd
from ...base import MXNetError, MXNetValueError
from .dataset import Dataset
from .sampler import BatchSampler, RandomSampler, SequentialSampler


def default_batchify_fn(data: Sequence[Any]) -> Any:
    """Stack samples along a new first axis; of tuples, make a list of such stacks."""
    first = data[0]
    if isinstance(first, nd.NDArray):
        return nd.stack(*data)
    if isinstance(first, tuple):
        return [default_batchify_fn(part) for part in zip(*data, strict=True)]
    values = np.asarray(data)
    return nd.array(values, dtype=values.dtype)


class DataLoader:
    """Iterate over it for batches: `for data, label in DataLoader(dataset, 32, shuffle=True)`.

    Give batch_size with shuffle, a sampler and last_batch ('keep', 'discard', 'rollover'), or a
    batch_sampler. num_workers threads make `prefetch` batches ahead, in the same order; an error
    in one is raised where its batch would come. batchify_fn makes a batch of a list of samples.
    """

    def __init__(self, dataset: Any, batch_size: int | None = None, shuffle: bool = False,
                 sampler: Any = None, last_batch: str | None = None, batch_sampler: Any = None,
                 batchify_fn: Callable[[list[Any]], Any] | None = None, num_workers: int = 0,
                 pin_memory: bool = False, pin_device_id: int = 0, prefetch: int | None = None,
                 thread_pool: bool = False, timeout: float = 120, auto_reload: bool = False
                 ) -> None:
        if num_workers < 0 or timeout <= 0:
            raise MXNetValueError("DataLoader: num_workers must be at least 0 and timeout "
                                  f"positive; got {num_workers} and {timeout}")
        self._dataset = dataset
        if batch_sampler is None:
            batch_sampler = _batches(dataset, batch_size, shuffle, sampler, last_batch)
        elif batch_size is not None or shuffle or sampler is not None or last_batch is not None:
            raise MXNetValueError("DataLoader: batch_size, shuffle, sampler and last_batch must "
                                  "not be given together with batch_sampler")
        self._batch_sampler = batch_sampler
        self._batchify_fn = batchify_fn or default_batchify_fn
        self._num_workers = num_workers
        self._prefetch = max(1, 2 * num_workers if prefetch is None else prefetch)
        self._timeout = timeout

    def __len__(self) -> int:
        return len(self._batch_sampler)

    def __iter__(self) -> Iterator[Any]:
        return self._ahead() if self._num_workers else map(self._make, iter(self._batch_sampler))

    def _make(self, indices: list[int]) -> Any:
        if self._batchify_fn is default_batchify_fn and isinstance(self._dataset, Dataset):
            batch = self._dataset.batch(indices)
            if batch is not None:
                return batch
        return self._batchify_fn([self._dataset[i] for i in indices])

    def _ahead(self) -> Iterator[Any]:
        """Batches in order, `prefetch` of them being made by threads meanwhile."""
        waiting: collections.deque[Future[Any]] = collections.deque()
        pool = ThreadPoolExecutor(self._num_workers, thread_name_prefix="mxlite-data")
        try:
            for indices in self._batch_sampler:
                waiting.append(pool.submit(self._make, indices))
                if len(waiting) > self._prefetch:
                    yield self._result(waiting.popleft())
            while waiting:
                yield self._result(waiting.popleft())
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _result(self, future: Future[Any]) -> Any:
        try:
            return future.result(self._timeout)
        except FutureTimeoutError:
            if future.done():
                raise
            raise MXNetError(f"DataLoader: a worker took longer than timeout={self._timeout} s "
                             "for one batch") from None


def _batches(dataset: Any, batch_size: int | None, shuffle: bool, sampler: Any,
             last_batch: str | None) -> BatchSampler:
    if batch_size is None:
        raise MXNetValueError("DataLoader: batch_size must be given unless batch_sampler is")
    if sampler is None:
        sampler = RandomSampler(len(dataset)) if shuffle else SequentialSampler(len(dataset))
    elif shuffle:
        raise MXNetValueError("DataLoader: shuffle must not be given together with sampler")
    return BatchSampler(sampler, batch_size, last_batch or "keep")

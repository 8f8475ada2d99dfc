"""`DataLoader`: batches of a dataset, made by the caller or prefetched by threads or processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ...argument_types import checks_types
from ...arguments import NamesArguments, check_count
from ...base import MXNetTypeError, MXNetValueError
from ...device.context import cpu_pinned
from ...ndarray.numpy.switched import switched
from ...random import next_key
from .batchify import default_batchify_fn as default_batchify_fn
from .loader_copies import Copies
from .loader_threads import Crew, Epoch
from .loader_threads import LoaderTimeoutError as LoaderTimeoutError
from .making import Maker, Order, batch_on, orders
from .pool_batches import PoolBatches, make_batch, set_dataset
from .sampler import BatchSampler, RandomSampler, SequentialSampler

default_mp_batchify_fn = default_batchify_fn      # MXNet's for worker processes

_START = 60.0       # seconds that worker processes may take to start, if `timeout` is less


class DataLoader(NamesArguments):
    """Iterate over it for batches: `for data, label in DataLoader(dataset, 32, shuffle=True)`.

    dataset: a Dataset, an array, or anything with a length and items.
    batch_size, with shuffle or a sampler, and last_batch ('keep', 'discard', 'rollover'): which
        samples make a batch; or a batch_sampler, which gives lists of numbers of samples.
    batchify_fn: makes a batch of a list of samples; see `gluon.data.batchify`.
    num_workers: how many threads (with thread_pool=False: processes) make batches. Batches and
        their order are the same for any number: random numbers that samples draw from mx.random
        depend on the seed, the epoch and the batch number.
    prefetch: how many batches are prefetched; None: 2 * num_workers.
    timeout: seconds to wait for a worker's batch before LoaderTimeoutError is raised.
    pin_memory, pin_device_id: return arrays of cpu_pinned(pin_device_id), page-locked memory for
        this GPU; without such a GPU it is ordinary memory. Operators take them beside the CPU's.
    auto_reload: prefetch the next epoch as soon as one ends, and the first epoch at once;
        `refresh` and `clean` start over and drop prefetched batches.

    Each thread has a copy of the dataset and of batchify_fn, in which large arrays are shared; what
    was changed in the dataset between epochs is copied anew. What cannot be copied is used by one
    thread at a time, with a warning. Threads share objects of a class with `thread_safe = True`.

    Processes are spawned (never forked) and get the dataset by pickle: a script that uses them must
    start its work under `if __name__ == "__main__":`. Their arrays are sent through shared memory.
    An error in a worker is raised when its batch is due, with notes that name the sample.
    """

    @checks_types
    def __init__(self, dataset: Any, batch_size: int | None = None, shuffle: bool = False,
                 sampler: Iterable[Any] | None = None, last_batch: str | None = None,
                 batch_sampler: Any = None,
                 batchify_fn: Callable[[list[Any]], Any] | None = None, num_workers: int = 0,
                 pin_memory: bool = False, pin_device_id: int = 0, prefetch: int | None = None,
                 thread_pool: bool = True, timeout: float = 120, auto_reload: bool = False
                 ) -> None:
        self._num_workers = check_count("DataLoader", "num_workers", num_workers, 0)
        self._prefetch = (2 * self._num_workers if prefetch is None
                          else check_count("DataLoader", "prefetch", prefetch, 0))
        if not timeout > 0:
            raise MXNetValueError(f"DataLoader: timeout must be positive; got {timeout}")
        if batch_sampler is None:
            batch_sampler = _batches(dataset, batch_size, shuffle, sampler, last_batch)
        elif batch_size is not None or shuffle or sampler is not None or last_batch is not None:
            raise MXNetValueError("DataLoader: batch_size, shuffle, sampler and last_batch must "
                                  "not be given together with batch_sampler")
        self._batch_sampler = batch_sampler
        self._maker = Maker(dataset, batchify_fn or default_batchify_fn)
        # MXNet's names, which subclasses read
        self._dataset, self._batchify_fn = dataset, batchify_fn or default_batchify_fn
        self._pin_memory, self._pin_device_id = pin_memory, pin_device_id
        self._thread_pool = thread_pool
        self._timeout = timeout
        self._pinned = cpu_pinned(pin_device_id) if pin_memory else None
        self.auto_reload = auto_reload
        self._iter: Any = None
        self._crew: Crew | None = None
        self._copies: Copies | None = None
        if self._num_workers and not thread_pool:
            self._crew = self._new_crew()             # processes load while their parent goes on
        if auto_reload:
            self.refresh()

    def __len__(self) -> int:
        return len(self._batch_sampler)

    def __iter__(self) -> Iterator[Any]:
        if self._iter is None:
            self.refresh()
        epoch, self._iter = self._iter, None
        try:
            for batch in epoch:
                yield switched(batch if self._pinned is None else batch_on(batch, self._pinned))
        finally:
            epoch.close()
        if self._iter is None and self.auto_reload:
            self.refresh()

    def refresh(self) -> None:
        """Begin a new epoch, the next that is iterated over; workers make batches from now on."""
        ahead = orders(self._batch_sampler, next_key())
        self.clean()
        if self._num_workers:
            crew = self._ready_crew()
            if self._copies is not None:
                self._copies.refresh()
            self._iter = Epoch(crew, ahead, self._prefetch, self._timeout)
        else:
            self._iter = (self._maker.make(order) for order in ahead)

    def clean(self) -> None:
        """Drop the batches made ahead for the next epoch."""
        if self._iter is not None:
            self._iter.close()
        self._iter = None

    def _ready_crew(self) -> Crew:
        """The workers of this process; new ones if they were ended, or belong to a parent."""
        if self._crew is None or not self._crew.is_alive or self._crew.is_foreign:
            self._crew = self._new_crew()
        try:
            self._crew.wait_ready(max(self._timeout, _START))
        except BaseException:
            self._crew.close()
            raise
        return self._crew

    def _new_crew(self) -> Crew:
        if self._thread_pool:
            self._copies = Copies(self._maker, self._num_workers)
            return Crew([_ThreadWorker(self._copies, n) for n in range(self._num_workers)])
        from .loader_processes import started

        return Crew(started(self._maker, self._num_workers))


class _ThreadWorker:
    """Makes batches in the thread that asks, of its own copy of the dataset."""

    @checks_types
    def __init__(self, copies: Copies, number: int) -> None:
        self._copies = copies
        self._number = number

    def get_ready(self) -> None:
        pass

    def make(self, order: Order, is_wanted: Callable[[], bool]) -> Any:
        return self._copies.makers[self._number].make(order, is_wanted)

    def end(self) -> None:
        pass


def _batches(dataset: Any, batch_size: int | None, shuffle: bool, sampler: Any,
             last_batch: str | None) -> BatchSampler:
    if batch_size is None:
        raise MXNetValueError("DataLoader: batch_size must be given unless batch_sampler is")
    if sampler is None:
        try:
            length = len(dataset)
        except TypeError as error:
            raise MXNetTypeError("DataLoader: dataset must have a length and items by number; "
                                 f"got {type(dataset).__name__} ({error})") from None
        sampler = RandomSampler(length) if shuffle else SequentialSampler(length)
    elif shuffle:
        raise MXNetValueError("DataLoader: shuffle must not be given together with sampler")
    return BatchSampler(sampler, batch_size, last_batch or "keep")


_as_in_context, _MultiWorkerIter = batch_on, PoolBatches                # MXNet's names
_worker_initializer, _worker_fn = set_dataset, make_batch


if not TYPE_CHECKING:
    def __getattr__(name: str) -> Any:
        """What programs import from here, as MXNet imports it itself."""
        if name != "ForkingPickler":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from multiprocessing.reduction import ForkingPickler

        return ForkingPickler

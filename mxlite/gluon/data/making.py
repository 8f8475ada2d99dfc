"""How a batch is made from the numbers of its samples: by the caller, a thread or a process."""

from __future__ import annotations

import contextlib
import itertools
import pickle
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from ... import ndarray as nd
from ...base import MXNetError, MXNetTypeError
from ...random import stream
from .batchify import default_batchify_fn
from .dataset import ArrayDataset, whole_batch

_SAMPLER, _SAMPLES, GLOBALS = range(3)         # the random streams of a batch


class Order(NamedTuple):
    """A batch to be made: its number in the epoch, its samples, the key of the epoch's draws."""

    number: int
    samples: list[Any]
    key: tuple[int, int]

    def __str__(self) -> str:
        names = [str(sample) for sample in self.samples]
        shown = names if len(names) <= 8 else [*names[:6], "...", names[-1]]
        return f"batch {self.number} (samples {', '.join(shown)})"


def orders(batch_sampler: Any, key: tuple[int, int]) -> Iterator[Order]:
    """A request for each batch of a sampler, which draws from streams of the epoch's key.

    So its random numbers depend neither on prefetching nor on other users of mx.random.
    """
    batches: Iterator[Any] | None = None
    for number in itertools.count():
        with stream(*key, number, _SAMPLER):
            if batches is None:
                batches = iter(batch_sampler)
            try:
                samples = next(batches)
            except StopIteration:
                return
        try:
            yield Order(number, list(samples), key)
        except TypeError:
            raise MXNetTypeError("DataLoader: batch_sampler must give lists of numbers of samples;"
                                 f" batch {number} is {samples!r}") from None


class Maker:
    """Makes the batch of an order: the samples of the dataset, through batchify_fn.

    Random numbers drawn meanwhile depend on the epoch's key and the batch number. `lock` is held
    while the dataset or a batchify_fn other than ours works.
    """

    def __init__(self, dataset: Any, batchify_fn: Callable[[list[Any]], Any]) -> None:
        if isinstance(dataset, (nd.NDArray, np.ndarray)) and dataset.ndim > 1:
            dataset = ArrayDataset(dataset)
        self.dataset = dataset
        self._batchify_fn = batchify_fn
        self.lock: Any = contextlib.nullcontext()

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "lock": contextlib.nullcontext()}

    def make(self, order: Order, is_wanted: Callable[[], bool] = lambda: True) -> Any:
        """The batch; None, and early, once it is no longer wanted."""
        doing, sample = "for", None
        with stream(*order.key, order.number, _SAMPLES):
            try:
                if self._batchify_fn is default_batchify_fn:
                    batch = whole_batch(self.dataset, order.samples)
                    if batch is not None:
                        return batch
                samples = []
                doing = "by sample {} of the dataset, in"
                for sample in order.samples:
                    if not is_wanted():
                        return None
                    with self.lock:
                        samples.append(self.dataset[sample])
                doing = "by the batchify_fn, for"
                if self._batchify_fn is default_batchify_fn:
                    return default_batchify_fn(samples)
                with self.lock:
                    return self._batchify_fn(samples)
            except StopIteration as error:     # as it is, it would seem to be the end of the epoch
                raise MXNetError("DataLoader: StopIteration was raised "
                                 f"{doing.format(sample)} {order}") from error
            except Exception as error:
                error.add_note(f"DataLoader: raised {doing.format(sample)} {order}")
                raise


def pickled(maker: Maker) -> bytes:
    """The maker for worker processes. Raises MXNetTypeError where it cannot be pickled."""
    try:
        return pickle.dumps(maker, pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        name = "batchify_fn" if is_picklable(maker.dataset) else "dataset"
        raise MXNetTypeError(
            f"DataLoader: thread_pool=False sends the {name} to worker processes, but it cannot be "
            f"pickled: {type(error).__name__}: {error}. Define its classes and functions at the "
            "top of a module (no lambda, no function in a function), and leave out by "
            "__getstate__ what belongs to this process; or use threads, thread_pool=True"
        ) from error


def is_picklable(value: Any) -> bool:
    try:
        pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    except Exception:
        return False
    return True


def batch_on(batch: Any, ctx: Any) -> Any:
    """The batch with all its arrays on a context."""
    if isinstance(batch, nd.NDArray):
        return batch.as_in_context(ctx)
    if isinstance(batch, (list, tuple)):
        return [batch_on(part, ctx) for part in batch]
    return batch

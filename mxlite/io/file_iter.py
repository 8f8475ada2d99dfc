"""`MXDataIter`, the base of the iterators over files."""

from __future__ import annotations

from operator import index
from typing import Any, NamedTuple

import numpy as np

from .. import ndarray as nd
from ..arguments import check_choice, check_count
from ..base import MXNetError, MXNetTypeError, MXNetValueError, Shape, dtype_name
from ..wording import listing, shown
from .desc import DataBatch, DataDesc
from .iterator import DataIter

_MOST_BATCHES = 1 << 20     # that may be made ahead
_MOST_THREADS = 1 << 10
_NO_LENGTH = 1 << 63        # of an axis


class FileBatch(NamedTuple):
    """What a file iterator reads at once."""

    data: nd.NDArray                       # (batch_size, ...)
    label: nd.NDArray                      # (batch_size, ...)
    pad: int
    samples: np.ndarray[Any, Any]          # uint64 (batch_size,), their numbers


class MXDataIter(DataIter):
    """Base of iterators over files: a subclass overrides `_next_batch` and `_restart`.

    Batches have one array of data and one of labels. Unlike those of other iterators, `getdata`
    and `getlabel` return the NDArray itself, not a list. At the start of an epoch, before the first
    `next` or `iter_next`, they are those of its first batch.
    """

    def __init__(self, batch_size: int, data: DataDesc, label: DataDesc) -> None:
        super().__init__(batch_size)
        self.provide_data = [data]
        self.provide_label = [label]
        self._batch: FileBatch | None = None
        self._repeated: FileBatch | None = None
        self._is_at_start = True               # of an epoch: no batch was gone to
        self._first: FileBatch | None = None   # its first batch, if that was looked at

    def _next_batch(self) -> FileBatch | None:
        """The next batch; None at the end of the epoch."""
        raise NotImplementedError(f"{type(self).__name__} must override _next_batch")

    def _restart(self) -> None:
        """Begin a new epoch."""
        raise NotImplementedError(f"{type(self).__name__} must override _restart")

    def debug_skip_load(self) -> None:
        """From now on return the same batch again and again, to time a program without loading."""
        self.reset()
        self._repeated, self._first = self._first or self._next_batch(), None

    def reset(self) -> None:
        """Begin a new epoch."""
        self._batch = None
        self._is_at_start = True
        if self._first is None:                # else it has begun
            self._restart()

    def next(self) -> DataBatch:
        """The next batch; raises StopIteration at the end of the epoch."""
        if not self.iter_next():
            raise StopIteration
        batch = self._here()
        return DataBatch([batch.data], [batch.label], batch.pad, batch.samples)

    def iter_next(self) -> bool:
        """Go to the next batch; False at the end of the epoch."""
        self._is_at_start = False
        first, self._first = self._first, None
        self._batch = self._repeated or first or self._next_batch()
        return self._batch is not None

    def _here(self) -> FileBatch:
        if self._batch is None and self._is_at_start:
            self._first = self._repeated or self._first or self._next_batch()
            if self._first is not None:
                return self._first
        if self._batch is None:
            raise MXNetError(f"{type(self).__name__}: there is no batch here; call iter_next() "
                             "first, and go on only if it returns True")
        return self._batch

    def getdata(self) -> nd.NDArray:
        """The data of this batch, (batch_size, ...)."""
        return self._here().data

    def getlabel(self) -> nd.NDArray:
        """The labels of this batch, (batch_size, ...)."""
        return self._here().label

    def getindex(self) -> np.ndarray[Any, Any]:
        """The numbers of the samples of this batch, uint64 (batch_size,)."""
        return self._here().samples

    def getpad(self) -> int:
        """How many samples at the end of this batch are padding."""
        return self._here().pad


def check_settings(caller: str, prefetch_buffer: int, ctx: str) -> None:
    """Check what all file iterators take; `ctx` changes nothing."""
    check_count(caller, "prefetch_buffer", prefetch_buffer, low=0, high=_MOST_BATCHES)
    check_choice(caller, "ctx", ctx, ["cpu", "gpu"])


def check_threads(caller: str, preprocess_threads: int) -> int:
    """The number of threads."""
    return check_count(caller, "preprocess_threads", preprocess_threads, low=1, high=_MOST_THREADS)


def check_seed(caller: str, name: str, seed: Any) -> int:
    """A seed, any integer."""
    try:
        return index(seed)
    except TypeError:
        raise MXNetValueError(f"{caller}: {name} must be an integer; got {shown(seed)}") from None


def check_part(caller: str, num_parts: int, part_index: int) -> tuple[int, int]:
    """(num_parts, part_index) of an iterator over one of so many parts."""
    num_parts = check_count(caller, "num_parts", num_parts, low=1)
    part_index = check_count(caller, "part_index", part_index, low=0)
    if part_index >= num_parts:
        raise MXNetValueError(f"{caller}: part_index must be below num_parts={num_parts}; "
                              f"got {part_index}")
    return num_parts, part_index


def part_of(count: int, num_parts: int, part_index: int) -> slice:
    """What of `count` samples is in a part; sizes differ by one at most."""
    return slice(count * part_index // num_parts, count * (part_index + 1) // num_parts)


def check_dtype(caller: str, dtype: Any, allowed: list[str]) -> str:
    """The name of the dtype, float32 for None."""
    try:
        name = dtype_name(dtype)
    except MXNetTypeError:
        name = ""
    if name not in allowed:
        raise MXNetValueError(f"{caller}: dtype must be {listing(allowed)}; got {shown(dtype)}")
    return name


def sample_shape(caller: str, argument: str, shape: Any) -> Shape:
    """The shape of one sample, as a tuple of positive ints; an int stands for (int,)."""
    try:
        lengths = tuple(map(index, shape if np.iterable(shape) else (shape,)))
    except TypeError:
        lengths = ()
    if not lengths or min(lengths) <= 0 or max(lengths) >= _NO_LENGTH:
        raise MXNetValueError(f"{caller}: {argument} must be a tuple of positive integers; "
                              f"got {shown(shape)}")
    return lengths

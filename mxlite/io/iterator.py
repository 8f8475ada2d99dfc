"""`DataIter`, the base of iterators over batches, and what its subclasses share."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import ndarray as nd
from ..arguments import NamesArguments
from .desc import DataBatch


class DataIter(NamesArguments):
    """Base: iterate over it for batches of one epoch, call `reset()`, and iterate again.

    Override `reset` and either `next`, or `iter_next` (advance to the next batch; False at the
    end), `getdata`, `getlabel`, `getpad` and `getindex` (of the current batch).
    provide_data and provide_label: lists of `DataDesc`.
    """

    provide_data: Any
    provide_label: Any

    def __init__(self, batch_size: int = 0) -> None:
        self.batch_size = batch_size

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> DataBatch:
        return self.next()

    def reset(self) -> None:
        """Begin a new epoch."""

    def next(self) -> DataBatch:
        """The next batch; raises StopIteration at the end of the epoch."""
        if self.iter_next():
            return DataBatch(data=self.getdata(), label=self.getlabel(), pad=self.getpad(),
                             index=self.getindex())
        raise StopIteration

    def iter_next(self) -> bool:
        """Advance to the next batch; False at the end of the epoch."""
        return False

    def getdata(self) -> Any:
        """The data of this batch: a list of NDArrays (N, ...)."""

    def getlabel(self) -> Any:
        """The labels of this batch: a list of NDArrays (N, ...)."""

    def getindex(self) -> Any:
        """The numbers of the samples of this batch, or None."""

    def getpad(self) -> Any:
        """How many samples at the end of this batch are padding."""


class CurrentBatchIter(DataIter):
    """Base of iterators that pass on the batches of others: `iter_next` sets `current_batch`."""

    current_batch: DataBatch | None = None

    def next(self) -> DataBatch:
        """The next batch; raises StopIteration at the end of the epoch."""
        if self.iter_next() and self.current_batch is not None:
            return self.current_batch
        raise StopIteration

    def getdata(self) -> Any:
        """The data of this batch."""
        return self.current_batch and self.current_batch.data

    def getlabel(self) -> Any:
        """The labels of this batch."""
        return self.current_batch and self.current_batch.label

    def getindex(self) -> Any:
        """The numbers of the samples of this batch, or None."""
        return self.current_batch and self.current_batch.index

    def getpad(self) -> Any:
        """How many samples at the end of this batch are padding."""
        return self.current_batch and self.current_batch.pad


def shuffled(count: int, seed: int, epoch: int) -> np.ndarray[Any, Any]:
    """0 to count - 1 in the order of this seed and epoch: int64 (count,)."""
    key = np.random.SeedSequence((seed & (1 << 64) - 1, epoch))
    return np.random.Generator(np.random.Philox(key)).permutation(count)


def gather(values: np.ndarray[Any, Any], indices: np.ndarray[Any, Any],
           dtype: str) -> nd.NDArray:
    """Rows `indices`, all within bounds, of a NumPy array, as a new NDArray of its dtype."""
    rows = nd.empty((len(indices), *values.shape[1:]), dtype=dtype)
    np.take(values, indices, axis=0, out=rows._numpy_view(), mode="clip")
    return rows

"""`ResizeIter`: another iterator, with a number of batches of its own to an epoch."""

from __future__ import annotations

from typing import Any

from .desc import DataBatch
from .iterator import DataIter, check_count


class ResizeIter(DataIter):
    """Epochs of `size` batches of `data_iter`, which begins again as often as it takes.

    reset_internal: whether a reset also resets data_iter; if not, the next epoch goes on where
    this one stopped.
    """

    def __init__(self, data_iter: Any, size: int, reset_internal: bool = True) -> None:
        super().__init__(data_iter.batch_size)
        self.data_iter = data_iter
        self.size = check_count("ResizeIter", "size", size, low=0)
        self.reset_internal = reset_internal
        self.cur = 0
        self.current_batch: DataBatch | None = None
        self.provide_data = data_iter.provide_data
        self.provide_label = data_iter.provide_label
        if hasattr(data_iter, "default_bucket_key"):
            self.default_bucket_key = data_iter.default_bucket_key

    def reset(self) -> None:
        """Begin a new epoch."""
        self.cur = 0
        if self.reset_internal:
            self.data_iter.reset()

    def iter_next(self) -> bool:
        """Go to the next batch; False after `size` of them, or if data_iter has none at all."""
        if self.cur == self.size:
            return False
        try:
            self.current_batch = self.data_iter.next()
        except StopIteration:
            self.data_iter.reset()
            try:
                self.current_batch = self.data_iter.next()
            except StopIteration:
                return False
        self.cur += 1
        return True

    def next(self) -> DataBatch:
        """The next batch, as data_iter made it; raises StopIteration after `size` of them."""
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
        """How many samples at the end of this batch only fill it up."""
        return self.current_batch and self.current_batch.pad

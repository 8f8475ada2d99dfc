"""`ResizeIter`: another iterator's batches in epochs of a given length."""

from __future__ import annotations

from typing import Any

from ..arguments import check_count
from ..base import MXNetTypeError
from ..wording import shown
from .arguments import reads_texts
from .iterator import CurrentBatchIter


class ResizeIter(CurrentBatchIter):
    """Epochs of `size` batches of `data_iter`, which is reset whenever it ends.

    reset_internal: whether a reset also resets data_iter; if not, the next epoch continues where
    this one stopped.
    """

    @reads_texts
    def __init__(self, data_iter: Any, size: int, reset_internal: bool = True) -> None:
        if not hasattr(data_iter, "batch_size"):
            raise MXNetTypeError("ResizeIter: data_iter must be an iterator; got "
                                 f"{shown(data_iter)}")
        super().__init__(data_iter.batch_size)
        self.data_iter = data_iter
        self.size = check_count("ResizeIter", "size", size, low=0)
        self.reset_internal = reset_internal
        self.cur = 0
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
        """Advance to the next batch; False after `size` of them, or if data_iter has none."""
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

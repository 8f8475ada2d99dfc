"""`CSVIter`: batches of the rows of text files."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import ndarray as nd
from ..base import MXNetValueError
from .csv_rows import Array, Rows
from .desc import DataDesc
from .file_iter import Batch, MXDataIter, check_dtype, check_settings, check_shape
from .iterator import check_count

_DTYPES = ["float32", "float64", "int32", "int64"]


class CSVIter(MXDataIter):
    """Batches of rows of CSV files: data (N, *data_shape), labels (N, *label_shape).

    data_csv, label_csv: a file, a folder (its files by name), or several joined by ';'. Labels
    of shape (1,) come as (N,); without label_csv they are zeros. dtype: of data and labels, one
    of float32, float64, int32, int64.

    round_batch: fill the last batch with the first rows, counted in `pad`, and begin the next
    epoch after them, so that an epoch can be shorter, or even empty, if rows are few. Without
    it the end of the last batch keeps the rows of the batch before, or zeros; `pad` counts them.

    Files are read in blocks, at the call; prefetch_buffer and ctx change nothing.
    """

    def __init__(self, data_csv: str, data_shape: Any, label_csv: str | None = None,
                 label_shape: Any = (1,), batch_size: int | None = None,
                 round_batch: bool = True, prefetch_buffer: int = 4, ctx: str = "gpu",
                 dtype: Any = None, data_name: str = "data",
                 label_name: str = "softmax_label") -> None:
        if batch_size is None:
            raise MXNetValueError("CSVIter: batch_size must be given")
        batch_size = check_count("CSVIter", "batch_size", batch_size, low=1)
        check_settings("CSVIter", prefetch_buffer, ctx)
        self._dtype = check_dtype("CSVIter", dtype, _DTYPES)
        shape = check_shape("CSVIter", "data_shape", data_shape)
        of_label = check_shape("CSVIter", "label_shape", label_shape)
        of_label = () if label_csv is None or of_label == (1,) else of_label
        self._rows = Rows("data_csv", data_csv, shape, self._dtype)
        self._labels = None
        if label_csv is not None:
            self._labels = Rows("label_csv", label_csv, of_label or (1,), self._dtype)
        kind = np.dtype(self._dtype).type
        super().__init__(batch_size, DataDesc(data_name, (batch_size, *shape), kind),
                         DataDesc(label_name, (batch_size, *of_label), kind))
        self._round_batch = bool(round_batch)
        self._has_wrapped = False          # the last batch took rows of the next epoch
        self._last: tuple[Array, Array, Array] = (
            np.zeros((batch_size, *shape), self._dtype),
            np.zeros((batch_size, *of_label), self._dtype), np.zeros(batch_size, np.uint64))

    def _rewind(self) -> None:
        if not self._has_wrapped:
            self._to_first_row()
        self._has_wrapped = False

    def _to_first_row(self) -> None:
        self._rows.rewind()
        if self._labels is not None:
            self._labels.rewind()

    def _read(self) -> Batch | None:
        if self._has_wrapped:
            return None
        count = self._fill(0)
        if count == 0:
            return None
        pad = self.batch_size - count
        if pad and self._round_batch:
            self._has_wrapped = True
            while count < self.batch_size:
                self._to_first_row()
                count += self._fill(count)
        data, label, index = self._last
        return Batch(nd.array(data, dtype=self._dtype), nd.array(label, dtype=self._dtype), pad,
                     index.copy())

    def _fill(self, start: int) -> int:
        """Put the next rows into the batch from place `start` on; how many there were."""
        data, label, index = self._last
        first = self._rows.number
        rows = self._rows.take(self.batch_size - start)
        stop = start + len(rows)
        if self._labels is not None:
            labels = self._labels.take(self.batch_size - start)
            if len(labels) != len(rows):
                ends = self._labels if len(labels) < len(rows) else self._rows
                raise MXNetValueError("CSVIter: data_csv and label_csv must have as many rows; "
                                      f"{ends.path} ends after {ends.number}, the other goes on")
            label[start:stop] = labels.reshape(label[start:stop].shape)
        data[start:stop] = rows
        index[start:stop] = np.arange(first, first + len(rows))
        return len(rows)

"""`TextIter`, the base of the iterators over text files."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from .._dataio.text import TextBatch, TextRows
from ..base import MXNetError, Shape
from ..context import cpu
from ..ndarray import NDArray
from ..ndarray.array import empty_array
from ..ndarray.sparse.making import from_parts
from .desc import DataDesc
from .file_iter import FileBatch, MXDataIter
from .text_errors import Explain
from .text_files import Table

DTYPES = ["float32", "float64", "int32", "int64"]

_CPU = cpu()
_BLOCK = 1 << 18          # bytes read at once
_LONGEST = 1 << 30        # bytes of a line; one that is longer is no text
_THREADS = min(os.cpu_count() or 1, 4)


class TextIter(MXDataIter):
    """Threads parse ahead. The constructor waits for the first batch, to raise its errors.

    After an error, `_next_batch` raises the same error until `reset`.
    """

    def __init__(self, format: str, batch_size: int, data: Table, labels: Table | None,
                 label_shape: Shape, dtype: str, round_batch: bool, prefetch_buffer: int,
                 names: tuple[str, str]) -> None:
        self._is_dense = format == "csv", format == "csv" or labels is None
        kind = np.dtype(dtype).type
        super().__init__(batch_size, DataDesc(names[0], (batch_size, *data.shape), kind),
                         DataDesc(names[1], (batch_size, *label_shape), kind))
        tables = [data] if labels is None else [data, labels]
        self._dtype = dtype
        self._crew = TextRows(
            format, [([(part.path, part.begin, part.end) for part in table.parts], table.columns)
                     for table in tables],
            dtype, bool(round_batch), Explain(type(self).__name__, tables, dtype), _THREADS,
            max(prefetch_buffer, 1), _BLOCK, _LONGEST)
        self._round_batch = bool(round_batch)
        self._is_over = False              # the pass that the consumer is in
        self._is_fresh = True              # it begins with the first row, and nothing was taken
        self._failure: tuple[type[MXNetError], Any] | None = None
        self._submit_all()
        self._parsed: TextBatch | None = self._crew.take()
        self._submit_all()

    def _submit_all(self) -> None:
        while self._crew.has_room:
            arrays = [empty_array(desc.shape, self._dtype, _CPU) if is_dense else None
                      for desc, is_dense in zip((self.provide_data[0], self.provide_label[0]),
                                                self._is_dense, strict=True)]
            index = np.empty(self.batch_size, np.uint64)
            data, labels = [None if array is None else array._numpy_view() for array in arrays]
            self._crew.submit(TextBatch(data, labels, index, (*arrays, index)))

    def _take(self) -> TextBatch:
        batch, self._parsed = self._parsed, None
        if batch is not None:
            return batch
        try:
            taken: TextBatch = self._crew.take()
        except MXNetError as error:
            self._failure = type(error), error.args      # without the frames it holds
            raise
        self._submit_all()
        return taken

    def _next_batch(self) -> FileBatch | None:
        if self._failure:
            kind, arguments = self._failure
            raise kind(*arguments)
        if self._is_over:
            return None
        batch = self._take()
        self._is_over = batch.rows < self.batch_size
        self._is_fresh = self._is_over and not (batch.pad and self._round_batch)
        if not batch.rows:
            return None
        *arrays, index = batch.tag
        data, labels = [self._matrix(batch, i) if array is None else array
                        for i, array in enumerate(arrays)]
        return FileBatch(data, labels, batch.pad, index)

    def _matrix(self, batch: TextBatch, table: int) -> NDArray:
        """The csr matrix of data (0) or labels (1), where they are not dense."""
        kind = np.dtype(self._dtype)
        values, columns, starts = batch.pairs(table, kind.itemsize)
        shape = (self.provide_data, self.provide_label)[table][0].shape
        parts = (np.frombuffer(values, kind), np.frombuffer(columns, np.int64),
                 np.frombuffer(starts, np.int64))
        matrix: NDArray = from_parts("csr", shape, parts, _CPU, self._dtype)
        return matrix

    def _restart(self) -> None:
        if self._is_over:
            self._is_over = False          # what is made ahead is the next pass
        elif self._failure or not self._is_fresh:
            self._failure = self._parsed = None
            self._is_fresh = True
            self._crew.rewind()
            self._submit_all()

    def close(self) -> None:
        """End the threads; the iterator cannot be used any more."""
        self._parsed = None
        self._crew.close()

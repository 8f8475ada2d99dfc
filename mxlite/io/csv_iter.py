"""`CSVIter`: batches of the rows of text files."""

from __future__ import annotations

from typing import Any

from ..arguments import check_count
from ..base import MXNetValueError, Shape
from .arguments import FilePath, reads_texts
from .file_iter import check_dtype, check_settings, sample_shape
from .paths import find_files
from .text_files import Part, Table
from .text_iter import DTYPES, TextIter


class CSVIter(TextIter):
    r"""Batches of rows of CSV files: data (N, *data_shape), labels (N, *label_shape).

    data_csv, label_csv: a file, a folder (its files by name), a folder with a regular expression
    for their names (r"a/.*\.csv"), or several of these joined by ';'. Labels of shape (1,) come as
    (N,); without label_csv they are zeros. dtype: of data and labels, one of float32, float64,
    int32, int64. A line that is not blank is a row of numbers with commas between them, and
    perhaps one at the end; floats are rounded correctly.

    round_batch: fill the last batch with the first rows, counted in `pad`, and begin the next
    epoch after them; with few rows, an epoch can be shorter or even empty. Without it, the end of
    the last batch keeps rows of the previous batch, or zeros; `pad` counts them.

    prefetch_buffer: how many batches threads prefetch; only these are in memory, not the files.
    ctx has no effect. A wrong row raises when its batch is taken (for the first batch: at the
    call), with file, line and column.
    """

    @reads_texts
    def __init__(self, data_csv: FilePath, data_shape: Shape, label_csv: FilePath | None = None,
                 label_shape: Shape = (1,), batch_size: int | None = None,
                 round_batch: bool = True, prefetch_buffer: int = 4, ctx: str = "gpu",
                 dtype: Any = None, data_name: str = "data",
                 label_name: str = "softmax_label") -> None:
        if batch_size is None:
            raise MXNetValueError("CSVIter: batch_size must be given")
        batch_size = check_count("CSVIter", "batch_size", batch_size, low=1)
        check_settings("CSVIter", prefetch_buffer, ctx)
        name = check_dtype("CSVIter", dtype, DTYPES)
        shape = sample_shape("CSVIter", "data_shape", data_shape)
        of_label = sample_shape("CSVIter", "label_shape", label_shape)
        data, labels = _table("data_csv", data_csv, shape), None
        if label_csv not in (None, "NULL"):        # MXNet's default
            labels = _table("label_csv", label_csv, of_label)
        if labels is None or of_label == (1,):
            of_label = ()
        super().__init__("csv", batch_size, data, labels, of_label, name, round_batch,
                         int(prefetch_buffer), (data_name, label_name))


def _table(argument: str, path: str, shape: Shape) -> Table:
    parts = [Part(file) for file in find_files("CSVIter", argument, path)]
    return Table(argument, path, shape, parts)

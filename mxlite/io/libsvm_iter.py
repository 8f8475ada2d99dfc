"""`LibSVMIter`: batches of the rows of LibSVM files."""

from __future__ import annotations

from typing import Any

from ..arguments import check_count
from ..base import MXNetValueError, Shape
from .arguments import FilePath, reads_texts
from .file_iter import check_dtype, check_part, check_settings, sample_shape
from .paths import find_files
from .text_files import Table, cut_files
from .text_iter import DTYPES, TextIter


class LibSVMIter(TextIter):
    r"""Batches of rows of LibSVM files: data (N, columns), a csr matrix; labels (N,), dense, or
    (N, *label_shape), csr.

    A line is `label index:value index:value ...`, indices from 0 on in any order; of two values for
    one index the later counts. `label:weight` and `qid:number` are accepted, and make no
    difference; # begins a comment. data_libsvm: a file, a folder (its files by name), a folder
    with a regular expression for their names (r"a/.*\.svm"), or several of these joined by ';'.
    data_shape: (columns,). label_libsvm: files in the same form, whose pairs are the labels, with
    label_shape=(more than 1,); then the labels of data_libsvm are ignored.

    num_parts, part_index: take one of so many parts of about equal bytes, cut at lines. dtype:
    float32, float64, int32 or int64. round_batch, prefetch_buffer, ctx, and when a wrong row
    raises: as for `CSVIter`.
    """

    @reads_texts
    def __init__(self, data_libsvm: FilePath, data_shape: Shape,
                 label_libsvm: FilePath | None = None, label_shape: Shape = (1,),
                 num_parts: int = 1, part_index: int = 0,
                 batch_size: int | None = None, round_batch: bool = True,
                 prefetch_buffer: int = 4, ctx: str = "gpu", dtype: Any = None,
                 data_name: str = "data", label_name: str = "softmax_label") -> None:
        if batch_size is None:
            raise MXNetValueError("LibSVMIter: batch_size must be given")
        batch_size = check_count("LibSVMIter", "batch_size", batch_size, low=1)
        check_settings("LibSVMIter", prefetch_buffer, ctx)
        name = check_dtype("LibSVMIter", dtype, DTYPES)
        num_parts, part_index = check_part("LibSVMIter", num_parts, part_index)
        of_data = _row_shape("data_shape", data_shape)
        of_label = _row_shape("label_shape", label_shape)
        if label_libsvm == "NULL":                 # MXNet's default
            label_libsvm = None
        if (label_libsvm is None) != (of_label == (1,)):
            raise MXNetValueError("LibSVMIter: label_shape must be (1,) without label_libsvm, and "
                                  f"more with it; got {of_label}")
        if label_libsvm is not None and num_parts > 1:
            raise MXNetValueError("LibSVMIter: num_parts must be 1 with label_libsvm, as parts are "
                                  f"cut by bytes, not by rows; got {num_parts}")
        data, labels = _table("data_libsvm", data_libsvm, of_data, num_parts, part_index), None
        if label_libsvm is not None:
            labels = _table("label_libsvm", label_libsvm, of_label)
        super().__init__("libsvm", batch_size, data, labels, () if labels is None else of_label,
                         name, round_batch, int(prefetch_buffer), (data_name, label_name))


def _row_shape(argument: str, shape: Any) -> Shape:
    """(columns,)."""
    checked = sample_shape("LibSVMIter", argument, shape)
    if len(checked) != 1:
        raise MXNetValueError(f"LibSVMIter: {argument} must have one dimension; got {checked}")
    return checked


def _table(argument: str, path: str, shape: Shape, num_parts: int = 1,
           part_index: int = 0) -> Table:
    parts = cut_files(find_files("LibSVMIter", argument, path), num_parts, part_index)
    if not parts:
        raise MXNetValueError(f"LibSVMIter: {argument} {path} has no rows for part {part_index} of "
                              f"{num_parts}")
    return Table(argument, path, shape, parts)

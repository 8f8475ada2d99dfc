"""Where the records of a RecordIO file begin, and the labels of an image list."""

from __future__ import annotations

import os
import warnings
from typing import Any, NamedTuple

import numpy as np

from .._dataio.image_records import scan
from .._dataio.lines import BYTES, fields_of, lines_of, lines_of_all, offset_of, repeated
from ..base import MXNetValueError
from .file_iter import check_part, part_of
from .paths import find_files


class Records(NamedTuple):
    """RecordIO files, and the part of their records that an iterator gives."""

    name: str                          # as it was given
    paths: list[str]
    offsets: np.ndarray[Any, Any]      # int64 (n,), of all records, in bytes from the first on
    first: int                         # of the part
    size: int


def find_records(caller: str, path_imgrec: str, path_imgidx: str, num_parts: int,
                 part_index: int) -> Records:
    """The records of one of `num_parts` parts, whose sizes differ by one at most."""
    paths = find_files(caller, "path_imgrec", path_imgrec, apart=(".idx", ".lst"))
    index = find_files(caller, "path_imgidx", path_imgidx) if path_imgidx else [""]
    if len(index) > 1:
        raise MXNetValueError(f"{caller}: path_imgidx must be one file; {path_imgidx} are "
                              f"{len(index)}")
    offsets = record_offsets(paths, index[0])
    part = part_of(len(offsets), *check_part(caller, num_parts, part_index))
    if part.start == part.stop:
        raise MXNetValueError(f"{caller}: {path_imgrec} must have records for part {part_index} of "
                              f"{num_parts}; it has {len(offsets)}")
    return Records(path_imgrec, paths, offsets, part.start, part.stop - part.start)


def record_offsets(paths: list[str], index: str) -> np.ndarray[Any, Any]:
    """int64 (n,): bytes, in the order of the index file, or of the records where there is none."""
    if index:
        return read_index(index)
    begin, offsets = 0, []
    for path in paths:
        offsets.append(np.asarray(scan(path), np.int64) + begin)
        begin += os.path.getsize(path)
    return np.concatenate(offsets)


def read_index(path: str) -> np.ndarray[Any, Any]:
    """The offsets of an index file of lines `key<TAB>offset`; int64 (n,). Warns of a key that
    repeats."""
    lines = list(lines_of(path))
    warn_of_repeats(path, [fields_of(line)[0] for _, line in lines])
    return np.array([offset_of(path, number, line) for number, line in lines], np.int64)


def warn_of_repeats(path: str, keys: list[str]) -> None:
    """Warn if one key names several records."""
    count, first = repeated(keys)
    if count:
        warnings.warn(f"{path}: expected each key once, found {count} that repeat, {first} among "
                      "them: readers by key give the last record of a key", stacklevel=7)


def find_lists(caller: str, path_imglist: str) -> list[str]:
    """The files of path_imglist; none where it is not given."""
    return (find_files(caller, "path_imglist", path_imglist, apart=(".idx", ".rec"))
            if path_imglist else [])


def read_image_list(paths: list[str], label_width: int) -> tuple[Any, Any]:
    """(ids uint64 (n,) ascending, labels float32 (n, label_width)) of lists of images.

    Their lines are an id, labels, of which the first `label_width` are taken, and perhaps a path,
    with tabs or spaces between them.
    """
    lines = list(lines_of_all(paths))
    ids = np.empty(len(lines), np.uint64)
    labels = np.empty((len(lines), label_width), np.float32)
    for i, (path, number, line) in enumerate(lines):
        fields = line.encode("utf-8", BYTES).split()       # of bytes: white space as C's
        try:
            ids[i] = int(fields[0])
            with np.errstate(over="ignore"):
                labels[i] = list(map(float, fields[1:label_width + 1]))
            if len(fields) < label_width + 1:              # NumPy repeats a single one
                raise ValueError
        except (ValueError, OverflowError):
            raise MXNetValueError(
                f"{path}: line {number}: expected an id, {label_width} labels (label_width) "
                f"and a path, with tabs between them, found {line!r}") from None
    names = ";".join(paths)
    if not lines:
        raise MXNetValueError(f"{names}: expected lines of an id, labels and a path, found none")
    order = np.argsort(ids, kind="stable")
    ids, labels = ids[order], np.ascontiguousarray(labels[order])
    twice = np.flatnonzero(ids[1:] == ids[:-1])
    if len(twice):
        raise MXNetValueError(f"{names}: expected each id once, found {ids[twice[0]]} twice")
    return ids, labels

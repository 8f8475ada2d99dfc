"""Where the records of a RecordIO file begin, and the labels of an image list."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

import numpy as np

from .._dataio.errors import DataFileError
from .._dataio.image_records import scan
from ..base import MXNetValueError
from .file_iter import check_part, part_of


class Records(NamedTuple):
    """A RecordIO file, and the part of its records that an iterator gives."""

    path: str
    offsets: np.ndarray[Any, Any]      # int64 (n,), of all records, in bytes
    first: int                         # of the part
    size: int


def find_records(caller: str, path_imgrec: str, path_imgidx: str, num_parts: int,
                 part_index: int) -> Records:
    """The records of one of `num_parts` parts, whose sizes differ by one at most."""
    path = check_file(caller, "path_imgrec", path_imgrec)
    offsets = record_offsets(
        path, path_imgidx and check_file(caller, "path_imgidx", path_imgidx))
    part = part_of(len(offsets), *check_part(caller, num_parts, part_index))
    if part.start == part.stop:
        raise MXNetValueError(f"{caller}: {path} must have records for part {part_index} of "
                              f"{num_parts}; it has {len(offsets)}")
    return Records(path, offsets, part.start, part.stop - part.start)


def record_offsets(path: str, index: str | None) -> np.ndarray[Any, Any]:
    """int64 (n,): bytes, in the order of the index file, or of the records where there is none."""
    if index:
        return read_index(index)
    return np.asarray(scan(path), np.int64)


def read_index(path: str) -> np.ndarray[Any, Any]:
    """The offsets of an index file of lines `key<TAB>offset`; int64 (n,)."""
    lines = read_lines(path)
    offsets = np.empty(len(lines), np.int64)
    for number, line in enumerate(lines, 1):
        fields = line.split("\t")
        try:
            offsets[number - 1] = offset = int(fields[1])
        except (ValueError, IndexError, OverflowError):
            raise MXNetValueError(f"{path}: line {number}: expected a key, a tab and an offset in "
                                  f"bytes, found {line!r}") from None
        if offset < 0 or offset % 4:
            raise MXNetValueError(f"{path}: line {number}: expected an offset that is a multiple "
                                  f"of 4, found {offset}")
    return offsets


def read_lines(path: str) -> list[str]:
    """The lines of a text file that are not empty. Raises DataFileError."""
    try:
        with open(path, encoding="utf-8") as file:
            return [line for line in file.read().splitlines() if line.strip()]
    except OSError as error:
        raise DataFileError(f"{path}: opening failed: {error.strerror}", error.errno) from error


def read_image_list(path: str, label_width: int) -> tuple[Any, Any]:
    """(ids uint64 (n,) ascending, labels float32 (n, label_width)) of a list of images.

    Its lines are `id<TAB>label<TAB>...<TAB>path`, with at least `label_width` labels.
    """
    lines = read_lines(path)
    ids = np.empty(len(lines), np.uint64)
    labels = np.empty((len(lines), label_width), np.float32)
    for number, line in enumerate(lines):
        fields = line.split("\t")
        try:
            ids[number] = int(fields[0])
            labels[number] = [float(field) for field in fields[1:-1]]
        except (ValueError, OverflowError):
            raise MXNetValueError(
                f"{path}: line {number + 1}: expected an id, {label_width} labels (label_width) "
                f"and a path, with tabs between them, found {line!r}") from None
    if not lines:
        raise MXNetValueError(f"{path}: expected lines of an id, labels and a path, found none")
    order = np.argsort(ids, kind="stable")
    ids, labels = ids[order], np.ascontiguousarray(labels[order])
    twice = np.flatnonzero(ids[1:] == ids[:-1])
    if len(twice):
        raise MXNetValueError(f"{path}: expected each id once, found {ids[twice[0]]} twice")
    return ids, labels


def check_file(caller: str, argument: str, path: str) -> str:
    """The path as a str; raises where there is no such file."""
    name = os.fspath(path)
    if not os.path.isfile(name):
        raise MXNetValueError(f"{caller}: {argument} must be a file; there is none at {name!r}")
    return name

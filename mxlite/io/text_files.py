"""Which files, and which parts of them, an iterator over text files reads."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

from ..base import Shape


@dataclass(frozen=True)
class Part:
    """The bytes of a file from `begin` to `end`, None for its end; both are beginnings of lines."""

    path: str
    begin: int = 0
    end: int | None = None


@dataclass(frozen=True)
class Table:
    """The rows of one argument, such as data_csv="a.csv", each of `shape`."""

    argument: str
    path: str
    shape: Shape
    parts: list[Part]

    @property
    def columns(self) -> int:
        """How many numbers a row has."""
        return math.prod(self.shape)

    @property
    def shape_name(self) -> str:
        """The argument that gives the shape."""
        return self.argument.split("_")[0] + "_shape"


def cut_files(paths: list[str], num_parts: int, part_index: int) -> list[Part]:
    """One of num_parts parts of about equal bytes, as MXNet cuts them: a line that contains a cut,
    or starts at one within a file, belongs to the part before it."""
    if num_parts == 1:
        return [Part(path) for path in paths]
    sizes = [os.path.getsize(path) for path in paths]
    step = -(-sum(sizes) // num_parts)
    parts, start = [], 0
    for path, size in zip(paths, sizes, strict=True):
        begin, end = (_next_line(path, max(0, min(step * number - start, size)), size)
                      for number in (part_index, part_index + 1))
        if begin < end:
            parts.append(Part(path, begin, end))
        start += size
    return parts


def _next_line(path: str, offset: int, size: int) -> int:
    if offset in (0, size):
        return offset
    with open(path, encoding="latin-1", newline="") as file:       # a letter is a byte
        file.seek(offset)
        return offset + len(file.readline())


def lines_before(part: Part) -> int:
    """How many lines of the file end before a part of it begins."""
    count = offset = 0
    with open(part.path, encoding="latin-1", newline="") as file:
        while offset < part.begin:
            offset += len(file.readline())
            count += 1
    return count

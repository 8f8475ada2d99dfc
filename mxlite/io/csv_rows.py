"""Rows of numbers out of CSV files, read block by block."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..base import MXNetValueError, Shape

_BLOCK = 1 << 20          # characters read at once, and then to the end of the line

Array = np.ndarray[Any, Any]


class Rows:
    """The rows of one CSV file, of all files of a folder by name, or of 'one.csv;other.csv'.

    Each line that is not blank is one row, of as many numbers as `shape` (of one sample) takes;
    one comma at its end is no number. Memory holds a block, not the file.
    """

    def __init__(self, argument: str, path: str, shape: Shape, dtype: str) -> None:
        self.path = path
        self._argument = argument
        self._shape_name = argument.replace("csv", "shape")
        self._shape = shape
        self._columns = int(np.prod(shape))
        self._dtype = dtype
        self._paths = [file for part in str(path).split(";") for file in _files(argument, part)]
        self.rewind()
        if not len(self._peek()):
            raise MXNetValueError(f"CSVIter: {argument} {path} has no rows")

    def rewind(self) -> None:
        """Begin again with the first row."""
        self._blocks = self._read()
        self._failure = ""
        self._block: Array = np.empty((0, self._columns), self._dtype)
        self.number = 0            # of the next row

    def take(self, count: int) -> Array:
        """The next `count` rows, fewer at the end: (rows, *shape)."""
        parts = []
        while count and len(self._peek()):
            part, self._block = self._block[:count], self._block[count:]
            count -= len(part)
            self.number += len(part)
            parts.append(part)
        rows = np.concatenate(parts) if parts else self._block[:0]
        return rows.reshape(len(rows), *self._shape)

    def _peek(self) -> Array:
        """What is left of this block, or the next one; empty at the end of the last file."""
        if self._failure:      # the end of _blocks would look like that of the file
            raise MXNetValueError(self._failure)
        try:
            while not len(self._block):
                self._block = next(self._blocks)
        except StopIteration:
            pass
        except MXNetValueError as error:
            self._failure = str(error)
            raise
        return self._block

    def _read(self) -> Iterator[Array]:
        for path in self._paths:
            try:
                with open(path, encoding="utf-8-sig") as file:
                    line = 1
                    while lines := file.readlines(_BLOCK):
                        yield self._parse(path, line, lines)
                        line += len(lines)
            except (OSError, UnicodeDecodeError) as error:
                raise MXNetValueError(f"CSVIter: {self._argument} {path} cannot be read: "
                                      f"{error}") from None

    def _parse(self, path: str, first: int, lines: list[str]) -> Array:
        """The rows of lines first, first + 1, ... of a file."""
        rows = [text for text in map(_stripped, lines) if text]
        if not rows:
            return np.empty((0, self._columns), self._dtype)
        try:
            block = self._numbers(rows)
        except (ValueError, OverflowError):
            block = None
        if block is None or block.shape[1] != self._columns:
            raise self._error(path, first, lines)
        return block

    def _numbers(self, rows: list[str]) -> Array:
        if self._dtype.startswith("float"):
            return np.loadtxt(rows, self._dtype, delimiter=",", comments=None, ndmin=2)
        return np.array([[int(field) for field in row.split(",")] for row in rows], self._dtype)

    def _is_number(self, field: str) -> bool:
        try:
            return bool(field) and self._numbers([field]).size == 1
        except (ValueError, OverflowError):
            return False

    def _error(self, path: str, first: int, lines: list[str]) -> MXNetValueError:
        """What is wrong with the first bad line, once it is known that there is one."""
        for number, line in enumerate(lines, first):
            text = _stripped(line)
            where = f"CSVIter: {path}, line {number}"
            fields = text.split(",") if text else []
            if fields and len(fields) != self._columns:
                return MXNetValueError(
                    f"{where}: must have {self._columns} numbers, as {self._shape_name}="
                    f"{self._shape} takes; got {len(fields)}")
            for field in fields:
                if not self._is_number(field.strip()):
                    return MXNetValueError(f"{where}: must have numbers of dtype {self._dtype}; "
                                           f"got {field.strip()!r}")
        return MXNetValueError(f"CSVIter: {path}, lines {first} to {first + len(lines) - 1}: "
                               f"must have {self._columns} numbers of dtype {self._dtype} each")


def _stripped(line: str) -> str:
    """The line without space around it and without one comma at its end."""
    text = line.strip()
    return text[:-1] if len(text) > 1 and text[-1] == "," else text


def _files(argument: str, path: str) -> list[str]:
    path = os.path.expanduser(path)
    if not os.path.isdir(path):
        if not os.path.isfile(path):
            raise MXNetValueError(f"CSVIter: {argument} {path} does not exist")
        return [path]
    inside = sorted(os.path.join(path, name) for name in os.listdir(path))
    found = [file for file in inside if os.path.isfile(file)]
    if not found:
        raise MXNetValueError(f"CSVIter: {argument} {path} is a folder without files")
    return found

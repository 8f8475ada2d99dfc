"""Messages for text that an iterator cannot parse."""

from __future__ import annotations

import codecs
import os

from ..base import MXNetError, MXNetMemoryError, MXNetValueError
from .text_files import Part, Table, lines_before

_KEPT = 1024              # bytes of a text that C keeps
_SHOWN = 200              # letters of it


class Explain:
    """Makes an exception of a reason, numbers and text that C gives (see io/include/mx_text.h)."""

    def __init__(self, caller: str, tables: list[Table], dtype: str) -> None:
        self._caller = caller
        self._tables = tables
        self._dtype = dtype

    def __call__(self, reason: str, numbers: list[int], text: bytes) -> MXNetError:
        if reason == "memory":
            return MXNetMemoryError(f"{self._caller}: no memory for the text of a batch")
        if reason == "no rows":
            table = self._tables[numbers[0]]
            return self._error(f"{table.argument} {table.path} has no rows")
        if reason == "uneven":
            names = " and ".join(table.argument for table in self._tables)
            return self._error(f"{names} must have as many rows; {self._tables[numbers[0]].path} "
                               f"ends after {numbers[1]}, the other goes on")
        table, part = self._find(numbers[0])
        if reason == "io":
            return self._unreadable(table, part, os.strerror(numbers[2]))
        try:
            shown = _shown(text)
        except UnicodeDecodeError as error:
            return self._unreadable(table, part, str(error))
        line = numbers[1] + 1 + lines_before(part)
        return self._error(f"{part.path}, line {line}: "
                           + self._rule(reason, table, numbers[2], shown))

    def _error(self, what: str) -> MXNetValueError:
        return MXNetValueError(f"{self._caller}: {what}")

    def _unreadable(self, table: Table, part: Part, why: str) -> MXNetValueError:
        return self._error(f"{table.argument} {part.path} cannot be read: {why}")

    def _find(self, number: int) -> tuple[Table, Part]:
        """Files of all tables are counted on."""
        table = self._tables[0]
        if number >= len(table.parts):
            number -= len(table.parts)
            table = self._tables[1]
        return table, table.parts[number]

    def _rule(self, reason: str, table: Table, number: int, shown: str) -> str:
        shape = f"{table.shape_name}={table.shape}"
        if reason == "count":
            return f"must have {table.columns} numbers, as {shape} takes; got {number}"
        if reason == "field":
            return f"must have numbers of dtype {self._dtype}; got {shown} in column {number + 1}"
        if reason == "label":
            return f"must begin with a label, a number; got {shown}"
        if reason == "pair":
            return (f"must have pairs index:value, with values of dtype {self._dtype}; "
                    f"got {shown} in place {number + 1}")
        if reason == "index":
            return (f"an index must be below {table.columns}, as {shape} takes; "
                    f"got {shown} in place {number + 1}")
        return f"must have at most {number} bytes"


def _shown(text: bytes) -> str:
    decoded, _ = codecs.utf_8_decode(text, "strict", len(text) < _KEPT)
    decoded = decoded.strip()
    return repr(decoded if len(decoded) <= _SHOWN else decoded[:_SHOWN] + "...")

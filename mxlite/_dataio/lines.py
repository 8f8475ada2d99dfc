"""The lines of lists of images and of indexes: only a newline ends one, and a name may be any
bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..base import MXNetValueError
from .errors import DataFileError

SPACE = " \t\r\n\v\f"                          # what C's isspace takes
_OFFSET_LIMIT = 1 << 62                        # of what no file reaches
BYTES = "surrogateescape"                      # how bytes that are no UTF-8 become text, and back


def lines_of(path: str) -> Iterator[tuple[int, str]]:
    """(number, from 1 on, line without its end) of the lines of a file that are not blank.

    Raises DataFileError.
    """
    try:
        with open(path, encoding="utf-8", errors=BYTES, newline="\n") as file:
            for number, line in enumerate(file, 1):
                if line.strip(SPACE):
                    yield number, line.rstrip("\r\n")
    except OSError as error:
        raise DataFileError(f"{path}: opening failed: {error.strerror}", error.errno) from error


def lines_of_all(paths: Iterable[str]) -> Iterator[tuple[str, int, str]]:
    """(path, number, line) of the lines of several files, as `lines_of` gives them."""
    for path in paths:
        for number, line in lines_of(path):
            yield path, number, line


def fields_of(line: str) -> list[str]:
    """What has tabs between it; white space around the line is left out."""
    return line.strip(SPACE).split("\t")


def offset_of(path: str, number: int, line: str) -> int:
    """The offset of a line `key<TAB>offset` of an index. Raises MXNetValueError."""
    fields = fields_of(line)
    try:
        offset = int(fields[1])
    except (ValueError, IndexError):
        raise MXNetValueError(f"{path}: line {number}: expected a key, a tab and an offset in "
                              f"bytes, found {line.rstrip(SPACE)!r}") from None
    if offset % 4 or not 0 <= offset < _OFFSET_LIMIT:
        raise MXNetValueError(f"{path}: line {number}: expected an offset that is a multiple of 4, "
                              f"found {offset}" + (", more than a file has" if offset > 0
                                                   and not offset % 4 else ""))
    return offset


def repeated(keys: Iterable[object]) -> tuple[int, object]:
    """(how many keys are there a second or further time, the first of them)."""
    seen: set[object] = set()
    count, first = 0, None
    for key in keys:
        if key in seen:
            first = first if count else key
            count += 1
        seen.add(key)
    return count, first

"""Reading lists: lines of an id, one or more labels, and a path, with tabs between them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from typing import NamedTuple

from ..._dataio.lines import SPACE, fields_of, lines_of
from ...base import MXNetValueError
from .options import Options

MOST_ID = 2 ** 64 - 1


class Entry(NamedTuple):
    """A line of a list. line: its number, from 1 on. problem: what is wrong with it, or empty."""

    line: int
    id: int = 0
    labels: tuple[float, ...] = ()
    path: str = ""
    problem: str = ""


def lists_of(options: Options) -> list[str]:
    """The lists <prefix>*.lst, or all lists of a folder; MXNetValueError if there are none."""
    is_folder = os.path.isdir(options.prefix)
    folder = options.prefix if is_folder else os.path.dirname(options.prefix)
    paths = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    lists = [path for path in paths
             if path.startswith(options.prefix) and path.endswith(".lst") and os.path.isfile(path)]
    if not lists:
        pattern = os.path.join(options.prefix, "*.lst") if is_folder else f"{options.prefix}*.lst"
        raise MXNetValueError(f"no list {pattern}; --list makes one")
    return lists


def read_list(path: str) -> Iterator[Entry]:
    """The entries of a list; a line that is none comes with its problem. Blank lines are left
    out."""
    return (entry_of(number, line) for number, line in lines_of(path))


def entry_of(number: int, line: str) -> Entry:
    """One line of a list."""
    def wrong(expected: str) -> Entry:
        shown = line if len(line) < 100 else f"{line[:97]}..."
        return Entry(number, problem=f"expected {expected}, found {shown!r}")

    fields = [field.strip(SPACE) for field in fields_of(line)]
    if len(fields) < 3:
        return wrong("an id, labels and a path with tabs between them")
    try:
        id = int(fields[0])
    except ValueError:
        return wrong("a whole number first, the id")
    if not 0 <= id <= MOST_ID:
        return wrong("an id from 0 to 2^64 - 1")
    try:
        labels = tuple(map(float, fields[1:-1]))
    except ValueError:
        return wrong("numbers as labels, between the id and the path")
    return Entry(number, id, labels, fields[-1])


def digest(path: str) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

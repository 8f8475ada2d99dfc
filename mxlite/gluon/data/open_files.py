"""Open files of a dataset, opened again for each thread, at the place where the original is."""

from __future__ import annotations

import functools
import io
import os
import pickle
from typing import Any

_BLOCK = 1 << 20                               # bytes read at once

Place = tuple[Any, int]                        # name, position


class _File(io.FileIO):
    def _dealloc_warn(self, source: Any) -> None:
        """It is closed with the copy that has it, without a ResourceWarning."""


def open_bytes(name: Any, position: int) -> Any:
    """What `open(name, "rb")` gives."""
    file = io.BufferedReader(_File(name))
    file.seek(position)
    return file


def place_of_bytes(file: Any) -> Place:
    """The arguments of `open_bytes`. Raises PicklingError for what is no file of the system."""
    name = file.name
    if isinstance(name, int) or type(file.raw) not in (io.FileIO, _File) or not os.path.samestat(
            os.stat(name), os.fstat(file.fileno())):
        raise pickle.PicklingError(f"an open file, {name!r}, cannot be opened again")
    return name, file.tell()


def open_text(name: Any, position: int, encoding: str, errors: str) -> Any:
    """What `open(name, encoding=encoding, errors=errors)` gives."""
    file = io.TextIOWrapper(open_bytes(name, 0), encoding, errors)
    file.seek(position)
    return file


def place_of_text(file: Any) -> tuple[Any, int, str, str]:
    """The arguments of `open_text`. Raises PicklingError, or OSError in the middle of a loop over
    its lines."""
    if type(file.buffer) is not io.BufferedReader:
        raise pickle.PicklingError(f"an open file, {file.name!r}, cannot be opened again")
    name, _ = place_of_bytes(file.buffer)
    status = os.fstat(file.fileno())
    if _has_returns(name, status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns):
        raise pickle.PicklingError(f"an open text file, {name!r}, has carriage returns, and does "
                                   "not tell how it reads them (newline=)")
    return name, file.tell(), file.encoding, file.errors


@functools.lru_cache
def _has_returns(name: Any, *which: int) -> bool:
    """Whether it matters what ends a line; asked once of a file that does not change."""
    with open(name, "rb") as file:
        return any(b"\r" in block for block in iter(lambda: file.read(_BLOCK), b""))

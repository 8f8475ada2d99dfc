"""Errors of data files."""

from __future__ import annotations

from ..base import MXNetError


class RecordError(MXNetError, ValueError):
    """A RecordIO file is damaged.

    path: the file. offset: where the damaged record begins, in bytes from the start of the file.
    """

    def __init__(self, message: str, path: str = "", offset: int = 0) -> None:
        super().__init__(message)
        self.path, self.offset = path, offset

    def __reduce__(self) -> tuple[type[RecordError], tuple[str, str, int]]:
        return type(self), (str(self), self.path, self.offset)


class DataFileError(MXNetError, OSError):
    """The system would not open, read, write or close a file; `errno` says why, as in OSError."""

    def __init__(self, message: str, errno: int | None = None) -> None:
        super().__init__(message)
        self.errno = errno

    def __reduce__(self) -> tuple[type[DataFileError], tuple[str, int | None]]:
        return type(self), (str(self), self.errno)

"""Errors of data files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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


@contextmanager
def naming(path: str, doing: str) -> Iterator[None]:
    """Turn an OSError, which may not say of which file it is, into a DataFileError that does."""
    try:
        yield
    except MXNetError:
        raise
    except OSError as error:
        raise DataFileError(f"{path}: {doing} failed: {error.strerror or error}", error.errno
                            ) from error

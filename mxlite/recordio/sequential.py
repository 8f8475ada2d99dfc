"""Records one after the other."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

from .._dataio.recordio import Reader, Writer
from ..argument_types import FilePath, checks_types
from ..arguments import NamesArguments, check_choice
from ..base import MXNetError
from .opener import open_stream, path_of


class MXRecordIO(NamesArguments):
    """A RecordIO file, to be read or written record by record.

    uri: a path, or an address such as "s3://bucket/a.rec", which fsspec opens if it is installed.
    flag: "r" to read, "w" to write; writing empties the file first.
    on_error: what damage does when reading: "raise" RecordError, or "skip" to the next record.
    opener: a function (uri, mode) that opens the file in its own way: mode is "rb" or "wb", and the
        result a binary file object.

    It is also an iterator over the records that are left, and a context manager.

    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "a.rec")
    >>> with MXRecordIO(path, "w") as file:
    ...     for text in (b"one", b"two"):
    ...         file.write(text)
    >>> list(MXRecordIO(path, "r"))
    [b'one', b'two']
    """

    @checks_types
    def __init__(self, uri: FilePath, flag: str, *, on_error: str = "raise",
                 opener: Callable[..., Any] | None = None) -> None:
        self.is_open = False
        caller = type(self).__name__
        check_choice(caller, "flag", flag, ["r", "w"])
        check_choice(caller, "on_error", on_error, ["raise", "skip"])
        self.uri = path_of(uri)
        self.flag = flag
        self.on_error = on_error
        self.opener = opener
        self.writable = flag == "w"
        self.pid: int | None = None
        self.handle: Any = None
        self.open()

    def open(self) -> None:
        """Open the file, at its start. Raises DataFileError where the system does not let us."""
        file = open_stream(self.uri, self.flag + "b", self.opener)
        if self.writable:
            self.handle = Writer(self.uri, file)
        else:
            self.handle = Reader(self.uri, file, self.on_error == "skip")
        self.pid = os.getpid()
        self.is_open = True

    def close(self) -> None:
        """Write what is left to write, and close the file; a second time does nothing."""
        if self.is_open:
            self.is_open = False
            self.pid = None
            self.handle.close()

    def reset(self) -> None:
        """Go back to the first record; a file that is written is emptied."""
        self.close()
        self.open()

    def read(self) -> bytes | None:
        """The next record, or None at the end of the file.

        Raises RecordError for a damaged record (unless on_error="skip"): it names the file, the
        offset in bytes, what was expected and what is there; the position stays.
        """
        if self.pid != os.getpid() or self.writable:
            self._check("r")
        record: bytes | None = self.handle.read()
        return record

    def write(self, buf: bytes | bytearray | memoryview) -> None:
        """Add a record of less than 2^29 bytes."""
        if self.pid != os.getpid() or not self.writable:
            self._check("w")
        self.handle.write(buf)

    def flush(self) -> None:
        """Hand all records written so far to the system, so that readers see them."""
        self._check("w")
        self.handle.flush()

    def tell(self) -> int:
        """Where the next record begins or will begin, in bytes from the start of the file."""
        self._check(self.flag)
        offset: int = self.handle.tell()
        return offset

    @property
    def skipped(self) -> int:
        """How many damaged places were passed over since the file was opened (on_error="skip")."""
        return 0 if self.writable else self.handle.skipped

    @property
    def skipped_bytes(self) -> int:
        """Bytes that were passed over since the file was opened (on_error="skip")."""
        return 0 if self.writable else self.handle.skipped_bytes

    def _check(self, flag: str) -> None:
        """The file is open, for this, and this process opened it."""
        if flag != self.flag:
            doing = "writing" if self.writable else "reading"
            raise MXNetError(f"{self.uri}: the file is open for {doing} only (flag={self.flag!r})")
        if not self.is_open:
            raise MXNetError(f"{self.uri}: the file is closed")
        self._check_pid()

    def _check_pid(self, allow_reset: bool = False) -> None:
        """A process that was forked opens the file again where that changes nothing; else it is
        told, since it and its parent would each read all records, or write over each other."""
        if self.pid == os.getpid():
            return
        if not allow_reset:
            raise MXNetError(f"{self.uri}: the file was opened by process {self.pid}, and this is "
                             f"process {os.getpid()}: call reset() to open it again")
        MXRecordIO.close(self)                    # not those of a subclass: an index is kept
        MXRecordIO.open(self)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        record = self.read()
        if record is None:
            raise StopIteration
        return record

    def __enter__(self) -> MXRecordIO:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "is_open", False):
            self.close()

    def __repr__(self) -> str:
        state = "" if self.is_open else ", closed"
        return f"{type(self).__name__}({self.uri!r}, {self.flag!r}{state})"

    def __getstate__(self) -> dict[str, Any]:
        if self.is_open and self.writable:
            raise MXNetError(f"{self.uri}: close the file before it is pickled: a copy would empty "
                             "it")
        return {**self.__dict__, "handle": None, "pid": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if self.is_open:
            self.is_open = False
            self.open()

"""Records by key."""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Callable
from typing import Any

from .._dataio.errors import DataFileError, naming
from .._dataio.lines import BYTES, SPACE, fields_of, offset_of, repeated
from ..argument_types import FilePath, checks_types
from ..base import MXNetError, MXNetKeyError, MXNetValueError
from .opener import open_stream, path_of
from .sequential import MXRecordIO


class MXIndexedRecordIO(MXRecordIO):
    """A RecordIO file with an index: a text file of lines `key<TAB>offset in bytes`.

    idx_path: the index. None, when reading: the records are numbered from 0 on, which takes reading
        the file once; the same happens, with a warning, where there is no such file.
    uri, flag, on_error, opener: as in MXRecordIO; the opener opens the index, too.
    key_type: makes a key from the text in the index.
    keys: the keys, in the order of the index. idx: key -> offset in bytes.

    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "a")
    >>> with MXIndexedRecordIO(path + ".idx", path + ".rec", "w") as file:
    ...     for key, text in enumerate((b"one", b"two")):
    ...         file.write_idx(key, text)
    >>> MXIndexedRecordIO(path + ".idx", path + ".rec", "r").read_idx(1)
    b'two'
    """

    @checks_types
    def __init__(self, idx_path: FilePath | None, uri: FilePath, flag: str,
                 key_type: Callable[[Any], Any] = int, *, on_error: str = "raise",
                 opener: Callable[..., Any] | None = None) -> None:
        self.idx_path = None if idx_path is None else path_of(idx_path)
        self.idx: dict[Any, int] = {}
        self.keys: list[Any] = []
        self.key_type = key_type
        self.fidx: Any = None
        self._is_scanned = False
        super().__init__(uri, flag, on_error=on_error, opener=opener)

    def open(self) -> None:
        """Open the file at its start, and read the index, or begin a new one."""
        if self.writable and self.idx_path is None:
            raise MXNetValueError(f"{self.uri}: writing takes an idx_path; got None")
        super().open()
        try:
            if self.writable:
                self.idx, self.keys = {}, []
                self.fidx = self._open_index("w")
            elif not self._is_scanned:
                self._load_index()
        except BaseException:
            super().close()
            raise

    def close(self) -> None:
        """Close the file and the index, both of them even if one fails; a second time does
        nothing. Raises DataFileError naming the file that cannot be written."""
        if not self.is_open:
            return
        index, self.fidx = self.fidx, None
        try:
            if index is not None:
                if self.pid != os.getpid():
                    drop_unwritten(index)
                with naming(str(self.idx_path), "closing"):
                    index.close()
        finally:
            super().close()

    def seek(self, idx: Any) -> None:
        """Go to the record with the key `idx`, which `read` reads next. Raises MXNetKeyError."""
        self._check_pid_of_reader()
        self.handle.seek(self._offset(idx))

    def read_idx(self, idx: Any) -> bytes:
        """The record with the key `idx`; `read` continues with the next one in the file.

        Raises MXNetKeyError for an unknown key, RecordError for a damaged record (also with
        on_error="skip": there is no other record to give).
        """
        if self.pid != os.getpid() or self.writable:
            self._check_pid_of_reader()
        record: bytes = self.handle.read_at(self._offset(idx))
        return record

    def write_idx(self, idx: Any, buf: bytes | bytearray | memoryview) -> None:
        """Add a record, and its key to the index."""
        key = self.key_type(idx)
        text = str(key)
        if "\t" in text or "\n" in text:
            raise MXNetValueError(f"{self.idx_path}: a key must have no tab and no newline; got "
                                  f"{text!r}")
        offset = self.tell()
        self.write(buf)
        with naming(str(self.idx_path), "writing"):
            self.fidx.write(f"{text}\t{offset}\n")
        self.idx[key] = offset
        self.keys.append(key)

    def _offset(self, key: Any) -> int:
        try:
            return self.idx[key]
        except KeyError:
            ends = f", from {self.keys[0]!r} to {self.keys[-1]!r}" if self.keys else ""
            raise MXNetKeyError(f"{self.idx_path or self.uri}: no key {key!r} among the "
                                f"{len(self.idx)} there are{ends}") from None

    def _check_pid_of_reader(self) -> None:
        if self.is_open and not self.writable:
            self._check_pid(allow_reset=True)
        self._check("r")

    def _open_index(self, flag: str) -> Any:
        """The index as a text file. Raises DataFileError."""
        assert self.idx_path is not None
        file = open_stream(self.idx_path, flag + "b", self.opener)
        if file is not None:
            return io.TextIOWrapper(file, encoding="utf-8", errors=BYTES, newline="\n")
        try:
            return open(self.idx_path, flag, encoding="utf-8", errors=BYTES, newline="\n")
        except OSError as error:
            raise DataFileError(f"{self.idx_path}: opening failed: {error.strerror}",
                                error.errno) from error

    def _load_index(self) -> None:
        self.idx, self.keys = {}, []
        if self.idx_path is None:
            self._scan()
            return
        try:
            file = self._open_index("r")
        except DataFileError as error:
            if not is_missing(error):
                raise
            self._scan()
            warnings.warn(f"{self.idx_path} is missing: {self.uri} was scanned instead, and has the"
                          f" keys 0 to {len(self.keys) - 1}", stacklevel=5)
            return
        with file:
            for number, line in enumerate(file, 1):
                self._add_line(number, line)
        if len(self.idx) < len(self.keys):
            count, first = repeated(self.keys)
            warnings.warn(f"{self.idx_path}: expected each key once, found {count} that repeat, "
                          f"{first!r} among them: a key gives its last record", stacklevel=5)

    def _add_line(self, number: int, line: str) -> None:
        """One line of the index: key, offset, and perhaps more, which is left alone."""
        offset = offset_of(str(self.idx_path), number, line)
        try:
            key = self.key_type(fields_of(line)[0])
        except ValueError:
            raise MXNetValueError(f"{self.idx_path}: line {number}: expected a key, a tab and an "
                                  f"offset in bytes, found {line.rstrip(SPACE)!r}") from None
        self.idx[key] = offset
        self.keys.append(key)

    def _scan(self) -> None:
        """Number the records from 0 on."""
        offsets = self.handle.offsets()
        self.keys = [self.key_type(number) for number in range(len(offsets))]
        self.idx = dict(zip(self.keys, offsets, strict=True))
        self.handle.seek(0)
        self._is_scanned = True

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        if self.is_open and not self._is_scanned:
            state |= {"idx": {}, "keys": []}        # open() reads them again
        return {**state, "fidx": None}


def is_missing(error: BaseException | None) -> bool:
    """Whether opening failed because there is no such file."""
    while error is not None and not isinstance(error, FileNotFoundError):
        error = error.__cause__
    return error is not None


def drop_unwritten(file: Any) -> None:
    """After a fork: the parent's unwritten lines, of which this process has a copy, go nowhere."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, file.fileno())
        os.close(nowhere)
    except (OSError, MXNetError):
        pass                                        # not a file of the system

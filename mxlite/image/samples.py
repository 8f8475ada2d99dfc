"""The samples behind an image iterator: records or listed files, in order, one after the other."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from .. import ndarray as nd
from ..base import MXNetKeyError, MXNetValueError
from ..io.file_iter import check_part
from ..random import numpy_generator
from ..recordio import MXIndexedRecordIO, MXRecordIO, unpack
from .image_list import Entries

Sample = tuple[Any, bytes]                     # label, encoded image


class Samples:
    """Reads (label, encoded image) of each sample of an epoch, and tracks the position.

    records: a RecordIO file, or None; without an index it is read in order. entries: of a list of
    images, or None.
    """

    def __init__(self, caller: str, records: MXRecordIO | None, entries: Entries | None,
                 root: str, name: str, shuffle: bool) -> None:
        self.records = records
        self.entries = entries
        self.shuffle = shuffle
        self._caller = caller
        self._root = root
        self._name = name
        self.keys: list[Any] | None = None
        if isinstance(records, MXIndexedRecordIO):
            self.keys = list(records.keys)
        elif records is None and entries is not None:
            self.keys = list(entries)
        self.position = 0
        self._offset = 0

    def take_part(self, num_parts: int, part_index: int) -> None:
        """Keep one of num_parts parts of the same size; as in MXNet's ImageIter, and unlike in
        `io.file_iter.part_of`, what is left over belongs to none."""
        num_parts, part_index = check_part(self._caller, num_parts, part_index)
        if self.keys is None:
            return
        size = len(self.keys) // num_parts
        count, self.keys = len(self.keys), self.keys[part_index * size:(part_index + 1) * size]
        if not self.keys:
            raise MXNetValueError(f"{self._caller}: {self._name}: a part must have at least "
                                  f"one sample; there are {count} in num_parts={num_parts} parts")

    def reorder(self) -> None:
        """Shuffle, if that is wanted."""
        if self.shuffle and self.keys is not None:
            order = numpy_generator().permutation(len(self.keys))
            self.keys = [self.keys[i] for i in order]

    def rewind(self) -> None:
        """Go to the first sample."""
        self.position = 0
        if self.keys is None and self.records is not None:
            self.records.reset()

    def read(self, read_image: Callable[[str], bytes]) -> Sample | None:
        """The next sample, or None behind the last; read_image: the bytes of a listed file."""
        if self.keys is not None:
            if self.position >= len(self.keys):
                return None
            self.position += 1
            return self._at(self.keys[self.position - 1], read_image)
        assert self.records is not None
        self._offset = self.records.tell()
        record = self.records.read()
        if record is None:
            return None
        self.position += 1
        header, data = unpack(record)
        return (header.label if self.entries is None else self._label(header.id)), data

    def locate(self) -> str:
        """Which sample `read` gave last, for errors."""
        if not self.position:
            return self._name                      # it came from a subclass of the iterator
        if self.keys is None:
            return f"{self._name}: record {self.position - 1} (byte {self._offset})"
        if self.position > len(self.keys):
            return self._name                      # a caller has set them
        key = self.keys[self.position - 1]
        if isinstance(self.records, MXIndexedRecordIO):
            return f"{self._name}: record with the key {key!r} (byte {self.records.idx[key]})"
        assert self.entries is not None
        return f"{os.path.join(self._root, self.entries[key][1])} ({self._name}, key {key!r})"

    def _at(self, key: Any, read_image: Callable[[str], bytes]) -> Sample:
        if self.records is None:
            assert self.entries is not None
            return self._label(key), read_image(self.entries[key][1])
        assert isinstance(self.records, MXIndexedRecordIO)
        header, data = unpack(self.records.read_idx(key))
        key = header.id if self.records._is_scanned else key
        return (header.label if self.entries is None else self._label(key)), data

    def _label(self, key: Any) -> Any:
        assert self.entries is not None
        try:
            label = self.entries[key][0]
        except KeyError:
            raise MXNetKeyError(f"{self._caller}: {self.locate()}: no key {key!r} in the list of "
                                "images") from None
        return nd.array(label, dtype=label.dtype)

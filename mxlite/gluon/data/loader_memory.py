"""Batches from a worker process to its parent: pickled, except arrays, which use shared memory.

A worker has one segment of shared memory, which it creates and replaces by a larger one when a
batch needs it. The parent copies a batch out before the worker makes the next. Segments are
numbered, and only the parent unlinks them: when a larger one replaces them, and after the worker
has ended for any reason. (If the parent dies first, Python's resource tracker unlinks them.)
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import threading
from multiprocessing.shared_memory import SharedMemory
from typing import Any, NamedTuple

import numpy as np

from ... import ndarray as nd

_ALIGNMENT = 64
_SMALL = 16 << 10      # bytes of arrays up to which they are sent with the rest


class Place(NamedTuple):
    """Where an array is: `offset` bytes into the memory."""

    offset: int
    shape: tuple[int, ...]
    dtype: Any                     # NumPy's
    name: str | None               # of our own dtype; None for an array of NumPy


class Parcel(NamedTuple):
    """A batch on its way."""

    body: bytes                    # pickled, with numbers of arrays
    places: list[Place]
    segment: int | None            # the number of the segment that holds the arrays, or None:
    data: bytes                    # they are here


class Outbox:
    """The worker's end. prefix: of the names of its segments."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._number = 0
        self._memory: SharedMemory | None = None

    def pack(self, batch: Any) -> Parcel:
        """A batch as a parcel. Raises what pickle raises for objects that it cannot take."""
        file = io.BytesIO()
        pickler = _Pickler(file)
        pickler.dump(batch)
        body, arrays, places = file.getvalue(), pickler.arrays, pickler.places
        size = pickler.end
        if size > _SMALL and self._has(size):
            assert self._memory is not None
            _fill(self._memory.buf, arrays, places)
            return Parcel(body, places, self._number, b"")
        data = bytearray(size)
        _fill(memoryview(data), arrays, places)
        return Parcel(body, places, None, bytes(data))

    def close(self) -> None:
        memory, self._memory = self._memory, None
        if memory is not None:
            memory.close()

    def _has(self, size: int) -> bool:
        """Have a segment of so many bytes; False where the system has no room for it."""
        if self._memory is not None and self._memory.size >= size:
            return True
        try:
            memory = SharedMemory(segment(self._prefix, self._number + 1), create=True,
                                  size=size + size // 8)
        except OSError:
            return False
        try:                       # or a full /dev/shm would end the process when it is written
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(memory._fd, 0, memory.size)  # type: ignore[attr-defined]
        except OSError:
            memory.close()
            memory.unlink()
            return False
        self.close()
        self._memory = memory
        self._number += 1
        return True


class Inbox:
    """The parent's end, which outlives the worker and gives its memory back."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._number = 0
        self._memory: SharedMemory | None = None
        self._lock = threading.RLock()         # `clear` comes from another thread

    def unpack(self, parcel: Parcel) -> Any:
        """The batch, with arrays in memory of this process."""
        data: Any = parcel.data
        if parcel.segment is not None:
            data = self._segment(parcel.segment).buf
        arrays = [_copied(place, data) for place in parcel.places]
        return _Unpickler(io.BytesIO(parcel.body), arrays).load()

    def _segment(self, number: int) -> SharedMemory:
        with self._lock:
            if self._memory is None or self._number != number:
                memory = SharedMemory(segment(self._prefix, number))
                self._drop()
                self._memory, self._number = memory, number
            return self._memory

    def _drop(self) -> None:
        memory, self._memory = self._memory, None
        if memory is not None:
            memory.unlink()
            with contextlib.suppress(BufferError):     # a batch is copied out just now: then the
                memory.close()                         # end of that closes it

    def clear(self) -> None:
        """Unlink what is left, once the worker has ended: also a segment it has not told of."""
        with self._lock:
            self._drop()
            try:
                memory = SharedMemory(segment(self._prefix, self._number + 1))
            except (OSError, ValueError):      # there is none, or it has no size yet
                return
            memory.unlink()
            memory.close()


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self.arrays: list[Any] = []
        self.places: list[Place] = []
        self.end = 0
        self._numbers: dict[int, int] = {}

    def persistent_id(self, value: Any) -> int | None:
        """The number of an array; None for what is pickled as usual."""
        kind = type(value)
        if kind is nd.NDArray:
            name, view = value._dtype_name, value._values()
        elif kind is np.ndarray and value.dtype.names is None and not value.dtype.hasobject:
            name, view = None, value
        else:
            return None
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = len(self.arrays)
            self.arrays.append(view)
            self.places.append(Place(self.end, view.shape, view.dtype, name))
            self.end += -(-view.nbytes // _ALIGNMENT) * _ALIGNMENT
        return number


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, arrays: list[Any]) -> None:
        super().__init__(file)
        self._arrays = arrays

    def persistent_load(self, pid: int) -> Any:
        return self._arrays[pid]


def segment(prefix: str, number: int) -> str:
    """The name of a segment."""
    return f"{prefix}-{number}"


def _fill(memory: Any, arrays: list[Any], places: list[Place]) -> None:
    for array, place in zip(arrays, places, strict=True):
        np.ndarray(place.shape, place.dtype, memory, place.offset)[...] = array


def _copied(place: Place, memory: Any) -> Any:
    values: Any = np.ndarray(place.shape, place.dtype, memory, place.offset)
    if place.name is None:
        return values.copy()
    array = nd.empty(place.shape, dtype=place.name)
    array._numpy_view()[...] = values
    return array

"""A copy of the dataset and of batchify_fn for each thread that makes batches.

Python code is seldom made for several threads: a dataset may have a buffer that it fills anew for
each sample, or a file in which it seeks before it reads. So each thread works on a copy of all that
such code could change. Shared are: what mxlite's own datasets only read; read-only arrays, and
arrays of 64 MB and more, for they are data; locks and random generators, which are made for
sharing; modules, classes, functions; and whatever has `thread_safe = True`.
"""

from __future__ import annotations

import bisect
import contextlib
import io
import operator
import pickle
import queue
import random
import threading
import types
import warnings
from typing import Any

import numpy as np

from ... import ndarray as nd
from ...base import DTYPES
from ...ndarray.array import share_array
from ...recordio import MXIndexedRecordIO
from .dataset import ArrayDataset, Dataset
from .making import Maker
from .open_files import open_bytes, open_text, place_of_bytes, place_of_text

_LARGE = 64 << 20
_MADE_FOR_THREADS = (
    type(threading.Lock()), type(threading.RLock()), threading.Condition, threading.Event,
    threading.Semaphore, threading.Barrier, threading.local, queue.Queue, queue.SimpleQueue,
    random.Random, np.random.RandomState, np.random.Generator, np.random.BitGenerator,
    np.memmap, type, types.ModuleType, types.BuiltinFunctionType, types.CodeType)
_READ_ONLY = (list, tuple, np.ndarray, nd.NDArray, MXIndexedRecordIO)    # in our own datasets


class Copies:
    """The makers of `count` threads, made anew where the original was changed between epochs."""

    def __init__(self, maker: Maker, count: int) -> None:
        self._original = maker
        self.makers = [maker] * count
        self._made_of: _Content | None = None
        self._lock = threading.Lock()
        self._warned = False

    def refresh(self) -> None:
        """Copy the original, if it is not what the copies were made of. Workers' copies keep what
        they have gathered meanwhile, such as a cache."""
        try:
            content = _Content(self._original)
            if self._made_of is None or not content.is_same(self._made_of):
                content.keep()
                self.makers[:] = [content.copy() for _ in self.makers]
                self._made_of = content
        except Exception as error:
            self._share(error)

    def _share(self, error: Exception) -> None:
        """Let the threads have the original, one after the other."""
        if len(self.makers) > 1 and not self._warned:
            warnings.warn(
                "DataLoader: the dataset or batchify_fn cannot be copied for each thread "
                f"({type(error).__name__}: {error}), so the threads take samples one at a time; "
                "thread_safe = True in its class says that they may do so at once", stacklevel=5)
        self._warned = True
        self._made_of = None
        self._original.lock = self._lock
        self.makers[:] = [self._original] * len(self.makers)


class _Content:
    """What the copies of a maker are made of; `keep` it before the maker changes."""

    def __init__(self, maker: Maker) -> None:
        file = io.BytesIO()
        buffers: list[pickle.PickleBuffer] = []
        pickler = _Pickler(file, maker, buffers)
        pickler.dump(maker)
        self._body = file.getvalue()
        self._shared = pickler.shared
        self._buffers: list[Any] = [np.frombuffer(buffer.raw(), np.uint8) for buffer in buffers]

    def is_same(self, other: _Content) -> bool:
        return (self._body == other._body
                and all(map(operator.is_, self._shared, other._shared))
                and all(map(np.array_equal, self._buffers, other._buffers)))

    def keep(self) -> None:
        self._buffers = [buffer.copy() for buffer in self._buffers]

    def copy(self) -> Maker:
        unpickler = _Unpickler(io.BytesIO(self._body), self._shared,
                               [buffer.copy() for buffer in self._buffers])
        maker: Maker = unpickler.load()
        return maker


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, maker: Maker, buffers: list[pickle.PickleBuffer]) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL, buffer_callback=buffers.append)
        self.shared: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._only_read: set[int] = set()          # of ids
        self._arrays: list[Any] = []               # NDArrays, by their addresses
        self._addresses: list[int] = []
        if type(maker.dataset) in _READ_ONLY:
            self._only_read.add(id(maker.dataset))

    def persistent_id(self, value: Any) -> int | None:
        """The number of an object that is shared; None for one that is copied."""
        kind = type(value)
        if kind is _Shared:
            value = value.value
        elif kind in (str, int, float, bytes, dict) or not (
                id(value) in self._only_read or _is_shared(value, kind)):
            return None
        if kind is nd.NDArray and id(value) not in self._numbers:
            self._view_of(value)
        number = self._numbers.setdefault(id(value), len(self.shared))
        if number == len(self.shared):
            self.shared.append(value)
        return number

    def reducer_override(self, value: Any) -> Any:
        """How to copy what pickle does not copy, or not as it is meant."""
        kind = type(value)
        if kind is types.FunctionType:
            return _function, (_Shared(value),), _variables(value), None, None, _set_variables
        if kind is np.ndarray and (offset := _offset(value)) is not None:
            return _view, (value.base, value.shape, value.dtype, offset, value.strides)
        if kind is nd.NDArray:
            return self._view_of(value) or NotImplemented
        if kind is io.BufferedReader:
            return open_bytes, place_of_bytes(value)
        if kind is io.TextIOWrapper:
            return open_text, place_of_text(value)
        if isinstance(value, Dataset) and kind.__module__.startswith("mxlite."):
            self._only_read.update(map(id, _data_of(value)))
        return NotImplemented

    def _view_of(self, array: nd.NDArray) -> tuple[Any, ...] | None:
        """How to make it from an array before, whose memory it is a part of."""
        start, end = _span(array)
        if start == end or not array.ctx.device_type.startswith("cpu"):
            return None
        place = bisect.bisect_right(self._addresses, start)
        for other in self._arrays[max(place - 1, 0):place + 1]:
            first, last = _span(other)
            if first <= start and end <= last and array._dtype_name == other._dtype_name:
                return share_array, (other, array.shape, start - first)
            if first < end and start < last:
                raise pickle.PicklingError("an NDArray is a part of another that comes after it")
        self._addresses.insert(place, start)
        self._arrays.insert(place, array)
        return None


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, shared: list[Any], buffers: list[Any]) -> None:
        super().__init__(file, buffers=buffers)
        self._shared = shared

    def persistent_load(self, pid: int) -> Any:
        return self._shared[pid]


def _span(array: nd.NDArray) -> tuple[int, int]:
    """The addresses of its first byte, and behind its last."""
    start = array._address
    return start, start + _size(array)


def _size(array: nd.NDArray) -> int:
    return int(array.size) * DTYPES[array._dtype_name][1]


def _is_shared(value: Any, kind: type) -> bool:
    if kind is types.FunctionType:
        return getattr(value, "thread_safe", None) is True or not (
            value.__closure__ or value.__defaults__ or value.__kwdefaults__)
    if kind is nd.NDArray:
        return _size(value) >= _LARGE
    if kind is np.ndarray:
        base = value.base if type(value.base) is np.ndarray else value
        is_fixed = not value.flags.writeable and not base.flags.writeable
        return is_fixed or base.nbytes >= _LARGE
    return isinstance(value, _MADE_FOR_THREADS) or getattr(value, "thread_safe", None) is True


def _data_of(dataset: Dataset) -> list[Any]:
    """What a dataset of ours reads its samples from, and nothing writes to."""
    values = list(vars(dataset).values())
    if isinstance(dataset, ArrayDataset):
        values = dataset._data
    return [value for value in values if type(value) in _READ_ONLY]


# ---- functions with variables of their own, views

class _Shared:
    """Says that its value is shared, whatever that is."""

    def __init__(self, value: Any) -> None:
        self.value = value


def _variables(function: Any) -> tuple[Any, ...]:
    cells = []
    for number, cell in enumerate(function.__closure__ or ()):
        with contextlib.suppress(ValueError):              # it is empty
            cells.append((number, cell.cell_contents))
    return cells, function.__defaults__, function.__kwdefaults__, function.__dict__


def _function(original: Any) -> Any:
    cells = tuple([types.CellType() for _ in original.__closure__ or ()])
    function = types.FunctionType(original.__code__, original.__globals__, original.__name__, None,
                                  cells)
    function.__qualname__, function.__module__ = original.__qualname__, original.__module__
    return function


def _set_variables(function: Any, variables: Any) -> None:
    cells, function.__defaults__, function.__kwdefaults__, attributes = variables
    for number, content in cells:
        function.__closure__[number].cell_contents = content
    function.__dict__.update(attributes)


def _offset(view: Any) -> int | None:
    """Bytes from the start of the array that it is a view of; None if it is copied by itself."""
    base = view.base
    if type(base) is not np.ndarray or base.dtype.hasobject or view.size == 0 or not (
            base.flags.c_contiguous or base.flags.f_contiguous):
        return None
    start: int = view.__array_interface__["data"][0] - base.__array_interface__["data"][0]
    return start


def _view(base: Any, shape: Any, dtype: Any, offset: int, strides: Any) -> Any:
    return np.ndarray(shape, dtype, base, offset, strides)

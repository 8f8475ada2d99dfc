"""Datasets: anything with a length and samples by number."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ... import ndarray as nd
from ...argument_types import FilePath, Items, checks_types
from ...arguments import NamesArguments, check_count
from ...base import (
    AssertedValueError,
    MXNetIndexError,
    MXNetTypeError,
    MXNetValueError,
    dtype_name,
    from_package,
)
from ...io import iterator
from ...recordio import MXIndexedRecordIO
from ...wording import shown
from .sampler import FilterSampler, Sampler, SequentialSampler


class Dataset(NamesArguments):
    """Base: override `__getitem__(idx)` and `__len__`.

    thread_safe: whether threads of a DataLoader may share it; else each has a copy.
    """

    thread_safe = False

    def __getitem__(self, idx: int) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must override __getitem__")

    def __len__(self) -> int:
        raise NotImplementedError(f"{type(self).__name__} must override __len__")

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def batch(self, indices: Sequence[int]) -> list[nd.NDArray] | nd.NDArray | None:
        """What default_batchify_fn makes of these samples, at once; None: sample by sample.

        Where a subclass overrides `__getitem__` and not this, this is not called.
        """
        return None

    def filter(self, fn: Callable[[Any], bool]) -> Dataset:
        """The samples for which fn(sample) is true."""
        return _Sampled(self, FilterSampler(_function("filter", fn), self))

    def shard(self, num_shards: int, index: int) -> Dataset:
        """Part `index` of `num_shards` parts in order, equal but for one sample at most."""
        num_shards = check_count("shard", "num_shards", num_shards, 1)
        index = check_count("shard", "index", index, 0)
        if index >= num_shards:
            raise MXNetValueError(f"shard: index must be in [0, {num_shards}); got {index}")
        share, rest = divmod(len(self), num_shards)
        start = share * index + min(index, rest)
        return _Sampled(self, SequentialSampler(share + (index < rest), start))

    def take(self, count: int | None) -> Dataset:
        """The first `count` samples; all for None."""
        count = len(self) if count is None else check_count("take", "count", count, 0)
        count = min(count, len(self))
        return _Sampled(self, SequentialSampler(count))

    def sample(self, sampler: Sampler) -> Dataset:
        """The samples in the order of a sampler."""
        if not isinstance(sampler, Sampler):
            raise MXNetTypeError(f"sample: sampler must be a Sampler; got {type(sampler).__name__}")
        return _Sampled(self, sampler)

    def transform(self, fn: Callable[..., Any], lazy: bool = True) -> Dataset:
        """fn(*sample) for every sample; lazy: computed at each access."""
        changed = _Transformed(self, _function("transform", fn))
        return changed if lazy else SimpleDataset(list(changed))

    def transform_first(self, fn: Callable[[Any], Any], lazy: bool = True) -> Dataset:
        """The samples with fn applied to their first part, such as the image."""
        return self.transform(_First(_function("transform_first", fn)), lazy)


class SimpleDataset(Dataset):
    """A list, or anything else with a length and items, as a dataset."""

    @checks_types
    def __init__(self, data: Items) -> None:
        self._data = data

    def __getitem__(self, idx: int) -> Any:
        return self._data[idx]

    def __len__(self) -> int:
        return len(self._data)


class ArrayDataset(Dataset):
    """Arrays or lists of one length, side by side: sample i is the tuple of their items i."""

    @checks_types
    def __init__(self, *args: Items) -> None:
        if not args:
            raise MXNetValueError("ArrayDataset: needs at least one array")
        self._length = len(args[0])
        for i, data in enumerate(args):
            if len(data) != self._length:
                raise AssertedValueError(f"ArrayDataset: all arrays must have the length of the "
                                         f"first, {self._length}; array {i} has {len(data)}")
        # the items of a one-dimensional array are numbers, as in MXNet
        self._data = [data.asnumpy() if isinstance(data, nd.NDArray) and data.ndim == 1 else data
                      for data in args]

    def __getitem__(self, idx: int) -> Any:
        if len(self._data) == 1:
            return self._data[0][idx]
        return tuple([data[idx] for data in self._data])

    def __len__(self) -> int:
        return self._length

    def batch(self, indices: Sequence[int]) -> list[nd.NDArray] | nd.NDArray | None:
        """Rows `indices` of every array, gathered without a step for each sample."""
        if not all(isinstance(data, (nd.NDArray, np.ndarray)) for data in self._data):
            return None
        batch = [gather(data, indices) for data in self._data]
        return batch[0] if len(batch) == 1 else batch


class RecordFileDataset(Dataset):
    """The records of a RecordIO file as bytes, in the order of its index, a file `<name>.idx`.

    Threads and worker processes may read from it at the same time. Without an index the records
    are numbered in the order of the file, which is read through once, with a warning.
    """

    @checks_types
    def __init__(self, filename: FilePath) -> None:
        self.filename = os.fsdecode(filename)
        self.idx_file = os.path.splitext(self.filename)[0] + ".idx"
        self._record = MXIndexedRecordIO(self.idx_file, self.filename, "r")

    def __getitem__(self, idx: int) -> Any:
        return self._record.read_idx(self._record.keys[idx])

    def __len__(self) -> int:
        return len(self._record.keys)


def gather(data: Any, indices: Sequence[int]) -> nd.NDArray:
    """Rows `indices` of an NDArray or NumPy array, as a new NDArray of the same dtype.

    Negative indices count from the end. Raises MXNetIndexError for those out of range.
    """
    values = np.asarray(data)
    try:
        rows = np.asarray(indices, np.int64)
        if rows.ndim > 1:
            raise TypeError
    except (TypeError, ValueError, OverflowError):
        raise MXNetTypeError("a sampler must give numbers of samples, integers; got "
                             f"{shown(indices)}") from None
    if rows.size and (rows.min() < 0 or rows.max() >= len(values)):
        rows = np.where(rows < 0, rows + len(values), rows)
        if rows.min() < 0 or rows.max() >= len(values):
            wrong = next(i for i in indices if not -len(values) <= i < len(values))
            raise MXNetIndexError(f"sample {wrong} is out of range: there are {len(values)}")
    dtype = data._dtype_name if isinstance(data, nd.NDArray) else dtype_name(values.dtype)
    return iterator.gather(values, rows, dtype)


def whole_batch(dataset: Any, indices: Sequence[int]) -> Any:
    """dataset.batch(indices) if that stands for its `__getitem__`; None: sample by sample."""
    if not isinstance(dataset, Dataset):
        return None
    for cls in type(dataset).__mro__:
        if "batch" in cls.__dict__:
            return dataset.batch(indices)
        if "__getitem__" in cls.__dict__:      # a subclass has samples of its own
            return None
    return None


def _function(caller: str, fn: Any) -> Any:
    if not callable(fn):
        raise MXNetTypeError(f"{caller}: fn must be a function; got {shown(fn)}")
    return fn


class _Transformed(Dataset):
    def __init__(self, data: Dataset, fn: Callable[..., Any]) -> None:
        self._data = data
        self._fn = fn

    def __getitem__(self, idx: int) -> Any:
        sample = self._data[idx]
        return self._fn(*sample) if isinstance(sample, tuple) else self._fn(sample)

    def __len__(self) -> int:
        return len(self._data)


class _First:
    def __init__(self, fn: Callable[[Any], Any]) -> None:
        self._fn = fn

    def __call__(self, first: Any, *rest: Any) -> Any:
        return (self._fn(first), *rest) if rest else self._fn(first)


class _Sampled(Dataset):
    def __init__(self, data: Dataset, sampler: Sampler) -> None:
        self._data = data
        self._indices = list(sampler)

    def __getitem__(self, idx: int) -> Any:
        return self._data[self._indices[idx]]

    def __len__(self) -> int:
        return len(self._indices)

    def batch(self, indices: Sequence[int]) -> list[nd.NDArray] | nd.NDArray | None:
        return whole_batch(self._data, [self._indices[i] for i in indices])


_LazyTransformDataset = _Transformed        # MXNet's name


if not TYPE_CHECKING:
    def __getattr__(name: str) -> Any:
        """What MXNet has in this module, and the package from another."""
        if name != "_DownloadedDataset":
            return from_package(__name__, name)
        from .vision.local import LocalDataset  # made of what is above

        return LocalDataset

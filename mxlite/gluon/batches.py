"""Batches of what people have: datasets, arrays, iterators of mx.io, one batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .. import ndarray as nd
from ..base import MXNetTypeError, MXNetValueError
from ..io import DataBatch, DataIter
from ..wording import shown
from .data import ArrayDataset, DataLoader, Dataset


class Batches:
    """Gives the batches (data, label) of `make()` at each iteration; length: how many, if known."""

    def __init__(self, make: Callable[[], Iterator[Any]], length: int | None = None) -> None:
        self._make = make
        self._length = length

    def __iter__(self) -> Iterator[Any]:
        return self._make()

    @property
    def length(self) -> int | None:
        """How many batches there are; None: that is not known."""
        return self._length


def number_of_batches(batches: Any) -> int | None:
    """How many batches an epoch has, if that is known."""
    return batches.length if isinstance(batches, Batches) else len(batches)


def batches_of(caller: str, data: Any, batch_size: int, shuffle: bool) -> Any:
    """What can be iterated over for batches (data, label), again and again.

    data: a DataLoader, as it is; a Dataset or a pair of arrays, in batches of batch_size, and
    shuffled if so asked; an iterator of mx.io, without the samples that pad its last batch; a
    DataBatch. Of a Dataset, images (H, W, C) of uint8 become float32 (C, H, W) from 0 to 1.
    """
    if isinstance(data, (DataLoader, Batches)):
        return data
    if isinstance(data, DataBatch):
        return Batches(lambda: iter([_pair(caller, data)]), 1)
    if isinstance(data, DataIter):
        return Batches(lambda: _of_iterator(caller, data))
    if isinstance(data, Dataset):
        loader = DataLoader(data, batch_size, shuffle=shuffle)
        return Batches(lambda: (_scaled(caller, batch) for batch in loader), len(loader))
    if isinstance(data, (tuple, list)) and len(data) == 2 and all(
            isinstance(part, (nd.NDArray, np.ndarray)) for part in data):
        return DataLoader(ArrayDataset(*data), batch_size, shuffle=shuffle)
    raise MXNetTypeError(f"{caller}: the data must be a DataLoader, a Dataset, a pair of arrays "
                         f"(data, label), an iterator of mx.io or a DataBatch; got {shown(data)}")


def _pair(caller: str, batch: DataBatch) -> tuple[nd.NDArray, nd.NDArray]:
    """Data and label of a batch, without padding."""
    data, label = list(batch.data), list(batch.label or [])
    if len(data) != 1 or len(label) != 1:
        raise MXNetValueError(f"{caller}: a batch must have one array of data and one of labels; "
                              f"got {len(data)} and {len(label)}")
    end = data[0].shape[0] - (batch.pad or 0)
    return data[0][:end], label[0][:end]


def _of_iterator(caller: str, iterator: DataIter) -> Iterator[Any]:
    iterator.reset()
    for batch in iterator:
        yield _pair(caller, batch)


def _scaled(caller: str, batch: Any) -> Any:
    """The batch, its images as networks take them."""
    if not isinstance(batch, (list, tuple)) or len(batch) != 2:
        raise MXNetValueError(f"{caller}: samples of a Dataset must be pairs (data, label)")
    data, label = batch
    if isinstance(data, nd.NDArray) and data.ndim == 4 and data.dtype == np.uint8:
        data = nd.image.to_tensor(data)
    return data, label

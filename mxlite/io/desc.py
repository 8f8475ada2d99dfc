"""Batches of iterators, and their descriptions: `DataBatch`, `DataDesc`."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ..base import MXNetKeyError, MXNetTypeError, Shape
from ..wording import shown


class DataDesc(namedtuple("DataDesc", ["name", "shape"])):
    """Name, shape, dtype and layout of one input; equal to the tuple (name, shape).

    shape: with the batch axis, (N, ...). layout: one letter an axis, N being the batch axis.
    """

    dtype: Any
    layout: str | None

    def __new__(cls, name: str, shape: Shape, dtype: Any = np.float32,
                layout: str | None = "NCHW") -> DataDesc:
        if isinstance(shape, np.ndarray):
            shape = tuple(np.atleast_1d(shape).tolist())
        desc = super().__new__(cls, name, shape)
        desc.dtype = dtype
        desc.layout = layout
        return desc

    def __getnewargs__(self) -> tuple[Any, ...]:  # type: ignore[override]
        return self.name, self.shape, self.dtype, self.layout

    def __repr__(self) -> str:
        return f"DataDesc[{self.name},{self.shape},{self.dtype},{self.layout}]"

    @staticmethod
    def get_batch_axis(layout: str | None) -> int:
        """The axis that N names: 0 without a layout, -1 where the layout has no N."""
        return 0 if layout is None else layout.find("N")

    @staticmethod
    def get_list(shapes: Iterable[tuple[str, Shape]],
                 types: Iterable[tuple[str, Any]] | None) -> list[DataDesc]:
        """Descriptions of (name, shape) pairs, with the dtypes of (name, dtype) pairs, if any."""
        if types is None:
            return [DataDesc(name, shape) for name, shape in shapes]
        dtypes = dict(types)
        shapes = list(shapes)
        missing = [name for name, _ in shapes if name not in dtypes]
        if missing:
            raise MXNetKeyError(f"DataDesc.get_list: types must have {missing[0]!r}, as shapes "
                                f"has; it has {', '.join(map(repr, dtypes)) or 'nothing'}")
        return [DataDesc(name, shape, dtypes[name]) for name, shape in shapes]


class DataBatch:
    """One batch: `data` and `label`, lists of NDArrays (N, ...).

    pad: how many samples at the end are padding. index: numbers of the samples, or
    None. bucket_key, provide_data, provide_label: for a module with buckets.
    """

    def __init__(self, data: Sequence[Any], label: Sequence[Any] | None = None,
                 pad: int | None = None, index: Any = None, bucket_key: Any = None,
                 provide_data: Any = None, provide_label: Any = None) -> None:
        for name, arrays in (("data", data), ("label", label)):
            if not isinstance(arrays, (list, tuple)) and not (name == "label" and arrays is None):
                raise MXNetTypeError(f"DataBatch: {name} must be a list of NDArrays; "
                                     f"got {type(arrays).__name__}")
        self.data = data
        self.label = label
        self.pad = pad
        self.index = index
        self.bucket_key = bucket_key
        self.provide_data = provide_data
        self.provide_label = provide_label

    def __str__(self) -> str:
        data = [array.shape for array in self.data]
        label = [array.shape for array in self.label] if self.label else None
        return f"{type(self).__name__}: data shapes: {data} label shapes: {label}"


class MXDataBatch(DataBatch):
    """One batch from a pair of arrays (data, label), as `Block.fit` takes it."""

    def __init__(self, batch: Any) -> None:
        if not isinstance(batch, (list, tuple)) or len(batch) != 2:
            raise MXNetTypeError("MXDataBatch: batch must be a pair (data, label); got "
                                 f"{shown(batch)}")
        super().__init__([batch[0]], [batch[1]])

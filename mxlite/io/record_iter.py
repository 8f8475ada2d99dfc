"""`RecordIter`, the base of the iterators over images in RecordIO files."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from .. import ndarray as nd
from .._dataio.image_records import ImageBatch
from ..base import MXNetValueError, Shape
from ..context import cpu
from ..ndarray.array import empty_array
from ..random import numpy_generator
from .crew_iter import CrewIter
from .desc import DataDesc
from .file_iter import FileBatch, check_seed
from .order import Order, Turn
from .record_index import Records

_CPU = cpu()
_NATIVE = ("float32", "uint8", "int8")         # dtypes that C writes; others are converted
_MOST_SEEDS = 1 << 63


class RecordIter(CrewIter):
    """Gives a crew the arrays of its batches: images, labels, ids, and which images are damaged.

    shape, label_shape: of one sample. A subclass checks its parameters and makes the crew, which
    writes `written_dtype(dtype)`.
    """

    def __init__(self, records: Records, crew: Any, batch_size: int, shape: Shape,
                 label_shape: Shape, dtype: str, names: tuple[str, str], shuffle: bool, seed: int,
                 round_batch: bool) -> None:
        self._records = records
        self._dtype = dtype
        self._shape = (batch_size, *shape)
        self._label_shape = (batch_size, *label_shape)
        super().__init__(
            batch_size, DataDesc(names[0], self._shape, nd.empty((0,), dtype=dtype).dtype),
            DataDesc(names[1], self._label_shape, np.float32),
            Order(records.size, batch_size, bool(shuffle), seed, bool(round_batch)), crew)

    def _new_batch(self, turn: Turn) -> ImageBatch:
        data = empty_array(self._shape, written_dtype(self._dtype), _CPU)
        labels = empty_array(self._label_shape, "float32", _CPU)
        ids = np.zeros(self.batch_size, np.uint64)
        doubtful = np.zeros(self.batch_size, np.uint8)
        records = np.ascontiguousarray(turn.samples + self._records.first)
        rows = labels._numpy_view().reshape(self.batch_size, -1)
        return ImageBatch(records, turn.epochs, data._numpy_view(), rows, ids, doubtful,
                          (turn, data, labels, records, ids, doubtful))

    def _finished(self, batch: ImageBatch) -> FileBatch:
        turn, data, labels, records, ids, doubtful = batch.tag
        if doubtful.any():
            numbers = ", ".join(map(str, records[doubtful > 0]))
            warnings.warn(f"{self._records.name}: the JPEG images of records {numbers} have "
                          "missing or wrong bytes, and pixels made up for them", stacklevel=5)
        if data._dtype_name != self._dtype:
            data = data.astype(self._dtype)
        return FileBatch(data, labels, turn.pad, ids)


def written_dtype(dtype: str) -> str:
    """The dtype that C writes, for batches of `dtype`."""
    return dtype if dtype in _NATIVE else "float32"


def draw_seeds(caller: str, seed: Any, seed_aug: Any) -> tuple[int, int]:
    """The seeds of the order and of the augmentation; drawn from mx.random's where not given."""
    order = (int(numpy_generator().integers(_MOST_SEEDS)) if seed is None
             else check_seed(caller, "seed", seed))
    augment = order if seed_aug is None else check_seed(caller, "seed_aug", seed_aug)
    return order, augment & (1 << 64) - 1


def decode_upright(data: memoryview, channels: int) -> np.ndarray[Any, Any]:
    """An image that is no JPEG, (height, width, channels), or a JPEG of four inks."""
    from .._dataio import codec

    flag = {1: codec.GRAY, 3: codec.COLOUR, 4: codec.UNCHANGED}[channels]
    image = codec.decode(data, flag, caller="decoding",
                         orient=codec.TURNED_BY_ITERATORS)
    if image.dtype == np.uint16:
        image = (image >> 8).astype(np.uint8)
    if image.shape[2] != channels or image.dtype != np.uint8:
        raise MXNetValueError(f"it has {image.shape[2]} channels of {image.dtype}, but data_shape "
                              f"asks for {channels} of uint8")
    return np.ascontiguousarray(image)

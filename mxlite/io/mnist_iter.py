"""`MNISTIter`: batches of the digits in a pair of idx files."""

from __future__ import annotations

import logging
import math
from typing import Any

import numpy as np

from .. import ndarray as nd
from .._dataio.rows import RowBatch, Rows
from ..arguments import check_count
from ..base import FLOATS, MXNetValueError, Shape
from ..context import cpu
from ..ndarray.array import empty_array
from .arguments import FilePath, reads_texts
from .crew_iter import CrewIter
from .desc import DataDesc
from .file_iter import (
    FileBatch,
    check_dtype,
    check_part,
    check_seed,
    check_settings,
    part_of,
    sample_shape,
)
from .idx import read_idx
from .order import OneOrder, Turn

_CPU = cpu()
_SCALE = 1 / 256
_THREADS = 1              # besides the one that takes the batches, which helps


class MNISTIter(CrewIter):
    """Batches of digits: data (N, 1, height, width), pixels / 256 in [0, 1), and labels (N,).

    image, label: idx files, plain or .gz; the .gz beside it serves where a plain one is missing.
    flat: data (N, height * width). An incomplete last batch is dropped. shuffle: a random order,
    which depends on `seed` alone and is that of all epochs, so that what was predicted in one of
    them may be compared with the labels of the next. num_parts, part_index: take one of num_parts
    parts of about equal length. input_shape: the required shape of one sample. dtype: of data and
    labels, a floating-point one. prefetch_buffer: how many batches threads prefetch. ctx, and
    data_shape, which old programs give, have no effect.
    """

    @reads_texts
    def __init__(self, image: FilePath = "./train-images-idx3-ubyte",
                 label: FilePath = "./train-labels-idx1-ubyte", batch_size: int = 128,
                 shuffle: bool = True, flat: bool = False, seed: int = 0, silent: bool = False,
                 num_parts: int = 1, part_index: int = 0, input_shape: Shape | None = None,
                 prefetch_buffer: int = 4, ctx: str = "gpu", dtype: Any = None,
                 data_name: str = "data", label_name: str = "softmax_label",
                 data_shape: Any = None) -> None:
        batch_size = check_count("MNISTIter", "batch_size", batch_size, low=1)
        check_settings("MNISTIter", prefetch_buffer, ctx)
        seed = check_seed("MNISTIter", "seed", seed)
        self._dtype = check_dtype("MNISTIter", dtype, list(FLOATS))
        pixels, labels = _part(image, label, num_parts, part_index)
        self._start, self._pixels = pixels
        self._labels = labels.astype(np.float32)
        if batch_size > len(self._labels):
            raise MXNetValueError(f"MNISTIter: batch_size must be at most {len(self._labels)}, "
                                  f"the number of images taken of {image}; got {batch_size}")
        height, width = self._pixels.shape[1:]
        self._shape = (height * width,) if flat else (1, height, width)
        if input_shape is not None and sample_shape("MNISTIter", "input_shape",
                                                   input_shape) != self._shape:
            raise MXNetValueError(f"MNISTIter: input_shape must be {self._shape}, as the images "
                                  f"of {image} give it with flat={bool(flat)}; got {input_shape}")
        self._width = height * width
        crew = Rows(np.array(self._pixels.reshape(-1, self._width)), self._labels, _SCALE, _THREADS,
                    max(int(prefetch_buffer), 1))
        kind = nd.empty((0,), dtype=self._dtype).dtype
        super().__init__(
            batch_size, DataDesc(data_name, (batch_size, *self._shape), kind),
            DataDesc(label_name, (batch_size,), kind),
            OneOrder(len(self._labels), batch_size, bool(shuffle), seed, round_batch=False,
                     keep_short=False), crew)
        if not silent:
            logging.getLogger("mxlite").info("MNISTIter: %d images of shape %s from %s",
                                             len(self._labels), self._shape, image)

    def _new_batch(self, turn: Turn) -> RowBatch:
        data = empty_array(self.provide_data[0].shape, "float32", _CPU)
        labels = empty_array((self.batch_size,), "float32", _CPU)
        return RowBatch(turn.samples, data._numpy_view(), labels._numpy_view(), self._width,
                        (turn, data, labels))

    def _finished(self, batch: RowBatch) -> FileBatch:
        turn, data, labels = batch.tag
        if self._dtype != "float32":
            data, labels = data.astype(self._dtype), labels.astype(self._dtype)
        samples = turn.samples + self._start if self._start else turn.samples
        return FileBatch(data, labels, 0, samples.view(np.uint64))


def _part(image: str, label: str, num_parts: int, part_index: int) -> tuple[Any, Any]:
    """((number of the first image, images), labels) of one part of the files."""
    num_parts, part_index = check_part("MNISTIter", num_parts, part_index)
    pixels, labels = read_idx(image, ndim=3), read_idx(label, ndim=1)
    if len(pixels) != len(labels):
        raise MXNetValueError(f"MNISTIter: {image} holds {len(pixels)} images, "
                              f"{label} {len(labels)} labels")
    if math.prod(pixels.shape) == 0:
        raise MXNetValueError(f"MNISTIter: {image} holds no pixels; its shape is {pixels.shape}")
    part = part_of(len(labels), num_parts, part_index)
    return (part.start, pixels[part]), labels[part]

"""`ImageIter`: batches of images from records or files, augmented in Python."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import ndarray as nd
from ..arguments import check_choice, check_count, unknown_argument
from ..base import MXNetError, MXNetTypeError, MXNetValueError, Shape
from ..io import DataBatch, DataDesc, DataIter
from ..io.arguments import FilePath, reads_texts
from ..io.file_iter import check_dtype
from ..recordio import MXIndexedRecordIO, MXRecordIO
from ..wording import shown
from .augmenter import Augmenter
from .batch import BatchBuilder, as_chw, is_plain, is_valid, numpy_of
from .create import CreateAugmenter, shape_of
from .decode import decoded, read_file
from .image_list import Entries, read_list, read_list_file
from .samples import Samples

_HANDLES = ["pad", "discard", "roll_over"]
_DTYPES = ["int32", "float32", "int64", "float64"]


class ImageIter(DataIter):
    """Batches of images, float32 (batch_size, 3, height, width), and their labels.

    data_shape: (3, height, width). label_width: labels an image.
    path_imgrec: a RecordIO file, with its index path_imgidx. Without one it is read in order, or
        scanned if shuffle or num_parts need an index.
    path_imglist: a file of lines `key<TAB>label<TAB>...<TAB>path`; imglist: a list of [label, ...,
        path] or [labels, path]. They give files below path_root, or, with path_imgrec, labels.
    shuffle: draw an order for each epoch. num_parts, part_index: give one of so many parts.
    aug_list: augmenters; None: CreateAugmenter with kwargs. dtype: of the labels of a list.
    last_batch_handle: 'pad' fills the last batch with the first samples and counts them in `pad`;
        'discard' drops an incomplete batch; 'roll_over' begins the next epoch with its samples.

    What reads, decodes, checks and changes an image may be overridden in a subclass or replaced in
    the instance; it is given NDArrays. An image that check_valid_image refuses with a RuntimeError
    is left out.
    """

    _name = "ImageIter"

    @reads_texts
    def __init__(self, batch_size: int, data_shape: Shape, label_width: int = 1,
                 path_imgrec: FilePath | None = None, path_imglist: FilePath | None = None,
                 path_root: FilePath | None = None, path_imgidx: FilePath | None = None,
                 shuffle: bool = False, part_index: int = 0, num_parts: int = 1,
                 aug_list: Sequence[Any] | None = None, imglist: Any = None,
                 data_name: str = "data", label_name: str = "softmax_label",
                 dtype: Any = "float32", last_batch_handle: str = "pad", **kwargs: Any) -> None:
        self._name = caller = type(self).__name__
        super().__init__(check_count(caller, "batch_size", batch_size, 1))
        self.check_data_shape(data_shape)
        self.data_shape = tuple(map(int, data_shape))
        self.label_width = check_count(caller, "label_width", label_width, 1)
        self.last_batch_handle = check_choice(caller, "last_batch_handle", last_batch_handle,
                                              _HANDLES)
        self.path_root = "" if path_root is None else os.fspath(path_root)
        self.auglist = self._augmenters(aug_list, kwargs)
        entries = self._read_list(path_imglist, imglist, dtype)
        needs_index = bool(shuffle) or check_count(caller, "num_parts", num_parts, 1) > 1
        records = self._open(path_imgrec, path_imgidx, needs_index)
        if records is None and entries is None:
            raise MXNetValueError(f"{caller}: path_imgrec, path_imglist or imglist must be given")
        self._samples = Samples(caller, records, entries, self.path_root,
                                str(path_imgrec or path_imglist or "imglist"), bool(shuffle))
        self._samples.take_part(num_parts, part_index)
        self.provide_data = [DataDesc(data_name, (self.batch_size, *self.data_shape))]
        labels = (self.label_width,) if self.label_width > 1 else ()
        self.provide_label = [DataDesc(label_name, (self.batch_size, *labels))]
        self._kept: BatchBuilder | None = None            # what an epoch rolls over to the next
        self.reset()

    # ---- what the samples are

    def _augmenters(self, given: Sequence[Any] | None, keywords: dict[str, Any]) -> list[Any]:
        return created(self._name, CreateAugmenter, self.data_shape, given, keywords)

    def _list_width(self) -> int | None:
        """How many labels each image of a list must have; None: any number."""
        return self.label_width

    def _read_list(self, path: Any, images: Any, dtype: Any) -> Entries | None:
        kind = check_dtype(self._name, dtype, _DTYPES)
        if path is not None:
            return read_list_file(os.fspath(path), kind, self._list_width())
        if images is None:
            return None
        if not isinstance(images, (list, tuple)):
            raise MXNetTypeError(f"{self._name}: imglist must be a list; got "
                                 f"{type(images).__name__}")
        return read_list(self._name, images, kind, self._list_width())

    def _open(self, path: Any, index: Any, needs_index: bool) -> MXRecordIO | None:
        if path is None:
            return None
        if index is not None or needs_index:
            records = MXIndexedRecordIO(index, path, "r")
            if not records.keys:
                raise MXNetValueError(f"{self._name}: {records.uri}: expected records, found none")
            return records
        return MXRecordIO(path, "r")

    @property
    def seq(self) -> Any:
        """The keys of the samples in the order of this epoch, which may be set; None: the file is
        read in order."""
        return self._samples.keys

    @seq.setter
    def seq(self, keys: Any) -> None:
        self._samples.keys = keys

    @property
    def num_image(self) -> int | None:
        """How many samples an epoch has; None where it is not known."""
        return None if self.seq is None else len(self.seq)

    @property
    def cur(self) -> int:
        """How many samples of this epoch were read; setting it goes to the sample `seq[cur]`."""
        return self._samples.position

    @cur.setter
    def cur(self, position: int) -> None:
        self._samples.position = check_count(self._name, "cur", position, 0)

    @property
    def shuffle(self) -> bool:
        """Whether each epoch has an order of its own; from the next one on, when it is set."""
        return self._samples.shuffle

    @shuffle.setter
    def shuffle(self, shuffle: bool) -> None:
        self._samples.shuffle = bool(shuffle)

    @property
    def imgrec(self) -> MXRecordIO | None:
        """The RecordIO file; it may be set."""
        return self._samples.records

    @imgrec.setter
    def imgrec(self, records: MXRecordIO | None) -> None:
        self._samples.records = records

    @property
    def imglist(self) -> Entries | None:
        """{key: (labels, file name)} of a list of images; it may be set."""
        return self._samples.entries

    @imglist.setter
    def imglist(self, entries: Entries | None) -> None:
        self._samples.entries = entries

    # ---- epochs and batches

    def reset(self) -> None:
        """Begin a new epoch, with what the last one rolled over."""
        self._samples.reorder()
        self._samples.rewind()
        self._is_over = False

    def hard_reset(self) -> None:
        """Begin a new epoch, and forget what the last one rolled over."""
        self._kept = None
        self.reset()

    def next(self) -> DataBatch:
        """The next batch; raises StopIteration at the end of the epoch.

        Raises MXNetError naming the file and the record or image that is damaged.
        """
        if self._is_over:
            raise StopIteration
        batch, self._kept = self._kept or self._new_batch(), None
        rolled = batch.count
        self._fill(batch)
        pad = self.batch_size - rolled if rolled else 0
        if batch.count < self.batch_size:
            self._is_over = True
            if self.last_batch_handle == "roll_over" and batch.count:
                self._kept = batch
            if self.last_batch_handle != "pad" or not batch.count:
                raise StopIteration
            pad = self.batch_size - batch.count
            self._fill_up(batch)
        return DataBatch([batch.data], [batch.label], pad=pad)

    def _new_batch(self) -> BatchBuilder:
        return BatchBuilder(self.provide_data[0].shape, self.provide_label[0].shape)

    def _fill(self, batch: BatchBuilder) -> None:
        """Add samples until the batch is full or the epoch at its end."""
        as_numpy = is_plain(self, self.auglist)
        try:
            while batch.count < self.batch_size:
                label, encoded = self.next_sample()
                image = self._decoded(encoded) if as_numpy else self.imdecode(encoded)
                if is_valid(self, image):
                    self._add(batch, image, label, as_numpy)
        except StopIteration:
            pass

    def _fill_up(self, batch: BatchBuilder) -> None:
        """Fill the batch from the beginning, again and again if there are so few samples."""
        while batch.count < self.batch_size:
            before = batch.count
            self._samples.rewind()
            self._fill(batch)
            if batch.count == before:
                batch.repeat()

    def _add(self, batch: BatchBuilder, image: Any, label: Any, as_numpy: bool) -> None:
        """The image, augmented, and its label become the batch's next ones."""
        image = self.augmentation_transform(image)
        batch.add(as_chw(image) if as_numpy else self.postprocess_data(image), label,
                  lambda: f"{self._name}: {self._samples.locate()}")

    def next_sample(self) -> tuple[Any, bytes]:
        """(label, encoded image); raises StopIteration at the end of the epoch."""
        sample = self._samples.read(self.read_image)
        if sample is None:
            raise StopIteration
        return sample

    # ---- an image, step by step

    def read_image(self, fname: str) -> bytes:
        """The bytes of a file below path_root."""
        return read_file(os.path.join(self.path_root, fname), self._name)

    def imdecode(self, s: bytes) -> nd.NDArray:
        """The image, uint8 (height, width, 3); raises MXNetValueError naming where it came from."""
        return nd.from_numpy(self._decoded(s))

    def _decoded(self, encoded: bytes) -> Any:
        return decoded(encoded, 1, True, f"{self._name}: {self._samples.locate()}")

    def check_data_shape(self, data_shape: tuple[int, ...]) -> None:
        """Raise MXNetValueError unless it is (3, height, width)."""
        shape_of(self._name, data_shape)
        if data_shape[0] != 3:
            raise MXNetValueError(f"{self._name}: data_shape must be (3, height, width); got "
                                  f"{data_shape!r}")

    def check_valid_image(self, data: Any) -> None:
        """Raise a RuntimeError for a decoded image, or a list of one, that is to be left out."""
        image = data[0] if isinstance(data, (list, tuple)) else data
        if len(image.shape) != 3:
            raise MXNetError(f"{self._name}: expected an image (height, width, channels), found "
                             f"the shape {image.shape}")

    def augmentation_transform(self, data: Any) -> Any:
        """The image after all augmenters."""
        for augmenter in self.auglist:
            data = augmenter(data)
        return data

    def postprocess_data(self, datum: Any) -> Any:
        """(height, width, channels) to (channels, height, width)."""
        return nd.from_numpy(np.ascontiguousarray(as_chw(numpy_of(datum))))


def created(caller: str, create: Any, data_shape: tuple[int, ...], given: Sequence[Any] | None,
             keywords: dict[str, Any]) -> list[Augmenter]:
    """The given augmenters, or those that `create` makes of the keywords."""
    import inspect

    known = list(inspect.signature(create).parameters)[1:]
    for name in keywords:
        if name not in known:
            raise unknown_argument(caller, name, known)
    if given is None:
        given = create(data_shape, **keywords)
    try:
        augmenters: list[Any] = list(given)
    except TypeError:                          # nothing to go through
        augmenters = [given]
    if not all(map(callable, augmenters)):
        raise MXNetTypeError(f"{caller}: aug_list must be a list of augmenters; got {shown(given)}")
    return augmenters

"""`ImageDetIter`: batches of images with boxes around objects."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..base import MXNetTypeError, MXNetValueError, Shape
from ..io import DataDesc
from ..io.arguments import FilePath, reads_texts
from .batch import BatchBuilder, as_chw, numpy_of
from .det_create import CreateDetAugmenter
from .draw import drawn
from .image_iter import ImageIter, created

_SMALLEST = 7                                  # two numbers of a header and five of an object


class ImageDetIter(ImageIter):
    """Batches of images, float32 (batch_size, 3, height, width), and of their objects, (batch_size,
    most objects of an image, numbers an object), filled up with -1.

    The label of an image is a row of numbers: how many numbers the header has, these two included;
    how many an object has; what else is in the header; then for each object its class, left, top,
    right, bottom (shares of the width and the height) and what else there is. Objects without an
    area are left out; an image without objects is an error. An image of which augmentation leaves
    no object is left out.
    aug_list: augmenters (DetAugmenter); None: CreateDetAugmenter with kwargs. All else as for
    ImageIter.
    """

    @reads_texts
    def __init__(self, batch_size: int, data_shape: Shape,
                 path_imgrec: FilePath | None = None, path_imglist: FilePath | None = None,
                 path_root: FilePath | None = None, path_imgidx: FilePath | None = None,
                 shuffle: bool = False, part_index: int = 0, num_parts: int = 1,
                 aug_list: Sequence[Any] | None = None, imglist: Any = None,
                 data_name: str = "data", label_name: str = "label",
                 last_batch_handle: str = "pad", **kwargs: Any) -> None:
        super().__init__(batch_size, data_shape, path_imgrec=path_imgrec,
                         path_imglist=path_imglist, path_root=path_root, path_imgidx=path_imgidx,
                         shuffle=shuffle, part_index=part_index, num_parts=num_parts,
                         aug_list=aug_list, imglist=imglist, data_name=data_name,
                         label_name=label_name, last_batch_handle=last_batch_handle, **kwargs)
        self.label_shape = self._largest_label()
        self.provide_label = [DataDesc(label_name, (self.batch_size, *self.label_shape))]

    def _augmenters(self, given: Sequence[Any] | None, keywords: dict[str, Any]) -> list[Any]:
        return created(self._name, CreateDetAugmenter, self.data_shape, given, keywords)

    def _list_width(self) -> int | None:
        return None

    # ---- labels

    def _largest_label(self) -> tuple[int, int]:
        """(most objects of an image, numbers an object), of all samples."""
        max_objects, width = 0, 0
        for label in self._labels():
            objects = self._parse_label(label)
            if width and objects.shape[1] != width:
                raise MXNetValueError(f"{self._name}: {self._samples.locate()}: expected objects "
                                      f"of {width} numbers, as before, found {objects.shape[1]}")
            max_objects, width = max(max_objects, len(objects)), objects.shape[1]
        self._samples.rewind()
        if not max_objects:
            raise MXNetValueError(f"{self._name}: {self._samples.locate()}: expected samples, "
                                  "found none")
        return max_objects, width

    def _labels(self) -> Iterator[Any]:
        """The label of each sample; files of a list are not read for it."""
        is_own = type(self).next_sample is ImageIter.next_sample
        while True:
            try:
                sample = (self._samples.read(lambda path: b"") if is_own else self.next_sample())
            except StopIteration:
                return
            if sample is None:
                return
            yield sample[0]

    def _parse_label(self, label: Any) -> Any:
        """The objects (n, numbers an object) of a row of numbers; those without an area left out.

        Raises MXNetValueError naming the sample.
        """
        row = np.asarray(numpy_of(label), np.float32).reshape(-1)
        place = f"{self._name}: {self._samples.locate()}"
        if row.size < _SMALLEST:
            raise MXNetValueError(f"{place}: expected a label of at least {_SMALLEST} numbers, "
                                  f"found {row.size}")
        header, width = map(int, np.nan_to_num(row[:2]))       # 0 and huge numbers are refused, too
        if header < 2 or width < 5 or (row.size - header) % width or row.size <= header:
            raise MXNetValueError(f"{place}: expected a header of two or more numbers, and objects "
                                  f"of five or more, found a label of {row.size} numbers with "
                                  f"header={header} and width={width}")
        objects = row[header:].reshape(-1, width)
        objects = objects[(objects[:, 3] > objects[:, 1]) & (objects[:, 4] > objects[:, 2])]
        if not len(objects):
            raise MXNetValueError(f"{place}: expected an object that has an area, found none")
        return objects

    def _add(self, batch: BatchBuilder, image: Any, label: Any, as_numpy: bool) -> None:
        image, label = self.augmentation_transform(image, self._parse_label(label))
        if not has_object(numpy_of(label)):
            logging.debug("%s: %s: no object is left", self._name, self._samples.locate())
            return
        batch.add(as_chw(image) if as_numpy else self.postprocess_data(image), label,
                  lambda: f"{self._name}: {self._samples.locate()}")

    def augmentation_transform(self, data: Any, label: Any) -> Any:  # type: ignore[override]
        """(image, label) after all augmenters."""
        for augmenter in self.auglist:
            data, label = augmenter(data, label)
        return data, label

    # ---- shapes

    def reshape(self, data_shape: tuple[int, int, int] | None = None,
                label_shape: tuple[int, int] | None = None) -> None:
        """Change the shape of the images, (3, height, width), and of the labels of the batches to
        come. The augmenters stay as they are."""
        if data_shape is not None:
            self.check_data_shape(data_shape)
            self.data_shape = tuple(data_shape)
            self.provide_data = [DataDesc(self.provide_data[0].name,
                                          (self.batch_size, *data_shape))]
        if label_shape is not None:
            self.check_label_shape(label_shape)
            self.label_shape = label_shape[0], label_shape[1]
            self.provide_label = [DataDesc(self.provide_label[0].name,
                                           (self.batch_size, *label_shape))]

    def check_label_shape(self, label_shape: tuple[int, ...]) -> None:
        """Raise MXNetValueError unless all labels fit into (objects, numbers an object)."""
        if len(label_shape) != 2:
            raise MXNetValueError(f"{self._name}: label_shape must be (objects, numbers an object);"
                                  f" got {label_shape!r}")
        if label_shape[0] < self.label_shape[0] or label_shape[1] != self.label_shape[1]:
            raise MXNetValueError(f"{self._name}: label_shape must be at least "
                                  f"{self.label_shape[0]}, and {self.label_shape[1]}; got "
                                  f"{label_shape!r}")

    def sync_label_shape(self, it: ImageDetIter, verbose: bool = False) -> ImageDetIter:
        """Give both iterators the larger number of objects; `it` is returned."""
        if not isinstance(it, ImageDetIter):
            raise MXNetTypeError(f"{self._name}: it must be an ImageDetIter; got "
                                 f"{type(it).__name__}")
        if self.label_shape[1] != it.label_shape[1]:
            raise MXNetValueError(f"{self._name}: both must have as many numbers an object; got "
                                  f"{self.label_shape[1]} and {it.label_shape[1]}")
        shape = max(self.label_shape[0], it.label_shape[0]), self.label_shape[1]
        for iterator in (self, it):
            if iterator.label_shape != shape:
                iterator.reshape(None, shape)
                if verbose:
                    logging.info("label_shape is now %s", shape)
        return it

    def draw_next(self, color: Any = None, thickness: int = 2, mean: Any = None, std: Any = None,
                  clip: bool = True, waitKey: int | None = None, window_name: str = "draw_next",
                  id2labels: dict[int, str] | None = None) -> Iterator[Any]:
        """Yield the images of the epoch, augmented, with their boxes: uint8 (height, width, 3),
        blue first.

        color: of the boxes, (red, green, blue); None: random. thickness: of their lines, in pixels.
        mean, std: what the augmenters normalised by, which is undone; True for ImageNet's.
        clip: cut to 0..255. waitKey: show each image in a window of OpenCV, if it is installed, for
        so many milliseconds. id2labels: names for classes, written into the boxes.
        """
        while True:
            try:
                label, encoded = self.next_sample()
            except StopIteration:
                return
            image, objects = self.augmentation_transform(self.imdecode(encoded),
                                                         self._parse_label(label))
            yield drawn(image.asnumpy(), numpy_of(objects), color, thickness, mean, std, clip,
                        waitKey, window_name, id2labels)


def has_object(label: Any) -> bool:
    """Whether an object of a class from 0 on has an area."""
    return bool(((label[:, 0] >= 0) & (label[:, 3] > label[:, 1])
                 & (label[:, 4] > label[:, 2])).any())

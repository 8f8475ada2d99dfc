"""A batch while it is filled."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import ndarray as nd
from ..base import MXNetValueError
from .augmenter import PixelAugmenter, RandomOrderAug, SequentialAug
from .det_augmenter import DetAugmenter, DetBorrowAug, DetRandomSelectAug

# where an iterator and its class have none of these, images go as NumPy arrays all the way
_HOOKS = ("imdecode", "check_valid_image", "augmentation_transform", "postprocess_data")


class BatchBuilder:
    """NDArrays `data` (N, channels, height, width) and `label`, the first `count` filled."""

    def __init__(self, data_shape: tuple[int, ...], label_shape: tuple[int, ...]) -> None:
        self.data = nd.empty(data_shape)
        self.label = nd.empty(label_shape)
        self._images = self.data._numpy_view()
        self._labels = self.label._numpy_view()
        self.count = 0

    def add(self, image: Any, label: Any, locate: Callable[[], str]) -> None:
        """Add an image (channels, height, width) and its label, of the shapes of this batch."""
        image = numpy_of(image)
        if image.shape != self._images.shape[1:]:
            raise MXNetValueError(f"{locate()}: expected an image of data_shape "
                                  f"{self._images.shape[1:]} after augmentation, found "
                                  f"{image.shape}")
        self._images[self.count] = image
        self._add_label(np.asarray(numpy_of(label)), locate)
        self.count += 1

    def _add_label(self, label: Any, locate: Callable[[], str]) -> None:
        row = self._labels[self.count:self.count + 1]
        if row.ndim == 3:                          # (1, objects, numbers an object)
            if label.shape[1] != row.shape[2] or len(label) > row.shape[1]:
                raise MXNetValueError(f"{locate()}: expected a label that fits into label_shape "
                                      f"{row.shape[1:]}, found {label.shape}")
            row[0, :len(label)] = label
            row[0, len(label):] = -1
            return
        if label.size != row.size:
            raise MXNetValueError(f"{locate()}: expected label_width={row.size} labels, found "
                                  f"{label.size}")
        row[...] = label.reshape(row.shape)

    def repeat(self) -> None:
        """Fill the rest with the samples that are there, again and again."""
        period = self.count
        for number in range(period, len(self._images)):
            self._images[number] = self._images[number - period]
            self._labels[number] = self._labels[number - period]
        self.count = len(self._images)


def numpy_of(value: Any) -> Any:
    """An NDArray as a NumPy array over its memory; all else as it is."""
    return value._values() if isinstance(value, nd.NDArray) else value


def as_chw(image: Any) -> Any:
    """(height, width, channels) to (channels, height, width), a view."""
    return image.transpose(2, 0, 1)


def is_plain(iterator: Any, augmenters: Sequence[Any]) -> bool:
    """Whether nothing but mxlite's own code sees the images of this iterator."""
    for hook in _HOOKS:
        if hook in vars(iterator) or not getattr(type(iterator), hook).__module__.startswith(
                "mxlite.image."):
            return False
    return all(map(_is_own, augmenters))


def _is_own(augmenter: Any) -> bool:
    if not type(augmenter).__module__.startswith("mxlite.image."):
        return False
    if isinstance(augmenter, (SequentialAug, RandomOrderAug)):
        return all(map(_is_own, augmenter.ts))
    if isinstance(augmenter, DetBorrowAug):
        return _is_own(augmenter.augmenter)
    if isinstance(augmenter, DetRandomSelectAug):
        return all(map(_is_own, augmenter.aug_list))
    return isinstance(augmenter, (PixelAugmenter, DetAugmenter))


def is_valid(iterator: Any, image: Any) -> bool:
    """Whether the iterator's check_valid_image takes the image."""
    try:
        iterator.check_valid_image(image)
    except RuntimeError as error:
        logging.debug("an image is left out: %s", error)
        return False
    return True

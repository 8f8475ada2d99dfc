"""Augmenters of images with boxes around objects: the base, and those of any kind."""

from __future__ import annotations

import json
from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np

from .. import ndarray as nd
from ..argument_types import checks_types
from ..arguments import NamesArguments, listed
from ..base import MXNetNotImplementedError, MXNetTypeError, MXNetValueError
from ..random import numpy_generator
from ..wording import shown
from .augmenter import Augmenter, plain
from .pixels import like, pixels


class DetAugmenter(NamesArguments):
    """Base: called with an image (height, width, channels) and its label, gives both changed.

    A label is a NumPy array (objects, 5 or more): class, left, top, right, bottom, ...; the places
    are shares of the width and the height. It is not changed in place. kwargs: what `dumps` tells.
    """

    def __init__(self, **kwargs: Any) -> None:
        self._kwargs = {name: plain(value) for name, value in kwargs.items()}

    def dumps(self) -> Any:
        """Name and parameters as JSON.

        >>> DetHorizontalFlipAug(0.5).dumps()
        '["dethorizontalflipaug", {"p": 0.5}]'
        """
        return json.dumps([type(self).__name__.lower(), self._kwargs])

    def __call__(self, src: Any, label: Any) -> tuple[Any, Any]:
        """(image, label); subclasses override it."""
        raise MXNetNotImplementedError(f"{type(self).__name__} must define "
                                       "__call__(self, src, label)")


class DetBorrowAug(DetAugmenter):
    """An augmenter of images that leaves the label as it is; one that moves nothing, therefore."""

    @checks_types
    def __init__(self, augmenter: Augmenter) -> None:
        if not isinstance(augmenter, Augmenter):
            raise MXNetTypeError("DetBorrowAug: augmenter must be an Augmenter; got "
                                 f"{type(augmenter).__name__}")
        super().__init__(augmenter=augmenter.dumps())
        self.augmenter = augmenter

    def dumps(self) -> Any:
        """A list of the name and of what the augmenter dumps."""
        return [type(self).__name__.lower(), self.augmenter.dumps()]

    def __call__(self, src: Any, label: Any) -> tuple[Any, Any]:
        return self.augmenter(src), label


class DetRandomSelectAug(DetAugmenter):
    """One of several augmenters, drawn for each image; with a probability of skip_prob none.

    aug_list: an augmenter or a list of them; nothing is done where it is empty.
    """

    @checks_types
    def __init__(self, aug_list: DetAugmenter | Sequence[DetAugmenter], skip_prob: float = 0
                 ) -> None:
        super().__init__(skip_prob=skip_prob)
        listed = aug_list if isinstance(aug_list, (list, tuple)) else [aug_list]
        self.aug_list: list[Any] = list(listed)
        for augmenter in self.aug_list:
            if not isinstance(augmenter, DetAugmenter):
                raise MXNetValueError("DetRandomSelectAug: aug_list must have DetAugmenters only; "
                                      f"got a {type(augmenter).__name__} in it")
        self.skip_prob = skip_prob if self.aug_list else 1

    def dumps(self) -> Any:
        """A list of the name and of what the augmenters dump."""
        return [type(self).__name__.lower(), [augmenter.dumps() for augmenter in self.aug_list]]

    def __call__(self, src: Any, label: Any) -> tuple[Any, Any]:
        generator = numpy_generator()
        if generator.random() < self.skip_prob:
            return src, label
        return self.aug_list[int(generator.integers(len(self.aug_list)))](src, label)


class DetHorizontalFlipAug(DetAugmenter):
    """Left to right, boxes and all, with a probability of p."""

    @checks_types
    def __init__(self, p: float) -> None:
        super().__init__(p=p)
        self.p = p

    def __call__(self, src: Any, label: Any) -> tuple[Any, Any]:
        image, label = pixels(src, "DetHorizontalFlipAug"), boxes_of(label, "DetHorizontalFlipAug")
        if numpy_generator().random() >= self.p:
            return src, label
        flipped = label.copy()
        flipped[:, 1], flipped[:, 3] = 1 - label[:, 3], 1 - label[:, 1]
        return like(src, image[:, ::-1]), flipped


def boxes_of(label: Any, caller: str) -> Any:
    """The label as a NumPy array (objects, 5 or more)."""
    boxes = label.asnumpy() if isinstance(label, nd.NDArray) else np.asarray(label)
    if boxes.ndim != 2 or boxes.shape[1] < 5:
        raise MXNetValueError(f"{caller}: label must have the shape (objects, 5 or more); got "
                              f"{boxes.shape}")
    return boxes


def pair_of(caller: str, argument: str, value: Any) -> tuple[float, float]:
    """(least, most), from a pair, or from a number that is both."""
    value = listed(value)
    pair = tuple(value) if isinstance(value, (tuple, list)) else (value, value)
    if len(pair) != 2 or not all(isinstance(number, Real) for number in pair):
        raise MXNetValueError(f"{caller}: {argument} must be (least, most) or a number; got "
                              f"{shown(value)}")
    return pair


def areas(boxes: Any) -> Any:
    """The areas (n,) of boxes (n, 4): left, top, right, bottom; 0 where they are turned around."""
    return (np.maximum(0, boxes[:, 2] - boxes[:, 0])) * np.maximum(0, boxes[:, 3] - boxes[:, 1])

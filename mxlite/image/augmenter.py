"""Augmenters: the base, compositions, and those that do not depend on colours or sizes.

An augmenter of mxlite has two parts: `draw` makes its random numbers, and `change` computes the
image from the old one and those numbers. What they draw comes from mx.random.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import ndarray as nd
from ..argument_types import DType, checks_types
from ..arguments import NamesArguments
from ..base import MXNetNotImplementedError, MXNetTypeError, dtype_name
from ..random import numpy_generator
from .pixels import Image, like, pixels


def plain(value: Any) -> Any:
    """Arrays as lists, and their numbers as Python's, for JSON."""
    if isinstance(value, nd.NDArray):
        value = value.asnumpy()
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value


class Augmenter(NamesArguments):
    """Base: called with an image (height, width, channels), gives another one.

    kwargs: the parameters, which `dumps` writes.
    """

    def __init__(self, **kwargs: Any) -> None:
        self._kwargs = {name: plain(value) for name, value in kwargs.items()}

    def dumps(self) -> Any:
        """Name and parameters as JSON.

        >>> CastAug().dumps()
        '["castaug", {"type": "float32"}]'
        """
        return json.dumps([type(self).__name__.lower(), self._kwargs])

    def __call__(self, src: Any) -> Any:
        """The changed image; subclasses override it."""
        raise MXNetNotImplementedError(f"{type(self).__name__} must define __call__(self, src)")


class PixelAugmenter(Augmenter):
    """Base of those that work on NumPy arrays: NDArrays in, NDArrays out; NumPy in, NumPy out."""

    def draw(self, image: Image) -> Any:
        """The random numbers for an image; None where there are none."""

    def change(self, image: Image, drawn: Any) -> Image:
        """The image, given what was drawn; `image` itself where it changed in place."""
        raise NotImplementedError

    def __call__(self, src: Any) -> Any:
        image = pixels(src, type(self).__name__)
        changed = self.change(image, self.draw(image))
        return src if changed is image else like(src, changed)


class _Composed(Augmenter):
    """Base of augmenters made of others."""

    @checks_types
    def __init__(self, ts: Sequence[Augmenter]) -> None:
        super().__init__()
        self.ts = list(ts)
        for augmenter in self.ts:
            if not callable(augmenter):
                raise MXNetTypeError(f"{type(self).__name__}: ts must be a list of augmenters; "
                                     f"got a {type(augmenter).__name__} in it")

    def dumps(self) -> Any:
        """A list of the name and of what the others dump."""
        return [type(self).__name__.lower(), [augmenter.dumps() for augmenter in self.ts]]


class SequentialAug(_Composed):
    """Augmenters one after the other; ts: a list of them."""

    def __call__(self, src: Any) -> Any:
        for augmenter in self.ts:
            src = augmenter(src)
        return src


class RandomOrderAug(_Composed):
    """Augmenters in an order drawn for each image; ts: a list of them."""

    def __call__(self, src: Any) -> Any:
        for number in numpy_generator().permutation(len(self.ts)):
            src = self.ts[number](src)
        return src


class HorizontalFlipAug(PixelAugmenter):
    """Left to right, with a probability of p."""

    @checks_types
    def __init__(self, p: float) -> None:
        super().__init__(p=p)
        self.p = p

    def draw(self, image: Image) -> bool:
        """Whether to flip."""
        return bool(numpy_generator().random() < self.p)

    def change(self, image: Image, drawn: bool) -> Image:
        """A view of the image."""
        return image[:, ::-1] if drawn else image


class CastAug(PixelAugmenter):
    """The image in another dtype; typ: its name."""

    @checks_types
    def __init__(self, typ: DType = "float32") -> None:
        super().__init__(type=typ if isinstance(typ, str) else dtype_name(typ))
        self.typ = typ
        self._dtype = np.dtype(dtype_name(typ))

    def __call__(self, src: Any) -> Any:
        if isinstance(src, nd.NDArray):
            return src.astype(self.typ)
        return super().__call__(src)

    def change(self, image: Image, drawn: None) -> Image:
        """A copy, whose channels lie apart in memory: what follows is quicker so."""
        planes = np.empty((image.shape[2], *image.shape[:2]), self._dtype)
        for channel, plane in enumerate(planes):
            np.copyto(plane, image[:, :, channel], casting="unsafe")
        return np.moveaxis(planes, 0, 2)

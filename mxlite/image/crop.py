"""Parts of images."""

from __future__ import annotations

import warnings
from math import log
from numbers import Real
from typing import Any

import numpy as np

from ..argument_types import checks_types
from ..arguments import check_count, listed, unknown_argument
from ..base import MXNetValueError
from ..random import numpy_generator
from ..wording import shown
from .pixels import Image, like, pixels, size_of
from .resize import resized, scale_down

Box = tuple[int, int, int, int]                # left, top, width, height
_ATTEMPTS = 10


@checks_types
def fixed_crop(src: Any, x0: int, y0: int, w: int, h: int, size: tuple[int, int] | None = None,
               interp: int = 2) -> Any:
    """The part from column x0 and row y0 on, w x h pixels or what there is of them.

    size: (width, height) to which that is then resized, with interp as for imresize.
    """
    image = pixels(src, "fixed_crop")
    box = (check_count("fixed_crop", "x0", x0, 0), check_count("fixed_crop", "y0", y0, 0),
           check_count("fixed_crop", "w", w, 1), check_count("fixed_crop", "h", h, 1))
    if box[0] >= image.shape[1] or box[1] >= image.shape[0]:
        raise MXNetValueError(f"fixed_crop: (x0, y0) must be within the image of {image.shape[1]} "
                              f"x {image.shape[0]}; got {box[:2]}")
    return like(src, cut(image, box, size, interp, "fixed_crop"))


@checks_types
def random_crop(src: Any, size: tuple[int, int], interp: int = 2) -> tuple[Any, Box]:
    """(image, (x, y, width, height)) of a part of size (width, height) drawn at random.

    A larger size is made smaller by scale_down, and the part enlarged to it with interp.
    """
    image = pixels(src, "random_crop")
    box = random_box(image, size, "random_crop")
    return like(src, cut(image, box, size, interp, "random_crop")), box


@checks_types
def center_crop(src: Any, size: tuple[int, int], interp: int = 2) -> tuple[Any, Box]:
    """(image, (x, y, width, height)) of the part in the middle; size as for random_crop."""
    image = pixels(src, "center_crop")
    box = center_box(image, size, "center_crop")
    return like(src, cut(image, box, size, interp, "center_crop")), box


@checks_types
def random_size_crop(src: Any, size: tuple[int, int], area: Any, ratio: tuple[float, float],
                     interp: int = 2, **kwargs: Any) -> tuple[Any, Box]:
    """(image, (x, y, width, height)) of a part of random area and aspect, resized to `size`.

    area: (least, most) share of the image's area, or the least, the most being 1. ratio: (least,
    most) width / height, drawn evenly in its logarithm. After ten parts that do not fit, the
    center_crop. min_area: area's former name.
    """
    area = area_of("random_size_crop", area, kwargs)
    image = pixels(src, "random_size_crop")
    box = random_sized_box(image, size, area, ratio, "random_size_crop")
    return like(src, cut(image, box, size, interp, "random_size_crop")), box


def cut(image: Image, box: Box, size: Any, interp: int, caller: str) -> Image:
    """The part in the box, a view of the image; resized if `size` is another (width, height)."""
    left, top, width, height = box
    part = image[top:top + height, left:left + width]
    wanted = (width, height) if size is None else size_of(caller, size)
    return part if wanted == (width, height) else resized(part, *wanted, interp, caller)


def random_box(image: Image, size: Any, caller: str) -> Box:
    """A place for `size`, or for what of it fits."""
    height, width = image.shape[:2]
    w, h = _fitting(image, size, caller)
    generator = numpy_generator()
    left = int(generator.integers(0, width - w + 1))
    return left, int(generator.integers(0, height - h + 1)), w, h


def center_box(image: Image, size: Any, caller: str) -> Box:
    """The place in the middle for `size`, or for what of it fits."""
    height, width = image.shape[:2]
    w, h = _fitting(image, size, caller)
    return (width - w) // 2, (height - h) // 2, w, h


def random_sized_box(image: Image, size: Any, area: tuple[float, float],
                     ratio: tuple[float, float], caller: str) -> Box:
    """The place that random_size_crop draws."""
    height, width = image.shape[:2]
    generator = numpy_generator()
    low, high = (log(side) for side in ratio)
    for _ in range(_ATTEMPTS):
        target = generator.uniform(*area) * (height * width)
        aspect = np.exp(generator.uniform(low, high))
        w, h = round(float(np.sqrt(target * aspect))), round(float(np.sqrt(target / aspect)))
        if 0 < w <= width and 0 < h <= height:
            left = int(generator.integers(0, width - w + 1))
            return left, int(generator.integers(0, height - h + 1)), w, h
    return center_box(image, size, caller)


def area_of(caller: str, area: Any, others: dict[str, Any]) -> tuple[float, float]:
    """(least, most), from a number or a pair, or from the former keyword min_area."""
    if "min_area" in others:
        warnings.warn(f"{caller}: min_area is deprecated: use area", DeprecationWarning,
                      stacklevel=3)
        area = others.pop("min_area")
    if others:
        raise unknown_argument(caller, next(iter(others)), ["area", "min_area"])
    area = listed(area)
    pair = tuple(area) if isinstance(area, (tuple, list)) else (area, 1.0)
    if len(pair) != 2 or not all(isinstance(share, Real) for share in pair) or (
            not 0 < pair[0] <= pair[1]):
        raise MXNetValueError(f"{caller}: area must be (least, most) or the least share of the "
                              f"area, above 0; got {shown(area)}")
    return pair


def _fitting(image: Image, size: Any, caller: str) -> tuple[int, int]:
    width, height = scale_down((image.shape[1], image.shape[0]), size_of(caller, size))
    if not width or not height:
        raise MXNetValueError(f"{caller}: a part with the aspect of size {tuple(size)} has no "
                              f"pixels in an image of {image.shape[1]} x {image.shape[0]}")
    return width, height

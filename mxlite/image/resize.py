"""Resizing, as OpenCV does it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._dataio import image as native
from ..argument_types import checks_types
from ..arguments import check_count
from ..base import MXNetTypeError, MXNetValueError
from ..random import numpy_generator
from ..wording import shown
from .decode import store
from .pixels import Image, empty, like, pixels

NEAREST, BILINEAR, BICUBIC, AREA, LANCZOS = range(5)
AUTO, RANDOM = 9, 10
_KNOWN = (NEAREST, BILINEAR, BICUBIC, AREA, LANCZOS, AUTO, RANDOM)


@checks_types
def imresize(src: Any, w: int, h: int, interp: int = BILINEAR, out: Any = None) -> Any:
    """Resize (height, width, C), uint8 or float, to (h, w, C).

    interp: 0 nearest, 1 bilinear, 2 bicubic, 3 area (bilinear to enlarge), 4 Lanczos over 8 x 8
        pixels; 9: bicubic to enlarge, area to shrink, else bilinear; 10: one of 0 to 4, drawn.
    out: an NDArray that takes the result. Values are those of OpenCV, within 1e-6 of the value
    for float64, which is computed in float32.
    """
    image = pixels(src, "imresize")
    width, height = check_count("imresize", "w", w, 1), check_count("imresize", "h", h, 1)
    result = resized(image, width, height, interp, "imresize")
    return like(src, result) if out is None else store("imresize", result, out)


@checks_types
def resize_short(src: Any, size: int, interp: int = BICUBIC) -> Any:
    """Resize so that the shorter edge has `size` pixels, and the longer one as many as keep the
    aspect, rounded down; interp: as for imresize."""
    return like(src, shortened(pixels(src, "resize_short"), size, interp, "resize_short"))


@checks_types
def scale_down(src_size: tuple[int, int], size: tuple[int, int]) -> tuple[int, int]:
    """`size` (width, height) made smaller, its aspect kept, until it fits into src_size.

    >>> scale_down((640, 480), (720, 120))
    (640, 106)
    """
    width, height = map(float, size)
    limit_w, limit_h = src_size
    if height > limit_h:
        width, height = width * limit_h / height, limit_h
    if width > limit_w:
        width, height = limit_w, height * limit_w / width
    return int(width), int(height)


def resized(image: Image, width: int, height: int, interp: int, caller: str) -> Image:
    """A new image (height, width, C) of the same dtype."""
    interp = interp_of(interp, image.shape[:2], (height, width), caller)
    kind = image.dtype
    if kind not in (np.uint8, np.float32, np.float64):
        raise MXNetTypeError(f"{caller}: src must be uint8, float32 or float64; got {kind}")
    if kind == np.float64:
        image = image.astype(np.float32)
    out = empty(caller, (height, width, image.shape[2]), image.dtype)
    native.resize(_rows(image), out, interp)
    return out.astype(kind, copy=False)


def shortened(image: Image, size: int, interp: int, caller: str) -> Image:
    """The image with a shorter edge of `size` pixels."""
    size = check_count(caller, "size", size, 1)
    height, width = image.shape[:2]
    if height > width:
        return resized(image, size, size * height // width, interp, caller)
    return resized(image, size * width // height, size, interp, caller)


def interp_of(interp: int, old: tuple[int, ...], new: tuple[int, int], caller: str) -> int:
    """0 to 4 for an `interp` of imresize; old and new are (height, width)."""
    try:
        is_known = interp in _KNOWN
    except ValueError:                         # of an array
        is_known = False
    if not is_known:
        raise MXNetValueError(f"{caller}: interp must be 0 to 4, 9 (by size) or 10 (random); got "
                              f"{shown(interp)}")
    if interp == RANDOM:
        return int(numpy_generator().integers(5))
    if interp != AUTO:
        return int(interp)
    if new[0] > old[0] and new[1] > old[1]:
        return BICUBIC
    return AREA if new[0] < old[0] and new[1] < old[1] else BILINEAR


def get_interp_method(interp: int, sizes: Sequence[int] = ()) -> int:
    """0 to 4 for an `interp` of imresize. sizes: (old height, old width, new height, new width);
    without them 9 stands for bicubic."""
    if len(sizes) not in (0, 4):
        raise MXNetValueError("_get_interp_method: sizes must be (old height, old width, new "
                              f"height, new width) or (); got {shown(sizes)}")
    old_height, old_width, *new = sizes or (0, 0, 1, 1)
    return interp_of(interp, (old_height, old_width), (new[0], new[1]), "_get_interp_method")


def _rows(image: Image) -> Image:
    """The image, or a copy if the pixels of a row do not follow each other in memory."""
    item = image.itemsize
    is_packed = image.strides[1:] == (item * image.shape[2], item) and image.strides[0] > 0
    return image if is_packed else np.ascontiguousarray(image)

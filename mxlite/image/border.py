"""Borders around images."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Number
from typing import Any

import numpy as np

from ..argument_types import checks_types
from ..arguments import check_count
from ..base import MXNetTypeError, MXNetValueError
from .decode import store
from .pixels import Image, empty, like, pixels

_CONSTANT = 0
_MODES = {1: "edge", 2: "symmetric", 3: "wrap", 4: "reflect"}      # OpenCV's number: NumPy's name
_ISOLATED = 16                                  # OpenCV's flag: pixels outside a view are not used


@checks_types
def copyMakeBorder(src: Any, top: int, bot: int, left: int, right: int, type: int = _CONSTANT,
                   value: float = 0.0, values: Any = (), out: Any = None) -> Any:
    """The image (height, width, C) with so many rows and columns more: uint8 or float.

    type: 0 of one colour, 1 the outermost pixels repeated (aa|abcd|dd), 2 mirrored (ba|abcd|dc),
        3 periodic (cd|abcd|ab), 4 mirrored at the outermost pixels
        (cb|abcd|cb); 16 more changes nothing.
    values: the colour, a number for all channels or one for each; value: the same for all.
    """
    caller = "copyMakeBorder"
    image = pixels(src, caller)
    widths = [check_count(caller, name, count, 0) for name, count in
              (("top", top), ("bot", bot), ("left", left), ("right", right))]
    mode = check_count(caller, "type", type, 0) & ~_ISOLATED
    if mode != _CONSTANT and mode not in _MODES:
        raise MXNetValueError(f"{caller}: type must be 0 constant, 1 replicate, 2 reflect, 3 wrap "
                              f"or 4 reflect101; got {type!r}")
    empty = isinstance(values, (tuple, list)) and not values
    result = bordered(image, widths, mode, value if empty else values, caller)
    return like(src, result) if out is None else store(caller, result, out)


def bordered(image: Image, widths: Sequence[int], mode: int, colour: Any, caller: str) -> Image:
    """A new image; widths: (top, bottom, left, right)."""
    top, bottom, left, right = widths
    if mode != _CONSTANT:
        by_axis: Any = ((top, bottom), (left, right), (0, 0))
        return np.pad(image, by_axis, mode=_MODES[mode])     # type: ignore[call-overload]
    height, width, channels = image.shape
    out = empty(caller, (height + top + bottom, width + left + right, channels), image.dtype)
    out[:] = _colour_of(colour, image, caller)
    out[top:top + height, left:left + width] = image
    return out


def _colour_of(colour: Any, image: Image, caller: str) -> Any:
    """(1,) or (channels,) numbers of the image's dtype: rounded, and cut to its range."""
    if isinstance(colour, Number):
        colour = (colour,)
    try:
        numbers = np.asarray(colour, np.float64).reshape(-1)
    except (TypeError, ValueError):
        raise MXNetTypeError(f"{caller}: values must be numbers; got {colour!r}") from None
    if len(numbers) not in (1, image.shape[2]):
        raise MXNetValueError(f"{caller}: values must be one number, or one for each of "
                              f"{image.shape[2]} channels; got {colour!r}")
    if image.dtype.kind in "iu":
        limits = np.iinfo(image.dtype)
        numbers = np.clip(np.rint(numbers), limits.min, limits.max)
    return numbers.astype(image.dtype)

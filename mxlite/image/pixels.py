"""Images as NumPy arrays inside, whatever they are outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import ndarray as nd
from ..base import MXNetTypeError, MXNetValueError

Image = Any                                    # a NumPy array (height, width, channels)


def pixels(src: Any, where: str, argument: str = "src") -> Image:
    """The image (height, width, channels) as a NumPy array over the same memory."""
    if isinstance(src, nd.NDArray):
        image = src._numpy_view()
    elif isinstance(src, np.ndarray):
        image = src
    else:
        raise MXNetTypeError(f"{where}: {argument} must be an NDArray or a NumPy array; got "
                             f"{type(src).__name__}")
    if image.ndim != 3 or 0 in image.shape:
        raise MXNetValueError(f"{where}: {argument} must be an image of shape (height, width, "
                              f"channels), none of them 0; got {image.shape}")
    return image


def like(src: Any, image: Image) -> Any:
    """The image as what `src` is: an NDArray, or the NumPy array itself."""
    if isinstance(src, nd.NDArray):
        return nd.from_numpy(np.ascontiguousarray(image))
    return image


def check_floats(image: Image, where: str, channels: int | None = None) -> Image:
    """The image; raises unless it is of floats, and of so many channels."""
    if image.dtype.kind != "f":
        raise MXNetTypeError(f"{where}: src must be of floats, as CastAug() makes it; got "
                             f"{image.dtype}")
    if channels and image.shape[2] != channels:
        raise MXNetValueError(f"{where}: src must have {channels} channels; got the shape "
                              f"{image.shape}")
    return image


def whole(where: str, argument: str, value: Any, low: int) -> int:
    """`value` as an int of at least `low`."""
    if isinstance(value, bool) or not hasattr(value, "__index__") or value.__index__() < low:
        raise MXNetValueError(f"{where}: {argument} must be an integer of at least {low}; got "
                              f"{value!r}")
    return int(value.__index__())


def size_of(where: str, size: Any) -> tuple[int, int]:
    """`size` as (width, height)."""
    if not isinstance(size, Sequence) or len(size) != 2:
        raise MXNetValueError(f"{where}: size must be (width, height); got {size!r}")
    return whole(where, "width in size", size[0], 1), whole(where, "height in size", size[1], 1)

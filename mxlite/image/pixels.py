"""Images as NumPy arrays, whether the caller passes NDArrays or NumPy arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import ndarray as nd
from ..arguments import check_count, listed
from ..base import MXNetMemoryError, MXNetTypeError, MXNetValueError
from ..ndarray.numpy.switched import switched

Image = Any                                    # a NumPy array (height, width, channels)


def pixels(src: Any, caller: str, argument: str = "src") -> Image:
    """The image (height, width, channels) as a NumPy array over the same memory."""
    if isinstance(src, nd.NDArray):
        image = src._values()
    elif isinstance(src, np.ndarray):
        image = src
    else:
        raise MXNetTypeError(f"{caller}: {argument} must be an NDArray or a NumPy array; got "
                             f"{type(src).__name__}")
    if image.ndim != 3 or 0 in image.shape:
        raise MXNetValueError(f"{caller}: {argument} must be an image of shape (height, width, "
                              f"channels), none of them 0; got {image.shape}")
    return image


def empty(caller: str, shape: tuple[int, int, int], dtype: Any) -> Image:
    """An array for an image, unset. Raises MXNetMemoryError."""
    try:
        return np.empty(shape, dtype)
    except (ValueError, MemoryError):          # ValueError: more than any memory
        raise MXNetMemoryError(f"{caller}: no memory for an image of {shape[0]} x {shape[1]} pixels"
                               ) from None


def like(src: Any, image: Image) -> Any:
    """The image as what `src` is: an NDArray, of mx.np inside npx.set_np(), or the NumPy array."""
    if isinstance(src, nd.NDArray):
        return switched(nd.from_numpy(np.ascontiguousarray(image)))
    return image


def check_floats(image: Image, caller: str, channels: int | None = None) -> Image:
    """The image; raises unless it is of floats, and of so many channels."""
    if image.dtype.kind != "f":
        raise MXNetTypeError(f"{caller}: src must be of floats, as CastAug() makes it; got "
                             f"{image.dtype}")
    if channels and image.shape[2] != channels:
        raise MXNetValueError(f"{caller}: src must have {channels} channels; got the shape "
                              f"{image.shape}")
    return image


def size_of(caller: str, size: Any) -> tuple[int, int]:
    """`size` as (width, height)."""
    size = listed(size)
    if not isinstance(size, Sequence) or len(size) != 2:
        raise MXNetValueError(f"{caller}: size must be (width, height); got {size!r}")
    width, height = size
    return (check_count(caller, "width in size", width, 1),
            check_count(caller, "height in size", height, 1))

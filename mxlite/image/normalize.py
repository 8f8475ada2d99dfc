"""Arithmetic of colours, on images of floats (height, width, channels), which it changes in place.

Each function works channel by channel: quick on images whose channels lie apart in memory, as
CastAug makes them, and right on all.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import ndarray as nd
from ..argument_types import checks_types
from ..base import MXNetTypeError, MXNetValueError
from .pixels import Image, check_floats, pixels

GRAY = np.array([0.299, 0.587, 0.114])         # ITU-R BT.601: luminance of red, green and blue
TO_YIQ = np.array([[0.299, 0.587, 0.114], [0.596, -0.274, -0.321], [0.211, -0.523, 0.311]])
FROM_YIQ = np.array([[1.0, 0.956, 0.621], [1.0, -0.272, -0.647], [1.0, -1.107, 1.705]])


@checks_types
def color_normalize(src: Any, mean: Any, std: Any = None) -> Any:
    """(src - mean) / std, written into src, an image of floats, which is returned.

    mean, std: numbers, arrays (1,) or (channels,), or of the image's shape; None: left out.
    """
    image = check_floats(pixels(src, "color_normalize"), "color_normalize")
    normalize(image, colour_of(mean, "color_normalize", "mean"),
              colour_of(std, "color_normalize", "std"), "color_normalize")
    return src


def colour_of(value: Any, caller: str, argument: str) -> Any:
    """A NumPy array of floats, or None."""
    if value is None:
        return None
    if isinstance(value, nd.NDArray):
        value = value.asnumpy()
    try:
        return np.asarray(value, np.float32)
    except (TypeError, ValueError):
        raise MXNetTypeError(f"{caller}: {argument} must be numbers or None; got {value!r}"
                             ) from None


def normalize(image: Image, mean: Any, std: Any, caller: str) -> Image:
    """(image - mean) / std in place."""
    for function, colour in ((np.subtract, mean), (np.divide, std)):
        if colour is None:
            continue
        if colour.shape in ((), (1,), (image.shape[2],)):
            for channel, number in enumerate(np.broadcast_to(colour, image.shape[2])):
                plane = image[:, :, channel]
                function(plane, number, out=plane)
        elif colour.shape == image.shape:
            function(image, colour, out=image)
        else:
            raise MXNetValueError(f"{caller}: mean and std must be numbers, one or one a channel, "
                                  f"or of the image's shape {image.shape}; got {colour.shape}")
    return image


def brightness(image: Image, factor: float) -> Image:
    """factor * x."""
    image *= factor
    return image


def contrast(image: Image, factor: float) -> Image:
    """factor * x + (1 - factor) * the mean luminance of the image."""
    means = [image[:, :, channel].mean(dtype=np.float32) for channel in range(3)]
    image *= factor
    image += float((1 - factor) * (GRAY @ means))
    return image


def saturation(image: Image, factor: float) -> Image:
    """factor * x + (1 - factor) * the luminance of the pixel."""
    red, green, blue = np.moveaxis(image, 2, 0)
    gray = red * float((1 - factor) * GRAY[0])
    gray += green * float((1 - factor) * GRAY[1])
    gray += blue * float((1 - factor) * GRAY[2])
    image *= factor
    for channel in range(3):
        image[:, :, channel] += gray
    return image


def add_colour(image: Image, colour: Any) -> Image:
    """x + colour (3,)."""
    for channel in range(3):
        image[:, :, channel] += colour[channel]
    return image


def mix(image: Image, matrix: Any) -> Image:
    """A new image x @ matrix (3, 3), its channels apart in memory."""
    planes = np.ascontiguousarray(np.moveaxis(image, 2, 0)).reshape(3, -1)
    mixed = np.matmul(matrix.T.astype(image.dtype), planes)
    return np.moveaxis(mixed.reshape(3, *image.shape[:2]), 0, 2)


def hue_matrix(turn: float) -> Any:
    """(3, 3), for mix: the chroma of YIQ turned by `turn` half circles."""
    cos, sin = np.cos(turn * np.pi), np.sin(turn * np.pi)
    turned = np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]])
    return (FROM_YIQ @ turned @ TO_YIQ).T

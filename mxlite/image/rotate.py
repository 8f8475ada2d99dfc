"""Rotation around the middle."""

from __future__ import annotations

from numbers import Number
from typing import Any

import numpy as np

from .. import ndarray as nd
from .._dataio import image as kernels
from ..argument_types import checks_types
from ..base import MXNetTypeError, MXNetValueError
from ..ndarray.numpy.switched import switched
from ..random import numpy_generator


@checks_types
def imrotate(src: Any, rotation_degrees: Any, zoom_in: bool = False, zoom_out: bool = False
             ) -> nd.NDArray:
    """Float32 images (C, H, W) or (N, C, H, W), rotated, of the same shape.

    rotation_degrees: counter-clockwise; a number, or for a batch also an array (N,).
    zoom_in: enlarge until no border shows; zoom_out: shrink until all of the image shows. Without
        either, corners are cut off, and pixels outside the image are 0.
    Sampling is bilinear. There is no gradient.
    """
    if not isinstance(src, nd.NDArray) or src._dtype_name != "float32":
        got = f"{src._dtype_name}" if isinstance(src, nd.NDArray) else type(src).__name__
        raise MXNetTypeError(f"imrotate: src must be an NDArray of float32; got {got}")
    if zoom_in and zoom_out:
        raise MXNetValueError("imrotate: zoom_in and zoom_out must not both be true")
    images = src._values()
    if images.ndim not in (3, 4):
        raise MXNetValueError("imrotate: src must have the shape (channels, height, width) or "
                              f"(batch, channels, height, width); got {images.shape}")
    if images.ndim == 3 and not isinstance(rotation_degrees, Number):
        raise MXNetTypeError("imrotate: rotation_degrees must be a number for one image; got "
                             f"{type(rotation_degrees).__name__}")
    batch = images[None] if images.ndim == 3 else images
    out = np.empty_like(batch)
    for image, angle, target in zip(batch, _angles(rotation_degrees, len(batch)), out, strict=True):
        rotate(image, target, angle, zoom_in, zoom_out)
    return switched(nd.from_numpy(out.reshape(images.shape)))


@checks_types
def random_rotate(src: Any, angle_limits: tuple[float, float], zoom_in: bool = False,
                  zoom_out: bool = False) -> nd.NDArray:
    """imrotate by degrees drawn evenly from [low, high), an angle for each image of a batch."""
    generator = numpy_generator()
    if isinstance(src, nd.NDArray) and src.ndim == 4:
        return imrotate(src, generator.uniform(*angle_limits, len(src)), zoom_in, zoom_out)
    return imrotate(src, float(generator.uniform(*angle_limits)), zoom_in, zoom_out)


def _angles(degrees: Any, count: int) -> Any:
    """Radians, float32 (count,)."""
    if isinstance(degrees, nd.NDArray):
        degrees = degrees.asnumpy()
    angles = np.asarray(degrees, np.float32)
    if angles.ndim == 0:
        angles = np.broadcast_to(angles, count)
    if angles.shape != (count,):
        raise MXNetValueError(f"imrotate: rotation_degrees must be one number, or one for each of "
                              f"{count} images; got the shape {angles.shape}")
    return angles * np.float32(np.pi / 180)


def rotate(image: Any, out: Any, angle: np.float32, zoom_in: bool, zoom_out: bool) -> None:
    """One image (C, H, W) by an angle in radians."""
    scale = _scale(image.shape[1], image.shape[2], angle, zoom_in, zoom_out)
    kernels.rotate(image, out, scale * np.cos(angle), scale * np.sin(angle))


def _scale(height: int, width: int, angle: np.float32, zoom_in: bool, zoom_out: bool
           ) -> np.float32:
    """How far apart, in pixels of the image, neighbours of the result are."""
    if not zoom_in and not zoom_out:
        return np.float32(1)
    cos, sin = abs(np.cos(angle)), abs(np.sin(angle))
    across, down = width * cos + height * sin, width * sin + height * cos
    if zoom_out:
        return np.float32(max(across / width, down / height))
    return np.float32(min(width / across, height / down))

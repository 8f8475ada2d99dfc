"""Encoded images to NumPy arrays and back: JPEG by libjpeg-turbo, all else by Pillow."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Collection
from typing import Any

import numpy as np

from ..base import MXNetMemoryError, MXNetTypeError, MXNetValueError
from ..wording import shown
from . import deep_png, jpeg, pillow

_START_OF_JPEG = b"\xff\xd8\xff"
COLOUR, GRAY, UNCHANGED = 1, 0, -1
TURNED_BY_READERS = ("JPEG", "PNG")            # unpack_img and im2rec, as OpenCV's package does
TURNED_BY_ITERATORS = ("JPEG",)                # as the OpenCV in MXNet does


def decode(data: Any, flag: int = COLOUR, to_rgb: bool = True,
           at_least: tuple[int, int] | None = None, caller: str = "imdecode",
           orient: Collection[str] = ()) -> Any:
    """The image that the bytes hold, a new uint8 array (height, width, channels).

    flag: COLOUR (3 channels), GRAY (1 channel), UNCHANGED (1, 3, or 4 with alpha, and uint16 where
        the file has 16 bits; one channel of a TIFF may be int32 or float32).
    to_rgb: channels are red, green, blue; else blue, green, red.
    at_least: (height, width); a JPEG is decoded at the smallest of 1/1, 1/2, 1/4, 1/8 of its size
        that is not below it, which is faster if the image is shrunk afterwards.
    caller: what errors name.
    orient: formats, "JPEG" and "PNG", that are turned as their EXIF says, unless UNCHANGED. TIFF
        always is.
    Raises MXNetValueError if the bytes are no image. Missing or wrong bytes of a JPEG are concealed
    by made-up pixels, as in MXNet, with a warning, unlike in MXNet.
    """
    if flag not in (COLOUR, GRAY, UNCHANGED):
        raise MXNetValueError(f"{caller}: flag must be 1 (colour), 0 (gray) or -1 (unchanged); "
                              f"got {flag!r}")
    view = as_bytes(data, caller)
    if bytes(view[:3]) == _START_OF_JPEG and jpeg.library() is not None:
        image = _decode_jpeg(view, flag, at_least, caller, orient)
    else:
        image = None
    if image is None:
        image = _decode_by_pillow(view, flag, caller, () if flag == UNCHANGED else orient)
    return image if to_rgb or image.shape[2] < 3 else swap(image)


def as_bytes(data: Any, caller: str) -> memoryview:
    """The buffer as a memoryview of bytes."""
    try:
        view = memoryview(data).cast("B")
    except TypeError:
        raise MXNetTypeError(f"{caller}: an encoded image must be bytes; got "
                             f"{type(data).__name__}") from None
    if not view:
        raise MXNetValueError(f"{caller}: an encoded image must have at least one byte; got none")
    return view


def swap(image: Any) -> Any:
    """RGB(A) to BGR(A), and back."""
    return np.ascontiguousarray(image[:, :, [2, 1, 0, 3][:image.shape[2]]])


def _decode_jpeg(view: memoryview, flag: int, at_least: tuple[int, int] | None, caller: str,
                 orient: Collection[str]) -> Any:
    """None for a JPEG of four colours."""
    try:
        channels = 1 if flag == GRAY else 3
        if flag == UNCHANGED and jpeg.info(view)[2] == 1:
            channels = 1
        image, orientation, warning = jpeg.decode(
            view, channels, lambda height, width: np.empty((height, width, channels), np.uint8),
            at_least)
    except MemoryError as error:
        raise MXNetMemoryError(f"{caller}: no memory for the image: {error}") from None
    except jpeg.UnsupportedJPEG:
        return None
    except MXNetValueError as error:
        raise MXNetValueError(f"{caller}: expected an encoded image; {error}") from None
    if warning:
        warnings.warn(f"{caller}: a JPEG image has missing or wrong bytes, and pixels made up for "
                      f"them: {warning}", stacklevel=4)
    is_turned = "JPEG" in orient and flag != UNCHANGED
    return pillow.turn(image, orientation) if is_turned else image


def _decode_by_pillow(view: memoryview, flag: int, caller: str, orient: Collection[str]) -> Any:
    picture = pillow.read(view, caller, flag == GRAY, orient)
    try:
        image = {COLOUR: picture.colour, GRAY: picture.gray, UNCHANGED: picture.unchanged}[flag]()
    except MXNetValueError as error:
        raise MXNetValueError(f"{caller}: an image cannot be decoded with flag={flag}: {error}"
                              ) from None
    return np.ascontiguousarray(image)


def encode(image: Any, img_fmt: str = ".jpg", quality: int = 95, caller: str = "imencode",
           rgb: bool = False) -> bytes:
    """The image as a file of a format.

    image: uint8 of (height, width) or (height, width, 1, 3 or 4), BGR, or RGB where `rgb` is true;
        also uint16 for PNG. JPEG leaves alpha out.
    img_fmt: ".jpg", ".png", or another ending that Pillow writes.
    quality: of JPEG, 1 to 100; or the compression of PNG, 0 to 9, more meaning 9.
    """
    from PIL import Image

    Image.init()
    format = Image.EXTENSION.get(img_fmt.lower())
    if format not in Image.SAVE:
        raise MXNetValueError(f"{caller}: img_fmt must be '.jpg', '.png' or another ending that "
                              f"Pillow writes; got {img_fmt!r}")
    try:
        array = np.asarray(image)
    except ValueError:                         # rows of unequal lengths
        raise MXNetValueError(f"{caller}: img must be an array; got {shown(image)}") from None
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    is_deep = array.dtype == np.uint16 and format == "PNG"
    is_shaped = array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))
    if not ((is_deep or array.dtype == np.uint8) and is_shaped) or not array.size:
        raise MXNetValueError(f"{caller}: img must be uint8, or uint16 for PNG, of (height, width) "
                              f"or (height, width, 1, 3 or 4); got {array.dtype} of {array.shape}")
    if array.ndim == 3:
        array = array[:, :, :3] if format == "JPEG" else array
        array = np.ascontiguousarray(array) if rgb else swap(array)
    quality = int(quality)
    if is_deep and array.ndim == 3:
        return deep_png.encode(array, min(max(quality, 0), 9))
    options: dict[str, Any] = {}
    if format == "JPEG":
        options = {"quality": min(max(quality, 1), 100)}
    elif format == "PNG":
        options = {"compress_level": min(max(quality, 0), 9)}
    with _scratch() as file:
        Image.fromarray(array).save(file, format, **options)
        file.seek(0)
        return file.read()


def _scratch() -> Any:
    """A file of the system, in memory where it can be: Pillow holds the GIL for other kinds."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("image"), "w+b")
    return tempfile.TemporaryFile()

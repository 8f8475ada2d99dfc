"""Encoded images to NumPy arrays and back: JPEG by libjpeg-turbo, all else by Pillow."""

from __future__ import annotations

import io
import os
import tempfile
import warnings
from typing import Any

import numpy as np

from ..base import MXNetTypeError, MXNetValueError
from . import jpeg

_ORIENTATION = 0x0112                          # the number of EXIF's tag
_START_OF_JPEG = b"\xff\xd8\xff"
COLOUR, GRAY, UNCHANGED = 1, 0, -1


def decode(data: Any, flag: int = COLOUR, to_rgb: bool = True,
           at_least: tuple[int, int] | None = None, caller: str = "imdecode",
           orient: bool = False) -> Any:
    """The image that the bytes hold, a new uint8 array (height, width, channels).

    flag: COLOUR (3 channels), GRAY (1 channel), UNCHANGED (1, 3, or 4 with alpha, and uint16 where
        the file has 16 bits).
    to_rgb: channels are red, green, blue; else blue, green, red.
    at_least: (height, width); a JPEG is decoded at the smallest of 1/1, 1/2, 1/4, 1/8 of its size
        that is not below it, which is faster if the image is shrunk afterwards.
    caller: what errors name. orient: turn the image as EXIF says.
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
        image = _decode_by_pillow(view, flag, caller, orient)
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
                 orient: bool) -> Any:
    """None for a JPEG of four colours."""
    try:
        channels = 1 if flag == GRAY else 3
        if flag == UNCHANGED and jpeg.info(view)[2] == 1:
            channels = 1
        image, orientation, warning = jpeg.decode(
            view, channels, lambda height, width: np.empty((height, width, channels), np.uint8),
            at_least)
    except jpeg.UnsupportedJPEG:
        return None
    except MXNetValueError as error:
        raise MXNetValueError(f"{caller}: expected an encoded image; {error}") from None
    if warning:
        warnings.warn(f"{caller}: a JPEG image has missing or wrong bytes, and pixels made up for "
                      f"them: {warning}", stacklevel=4)
    return turn(image, orientation) if orient and flag != UNCHANGED else image


def turn(image: Any, orientation: int) -> Any:
    """The image (H, W, C) with EXIF's orientation, 1 to 8, undone."""
    if orientation in (5, 6, 7, 8):
        image = image.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        image = image[::-1]
    if orientation in (2, 3, 6, 7):
        image = image[:, ::-1]
    return np.ascontiguousarray(image)


def _decode_by_pillow(view: memoryview, flag: int, caller: str, orient: bool) -> Any:
    from PIL import Image, ImageOps

    try:
        image: Any = Image.open(io.BytesIO(view))
        if flag == GRAY and image.format == "JPEG":
            image.draft("L", image.size)           # the file's own luminance
        if orient and flag != UNCHANGED and image.getexif().get(_ORIENTATION, 1) != 1:
            image = ImageOps.exif_transpose(image)
        image.load()
    except Exception as error:
        raise MXNetValueError(f"{caller}: expected an encoded image, found {len(view)} bytes that "
                              f"Pillow cannot decode: {error}") from error
    if flag == UNCHANGED:
        return _unchanged(image)
    if image.mode == "CMYK":
        image = Image.fromarray(_rgb_of_cmyk(np.asarray(image)))
    if flag == COLOUR:
        return np.array(image.convert("RGB"))
    if image.mode in ("1", "L"):
        return np.array(image.convert("L"))[:, :, None]
    return gray(np.asarray(image.convert("RGB")), is_png=image.format == "PNG")[:, :, None]


def gray(image: Any, is_png: bool = False) -> Any:
    """Luminance of RGB, (H, W, 3) to (H, W): 0.299 R + 0.587 G + 0.114 B.

    In 14 bits, rounded; for PNG in 15 bits, cut off, as libpng does it for MXNet.
    """
    red, green, blue = np.moveaxis(image.astype(np.uint32), 2, 0)
    if is_png:
        return (9797 * red + 19234 * green + 3737 * blue >> 15).astype(np.uint8)
    return ((4899 * red + 9617 * green + 1868 * blue + (1 << 13)) >> 14).astype(np.uint8)


def _rgb_of_cmyk(image: Any) -> Any:
    """Inks (255 full) to light: each colour is what its ink leaves of what black leaves."""
    left = 255 - image.astype(np.int32)
    black = left[:, :, 3:]
    return (black - ((255 - left[:, :, :3]) * black >> 8)).astype(np.uint8)


def _unchanged(image: Any) -> Any:
    """The image with the channels and the depth of its file."""
    if image.mode in ("1", "L"):
        return np.array(image.convert("L"))[:, :, None]
    if image.mode.startswith("I;16") or image.mode == "I":
        return np.asarray(image).astype(np.uint16)[:, :, None]
    has_alpha = image.mode in ("LA", "PA", "RGBA") or "transparency" in image.info
    return np.array(image.convert("RGBA" if has_alpha else "RGB"))


def encode(image: Any, img_fmt: str = ".jpg", quality: int = 95, caller: str = "imencode",
           rgb: bool = False) -> bytes:
    """The image as a file of a format.

    image: uint8 of (height, width) or (height, width, 1, 3 or 4), BGR, or RGB where `rgb` is true;
        also uint16 (height, width) for PNG. JPEG leaves alpha out.
    img_fmt: ".jpg", ".png", or another ending that Pillow writes.
    quality: of JPEG, 1 to 100; or the compression of PNG, 0 to 9, more meaning 9.
    """
    from PIL import Image

    Image.init()
    format = Image.EXTENSION.get(img_fmt.lower())
    if format not in Image.SAVE:
        raise MXNetValueError(f"{caller}: img_fmt must be '.jpg', '.png' or another ending that "
                              f"Pillow writes; got {img_fmt!r}")
    array = np.asarray(image)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    is_deep = array.dtype == np.uint16 and array.ndim == 2 and format == "PNG"
    is_shaped = array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))
    if not (is_deep or (array.dtype == np.uint8 and is_shaped)) or not array.size:
        raise MXNetValueError(f"{caller}: img must be uint8 of (height, width) or (height, width, "
                              "1, 3 or 4), or uint16 of (height, width) for PNG; got "
                              f"{array.dtype} of {array.shape}")
    if array.ndim == 3:
        array = array[:, :, :3] if format == "JPEG" else array
        array = np.ascontiguousarray(array) if rgb else swap(array)
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

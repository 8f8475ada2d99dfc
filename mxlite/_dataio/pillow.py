"""Images by Pillow, with the depth of their files and with the numbers of OpenCV."""

from __future__ import annotations

import io
import logging
import struct
import sys
from collections.abc import Collection
from typing import Any, NamedTuple

import numpy as np

from ..base import MXNetMemoryError, MXNetValueError
from . import deep_tiff

MAX_PIXELS, MAX_SIDE = 1 << 30, 1 << 20        # as OpenCV; Pillow's own guard is not asked
MANY_PIXELS = 1 << 26
DEFLATE_RATIO = 1032                           # how many bytes one can become
_ANY_RATIO = ("WEBP", "JPEG2000", "AVIF")      # an image of one colour takes next to nothing
_ORIENTATION, _PHOTOMETRIC, _EXTRA_SAMPLES = 0x0112, 262, 338          # tags of TIFF and EXIF
_UNASSOCIATED_ALPHA = 2
_SWAPPED = {"B": "L", "L": "B", "N": "B" if sys.byteorder == "little" else "L"}

if logging.getLogger("PIL").level == logging.NOTSET:
    logging.getLogger("PIL").setLevel(logging.INFO)     # else programs that log all log each chunk


class Picture(NamedTuple):
    """An image as its file has it.

    samples: (height, width, channels), uint8 or uint16, also int32 or float32 of one channel:
        gray, gray and alpha, RGB, or RGBA. format: Pillow's name of the format.
    multiplies: colours are to be multiplied by alpha. inverts: gray of 16 bits has 0 for white.
    """

    samples: Any
    format: str
    multiplies: bool = False
    inverts: bool = False

    def unchanged(self) -> Any:
        """One channel, three, or four with alpha, of the file's depth."""
        if self.samples.shape[2] == 2:
            is_tiff = self.format == "TIFF"
            return self._reduced()[:, :, :1] if is_tiff else self.samples[:, :, [0, 0, 0, 1]]
        return self._reduced() if self.samples.dtype == np.uint8 else self.samples

    def colour(self) -> Any:
        """uint8 (height, width, 3)."""
        samples = self._reduced()
        return samples[:, :, :3] if samples.shape[2] > 2 else samples[:, :, [0, 0, 0]]

    def gray(self) -> Any:
        """uint8 (height, width, 1)."""
        if self.samples.shape[2] < 3:
            return self._reduced()[:, :, :1]
        if self.format == "PNG":
            return _high_bytes(luminance(self.samples[:, :, :3], is_png=True))[:, :, None]
        return luminance(self._reduced()[:, :, :3], is_png=False)[:, :, None]

    def _reduced(self) -> Any:
        """uint8: the high bytes, but for the colours of TIFF, which are rounded."""
        samples = self.samples
        if self.format != "TIFF" or samples.shape[2] < 3 or samples.dtype != np.uint16:
            samples = _high_bytes(samples)
        else:
            samples = ((samples.astype(np.uint32) + 128) // 257).astype(np.uint8)
        if self.multiplies:
            alpha = samples[:, :, 3:].astype(np.uint32)
            colour = (samples[:, :, :3] * alpha + 127) // 255
            samples = np.concatenate([colour, alpha], 2).astype(np.uint8)
        return 255 - samples if self.inverts else samples


def luminance(image: Any, is_png: bool) -> Any:
    """0.299 R + 0.587 G + 0.114 B of RGB, (H, W, 3) to (H, W), of the same dtype.

    In 14 bits, rounded; for PNG in 15 bits as libpng does it: bytes are cut off.
    """
    red, green, blue = np.moveaxis(image.astype(np.uint32), 2, 0)
    if is_png:
        half = 0 if image.dtype == np.uint8 else 1 << 14
        return (9797 * red + 19234 * green + 3737 * blue + half >> 15).astype(image.dtype)
    return ((4899 * red + 9617 * green + 1868 * blue + (1 << 13)) >> 14).astype(image.dtype)


def read(view: memoryview, caller: str, as_gray: bool = False,
         orient: Collection[str] = ()) -> Picture:
    """The first image of a file.

    as_gray: a JPEG may give its own luminance. orient: formats, "JPEG" and "PNG", that are turned
    as their EXIF says; TIFF always is. Raises MXNetValueError for what cannot be read.
    """
    try:
        deep = deep_tiff.as_rgba(view)
        image = _open(view if deep is None else memoryview(deep.file))
        _check_size(image, len(view))
        if as_gray and format_of(image) == "JPEG":
            image.draft("L", image.size)
        tags = dict(getattr(image, "tag_v2", {}))
        samples = _samples(image, view)
        if deep is not None:
            samples = turn(deep.samples(samples), deep.orientation)
        elif format_of(image) in orient:
            samples = turn(samples, _orientation(image))
    except MemoryError as error:
        raise MXNetMemoryError(f"{caller}: no memory for an image of {image.size[1]} x "
                               f"{image.size[0]} pixels") from error
    except Exception as error:
        raise MXNetValueError(f"{caller}: expected an encoded image, found {len(view)} bytes that "
                              f"Pillow cannot decode: {error}") from error
    multiplies = samples.shape[2] == 4 and _UNASSOCIATED_ALPHA in tags.get(_EXTRA_SAMPLES, ())
    if deep is not None:
        return Picture(samples, "TIFF", inverts=deep.inverts)
    inverts = image.mode.startswith("I;16") and tags.get(_PHOTOMETRIC) == 0
    return Picture(samples, format_of(image), multiplies, inverts)


def _check_size(image: Any, num_bytes: int) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise MXNetValueError(f"{height} x {width} pixels are more than 2^30, or than 2^20 on a "
                              "side")
    may_be_empty = image.format in _ANY_RATIO or (
        image.format != "PNG" and width * height <= MANY_PIXELS)
    if not may_be_empty and width * height > 8 * DEFLATE_RATIO * num_bytes:
        raise MXNetValueError(f"{num_bytes} bytes cannot hold {height} x {width} pixels")


def format_of(image: Any) -> str:
    """Pillow's name of the format; JPEG for a JPEG with further images, too."""
    return "JPEG" if image.format == "MPO" else str(image.format)


def _open(view: memoryview) -> Any:
    """As Image.open, without a bound on the number of pixels."""
    from PIL import Image, UnidentifiedImageError

    file, prefix = io.BytesIO(view), bytes(view[:16])
    tried: set[str] = set()
    for load_plugins in (Image.preinit, Image.init):
        load_plugins()
        for name in [name for name in Image.ID if name not in tried]:
            tried.add(name)
            factory, accept = Image.OPEN[name]
            try:
                if not accept or accept(prefix) is True or accept(prefix) == 1:
                    file.seek(0)
                    return factory(file, "")
            except (SyntaxError, IndexError, TypeError, struct.error):
                continue                       # not of this format
    raise UnidentifiedImageError("cannot identify the format")


def _orientation(image: Any) -> int:
    """What the EXIF of a loaded image says, 1 to 8."""
    from PIL import Image

    exif = Image.Exif()
    exif.load(image.info.get("exif", b""))
    orientation = exif.get(_ORIENTATION, 1)
    return orientation if orientation in range(1, 9) else 1


def turn(image: Any, orientation: int) -> Any:
    """The image (H, W, C) with EXIF's orientation, 1 to 8, undone."""
    if orientation in (5, 6, 7, 8):
        image = image.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        image = image[::-1]
    if orientation in (2, 3, 6, 7):
        image = image[:, ::-1]
    return np.ascontiguousarray(image)


# ---------------------------------------------------------------- samples

def _samples(image: Any, view: memoryview) -> Any:
    raw = _raw_mode(image)
    if image.format == "TIFF" and raw.startswith("RGBa"):
        raw = "RGBA" + raw[4:]                 # else Pillow divides the colours by alpha
        _set_raw_mode(image, raw)
    if raw == "LA;16B":
        samples = _deep_gray_alpha(image)
    elif raw.startswith("RGB") and ";16" in raw:
        samples = _deep_colour(image, view, raw)
    else:
        image.load()
        samples = _shallow(image)
    key = image.info.get("transparency")
    if image.format == "PNG" and samples.shape[2] == 3 and isinstance(key, tuple):
        samples = _with_key(samples, key)
    return samples


def _shallow(image: Any) -> Any:
    """What Pillow's own modes hold in full."""
    if image.mode.startswith("I;16") or (image.mode == "I" and image.format in ("PNG", "PPM")):
        return np.asarray(image).astype(np.uint16)[:, :, None]
    if image.mode in ("I", "F"):
        return np.array(image)[:, :, None]
    if image.mode == "CMYK":
        inks = np.asarray(image)
        return _light_of_tiff(inks) if image.format == "TIFF" else _light_of_jpeg(inks)
    if image.mode in ("1", "L"):
        return np.array(image.convert("L"))[:, :, None]
    if image.mode in ("LA", "RGB", "RGBA"):
        return np.array(image)
    has_alpha = image.mode in ("PA", "La", "RGBa") or "transparency" in image.info
    return np.array(image.convert("RGBA" if has_alpha else "RGB"))


def _raw_mode(image: Any) -> str:
    """How the file has its samples, as Pillow's decoders name it; "" where they do not say."""
    if not image.tile:
        return ""
    arguments = image.tile[0][3]
    if image.format == "PPM" and arguments == ("RGB", 65535):
        return "RGB;16B"
    first = arguments[0] if isinstance(arguments, tuple) and arguments else arguments
    return first if isinstance(first, str) else ""


def _set_raw_mode(image: Any, raw: str) -> None:
    def changed(tile: Any) -> Any:
        decoder, box, offset, arguments = tile
        if image.format == "PPM":
            decoder, arguments = "raw", (raw, 0, 1)
        else:
            arguments = (raw, *arguments[1:]) if isinstance(arguments, tuple) else raw
        return type(tile)(decoder, box, offset, arguments)

    image.tile = [changed(tile) for tile in image.tile]


def _deep_colour(image: Any, view: memoryview, raw: str) -> Any:
    """RGB or RGBA of 16 bits, of which Pillow gives a byte at a time: the high ones, and the low
    ones if the bytes are said to be in the other order."""
    other = _open(view)
    _set_raw_mode(image, raw)
    _set_raw_mode(other, raw[:-1] + _SWAPPED[raw[-1]])
    high, low = (np.asarray(one).astype(np.uint16) for one in (image, other))
    return high << 8 | low


def _deep_gray_alpha(image: Any) -> Any:
    """Gray and alpha of 16 bits: their four bytes."""
    _set_raw_mode(image, "RGBA")
    samples = np.asarray(image).astype(np.uint16)
    return samples[:, :, ::2] << 8 | samples[:, :, 1::2]


def _with_key(samples: Any, key: Any) -> Any:
    """RGBA of RGB: a colour is transparent."""
    opaque = (samples != np.array(key)).any(2, keepdims=True)
    alpha = np.where(opaque, np.iinfo(samples.dtype).max, 0).astype(samples.dtype)
    return np.concatenate([samples, alpha], 2)


def _light_of_jpeg(inks: Any) -> Any:
    """Inks (255 full) to light: each colour is what its ink leaves of what black leaves."""
    left = 255 - inks.astype(np.int32)
    black = left[:, :, 3:]
    return (black - ((255 - left[:, :, :3]) * black >> 8)).astype(np.uint8)


def _light_of_tiff(inks: Any) -> Any:
    """The same as libtiff does it, with an alpha of 255."""
    left = 255 - inks.astype(np.int32)
    colour = left[:, :, :3] * left[:, :, 3:] // 255
    return np.concatenate([colour, np.full_like(left[:, :, :1], 255)], 2).astype(np.uint8)


def _high_bytes(samples: Any) -> Any:
    """uint8. Raises MXNetValueError for samples of 32 bits."""
    if samples.dtype == np.uint8:
        return samples
    if samples.dtype != np.uint16:
        raise MXNetValueError(f"it has samples of {samples.dtype}, which do not fit into bytes")
    return (samples >> 8).astype(np.uint8)

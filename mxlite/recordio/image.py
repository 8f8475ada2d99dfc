"""Records of images. Arrays are as OpenCV has them: (height, width) or (height, width, channels),
channels in the order blue, green, red, alpha."""

from __future__ import annotations

from typing import Any

from ..base import MXNetValueError
from .header import IRHeader, pack, unpack

_IGNORE_ORIENTATION = 128                      # a bit of `iscolor`, as in OpenCV
_ORIENTATION = 0x0112                          # the number of EXIF's tag


def unpack_img(s: bytes, iscolor: int = -1) -> tuple[IRHeader, Any]:
    """(header, image) of a record that holds an encoded image; the image is a NumPy array.

    iscolor: 1: (height, width, 3), BGR. 0: (height, width), gray. -1: as the file has it, with
        alpha (BGRA), and not turned as EXIF says, which 0 and 1 do; 128 more: nor do they.
    Raises MXNetValueError for data that is no image.
    """
    modes = (-1, 0, 1, _IGNORE_ORIENTATION, _IGNORE_ORIENTATION + 1)
    if iscolor not in modes:
        raise MXNetValueError(f"unpack_img: iscolor must be one of {modes}; got {iscolor!r}")
    header, data = unpack(s)
    return header, decode(data, iscolor)


def pack_img(header: Any, img: Any, quality: int = 95, img_fmt: str = ".jpg") -> bytes:
    """The record for a header, (flag, label, id, id2), and an image, which is encoded.

    img: uint8 of (height, width) or (height, width, 1, 3 or 4), BGR; also uint16 (height, width)
        for PNG. JPEG leaves alpha out.
    quality: of JPEG, 1 to 100; or the compression of PNG, 0 to 9, more meaning 9.
    img_fmt: ".jpg", ".png", or another ending that Pillow writes.
    """
    return pack(header, encode(img, quality, img_fmt))


def decode(data: bytes, iscolor: int) -> Any:
    """The image as an array."""
    import io

    import numpy as np
    from PIL import Image, ImageOps

    try:
        image: Any = Image.open(io.BytesIO(data))
        if iscolor in (0, _IGNORE_ORIENTATION) and image.format == "JPEG":
            image.draft("L", image.size)           # the file's own luminance
        if iscolor in (0, 1) and image.getexif().get(_ORIENTATION, 1) != 1:
            image = ImageOps.exif_transpose(image)
        image.load()
    except Exception as error:
        raise MXNetValueError(f"unpack_img: expected an encoded image, found {len(data)} bytes that"
                              f" Pillow cannot decode: {error}") from error
    if iscolor == -1:
        return unchanged(image)
    if iscolor in (1, _IGNORE_ORIENTATION + 1):
        return bgr(np.asarray(image.convert("RGB")))
    if image.mode in ("1", "L"):
        return np.array(image.convert("L"))
    red, green, blue = np.moveaxis(np.asarray(image.convert("RGB")).astype(np.uint32), 2, 0)
    return ((9798 * red + 19235 * green + 3735 * blue + (1 << 14)) >> 15).astype(np.uint8)


def unchanged(image: Any) -> Any:
    """The image with the channels and the depth of its file."""
    import numpy as np

    if image.mode in ("1", "L"):
        return np.array(image.convert("L"))
    if image.mode.startswith("I;16") or image.mode == "I":
        return np.asarray(image).astype(np.uint16)
    has_alpha = image.mode in ("LA", "PA", "RGBA") or "transparency" in image.info
    return bgr(np.asarray(image.convert("RGBA" if has_alpha else "RGB")))


def bgr(image: Any) -> Any:
    """RGB(A) to BGR(A), and back."""
    import numpy as np

    return np.ascontiguousarray(image[:, :, [2, 1, 0, 3][:image.shape[2]]])


def encode(img: Any, quality: int, img_fmt: str) -> bytes:
    """The image as a file of that format."""
    import io

    import numpy as np
    from PIL import Image

    Image.init()
    format = Image.EXTENSION.get(img_fmt.lower())
    if format not in Image.SAVE:
        raise MXNetValueError(f"pack_img: img_fmt must be '.jpg', '.png' or another ending that "
                              f"Pillow writes; got {img_fmt!r}")
    array = np.asarray(img)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    is_deep = array.dtype == np.uint16 and array.ndim == 2 and format == "PNG"
    is_shaped = array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))
    if not (is_deep or (array.dtype == np.uint8 and is_shaped)) or not array.size:
        raise MXNetValueError("pack_img: img must be uint8 of (height, width) or (height, width, 1,"
                              " 3 or 4), or uint16 of (height, width) for PNG; got "
                              f"{array.dtype} of {array.shape}")
    if array.ndim == 3:
        array = bgr(array[:, :, :3] if format == "JPEG" else array)
    options: dict[str, Any] = {}
    if format == "JPEG":
        options = {"quality": min(max(quality, 1), 100)}
    elif format == "PNG":
        options = {"compress_level": min(max(quality, 0), 9)}
    file = io.BytesIO()
    Image.fromarray(array).save(file, format, **options)
    return file.getvalue()

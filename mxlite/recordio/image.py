"""Records of images. Arrays are as OpenCV has them: (height, width) or (height, width, channels),
channels in the order blue, green, red, alpha."""

from __future__ import annotations

from typing import Any

from ..argument_types import Bytes, checks_types
from ..arguments import check_choice
from .header import IRHeader, pack, unpack

_IGNORE_ORIENTATION = 128                      # a bit of `iscolor`, as in OpenCV


@checks_types
def unpack_img(s: Bytes, iscolor: int = -1) -> tuple[IRHeader, Any]:
    """(header, image) of a record that holds an encoded image; the image is a NumPy array.

    iscolor: 1: (height, width, 3), BGR. 0: (height, width), gray. -1: as the file has it, with
        alpha (BGRA), and not turned as EXIF says, which 0 and 1 do; 128 more: nor do they.
    Raises MXNetValueError for data that is no image. A JPEG with missing bytes warns.
    """
    iscolor = check_choice("unpack_img", "iscolor", iscolor,
                           [-1, 0, 1, _IGNORE_ORIENTATION, _IGNORE_ORIENTATION + 1])
    from .._dataio import codec

    header, data = unpack(s)
    flag = iscolor if iscolor < _IGNORE_ORIENTATION else iscolor - _IGNORE_ORIENTATION
    orient = codec.TURNED_BY_READERS if iscolor in (0, 1) else ()
    image = codec.decode(data, flag, to_rgb=False, caller="unpack_img", orient=orient)
    return header, image[:, :, 0] if image.shape[2] == 1 else image


@checks_types
def pack_img(header: Any, img: Any, quality: int = 95, img_fmt: str = ".jpg") -> bytes:
    """The record for a header, (flag, label, id, id2), and an image, which is encoded.

    img: uint8 of (height, width) or (height, width, 1, 3 or 4), BGR; also uint16 for PNG. JPEG
        leaves alpha out.
    quality: of JPEG, 1 to 100; or the compression of PNG, 0 to 9, more meaning 9.
    img_fmt: ".jpg", ".png", or another ending that Pillow writes.
    """
    from .._dataio import codec

    return pack(header, codec.encode(img, img_fmt, quality, caller="pack_img"))

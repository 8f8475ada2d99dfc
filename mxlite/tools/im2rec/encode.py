"""A line of a list becomes a record."""

from __future__ import annotations

import os
from typing import Any

from ...base import MXNetError, MXNetValueError
from ...recordio import IRHeader, pack
from .lists import Entry
from .options import Recipe

BILINEAR = 1
MOST_SIDE = 65500                              # pixels, of a JPEG


def record_of(entry: Entry, recipe: Recipe) -> bytes:
    """The record of an entry. Raises OSError or MXNetError."""
    is_many = recipe.pack_label and len(entry.labels) > 1
    header = IRHeader(0, entry.labels if is_many else entry.labels[0], entry.id, 0)
    try:
        with open(os.path.join(recipe.root, entry.path), "rb", buffering=0) as file:
            data = file.readall()
    except ValueError as error:                # a zero byte in the name
        raise MXNetError(f"cannot be opened: {error}") from None
    if not recipe.pass_through:
        data = recode(data, recipe, entry.path)
    return pack(header, data)


def recode(data: bytes, recipe: Recipe, path: str) -> bytes:
    """The image, cropped, resized and encoded again as the recipe says."""
    import numpy as np

    from ..._dataio.codec import TURNED_BY_READERS, decode, encode

    if not data:
        raise MXNetValueError("the file is empty")
    smallest = (recipe.resize,) * 2 if recipe.resize and recipe.fast_decode else None
    image = decode(data, recipe.color, at_least=smallest, caller=path, orient=TURNED_BY_READERS)
    if recipe.center_crop:
        image = center(image)
    if recipe.resize:
        image = resize_short(image, recipe.resize)
    if recipe.encoding == ".jpg" and image.dtype == np.uint16:
        image = (image >> 8).astype(np.uint8)
    return encode(image, recipe.encoding, recipe.quality, caller=path, rgb=True)


def center(image: Any) -> Any:
    """The square middle of an image (height, width, channels)."""
    height, width = image.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return image[top:top + side, left:left + side]


def resize_short(image: Any, edge: int) -> Any:
    """The image with its shorter edge of `edge` pixels, bilinear as OpenCV's."""
    import numpy as np

    from ..._dataio.image import resize

    height, width = image.shape[:2]
    short = min(height, width)
    shape = (height * edge // short, width * edge // short)
    if max(shape) > MOST_SIDE:
        raise MXNetValueError(f"{height} x {width} pixels would become {shape[0]} x {shape[1]}; "
                              f"the longest edge is {MOST_SIDE}")
    source = image if image.dtype == np.uint8 else image.astype(np.float32)
    resized = np.empty((*shape, *image.shape[2:]), source.dtype)
    resize(np.ascontiguousarray(source), resized, BILINEAR)
    return resized if image.dtype == np.uint8 else np.rint(resized).astype(image.dtype)

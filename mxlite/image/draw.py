"""Boxes drawn into an image, for a look at what an iterator gives."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..random import numpy_generator
from .create import MEAN, STD
from .normalize import colour_of

_MARGIN = 5                                    # pixels between a box and its name


def drawn(image: Any, objects: Any, color: Any, thickness: int, mean: Any, std: Any, clip: bool,
          wait: int | None, window: str, names: dict[int, str] | None) -> Any:
    """The image (height, width, 3), red first, as uint8 with boxes, blue first."""
    from PIL import Image, ImageDraw

    pixels = image.astype(np.float32)
    if std is not None and std is not False:
        pixels *= STD if std is True else colour_of(std, "draw_next", "std")
    if mean is not None and mean is not False:
        pixels += MEAN if mean is True else colour_of(mean, "draw_next", "mean")
    canvas = Image.fromarray((np.clip(pixels, 0, 255) if clip else pixels).astype(np.uint8))
    pen = ImageDraw.Draw(canvas)
    height, width = pixels.shape[:2]
    for values in objects:
        left, top, right, bottom = (values[1:5] * (width, height, width, height)).astype(int)
        if left < 0:
            continue
        ink = color if color else numpy_generator().integers(0, 256, 3)
        pen.rectangle((left, top, right, bottom), outline=tuple(map(int, ink)), width=thickness)
        if names and int(values[0]) in names:
            pen.text((left + _MARGIN, top + _MARGIN), names[int(values[0])], (255, 255, 255))
    picture = np.ascontiguousarray(np.asarray(canvas)[:, :, ::-1])
    if wait is not None:
        _show(picture, wait, window)
    return picture


def _show(image: Any, wait: int, window: str) -> None:
    try:
        import cv2
    except ImportError:
        warnings.warn("draw_next: waitKey takes OpenCV (the package opencv-python), which is not "
                      "installed: no window is shown", stacklevel=4)
        return
    cv2.imshow(window, image)
    cv2.waitKey(wait)

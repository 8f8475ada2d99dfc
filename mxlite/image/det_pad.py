"""`DetRandomPadAug`: an image somewhere on a larger one of one colour."""

from __future__ import annotations

import warnings
from math import sqrt
from typing import Any

from ..argument_types import checks_types
from ..base import MXNetValueError
from ..random import numpy_generator
from .border import bordered
from .crop import Box
from .det_augmenter import DetAugmenter, boxes_of, pair_of
from .pixels import like, pixels

_LARGEST = 1 << 20                             # areas of the image
_LEAST_BORDER = 2                              # pixels


class DetRandomPadAug(DetAugmenter):
    """A border around the image, drawn again up to max_attempts times; none if none will do.

    aspect_ratio_range, area_range: (least, most) width / height of the result, and its area in
    areas of the image. pad_val: the border's colour, a number or one for each channel.
    """

    @checks_types
    def __init__(self, aspect_ratio_range: Any = (0.75, 1.33), area_range: Any = (1.0, 3.0),
                 max_attempts: int = 50, pad_val: Any = (128, 128, 128)) -> None:
        ratios = pair_of("DetRandomPadAug", "aspect_ratio_range", aspect_ratio_range)
        shares = pair_of("DetRandomPadAug", "area_range", area_range)
        super().__init__(aspect_ratio_range=ratios, area_range=shares, max_attempts=max_attempts,
                         pad_val=pad_val)
        self.pad_val = pad_val
        self.max_attempts = max_attempts
        self.aspect_ratio_range, self.area_range = ratios, shares
        if shares[1] > _LARGEST:
            raise MXNetValueError(f"DetRandomPadAug: area_range must be at most {_LARGEST}; got "
                                  f"{area_range}")
        self.enabled = 0 < ratios[0] <= ratios[1] and shares[1] > 1 and shares[0] <= shares[1]
        if not self.enabled:
            warnings.warn(f"DetRandomPadAug does nothing: aspect_ratio_range={ratios} must be "
                          f"(least, most) above 0, and area_range={shares} reach above 1",
                          stacklevel=2)

    def __call__(self, src: Any, label: Any) -> tuple[Any, Any]:
        image, label = pixels(src, "DetRandomPadAug"), boxes_of(label, "DetRandomPadAug")
        height, width = image.shape[:2]
        for _ in range(self.max_attempts if self.enabled else 0):
            box = self.draw(height, width)
            if box is not None:
                return like(src, padded(image, box, self.pad_val)), around(label, box, height,
                                                                           width)
        return src, label

    def draw(self, height: int, width: int) -> Box | None:
        """(left, top) of the image, and (width, height) of the result, in pixels."""
        generator = numpy_generator()
        smallest, largest = (share * height * width for share in self.area_range)
        ratio = generator.uniform(*self.aspect_ratio_range)
        h, top = round(sqrt(smallest / ratio)), round(sqrt(largest / ratio))
        if round(h * ratio) < width:
            h = int((width + 0.499999) / ratio)
        h = min(max(h, height), top)
        if h < top:
            h = int(generator.integers(h, top + 1))
        w = round(h * ratio)
        if h - height < _LEAST_BORDER or w - width < _LEAST_BORDER:
            return None
        y = int(generator.integers(0, h - height + 1))
        return int(generator.integers(0, w - width + 1)), y, w, h


def padded(image: Any, box: Box, colour: Any) -> Any:
    """The image at (left, top) on an image of (width, height), a new one."""
    x, y, w, h = box
    height, width = image.shape[:2]
    return bordered(image, (y, h - y - height, x, w - x - width), 0, colour, "DetRandomPadAug")


def around(label: Any, box: Box, height: int, width: int) -> Any:
    """The label of the padded image."""
    x, y, w, h = box
    moved = label.copy()
    moved[:, [1, 3]] = (moved[:, [1, 3]] * width + x) / w
    moved[:, [2, 4]] = (moved[:, [2, 4]] * height + y) / h
    return moved

"""`DetRandomCropAug`: a part of an image that holds enough of its objects."""

from __future__ import annotations

import warnings
from math import sqrt
from typing import Any

import numpy as np

from ..argument_types import checks_types
from ..random import numpy_generator
from .crop import Box
from .det_augmenter import DetAugmenter, areas, boxes_of, pair_of
from .pixels import like, pixels

_LEAST_PIXELS = 2                              # of a part, and of an object that counts


class DetRandomCropAug(DetAugmenter):
    """A part of the image, drawn again up to max_attempts times; the whole image if none will do.

    min_object_covered: each object that the part touches must be in it with more than this share.
    aspect_ratio_range, area_range: (least, most) width / height, and share of the image's area.
    min_eject_coverage: objects of which no larger share is left are dropped from the label.
    """

    @checks_types
    def __init__(self, min_object_covered: float = 0.1, aspect_ratio_range: Any = (0.75, 1.33),
                 area_range: Any = (0.05, 1.0), min_eject_coverage: float = 0.3,
                 max_attempts: int = 50) -> None:
        ratios = pair_of("DetRandomCropAug", "aspect_ratio_range", aspect_ratio_range)
        shares = pair_of("DetRandomCropAug", "area_range", area_range)
        super().__init__(min_object_covered=min_object_covered, aspect_ratio_range=ratios,
                         area_range=shares, min_eject_coverage=min_eject_coverage,
                         max_attempts=max_attempts)
        self.min_object_covered = min_object_covered
        self.min_eject_coverage = float(min_eject_coverage)
        self.max_attempts = max_attempts
        self.aspect_ratio_range, self.area_range = ratios, shares
        self.enabled = 0 < ratios[0] <= ratios[1] and shares[1] > 0 and shares[0] <= shares[1]
        if not self.enabled:
            warnings.warn(f"DetRandomCropAug does nothing: aspect_ratio_range={ratios} and "
                          f"area_range={shares} must be (least, most), above 0", stacklevel=2)

    def __call__(self, src: Any, label: Any) -> tuple[Any, Any]:
        image, label = pixels(src, "DetRandomCropAug"), boxes_of(label, "DetRandomCropAug")
        height, width = image.shape[:2]
        for _ in range(self.max_attempts if self.enabled else 0):
            box = self.draw(height, width)
            if box is None or not self.is_fit(label, box, height, width):
                continue
            left = inside(label, box, height, width, self.min_eject_coverage)
            if len(left):
                x, y, w, h = box
                return like(src, image[y:y + h, x:x + w]), left
        return src, label

    def draw(self, height: int, width: int) -> Box | None:
        """(left, top, width, height) in pixels; None where what was drawn has no place."""
        generator = numpy_generator()
        smallest, largest = (share * height * width for share in self.area_range)
        ratio = generator.uniform(*self.aspect_ratio_range)
        h, top = round(sqrt(smallest / ratio)), round(sqrt(largest / ratio))
        if round(top * ratio) > width:
            top = int((width + 0.4999999) / ratio)          # the largest that rounds to `width`
        top = min(top, height)
        h = int(generator.integers(h, top + 1)) if h < top else top
        h, w = _within(h, ratio, smallest, largest)
        if not (smallest <= w * h <= largest and 0 < w <= width and 0 < h <= height):
            return None
        y = int(generator.integers(0, height - h + 1))
        return int(generator.integers(0, width - w + 1)), y, w, h

    def is_fit(self, label: Any, box: Box, height: int, width: int) -> bool:
        """Whether enough is in the box of all objects that it touches, one at least."""
        x, y, w, h = box
        if w * h < _LEAST_PIXELS:
            return False
        sizes = areas(label[:, 1:5])
        counts = sizes * width * height > _LEAST_PIXELS
        objects = label[counts, 1:5]
        low = np.maximum(objects[:, :2], (x / width, y / height))
        high = np.minimum(objects[:, 2:], ((x + w) / width, (y + h) / height))
        shares = areas(np.concatenate([low, high], axis=1)) / sizes[counts]
        shares = shares[shares > 0]
        return bool(len(shares) and shares.min() > self.min_object_covered)


def _within(h: int, ratio: float, smallest: float, largest: float) -> tuple[int, int]:
    """(h, w), h one more or less where rounding left the area outside its range."""
    w = round(h * ratio)
    if w * h < smallest:
        h += 1
        w = round(h * ratio)
    if w * h > largest:
        h -= 1
        w = round(h * ratio)
    return h, w


def inside(label: Any, box: Box, height: int, width: int, least_share: float) -> Any:
    """The label of the part in the box: of each object what is inside, if it is enough of it."""
    x, y, w, h = box[0] / width, box[1] / height, box[2] / width, box[3] / height
    moved = label.copy()
    moved[:, [1, 3]] = (moved[:, [1, 3]] - x) / w
    moved[:, [2, 4]] = (moved[:, [2, 4]] - y) / h
    moved[:, 1:5] = np.clip(moved[:, 1:5], 0, 1)
    before = areas(label[:, 1:5])
    after = areas(moved[:, 1:5]) * w * h
    return moved[(after > 0) & (after > least_share * before)]

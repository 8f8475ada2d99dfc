"""Augmenters that resize and cut."""

from __future__ import annotations

from typing import Any

from ..argument_types import checks_types
from ..arguments import check_count
from .augmenter import PixelAugmenter
from .crop import Box, area_of, center_box, cut, random_box, random_sized_box
from .pixels import Image, size_of
from .resize import resized, shortened


class ResizeAug(PixelAugmenter):
    """resize_short: the shorter edge becomes `size` pixels long."""

    @checks_types
    def __init__(self, size: int, interp: int = 2) -> None:
        super().__init__(size=size, interp=interp)
        self.size = check_count("ResizeAug", "size", size, 1)
        self.interp = interp

    def change(self, image: Image, drawn: None) -> Image:
        """A new image."""
        return shortened(image, self.size, self.interp, "ResizeAug")


class ForceResizeAug(PixelAugmenter):
    """Resize to `size`, (width, height), whatever the aspect was."""

    @checks_types
    def __init__(self, size: tuple[int, int], interp: int = 2) -> None:
        super().__init__(size=size, interp=interp)
        self.size = size_of("ForceResizeAug", size)
        self.interp = interp

    def change(self, image: Image, drawn: None) -> Image:
        """A new image."""
        return resized(image, *self.size, self.interp, "ForceResizeAug")


class _Crop(PixelAugmenter):
    """Base: `draw` gives the box."""

    size: tuple[int, int]
    interp: int

    def change(self, image: Image, drawn: Box) -> Image:
        """The part in the box, a view; a new image where it is resized."""
        return cut(image, drawn, self.size, self.interp, type(self).__name__)


class RandomCropAug(_Crop):
    """random_crop to `size`, (width, height)."""

    @checks_types
    def __init__(self, size: tuple[int, int], interp: int = 2) -> None:
        super().__init__(size=size, interp=interp)
        self.size = size_of("RandomCropAug", size)
        self.interp = interp

    def draw(self, image: Image) -> Box:
        """The box."""
        return random_box(image, self.size, "RandomCropAug")


class RandomSizedCropAug(_Crop):
    """random_size_crop, with its parameters."""

    @checks_types
    def __init__(self, size: tuple[int, int], area: Any, ratio: tuple[float, float],
                 interp: int = 2, **kwargs: Any) -> None:
        super().__init__(size=size, area=area, ratio=ratio, interp=interp)
        self.size = size_of("RandomSizedCropAug", size)
        self.area = area_of("RandomSizedCropAug", area, kwargs)
        self.ratio = ratio
        self.interp = interp

    def draw(self, image: Image) -> Box:
        """The box."""
        return random_sized_box(image, self.size, self.area, self.ratio, "RandomSizedCropAug")


class CenterCropAug(_Crop):
    """center_crop to `size`, (width, height)."""

    @checks_types
    def __init__(self, size: tuple[int, int], interp: int = 2) -> None:
        super().__init__(size=size, interp=interp)
        self.size = size_of("CenterCropAug", size)
        self.interp = interp

    def draw(self, image: Image) -> Box:
        """The box."""
        return center_box(image, self.size, "CenterCropAug")

"""Augmenters of colours. They take images of floats with three channels; most change them in place,
as in MXNet."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np

from .. import ndarray as nd
from ..argument_types import checks_types
from ..base import MXNetValueError
from ..random import numpy_generator
from ..wording import shown
from .augmenter import PixelAugmenter, RandomOrderAug
from .normalize import (
    add_colour,
    brightness,
    colour_of,
    contrast,
    hue_matrix,
    mix,
    normalize,
    saturation,
)
from .pixels import Image, check_floats

_TO_GRAY = np.repeat([[0.21], [0.72], [0.07]], 3, axis=1)


class _Jitter(PixelAugmenter):
    """Base: draws a number from [-reach, reach)."""

    reach: float
    channels: int | None = 3

    def draw(self, image: Image) -> float:
        """The number."""
        check_floats(image, type(self).__name__, self.channels)
        return float(numpy_generator().uniform(-self.reach, self.reach))

    def _check_reach(self, name: str, reach: float) -> float:
        if not isfinite(reach):
            raise MXNetValueError(f"{type(self).__name__}: {name} must be finite; got {reach}")
        return abs(float(reach))


class BrightnessJitterAug(_Jitter):
    """(1 + d) x, in place; d drawn from [-brightness, brightness)."""

    channels = None                            # any

    @checks_types
    def __init__(self, brightness: float) -> None:
        super().__init__(brightness=brightness)
        self.brightness = brightness
        self.reach = self._check_reach("brightness", brightness)

    def change(self, image: Image, drawn: float) -> Image:
        """The image itself."""
        return brightness(image, 1 + drawn)


class ContrastJitterAug(_Jitter):
    """(1 + d) x - d m, in place; m: the image's mean luminance; d from [-contrast, contrast)."""

    @checks_types
    def __init__(self, contrast: float) -> None:
        super().__init__(contrast=contrast)
        self.contrast = contrast
        self.reach = self._check_reach("contrast", contrast)

    def change(self, image: Image, drawn: float) -> Image:
        """The image itself."""
        return contrast(image, 1 + drawn)


class SaturationJitterAug(_Jitter):
    """(1 + d) x - d g, in place; g: the pixel's luminance; d from [-saturation, saturation)."""

    @checks_types
    def __init__(self, saturation: float) -> None:
        super().__init__(saturation=saturation)
        self.saturation = saturation
        self.reach = self._check_reach("saturation", saturation)

    def change(self, image: Image, drawn: float) -> Image:
        """The image itself."""
        return saturation(image, 1 + drawn)


class HueJitterAug(_Jitter):
    """The hue turned by d half circles, in YIQ; d drawn from [-hue, hue)."""

    @checks_types
    def __init__(self, hue: float) -> None:
        super().__init__(hue=hue)
        self.hue = hue
        self.reach = self._check_reach("hue", hue)

    def change(self, image: Image, drawn: float) -> Image:
        """A new image."""
        return mix(image, hue_matrix(drawn))


class ColorJitterAug(RandomOrderAug):
    """Brightness, contrast and saturation in random order; those that are 0 are left out."""

    @checks_types
    def __init__(self, brightness: float, contrast: float, saturation: float) -> None:
        jitters: list[_Jitter] = []
        if brightness > 0:
            jitters.append(BrightnessJitterAug(brightness))
        if contrast > 0:
            jitters.append(ContrastJitterAug(contrast))
        if saturation > 0:
            jitters.append(SaturationJitterAug(saturation))
        super().__init__(jitters)


class LightingAug(PixelAugmenter):
    """x + eigvec (a * eigval), in place: one colour for all pixels (AlexNet, 2012).

    alphastd: the deviation of the normal distribution from which the three numbers a are drawn.
    eigval (3,), eigvec (3, 3): how much colours vary, and in which directions, one a column.
    """

    @checks_types
    def __init__(self, alphastd: float, eigval: Any, eigvec: Any) -> None:
        if not alphastd >= 0:
            raise MXNetValueError(f"LightingAug: alphastd must be at least 0; got {alphastd}")
        for name, value, size in (("eigval", eigval, 3), ("eigvec", eigvec, 9)):
            if np.size(colour_of(value, "LightingAug", name)) != size:
                raise MXNetValueError(f"LightingAug: {name} must have {size} numbers; got "
                                      f"{shown(value)}")
        super().__init__(alphastd=alphastd, eigval=eigval, eigvec=eigvec)
        self.alphastd = alphastd
        self.eigval = eigval
        self.eigvec = eigvec

    def draw(self, image: Image) -> Any:
        """The three numbers."""
        check_floats(image, "LightingAug", 3)
        return numpy_generator().normal(0, self.alphastd, 3)

    def change(self, image: Image, drawn: Any) -> Image:
        """The image itself."""
        eigval, eigvec = (value.asnumpy() if isinstance(value, nd.NDArray) else np.asarray(value)
                          for value in (self.eigval, self.eigvec))
        colour = (eigvec.reshape(3, 3) * drawn) @ eigval.reshape(-1)
        return add_colour(image, colour.astype(image.dtype))


class ColorNormalizeAug(PixelAugmenter):
    """color_normalize: (x - mean) / std, in place."""

    @checks_types
    def __init__(self, mean: Any, std: Any) -> None:
        super().__init__(mean=mean, std=std)
        self._mean = colour_of(mean, "ColorNormalizeAug", "mean")
        self._std = colour_of(std, "ColorNormalizeAug", "std")
        self.mean = None if mean is None else nd.array(self._mean)
        self.std = None if std is None else nd.array(self._std)

    def change(self, image: Image, drawn: None) -> Image:
        """The image itself."""
        check_floats(image, "ColorNormalizeAug")
        return normalize(image, self._mean, self._std, "ColorNormalizeAug")


class RandomGrayAug(PixelAugmenter):
    """All three channels 0.21 red + 0.72 green + 0.07 blue, with a probability of p."""

    @checks_types
    def __init__(self, p: float) -> None:
        super().__init__(p=p)
        self.p = p

    def draw(self, image: Image) -> bool:
        """Whether to do it."""
        check_floats(image, "RandomGrayAug", 3)
        return bool(numpy_generator().random() < self.p)

    def change(self, image: Image, drawn: bool) -> Image:
        """A new image, or the image itself."""
        return mix(image, _TO_GRAY) if drawn else image

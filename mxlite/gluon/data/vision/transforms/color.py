"""Colours changed at random. Factors are drawn evenly from [max(0, 1 - x), 1 + x)."""

from __future__ import annotations

import numbers
from typing import Any

from .....argument_types import checks_types
from .....base import MXNetValueError
from ....hybrid_block import HybridBlock


class RandomBrightness(HybridBlock):
    """x times a factor from 1 - brightness to 1 + brightness."""

    @checks_types
    def __init__(self, brightness: float) -> None:
        super().__init__()
        self._args = _around_one("RandomBrightness", "brightness", brightness)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """x with 1 or 3 channels."""
        return F.image.random_brightness(x, *self._args)


class RandomContrast(HybridBlock):
    """x moved from, or towards, the image's mean luminance by a factor around 1."""

    @checks_types
    def __init__(self, contrast: float) -> None:
        super().__init__()
        self._args = _around_one("RandomContrast", "contrast", contrast)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """x with 1 or 3 channels."""
        return F.image.random_contrast(x, *self._args)


class RandomSaturation(HybridBlock):
    """x moved from, or towards, each pixel's luminance by a factor around 1."""

    @checks_types
    def __init__(self, saturation: float) -> None:
        super().__init__()
        self._args = _around_one("RandomSaturation", "saturation", saturation)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """x with 1 or 3 channels."""
        return F.image.random_saturation(x, *self._args)


class RandomHue(HybridBlock):
    """The hue turned by up to `hue` circles to either side."""

    @checks_types
    def __init__(self, hue: float) -> None:
        super().__init__()
        self._args = _around_one("RandomHue", "hue", hue)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """x with 1 or 3 channels, in 0..255."""
        return F.image.random_hue(x, *self._args)


class RandomColorJitter(HybridBlock):
    """RandomBrightness, -Contrast, -Saturation and -Hue in a random order; 0 leaves one out."""

    @checks_types
    def __init__(self, brightness: float = 0, contrast: float = 0, saturation: float = 0,
                 hue: float = 0) -> None:
        super().__init__()
        self._args = {"brightness": brightness, "contrast": contrast, "saturation": saturation,
                      "hue": hue}
        for name, value in self._args.items():
            _around_one("RandomColorJitter", name, value)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """x with 1 or 3 channels, in 0..255 where hue is not 0."""
        return F.image.random_color_jitter(x, **self._args)


class RandomLighting(HybridBlock):
    """The colour noise of AlexNet, of standard deviation `alpha` (often 0.1), for x in 0..255."""

    @checks_types
    def __init__(self, alpha: float) -> None:
        super().__init__()
        _around_one("RandomLighting", "alpha", alpha)
        self._alpha = alpha

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """x with 1 or 3 channels."""
        return F.image.random_lighting(x, alpha_std=self._alpha)


def _around_one(transform: str, name: str, value: float) -> tuple[float, float]:
    """(max(0, 1 - value), 1 + value); raises naming the transform."""
    if not isinstance(value, numbers.Real) or not value >= 0:
        raise MXNetValueError(f"{transform}: {name} must be a number of at least 0; got {value!r}")
    return max(0, 1 - value), 1 + value

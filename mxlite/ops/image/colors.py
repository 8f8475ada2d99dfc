"""Changes of colour on NumPy images (H, W, C): what the operators of `color.py` draw numbers for.

They are computed in float32, step by step as MXNet does, since uint8 results are cut, not rounded.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._dataio import image as kernels

Array = Any                                                # a NumPy array, uint8 or float32
GRAY = np.array([0.299, 0.587, 0.114], np.float32)         # ITU-R BT.601: red, green, blue
# the directions of most change of ImageNet's pixels, each times its deviation (AlexNet's lighting)
LIGHTING = np.array([[55.46 * -0.5675, 4.794 * 0.7192, 1.148 * 0.4009],
                     [55.46 * -0.5808, 4.794 * -0.0045, 1.148 * -0.8140],
                     [55.46 * -0.5836, 4.794 * -0.6948, 1.148 * 0.4203]], np.float32)


def brightness(image: Array, factor: np.float32, out: Array) -> None:
    """factor * x."""
    kernels.blend(image, out, factor, 0)


def contrast(image: Array, factor: np.float32, out: Array) -> None:
    """factor * x + (1 - factor) * mean luminance of the image."""
    level = np.float32(kernels.mean_luminance(image)) if image.size else 0
    kernels.blend(image, out, factor, (np.float32(1) - factor) * level)


def saturation(image: Array, factor: np.float32, out: Array) -> None:
    """factor * x + (1 - factor) * luminance of the pixel; one channel stays as it is."""
    if image.shape[-1] == 1:
        out[...] = image
    else:
        kernels.saturate(image, out, factor)


def lighting(image: Array, alpha: Array, out: Array) -> None:
    """x + LIGHTING alpha: all pixels moved by one colour; one channel stays as it is."""
    if image.shape[-1] == 1:
        out[...] = image
        return
    moved = LIGHTING[:, 0] * alpha[0] + LIGHTING[:, 1] * alpha[1] + LIGHTING[:, 2] * alpha[2]
    kernels.blend(image, out, 1, moved)


def hue(image: Array, turn: np.float32, out: Array) -> None:
    """The hue turned by `turn` circles, through (hue, lightness, saturation); gray stays."""
    if image.shape[-1] == 1:
        out[...] = image
    else:
        kernels.turn_hue(image, out, turn)

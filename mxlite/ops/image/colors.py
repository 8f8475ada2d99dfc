"""The arithmetic of colours, on NumPy images (H, W, C): what the operators of `color.py` draw for.

All is computed in float32, step by step as MXNet does, since uint8 results are cut, not rounded.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any                                                # a NumPy array
GRAY = np.array([0.299, 0.587, 0.114], np.float32)         # ITU-R BT.601: red, green, blue
# the directions of most change of ImageNet's pixels, each times its deviation (AlexNet's lighting)
LIGHTING = np.array([[55.46 * -0.5675, 4.794 * 0.7192, 1.148 * 0.4009],
                     [55.46 * -0.5808, 4.794 * -0.0045, 1.148 * -0.8140],
                     [55.46 * -0.5836, 4.794 * -0.6948, 1.148 * 0.4203]], np.float32)
# red, green and blue in the sixths of the circle of hues: which of the four levels of `to_rgb`
SECTORS = np.array([[1, 2, 0, 0, 3, 1], [3, 1, 1, 2, 0, 0], [0, 0, 3, 1, 1, 2]])


def store(values: Array, out: Array) -> None:
    """Write float32 values, which are used up; integers are cut to their range, then towards 0."""
    if out.dtype.kind in "iu":
        limits = np.iinfo(out.dtype)
        np.clip(values, limits.min, limits.max, out=values)
    out[...] = values


def real(image: Array) -> Array:
    """A copy in float32."""
    return image.astype(np.float32)


def row_of(colour: Array, image: Array) -> Array:
    """A colour (C,) for each pixel of a row, (W, C): rows are added faster than pixels."""
    return np.tile(colour, image.shape[1]).reshape(image.shape[1:])


def brightness(image: Array, factor: np.float32, out: Array) -> None:
    """factor * x."""
    store(np.multiply(image, factor, dtype=np.float32), out)


def luminance(image: Array) -> Array:
    """(H, W, 3) -> float32 (H, W)."""
    red, green, blue = np.moveaxis(real(image), -1, 0)
    return red * GRAY[0] + green * GRAY[1] + blue * GRAY[2]


def mean_luminance(image: Array) -> np.float32:
    """Of all pixels, summed one by one in float32 as MXNet does: pairwise would round otherwise."""
    parts = real(image)
    if image.shape[-1] == 3:
        parts *= row_of(GRAY, image)
    return np.cumsum(parts, dtype=np.float32)[-1] / np.float32(parts[..., 0].size)


def contrast(image: Array, factor: np.float32, out: Array) -> None:
    """factor * x + (1 - factor) * mean luminance of the image."""
    level = (np.float32(1) - factor) * mean_luminance(image)
    made = real(image)
    made *= factor
    made += level
    store(made, out)


def saturation(image: Array, factor: np.float32, out: Array) -> None:
    """factor * x + (1 - factor) * luminance of the pixel; one channel stays as it is."""
    if image.shape[-1] == 1:
        out[...] = image
        return
    gray = luminance(image) * (np.float32(1) - factor)
    made = real(image)
    made *= factor
    for channel in range(3):
        made[..., channel] += gray
    store(made, out)


def lighting(image: Array, alpha: Array, out: Array) -> None:
    """x + LIGHTING alpha: all pixels moved by one colour; one channel stays as it is."""
    if image.shape[-1] == 1:
        out[...] = image
        return
    moved = LIGHTING[:, 0] * alpha[0] + LIGHTING[:, 1] * alpha[1] + LIGHTING[:, 2] * alpha[2]
    made = real(image)
    made += row_of(moved, image)
    store(made, out)


def hue(image: Array, turn: np.float32, out: Array) -> None:
    """The hue turned by `turn` circles, through (hue, lightness, saturation); gray stays."""
    if image.shape[-1] == 1:
        out[...] = image
        return
    if abs(turn) > 4:
        turn = np.fmod(turn, np.float32(1))
    with np.errstate(divide="ignore", invalid="ignore"):        # black, white, NaN
        degrees, light, chroma = to_hls(real(image) / np.float32(255))
        place = (degrees + turn * np.float32(360)) * np.float32(6 / 360)
        for _ in range(1 + int(abs(turn))):
            place += np.float32(6) * (place < 0)
            place -= np.float32(6) * (place >= 6)
        planes = to_rgb(place, light, chroma)
    for channel, plane in enumerate(planes):
        plane *= np.float32(255)
        store(plane, out[..., channel])


def to_hls(unit: Array) -> tuple[Array, Array, Array]:
    """RGB in 0..1 -> (hue in degrees, lightness, saturation), float32 (H, W) each."""
    red, green, blue = [np.ascontiguousarray(plane) for plane in np.moveaxis(unit, -1, 0)]
    top = np.maximum(np.maximum(red, green), blue)
    bottom = np.minimum(np.minimum(red, green), blue)
    spread, light = top - bottom, (top + bottom) * np.float32(0.5)
    is_gray = spread <= np.finfo(np.float32).eps
    spread += is_gray                               # what comes of gray is multiplied by 0 below
    chroma = spread / np.where(light < 0.5, top + bottom, np.float32(2) - top - bottom)
    scale = np.float32(60) / spread
    degrees = np.where(
        top == red, (green - blue) * scale,
        np.where(top == green, (blue - red) * scale + np.float32(120),
                 (red - green) * scale + np.float32(240)))
    degrees += np.float32(360) * (degrees < 0)
    is_colour = ~is_gray
    return degrees * is_colour, light, np.where(is_colour, chroma, np.float32(0))


def to_rgb(place: Array, light: Array, chroma: Array) -> list[Array]:
    """(hue in sixths of the circle, lightness, saturation) -> red, green and blue in 0..1."""
    high = np.where(light <= 0.5, light * (1 + chroma), light + chroma - light * chroma)
    low = 2 * light - high                          # of gray: light, as high
    whole = np.floor(place)
    part, sector = place - whole, whole.astype(np.int64)
    levels = np.stack([low, high, low + (high - low) * (1 - part), low + (high - low) * part])
    start = np.arange(place.size).reshape(place.shape)
    return [np.take(levels, np.take(SECTORS[channel] * place.size, sector, mode="clip") + start)
            for channel in range(3)]

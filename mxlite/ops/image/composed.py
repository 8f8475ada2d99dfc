"""What changes images on devices where NumPy cannot: operators that do the same, on (N, H, W, C).

Their random numbers are the device's, not those that NumPy draws on the host.
"""

from __future__ import annotations

from typing import Any

from .colors import GRAY, LIGHTING


def batch(x: Any) -> Any:
    """An image as a batch of one."""
    return x.reshape((1, *x.shape)) if x.ndim == 3 else x


def flip_some(F: Any, images: Any, flipped: Any, axis: int) -> Any:
    """Images, those with a 1 in `flipped` (N,) mirrored along `axis`, counted from the end."""
    x = batch(images)
    return F.where(flipped, F.reverse(x, axis=(4 + axis,)), x).reshape(images.shape)


def random_flip(F: Any, images: Any, axis: int) -> list[Any]:
    """Images mirrored with probability 1/2, and which were."""
    count = batch(images).shape[0]
    drawn = F._random_uniform(low=0.0, high=1.0, shape=(count,), dtype="float32")
    flipped = F.Cast(F._lesser_scalar(drawn, scalar=0.5), dtype="bool")
    return [flip_some(F, images, flipped, axis), flipped]


def _channels(F: Any, x: Any) -> list[Any]:
    axis = x.ndim - 1
    return [F.slice_axis(x, axis=axis, begin=c, end=c + 1) for c in range(x.shape[axis])]


def luminance(F: Any, x: Any) -> Any:
    """(..., 1): of red, green and blue, or the one channel."""
    if x.shape[-1] == 1:
        return x
    red, green, blue = [plane * float(weight) for plane, weight in zip(
        _channels(F, x), GRAY, strict=True)]
    return red + green + blue


def _as_image(F: Any, y: Any, images: Any) -> Any:
    """Numbers of float32 as an image: those of uint8 are cut."""
    if images.dtype == "uint8":
        y = F.Cast(F.clip(y, a_min=0.0, a_max=255.0), dtype="uint8")
    return y.reshape(images.shape)


def blended(F: Any, images: Any, factor: Any, kind: str) -> Any:
    """factor (N, 1, 1, 1) times images, and 1 - factor times what `kind` mixes them with."""
    x = F.Cast(batch(images), dtype="float32")
    y = F.broadcast_mul(x, factor)
    if kind == "saturation" and x.shape[-1] == 1:
        y = x
    elif kind != "brightness":
        level = luminance(F, x)
        if kind == "contrast":
            level = F.mean(level, axis=(1, 2), keepdims=True)
        y = F.broadcast_add(y, F.broadcast_mul(level, 1.0 - factor))
    return _as_image(F, y, images)


def changed(F: Any, images: Any, factor: Any, kind: str) -> Any:
    """blended, or the hue turned by factor (N, 1, 1, 1), which gray has none of."""
    if kind != "hue":
        return blended(F, images, factor, kind)
    return F._copy(images) if images.shape[-1] == 1 else F._turn_hue(images, factor)


def random_jitter(F: Any, images: Any, steps: list[tuple[str, float, float]]) -> Any:
    """Changes by factors from [low, high), of steps (kind, low, high), in an order of its own for
    each image: at each place in the order, all images are changed in every way, of which they take
    theirs."""
    x = batch(images)
    count = x.shape[0]
    if not steps or not count:
        return F._copy(images)
    drawn = F._random_uniform(low=0.0, high=1.0, shape=(count, len(steps)), dtype="float32")
    order = F.argsort(drawn, axis=1)
    factors = [F._random_uniform(low=float(low), high=float(high), shape=(count, 1, 1, 1),
                                 dtype="float32") for _, low, high in steps]
    for place in range(len(steps)):
        chosen = F.slice_axis(order, axis=1, begin=place, end=place + 1).reshape((count,))
        before = x
        for k, (kind, _, _) in enumerate(steps):
            x = F.where(F._equal_scalar(chosen, scalar=float(k)),
                        changed(F, before, factors[k], kind), x)
    return x.reshape(images.shape)


def random_blend(F: Any, images: Any, low: float, high: float, kind: str) -> list[Any]:
    """changed by factors drawn from [low, high), and the factors."""
    shape = (batch(images).shape[0], 1, 1, 1)
    factor = F._random_uniform(low=low, high=max(low, high), shape=shape, dtype="float32")
    return [changed(F, images, factor, kind), factor]


def lit(F: Any, images: Any, alpha: Any) -> Any:
    """Images moved by alpha (N, 1, 1, 3) times the directions of AlexNet's lighting."""
    x = F.Cast(batch(images), dtype="float32")
    if x.shape[-1] == 1:
        return F._copy(images)
    moves = [sum((part * float(size) for part, size in zip(_channels(F, alpha), row, strict=True)),
                 start=F.zeros_like(F.slice_axis(alpha, axis=3, begin=0, end=1)))
             for row in LIGHTING]
    return _as_image(F, F.broadcast_add(x, F.Concat(*moves, dim=3)), images)


def random_light(F: Any, images: Any, deviation: float) -> list[Any]:
    """lit by numbers of this deviation, and the numbers."""
    alpha = F._random_normal(loc=0.0, scale=deviation, shape=(batch(images).shape[0], 1, 1, 3),
                             dtype="float32")
    return [lit(F, images, alpha), alpha]

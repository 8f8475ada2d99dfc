"""Images mirrored, always or by chance."""

from __future__ import annotations

import numpy as np

from ...base import Shape
from ...device.rng import numpy_generator
from ..schema import Op, host, param, register
from ..trace import composed
from .composed import flip_some as flip_some_of
from .composed import random_flip
from .layout import ImageOp, batched


class _Flip(ImageOp):
    """Base: one axis runs backwards."""

    axis = 0                                        # counted from the end of (H, W, C)

    def prepare(self, inputs, outputs):
        return host(lambda images, out: mirror(images, self.axis, out), lambda: composed(
            lambda F, images: F.reverse(images, axis=(images.ndim + self.axis,)), inputs))

    def grad(self, F, dy, inputs, outputs):
        return [getattr(F, self.name)(dy[0])]


@register("_image_flip_left_right")
class FlipLeftRight(_Flip):
    """data[:, ::-1]: an image, or each image of a batch, with its left and right exchanged."""

    axis = -2


@register("_image_flip_top_bottom")
class FlipTopBottom(_Flip):
    """data[::-1]: an image, or each image of a batch, with its top and bottom exchanged."""

    axis = -3


class _RandomFlip(ImageOp):
    """Base: a second, hidden output tells which images were mirrored."""

    random = True
    dtype_rule = "T -> T bool"
    num_outputs = 2
    visible_outputs = 1
    axis = 0

    def infer_shape(self, data):
        self.check_images(data)
        return [data, (data[0] if len(data) == 4 else 1,)]

    def output_names(self):
        return ["output"]

    def prepare(self, inputs, outputs):
        def run(images, out, flipped):
            flipped[:] = numpy_generator().random(len(flipped)) < 0.5
            flip_some(images, flipped, out, self.axis)

        return host(run, lambda: composed(
            lambda F, images: random_flip(F, images, self.axis), inputs))

    def grad(self, F, dy, inputs, outputs):
        return [F._backward_image_random_flip(dy[0], outputs[1], axis=self.axis)]


@register("_image_random_flip_left_right")
class RandomFlipLeftRight(_RandomFlip):
    """flip_left_right with probability 1/2, for each image of a batch on its own."""

    axis = -2


@register("_image_random_flip_top_bottom")
class RandomFlipTopBottom(_RandomFlip):
    """flip_top_bottom with probability 1/2, for each image of a batch on its own."""

    axis = -3


@register("_backward_image_random_flip", inputs="data flipped")
class BackwardRandomFlip(Op):
    """data with those images mirrored along `axis` that `flipped` names."""

    dtype_rule = "T any -> T"
    axis: int = param(-2, "axis, counted from the end")

    def infer_shape(self, data: Shape, flipped: Shape) -> list[Shape]:
        return [data]

    def prepare(self, inputs, outputs):
        return host(lambda dy, flipped, out: flip_some(dy, flipped, out, self.axis),
                    lambda: composed(lambda F, dy, flipped: flip_some_of(
                        F, dy, flipped, self.axis), inputs))

    def grad(self, F, dy, inputs, outputs):
        return [F._backward_image_random_flip(dy[0], inputs[1], axis=self.axis), None]


def flip_some(images, flipped, out, axis):
    """Copy images, those marked in `flipped` mirrored along `axis`."""
    for image, is_flipped, result in zip(batched(images), flipped, batched(out), strict=True):
        if is_flipped:
            mirror(image, axis, result)
        else:
            result[...] = image


def mirror(images, axis, out):
    """Copy images (..., H, W, C) with `axis`, -2 or -3, backwards; `out` may be `images`."""
    if axis == -3 or images.shape[-1] > 4:
        out[...] = np.flip(images, axis)
        return
    for channel in range(images.shape[-1]):         # five times faster than with C innermost
        out[..., channel] = images[..., ::-1, channel]

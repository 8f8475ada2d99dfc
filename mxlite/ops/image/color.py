"""Changes of colour by factors drawn at random; `colors.py` has the arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...base import MXNetError
from ...device.rng import numpy_generator
from ..schema import Op, host, kernel, param, register, required
from ..trace import composed
from . import colors
from .composed import batch, lit, random_blend, random_jitter, random_light
from .layout import ImageOp, batched

Floats = tuple[float, ...]
DTYPES = ("uint8", "float32")


class _Random(ImageOp):
    """Base: `count` numbers are drawn for each image, and kept in a hidden second output."""

    channels = (1, 3)
    dtypes = DTYPES
    dtype_rule = "T -> T float32"
    random = True
    num_outputs = 2
    visible_outputs = 1
    count = 1
    change: Callable[[Any, Any, Any], None]         # of colors.py: image, numbers, out

    def infer_shape(self, data):
        self.check_images(data)
        return [data, (data[0] if len(data) == 4 else 1, 1, 1, self.count)]

    def output_names(self):
        return ["output"]

    def draw(self, generator, shape):
        """The numbers, float64 of `shape`."""
        raise NotImplementedError

    def prepare(self, inputs, outputs):
        def run(images, out, drawn):
            drawn[...] = self.draw(numpy_generator(), drawn.shape)
            for image, numbers, result in zip(batched(images), drawn, batched(out), strict=True):
                type(self).change(image, numbers[0, 0] if self.count > 1 else numbers[0, 0, 0],
                                  result)

        return host(run, self.elsewhere(inputs))

    def elsewhere(self, inputs):
        """What runs on devices other than the host: see `host`."""
        raise NotImplementedError


class _Factor(_Random):
    """Base: the number is spread evenly over [min_factor, max_factor)."""

    min_factor: float = required("smallest factor", low=0)
    max_factor: float = required("largest factor", low=0)

    def draw(self, generator, shape):
        return generator.uniform(size=shape) * (self.max_factor - self.min_factor) + self.min_factor

    def elsewhere(self, inputs):
        return lambda: composed(lambda F, images: random_blend(
            F, images, self.min_factor, self.max_factor, self.kind), inputs)

    @property
    def kind(self):
        return self.name.split("_")[-1]

    def grad(self, F, dy, inputs, outputs):
        return [F._backward_image_blend(dy[0], outputs[1], kind=self.kind)]


@register("_image_random_brightness")
class RandomBrightness(_Factor):
    """factor * data, factor drawn from [min_factor, max_factor); uint8 is cut to 0..255."""

    change = staticmethod(colors.brightness)


@register("_image_random_contrast")
class RandomContrast(_Factor):
    """factor * data + (1 - factor) * the image's mean luminance, factor drawn as for brightness."""

    change = staticmethod(colors.contrast)


@register("_image_random_saturation")
class RandomSaturation(_Factor):
    """factor * data + (1 - factor) * the pixel's luminance, factor drawn as for brightness."""

    change = staticmethod(colors.saturation)


@register("_image_random_hue")
class RandomHue(_Factor):
    """The hue turned by factor * 360 degrees, factor drawn as for brightness; float32 is 0..255."""

    change = staticmethod(colors.hue)

    def grad(self, F, dy, inputs, outputs):
        raise MXNetError(f"{self.title} has no gradient")


@register("_image_random_lighting")
class RandomLighting(_Random):
    """adjust_lighting with alpha drawn from a normal distribution of deviation alpha_std."""

    count = 3
    change = staticmethod(colors.lighting)
    alpha_std: float = param(0.05, "standard deviation of the three numbers", low=0)

    def draw(self, generator, shape):
        return generator.standard_normal(shape) * self.alpha_std

    def elsewhere(self, inputs):
        return lambda: composed(lambda F, images: random_light(F, images, self.alpha_std), inputs)

    def grad(self, F, dy, inputs, outputs):
        return [dy[0]]


@register("_image_adjust_lighting")
class AdjustLighting(ImageOp):
    """data moved by alpha times the principal directions of ImageNet's colours (AlexNet, 2012)."""

    channels = (1, 3)
    dtypes = DTYPES
    alpha: Floats = required("three numbers, one a direction")

    def check(self):
        if len(self.alpha) != 3:
            raise self.value_error("alpha", "three numbers", self.alpha)

    def prepare(self, inputs, outputs):
        alpha = np.array(self.alpha, np.float32)

        def run(images, out):
            for image, result in zip(batched(images), batched(out), strict=True):
                colors.lighting(image, alpha, result)

        def steps(F, images):
            count = images.shape[0] if images.ndim == 4 else 1
            parts = [F._full(shape=(count, 1, 1, 1), value=value) for value in self.alpha]
            return lit(F, images, F.Concat(*parts, dim=3))

        return host(run, lambda: composed(steps, inputs))

    def grad(self, F, dy, inputs, outputs):
        return [dy[0]]


@register("_image_random_color_jitter")
class RandomColorJitter(ImageOp):
    """Brightness, contrast, saturation and hue, in an order drawn for each image.

    The first three by factors from [max(0, 1 - x), 1 + x), hue by [-x, x) circles; none for 0.
    """

    channels = (1, 3)
    dtypes = DTYPES
    random = True
    brightness: float = required("how far the factor may be from 1", low=0)
    contrast: float = required("how far the factor may be from 1", low=0)
    saturation: float = required("how far the factor may be from 1", low=0)
    hue: float = required("how far the hue may turn, in circles", low=0)

    def prepare(self, inputs, outputs):
        steps = [(kind, max(0, 1 - reach), 1 + reach) for kind, reach in (
            ("brightness", self.brightness), ("contrast", self.contrast),
            ("saturation", self.saturation)) if reach > 0]
        if self.hue > 0:
            steps.append(("hue", -self.hue, self.hue))

        def run(images, out):
            generator = numpy_generator()
            for image, result in zip(batched(images), batched(out), strict=True):
                result[...] = image
                for i in generator.permutation(len(steps)):
                    kind, low, high = steps[i]
                    getattr(colors, kind)(result, np.float32(generator.uniform(low, high)), result)

        return host(run, lambda: composed(lambda F, images: random_jitter(F, images, steps),
                                          inputs))


@register("_turn_hue", inputs="data turns")
class TurnHue(ImageOp):
    """The hue of each image turned by its number of circles, turns (N, 1, 1, 1) of float32."""

    channels = (3,)
    dtypes = DTYPES
    dtype_rule = "T float32 -> T"

    def infer_shape(self, data, turns):
        self.check_images(data)
        return [data]

    def prepare(self, inputs, outputs):
        def run(images, turns, out):
            for image, turn, result in zip(batched(images), turns, batched(out), strict=True):
                colors.hue(image, turn[0, 0, 0], result)

        return host(run, lambda: kernel(
            "image_hue", inputs[0].dtype, N=inputs[1].size,
            pixels=inputs[0].size // max(3 * inputs[1].size, 1), work=inputs[0].size))

    def grad(self, F, dy, inputs, outputs):
        raise MXNetError(f"{self.title} has no gradient")


@register("_backward_image_blend", inputs="data factor")
class BackwardBlend(Op):
    """What brightness, contrast and saturation, linear for a given factor, do backwards."""

    kind: str = required("which", choices=("brightness", "contrast", "saturation"))

    def infer_shape(self, data, factor):
        return [data]

    def prepare(self, inputs, outputs):
        def run(dy, factor, out):
            for one, numbers, result in zip(batched(dy), factor, batched(out), strict=True):
                self.back(one, numbers[0, 0, 0], result)

        return host(run, lambda: composed(self.steps, inputs))

    def steps(self, F, data, factor):
        """What it consists of on devices other than the host."""
        dy = batch(data)
        y = F.broadcast_mul(dy, factor)
        if self.kind != "brightness":
            axes = (3,) if self.kind == "saturation" else (1, 2, 3)
            gray = F.broadcast_mul(F.sum(dy, axis=axes, keepdims=True), 1.0 - factor)
            if self.kind == "contrast":
                gray = gray / max(dy.shape[1] * dy.shape[2], 1)
            weights = [1.0] if dy.shape[3] == 1 else [float(weight) for weight in colors.GRAY]
            y = F.broadcast_add(y, F.Concat(*[gray * weight for weight in weights], dim=3))
        return y.reshape(data.shape)

    def back(self, dy, factor, out):
        """out = factor * dy + (1 - factor) * (the transpose of the luminance) dy."""
        if self.kind == "brightness":
            out[...] = factor * dy
            return
        weights = colors.GRAY if dy.shape[-1] == 3 else np.ones(1, np.float32)
        if self.kind == "saturation":
            gray = dy.sum(-1, keepdims=True)
        else:
            gray = dy.sum(dtype=np.float64) / max(dy[..., 0].size, 1)
        out[...] = factor * dy + (1 - factor) * (gray * weights)

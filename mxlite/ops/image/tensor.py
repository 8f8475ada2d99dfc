"""From images to what a network takes: channels first, floating point, normalized."""

from __future__ import annotations

import numpy as np

from ...base import INTEGERS, Shape
from ..schema import Op, host, param, register
from ..trace import composed
from .layout import ImageOp, batched

Floats = tuple[float, ...]
REALS = ("float16", "float32", "float64")


@register("_image_to_tensor")
class ToTensor(ImageOp):
    """data (H, W, C) -> float32 (C, H, W), (N, H, W, C) -> (N, C, H, W): data / 255."""

    dtypes = (*INTEGERS, *REALS)
    dtype_rule = "any -> float32"

    def infer_shape(self, data):
        self.check_images(data)
        *batch, H, W, C = data
        return [(*batch, C, H, W)]

    def prepare(self, inputs, outputs):
        def steps(F, images):
            axes = (2, 0, 1) if images.ndim == 3 else (0, 3, 1, 2)
            return F.transpose(F.Cast(images, dtype="float32"), axes=axes) / 255.0

        return host(_divide_planes, lambda: composed(steps, inputs))

    def grad(self, F, dy, inputs, outputs):
        axes = (1, 2, 0) if dy[0].ndim == 3 else (0, 2, 3, 1)
        return [F.cast(F.transpose(dy[0], axes=axes) / 255.0, dtype=inputs[0].dtype)]


def _divide_planes(images, out):
    """A plane at a time: gathering 8-bit values first is faster than a strided division."""
    for image, planes in zip(batched(images), batched(out), strict=True):
        for channel, plane in enumerate(planes):
            np.divide(np.ascontiguousarray(image[..., channel]), np.float32(255), out=plane,
                      dtype=np.float32, casting="unsafe")


class _Channelwise(Op):
    """Base of what works on (C, H, W) or (N, C, H, W), with a number for each channel or all."""

    def per_channel(self, name: str, data: Shape) -> None:
        """Raise unless parameter `name` has one number, or as many as there are channels."""
        numbers = getattr(self, name)
        if len(numbers) not in (1, data[-3]):
            raise self.value_error(name, f"1 or {data[-3]} numbers, as data of shape {data} has "
                                   "channels", numbers)

    def infer_shape(self, data):
        if len(data) not in (3, 4) or data[-3] not in (1, 3):
            raise self.shape_error("data", "(C, H, W) or (N, C, H, W) with C of 1 or 3", data)
        return [data]

    def infer_dtype(self, data):
        if data not in REALS:
            raise self.dtype_error("data", f"{' or '.join(REALS)} (to_tensor makes float32)", data)
        return [data]


def _column(numbers: Floats, dtype: str) -> np.ndarray:
    """(C, 1, 1), in float32 at least."""
    return np.array(numbers, "float64" if dtype == "float64" else "float32").reshape(-1, 1, 1)


@register("_image_normalize")
class Normalize(_Channelwise):
    """(data - mean) / std for each channel of data (C, H, W) or (N, C, H, W)."""

    mean: Floats = param((0.0,), "mean of each channel, or of all")
    std: Floats = param((1.0,), "standard deviation of each channel, or of all")

    def check(self):
        if 0 in self.std:
            raise self.value_error("std", "other than 0", self.std)

    def infer_shape(self, data):
        super().infer_shape(data)
        self.per_channel("mean", data)
        self.per_channel("std", data)
        return [data]

    def prepare(self, inputs, outputs):
        mean, std = [_column(numbers, inputs[0].dtype) for numbers in (self.mean, self.std)]

        def run(images, out):
            np.subtract(images, mean, out=out, casting="same_kind")
            np.divide(out, std, out=out, casting="same_kind")

        return host(run, lambda: composed(
            lambda F, images: _normalized(F, images, self.mean, self.std), inputs))

    def grad(self, F, dy, inputs, outputs):
        return [F._backward_image_normalize(dy[0], std=self.std)]


def _normalized(F, images, mean, std):
    """(images - mean) / std, a channel at a time."""
    axis, wide = images.ndim - 3, "float64" if images.dtype == "float64" else "float32"
    planes = []
    for c in range(images.shape[axis]):
        plane = F.Cast(F.slice_axis(images, axis=axis, begin=c, end=c + 1), dtype=wide)
        planes.append((plane - mean[c % len(mean)]) / std[c % len(std)])
    return F.Cast(F.Concat(*planes, dim=axis), dtype=images.dtype)


@register("_backward_image_normalize")
class BackwardNormalize(_Channelwise):
    """data / std."""

    std: Floats = param((1.0,), "standard deviation of each channel, or of all")

    def prepare(self, inputs, outputs):
        std = _column(self.std, inputs[0].dtype)
        return host(lambda dy, out: np.divide(dy, std, out=out, casting="same_kind"),
                    lambda: composed(lambda F, dy: _normalized(F, dy, (0.0,), self.std), inputs))

    def grad(self, F, dy, inputs, outputs):
        return [F._backward_image_normalize(dy[0], std=self.std)]

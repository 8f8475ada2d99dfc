"""Cutting and resizing images."""

from __future__ import annotations

import math

from ...base import Shape
from ..schema import host, kernel, param, register, required
from ..strided import contiguous, strided
from ..trace import composed
from .layout import ImageOp, batched


@register("_image_crop")
class Crop(ImageOp):
    """data[y:y+height, x:x+width] of an image, or of each image of a batch."""

    x: int = required("first column", low=0)
    y: int = required("first row", low=0)
    width: int = required("columns of the output", low=1)
    height: int = required("rows of the output", low=1)

    def infer_shape(self, data):
        self.check_images(data)
        *batch, H, W, C = data
        if self.x + self.width > W:
            raise self.value_error("x + width", f"at most {W}, the width of data",
                                   self.x + self.width)
        if self.y + self.height > H:
            raise self.value_error("y + height", f"at most {H}, the height of data",
                                   self.y + self.height)
        return [(*batch, self.height, self.width, C)]

    def prepare(self, inputs, outputs):
        strides = contiguous(inputs[0].shape)
        offset = self.y * strides[-3] + self.x * strides[-2]
        return strided("strided_copy", outputs[0], outputs[0].shape, strides,
                       x_offset=offset if outputs[0].size else 0)

    def grad(self, F, dy, inputs, outputs):
        first = (0,) * (inputs[0].ndim - 3)
        end = (*inputs[0].shape[:-3], self.y + self.height, self.x + self.width,
               inputs[0].shape[-1])
        return [F._backward_slice(dy[0], begin=(*first, self.y, self.x, 0), end=end,
                                  shape=inputs[0].shape)]


@register("_image_resize")
class Resize(ImageOp):
    """data resized as OpenCV does: (H, W, C) -> (height, width, C), a batch likewise.

    size: (width, height), or one number: a square, or with keep_ratio the shorter edge; the other
    edge is then cut to an integer. data is uint8, float32 or float64, computed in float32.
    """

    dtypes = ("uint8", "float32", "float64")
    size: Shape = param((), "(width, height), or one length")
    keep_ratio: bool = param(False, "one length is that of the shorter edge")
    interp: int = param(1, "0 nearest, 1 bilinear, 2 bicubic, 3 area, 4 Lanczos",
                        choices=(0, 1, 2, 3, 4))

    def check(self):
        if len(self.size) not in (1, 2) or min(self.size) < 1:
            raise self.value_error("size", "1 or 2 lengths of at least 1", self.size)

    def infer_shape(self, data):
        self.check_images(data)
        *batch, H, W, C = data
        if 0 in (H, W, C):
            raise self.shape_error("data", "(H, W, C) or (N, H, W, C) without empty images", data)
        width, height = (self.size[0], self.size[-1])
        if len(self.size) == 1 and self.keep_ratio:
            width, height = (width, H * width // W) if H > W else (W * height // H, height)
        return [(*batch, height, width, C)]

    def prepare(self, inputs, outputs):
        if inputs[0].dtype == "float64":
            return composed(self.of_singles, inputs)
        from ..._dataio.image import resize

        def run(images, out):
            for image, result in zip(batched(images), batched(out), strict=True):
                resize(image, result, self.interp)

        def elsewhere():
            (H, W, C), (OH, OW, _) = inputs[0].shape[-3:], outputs[0].shape[-3:]
            return kernel("image_resize", inputs[0].dtype, N=math.prod(inputs[0].shape[:-3]), H=H,
                          W=W, C=C, OH=OH, OW=OW, interp=self.interp, work=outputs[0].size)

        return host(run, elsewhere)

    def of_singles(self, F, data):
        single = F._image_resize(F.Cast(data, dtype="float32"), size=self.size,
                                 keep_ratio=self.keep_ratio, interp=self.interp)
        return F.Cast(single, dtype="float64")

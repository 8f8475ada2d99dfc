"""im2col and col2im: windows of images as columns of a matrix, and their sum back into images."""

from __future__ import annotations

import math

from ...base import Shape
from ..inference import common, text_of, with_length
from ..schema import Op, kernel, param, register, required


class _Windows(Op):
    """Base: a window's parameters, and what they make of an image's spatial shape."""

    dtype_rule = "F -> F"
    kernel: Shape
    stride: Shape
    dilate: Shape
    pad: Shape

    def check(self):
        ndim = len(self.kernel)
        if not 1 <= ndim <= 3 or min(self.kernel) < 1:
            raise self.value_error("kernel", "1 to 3 integers of at least 1", self.kernel)
        for name, low in (("stride", 1), ("dilate", 1), ("pad", 0)):
            value = getattr(self, name) or (low,) * ndim
            if len(value) != ndim or min(value) < low:
                raise self.value_error(
                    name, f"{ndim} integers of at least {low}, as kernel has", value)

    def settings(self):
        return {"kernel": self.kernel, "stride": self.stride, "dilate": self.dilate,
                "pad": self.pad}

    def axes(self):
        """(stride, dilate, pad), the defaults filled in."""
        ndim = len(self.kernel)
        return self.stride or (1,) * ndim, self.dilate or (1,) * ndim, self.pad or (0,) * ndim

    def blocks(self, size, argument, shape):
        """How many windows there are along each axis of images of this spatial size."""
        spans = [n + 2 * p - d * (k - 1) - 1
                 for n, k, _, d, p in zip(size, self.kernel, *self.axes(), strict=True)]
        if min(spans) < 0 or 0 in size:
            raise self.shape_error(
                argument, f"at least as large as kernel {self.kernel}, dilated, after padding, and "
                "not be empty", shape)
        return tuple([n // s + 1 for n, s in zip(spans, self.axes()[0], strict=True)])

    def call(self, name, dtype, image):
        """The call of the kernel `name` for images of this shape."""
        more = 3 - len(self.kernel)
        one = (1,) * more
        stride, dilate, pad = self.axes()
        out = self.blocks(image[2:], "data", image)
        return kernel(name, dtype, planes=image[0] * image[1], size=one + tuple(image[2:]),
                      out=one + out, kernel=one + tuple(self.kernel), stride=one + tuple(stride),
                      dilate=one + tuple(dilate), pad=(0,) * more + tuple(pad),
                      work=math.prod(image[:2]) * math.prod(out) * math.prod(self.kernel))


@register("im2col")
class Im2Col(_Windows):
    """data (N, C, *size) -> (N, C * prod(kernel), W): the W windows, each as a column.

    Windows are those of a Convolution with the same kernel, stride, dilate and pad; row
    c * prod(kernel) + k holds tap k of channel c. What lies in the padding is 0.
    """

    kernel: Shape = required("window size: (w,), (h, w) or (d, h, w)")
    stride: Shape = param((), "step of the window; () means 1 on every axis")
    dilate: Shape = param((), "distance of the window's taps; () means 1 on every axis")
    pad: Shape = param((), "zeros on both sides; () means 0 on every axis")

    def infer_shape(self, data):
        if len(data) != len(self.kernel) + 2:
            raise self.shape_error("data", f"of {len(self.kernel) + 2} axes", text_of(data))
        out = self.blocks(data[2:], "data", data)
        return [(data[0], data[1] * math.prod(self.kernel), math.prod(out))]

    def fill_shapes(self, inputs, outputs):
        data, out = inputs[0], outputs[0]
        if data is None or out is None or len(data) < 2 or len(out) != 3:
            return inputs, outputs
        taps = math.prod(self.kernel)
        channels = None if out[1] is None or out[1] % taps else out[1] // taps
        data = common(data, (out[0], channels, *[None] * (len(data) - 2)))
        return [data], [with_length(out, 0, data[0])]

    def prepare(self, inputs, outputs):
        return self.call("im2col", inputs[0].dtype, inputs[0].shape)

    def grad(self, F, dy, inputs, outputs):
        return [F.col2im(dy[0], output_size=inputs[0].shape[2:], **self.settings())]


@register("col2im")
class Col2Im(_Windows):
    """data (N, C * prod(kernel), W) -> (N, C, *output_size): columns added up where they came from.

    The gradient of im2col: each item of the image is the sum of the taps that im2col takes from it.
    """

    output_size: Shape = required("spatial shape of the image: (w,), (h, w) or (d, h, w)")
    kernel: Shape = required("window size: (w,), (h, w) or (d, h, w)")
    stride: Shape = param((), "step of the window; () means 1 on every axis")
    dilate: Shape = param((), "distance of the window's taps; () means 1 on every axis")
    pad: Shape = param((), "zeros on both sides; () means 0 on every axis")

    def check(self):
        super().check()
        if len(self.output_size) != len(self.kernel) or min(self.output_size) < 1:
            raise self.value_error(
                "output_size", f"{len(self.kernel)} integers of at least 1, as kernel has",
                self.output_size)

    def infer_shape(self, data):
        taps = math.prod(self.kernel)
        windows = math.prod(self.blocks(self.output_size, "output_size", self.output_size))
        if len(data) != 3 or data[1] % taps or data[2] != windows:
            raise self.shape_error("data", f"(N, C * {taps}, {windows})", data)
        return [(data[0], data[1] // taps, *self.output_size)]

    def fill_shapes(self, inputs, outputs):
        data, out = inputs[0], outputs[0]
        windows = math.prod(self.blocks(self.output_size, "output_size", self.output_size))
        taps = math.prod(self.kernel)
        out = common((None, None, *self.output_size), out)
        rows = None if out[1] is None else out[1] * taps
        data = common(data, (out[0], rows, windows))
        channels = None if data is None or data[1] is None or data[1] % taps else data[1] // taps
        return [data], [(data[0], channels, *self.output_size)]

    def prepare(self, inputs, outputs):
        return self.call("col2im", inputs[0].dtype, outputs[0].shape)

    def grad(self, F, dy, inputs, outputs):
        return [F.im2col(dy[0], **self.settings())]

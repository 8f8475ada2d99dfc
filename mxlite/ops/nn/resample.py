"""Images of another height and width: means of parts, bilinear interpolation, repeated pixels."""

from __future__ import annotations

import math
import struct

from ...base import Shape
from ..inference import common
from ..schema import Op, kernel, param, register, required
from ..trace import composed

MODES = ("nearest", "average", "corners", "areas")      # those of csrc/cpu/resample.c


def resampled(name, dtype, size, out, mode):
    """The call of the kernel `name` on images (..., h, w) of shape `size`, made `out` (h, w)."""
    fields = {"planes": math.prod(size[:-2]), "size": size[-2:], "out": out[-2:],
              "mode": MODES.index(mode)}
    return kernel(name, dtype, work=math.prod(size) + math.prod(size[:-2]) * math.prod(out[-2:]),
                  **fields)


class _Resampling(Op):
    """Base of what makes (N, C, h, w) of data (N, C, H, W): its input 0, and what it calls."""

    dtype_rule = "F -> F"

    def out_size(self, data, *others):
        """(h, w) of the output."""
        raise NotImplementedError

    def way(self):
        """Which of MODES it is."""
        raise NotImplementedError

    def infer_shape(self, data, *others):
        if len(data) != 4:
            raise self.shape_error("data", "of 4 axes, NCHW", data)
        if 0 in data[2:]:
            raise self.shape_error("data", "without empty spatial axes", data)
        return [(*data[:2], *self.out_size(data, *others))]

    def prepare(self, inputs, outputs):
        return resampled("resample", inputs[0].dtype, inputs[0].shape, outputs[0].shape,
                         self.way())

    def grad(self, F, dy, inputs, outputs):
        spread = F._backward_resample(dy[0], size=inputs[0].shape[-2:], mode=self.way())
        return [spread, *[None] * (len(inputs) - 1)]

    def fill_shapes(self, inputs, outputs):
        data, out = inputs[0], outputs[0]
        if data is None or out is None or len(data) != 4 or len(out) != 4:
            return inputs, outputs
        batch = common(data[:2], out[:2])
        return [(*batch, *data[2:]), *inputs[1:]], [(*batch, *out[2:])]


@register("_resample")
class Resample(_Resampling):
    """data (N, C, H, W) -> (N, C, *size)."""

    size: Shape = required("height and width of the output")
    mode: str = required("how pixels are made", choices=MODES)

    def out_size(self, data):
        return self.size

    def way(self):
        return self.mode


@register("_backward_resample")
class ResampleGrad(Op):
    """dy (N, C, h, w) -> the gradient (N, C, *size) of what was resampled to dy's shape."""

    dtype_rule = "F -> F"
    size: Shape = required("height and width of the data")
    mode: str = required("how pixels were made", choices=MODES)

    def infer_shape(self, dy):
        return [(*dy[:2], *self.size)]

    def prepare(self, inputs, outputs):
        return resampled("resample_grad", inputs[0].dtype, outputs[0].shape, inputs[0].shape,
                         self.mode)

    def grad(self, F, dy, inputs, outputs):
        return [F._resample(dy[0], size=inputs[0].shape[-2:], mode=self.mode)]


@register("_contrib_AdaptiveAvgPooling2D")
class AdaptiveAvgPooling2D(_Resampling):
    """data (N, C, H, W) -> (N, C, h, w): means of h * w parts of nearly equal size.

    Row i is the mean of the rows from floor(i * H / h) to ceil((i + 1) * H / h), columns likewise.
    """

    output_size: Shape = param((), "(h, w), or one number for both; () means (1, 1)")

    def check(self):
        if len(self.output_size) > 2 or min(self.output_size, default=1) < 1:
            raise self.value_error("output_size", "one or two integers of at least 1",
                                   self.output_size)

    def out_size(self, data):
        height, *rest = self.output_size or (1,)
        return (height, *(rest or [height]))

    def way(self):
        return "average"

    def fill_shapes(self, inputs, outputs):
        if inputs[0] is not None and len(inputs[0]) == 4:
            outputs = [common((*inputs[0][:2], *self.out_size(None)), outputs[0])]
        return super().fill_shapes(inputs, outputs)


def single(value):
    """The float32 next to a number, with which MXNet computes sizes."""
    return struct.unpack("f", struct.pack("f", value))[0]


@register("_contrib_BilinearResize2D", inputs="data like[mode=like]")
class BilinearResize2D(_Resampling):
    """data (N, C, H, W) -> (N, C, h, w) by bilinear interpolation.

    mode "size": h is `height`, or scale_height * H where that is given, w likewise. "odd_scale":
    scale * H, or scale * (H - 1) + 1 for an odd H, rounded down. "like": height and width of
    `like`. "to_even_down", "to_even_up", "to_odd_down", "to_odd_up": the nearest even or odd number
    that is not larger, or not smaller. align_corners: the outermost pixels stay where they are;
    otherwise pixels are areas, and pixel i lies at (i + 0.5) * H / h - 0.5.
    """

    dtype_rule = "F any -> F"
    height: int = param(1, "height of the output", low=1)
    width: int = param(1, "width of the output", low=1)
    scale_height: float | None = param(None, "factor of the height")
    scale_width: float | None = param(None, "factor of the width")
    mode: str = param("size", "what says the size of the output", choices=(
        "size", "odd_scale", "like", "to_even_down", "to_even_up", "to_odd_down", "to_odd_up"))
    align_corners: bool = param(True, "keep the outermost pixels where they are")

    def check(self):
        if self.mode == "odd_scale":
            for name in ("scale_height", "scale_width"):
                if getattr(self, name) is None:
                    raise self.value_error(name, "given for mode 'odd_scale'", None)

    def length(self, n, wanted, scale):
        """The length of an axis of the output for `n` of data."""
        if self.mode == "size":
            return wanted if scale is None else int(single(single(scale) * n))
        if self.mode == "odd_scale":
            return int(single(single(scale) * (n - n % 2))) + n % 2
        parity, direction = self.mode.split("_")[1:]
        fits = n % 2 == (parity == "odd")
        return n if fits else n + (1 if direction == "up" else -1)

    def out_size(self, data, like=None):
        if self.mode == "like":
            if len(like) != 4 or 0 in like[2:]:
                raise self.shape_error("like", "of 4 axes, NCHW, without empty spatial axes", like)
            return like[2:]
        size = (self.length(data[2], self.height, self.scale_height),
                self.length(data[3], self.width, self.scale_width))
        if min(size) < 1:
            raise self.value_error(
                "height and width" if self.mode == "size" else "mode",
                f"such that the output has at least 1 pixel an axis for data of {data[2:]}", size)
        return size

    def way(self):
        return "corners" if self.align_corners else "areas"

    def prepare(self, inputs, outputs):
        if self.mode == "like":
            return composed(lambda F, data, like: F._resample(
                data, size=outputs[0].shape[2:], mode=self.way()), inputs)
        return super().prepare(inputs, outputs)

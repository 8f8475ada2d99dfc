"""Convolution and Pooling in the first versions that MXNet keeps."""

from __future__ import annotations

import math

from ...base import Shape
from ..schema import Op, param, register
from ..trace import composed
from .convolution import Convolution
from .pooling import geometry


@register("Convolution_v1", inputs="data weight bias[no_bias=False]")
class ConvolutionV1(Convolution):
    """The same as Convolution."""


@register("Pooling_v1")
class PoolingV1(Op):
    """Pooling over the last two axes of data (N, C, H, W), as it was first.

    Unlike in Pooling, padding is 0 for 'max', too, whose gradient goes to all equal maxima; and
    'avg' divides by the size of the window also where pooling_convention 'full' cuts it off.
    """

    dtype_rule = "F -> F"
    kernel: Shape = param((), "window (h, w); required unless global_pool")
    pool_type: str = param("max", "what is taken of a window", choices=("max", "avg", "sum"))
    global_pool: bool = param(False, "one window over everything; kernel, stride, pad are ignored")
    pooling_convention: str = param("valid", "how output sizes are rounded",
                                    choices=("valid", "full"))
    stride: Shape = param((), "step of the window; () means 1 on every axis")
    pad: Shape = param((), "zeros on both sides; () means 0 on every axis")

    layout = None

    def check(self):
        if self.global_pool:
            return
        if len(self.kernel) != 2 or min(self.kernel) < 1:
            raise self.value_error("kernel", "2 integers of at least 1 unless global_pool is True",
                                   self.kernel)
        for name, low in (("stride", 1), ("pad", 0)):
            value = getattr(self, name)
            if value and (len(value) != 2 or min(value) < low):
                raise self.value_error(name, f"2 integers of at least {low}", value)

    def infer_shape(self, data):
        if len(data) != 4:
            raise self.shape_error("data", "of 4 axes, NCHW", data)
        _, size, window, _, pad, out = geometry(self, data)
        for n, k, p in zip(size, window, pad, strict=True):
            if n == 0:
                raise self.shape_error("data", "without empty axes to pool over", data)
            if k > n + 2 * p:
                raise self.value_error(
                    "kernel", f"no larger than the data with padding, {n} + 2 * {p}", window)
        return [(*data[:2], *out)]

    def windows(self, shape):
        """(parameters of a Pooling without padding, what to pad with) for data of this shape."""
        _, _, window, stride, pad, _ = geometry(self, shape)
        width = (0, 0, 0, 0, pad[0], pad[0], pad[1], pad[1])
        return {"kernel": window, "stride": stride,
                "pooling_convention": "valid" if self.global_pool else self.pooling_convention,
                }, width

    def prepare(self, inputs, outputs):
        values, width = self.windows(inputs[0].shape)

        def run(F, data):
            if any(width):
                data = F.Pad(data, mode="constant", pad_width=width)
            if self.pool_type == "avg":
                area = math.prod(values["kernel"])
                return F.Pooling(data, pool_type="sum", **values) * (1 / area)
            return F.Pooling(data, pool_type=self.pool_type, **values)

        return composed(run, inputs)

    def grad(self, F, dy, inputs, outputs):
        data, out = inputs[0], outputs[0]
        N, C, H, W = data.shape
        h, w = out.shape[2:]
        values, width = self.windows(data.shape)
        # windows that reach over the end are whole in an image that is large enough
        spare = [max((n - 1) * s + k - m - 2 * p, 0) for n, s, k, m, p in zip(
            (h, w), values["stride"], values["kernel"], (H, W), width[4::2], strict=True)]
        width = (*width[:5], width[5] + spare[0], width[6], width[7] + spare[1])
        settings = {"kernel": values["kernel"], "stride": values["stride"]}
        taps = math.prod(values["kernel"])
        spread = dy[0].reshape((N, C, 1, h * w))
        if self.pool_type == "max":
            padded = F.Pad(data, mode="constant", pad_width=width) if any(width) else data
            columns = F.im2col(padded, **settings).reshape((N, C, taps, h * w))
            is_maximum = F.broadcast_equal(columns, out.reshape((N, C, 1, h * w)))
            columns = F.broadcast_mul(is_maximum, spread)
        else:
            share = 1 / taps if self.pool_type == "avg" else 1.0
            columns = F.broadcast_to(spread * share, shape=(N, C, taps, h * w))
        image = F.col2im(columns.reshape((N, C * taps, h * w)),
                         output_size=(H + width[4] + width[5], W + width[6] + width[7]), **settings)
        return [F.slice(image, begin=(None, None, width[4], width[6]),
                        end=(None, None, width[4] + H, width[6] + W))]

"""Convolution over 1, 2 or 3 axes, and its gradients as operators of their own."""

from __future__ import annotations

import math

from ...base import Shape
from ..inference import common, text_of
from ..schema import Op, kernel, param, register, required

LAYOUTS = {1: "NCW", 2: "NCHW", 3: "NCDHW"}


class ConvolutionBase(Op):
    """The parameters of a convolution, and what follows from them."""

    kernel: Shape = required("window size: (w,), (h, w) or (d, h, w)")
    stride: Shape = param((), "step of the window; () means 1 on every axis")
    dilate: Shape = param((), "distance of the window's taps; () means 1 on every axis")
    pad: Shape = param((), "zeros on both sides; () means 0 on every axis")
    num_filter: int = required("number of output channels F", low=1)
    num_group: int = param(1, "groups of channels that do not see each other", low=1)
    workspace: int = param(1024, "MXNet's; not used", low=0)
    no_bias: bool = param(False, "leave the bias out")
    cudnn_tune: str | None = param(None, "MXNet's; not used",
                                   choices=("off", "limited_workspace", "fastest"))
    cudnn_off: bool = param(False, "MXNet's; not used")
    layout: str | None = param(None, "axes of data; None: channels first",
                               choices=("NCW", "NCHW", "NCDHW"))

    def check(self):
        ndim = len(self.kernel)
        if ndim not in LAYOUTS or min(self.kernel) < 1:
            raise self.value_error("kernel", "1 to 3 integers of at least 1", self.kernel)
        for name, low in (("stride", 1), ("dilate", 1), ("pad", 0)):
            value = getattr(self, name) or (low,) * ndim
            if len(value) != ndim or min(value) < low:
                raise self.value_error(
                    name, f"{ndim} integers of at least {low}, as kernel has", value)
        if self.layout not in (None, LAYOUTS[ndim]):
            raise self.value_error("layout", f"{LAYOUTS[ndim]} for kernel {self.kernel}",
                                   self.layout)
        if self.num_filter % self.num_group:
            raise self.value_error("num_filter", f"a multiple of num_group {self.num_group}",
                                   self.num_filter)

    def settings(self):
        """The parameters that all operators of a convolution share."""
        return {"kernel": self.kernel, "stride": self.stride, "dilate": self.dilate,
                "pad": self.pad, "num_filter": self.num_filter, "num_group": self.num_group}

    def axes(self):
        """(stride, dilate, pad), the defaults filled in."""
        ndim = len(self.kernel)
        return self.stride or (1,) * ndim, self.dilate or (1,) * ndim, self.pad or (0,) * ndim

    def weight_shape(self, data):
        return (self.num_filter, data[1] // self.num_group, *self.kernel)

    def check_axes(self, data):
        if len(data) != len(self.kernel) + 2:
            raise self.shape_error(
                "data", f"of {len(self.kernel) + 2} axes, {LAYOUTS[len(self.kernel)]}",
                text_of(data))

    def output_shape(self, data):
        """(N, num_filter, *out); raises if data does not fit."""
        self.check_axes(data)
        if data[1] % self.num_group or not data[1]:
            raise self.shape_error(
                "data", f"(N, C, ...) with C a multiple of num_group {self.num_group}", data)
        out = []
        for n, k, s, d, p in zip(data[2:], self.kernel, *self.axes(), strict=True):
            if n + 2 * p < d * (k - 1) + 1:
                raise self.shape_error(
                    "data", f"at least as large as kernel {self.kernel}, dilated, after padding",
                    data)
            out.append((n + 2 * p - d * (k - 1) - 1) // s + 1)
        return (data[0], self.num_filter, *out)

    def call(self, name, dtype, data, has_bias=False):
        """The call of the kernel `name` for data of this shape."""
        more = 3 - len(self.kernel)
        one = (1,) * more
        stride, dilate, pad = self.axes()
        out = self.output_shape(data)
        C, F = data[1] // self.num_group, self.num_filter // self.num_group
        work = math.prod(out) * C * math.prod(self.kernel) / 40
        return kernel(name, dtype, work=work, N=data[0], groups=self.num_group, C=C, F=F,
                      size=one + tuple(data[2:]), out=one + tuple(out[2:]),
                      kernel=one + tuple(self.kernel), stride=one + tuple(stride),
                      dilate=one + tuple(dilate), pad=(0,) * more + tuple(pad),
                      has_bias=int(has_bias))


@register("Convolution", "convolution", inputs="data weight bias[no_bias=False]")
class Convolution(ConvolutionBase):
    """data (N, C, *size), weight (F, C / num_group, *kernel), bias (F) -> (N, F, *out).

    out[i] = (size[i] + 2 * pad[i] - dilate[i] * (kernel[i] - 1) - 1) // stride[i] + 1
    """

    def fill_shapes(self, inputs, outputs):
        data, out = inputs[0], outputs[0]
        if data is None:
            return inputs, outputs
        self.check_axes(data)
        channels = data[1] and data[1] // self.num_group
        weight = (self.num_filter, channels, *self.kernel)
        if out is not None and len(out) == len(data):
            size = [self.size_before(n, axis) for axis, n in enumerate(out[2:])]
            data = common(data, (out[0], None, *size))
        return [data, weight, (self.num_filter,)][:len(inputs)], [
            (data[0], self.num_filter, *[None] * len(self.kernel))]

    def size_before(self, out, axis):
        """The length of a spatial axis of data for one of `out`; None with a stride: there are
        several."""
        stride, dilate, pad = [values[axis] for values in self.axes()]
        if out is None or stride != 1:
            return None
        return out + dilate * (self.kernel[axis] - 1) - 2 * pad

    def infer_shape(self, data, weight, bias=None):
        out = self.output_shape(data)
        if weight != self.weight_shape(data):
            raise self.shape_error("weight", f"{self.weight_shape(data)} for data {data}", weight)
        if bias is not None and bias != (self.num_filter,):
            raise self.shape_error("bias", (self.num_filter,), bias)
        return [out]

    def prepare(self, inputs, outputs):
        return self.call("conv", inputs[0].dtype, inputs[0].shape, not self.no_bias)

    def grad(self, F, dy, inputs, outputs):
        data, weight = inputs[:2]
        grads = [
            F._backward_Convolution_data(dy[0], weight, data_shape=data.shape, **self.settings()),
            F._backward_Convolution_weight(data, dy[0], **self.settings())]
        if self.no_bias:
            return grads
        return [*grads, F.sum(dy[0], axis=(0, *range(2, len(dy[0].shape))))]


@register("_backward_Convolution_data", inputs="dy weight")
class ConvolutionDataGrad(ConvolutionBase):
    """dy (N, F, *out), weight (F, C / num_group, *kernel) -> the gradient of data (N, C, *size)."""

    data_shape: Shape = required("shape of data")

    def infer_shape(self, dy, weight):
        return [self.data_shape]

    def prepare(self, inputs, outputs):
        return self.call("conv_grad_data", inputs[0].dtype, self.data_shape)

    def grad(self, F, dy, inputs, outputs):
        dy_forward, weight = inputs
        return [F.Convolution(dy[0], weight, no_bias=True, **self.settings()),
                F._backward_Convolution_weight(dy[0], dy_forward, **self.settings())]


@register("_backward_Convolution_weight", inputs="data dy")
class ConvolutionWeightGrad(ConvolutionBase):
    """data (N, C, *size), dy (N, F, *out) -> the gradient of weight (F, C / num_group, *kernel)."""

    def infer_shape(self, data, dy):
        return [self.weight_shape(data)]

    def prepare(self, inputs, outputs):
        return self.call("conv_grad_weight", inputs[0].dtype, inputs[0].shape)

    def grad(self, F, dy, inputs, outputs):
        data, dy_forward = inputs
        return [F._backward_Convolution_data(dy_forward, dy[0], data_shape=data.shape,
                                             **self.settings()),
                F.Convolution(data, dy[0], no_bias=True, **self.settings())]

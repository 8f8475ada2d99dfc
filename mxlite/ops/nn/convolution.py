"""Convolution over 1, 2 or 3 axes; its gradients are in convolution_grad.py."""

from __future__ import annotations

import math

from ...base import Shape
from ..inference import common, text_of
from ..schema import Op, kernel, param, register, required
from ..trace import composed
from .layouts import (
    LAYOUTS,
    NAMES,
    axes_to_first,
    axes_to_last,
    channels_first,
    channels_last,
    check_layout,
    is_channels_last,
)


def check_window(op, *parameters):
    """Raise if kernel, layout, or one of these (name, least value) do not fit together."""
    ndim = len(op.kernel)
    if ndim not in LAYOUTS or min(op.kernel) < 1:
        raise op.value_error("kernel", "1 to 3 integers of at least 1", op.kernel)
    for name, low in parameters:
        value = getattr(op, name) or (low,) * ndim
        if len(value) != ndim or min(value) < low:
            raise op.value_error(name, f"{ndim} integers of at least {low}, as kernel has", value)
    check_layout(op, ndim)
    if op.num_filter % op.num_group:
        raise op.value_error("num_filter", f"a multiple of num_group {op.num_group}",
                             op.num_filter)


class ConvolutionBase(Op):
    """The parameters of a convolution, and what follows from them.

    Shapes are those of channels first, but where they are said to be of the layout.
    """

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
                               choices=NAMES)

    def check(self):
        check_window(self, ("stride", 1), ("dilate", 1), ("pad", 0))

    def settings(self):
        """The parameters that all operators of a convolution share."""
        return {"kernel": self.kernel, "stride": self.stride, "dilate": self.dilate,
                "pad": self.pad, "num_filter": self.num_filter, "num_group": self.num_group,
                "layout": self.layout}

    def first(self, shape):
        """A shape of the layout, its channels first."""
        return channels_first(shape) if is_channels_last(self.layout) else shape

    def laid_out(self, shape):
        """A shape with channels first, in the layout."""
        return channels_last(shape) if is_channels_last(self.layout) else shape

    def axes(self):
        """(stride, dilate, pad), the defaults filled in."""
        ndim = len(self.kernel)
        return self.stride or (1,) * ndim, self.dilate or (1,) * ndim, self.pad or (0,) * ndim

    def weight_shape(self, data):
        return (self.num_filter, data[1] // self.num_group, *self.kernel)

    def check_axes(self, data):
        ndim = len(self.kernel)
        if len(data) != ndim + 2:
            raise self.shape_error(
                "data", f"of {ndim + 2} axes, {self.layout or LAYOUTS[ndim][0]}", text_of(data))

    def output_shape(self, data):
        """(N, num_filter, *out); raises if data does not fit."""
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

    def between_transposes(self, inputs, **changed):
        """This operator with channels first, on transposed inputs; its result transposed back."""
        values = {**self.settings(), **changed, "layout": None}

        def run(F, *refs):
            first = [F.transpose(ref, axes=axes_to_first(ref.ndim)) if ref.ndim > 1 else ref
                     for ref in refs]
            result = getattr(F, self.name)(*first, **values)
            return F.transpose(result, axes=axes_to_last(result.ndim))

        return composed(run, inputs)

    def as_product(self, data):
        """(rows, items a row) where this is a product of data (rows, items) with the weight
        (num_filter, items), data of the layout as it lies; None where it is not.

        So it is if the window is all of the data, or a pixel of channels that come last.
        """
        stride, dilate, pad = self.axes()
        if self.num_group > 1 or any(pad) or 0 in data:
            return None
        taps_touch = all(k == 1 or d == 1 for k, d in zip(self.kernel, dilate, strict=True))
        if tuple(self.first(data)[2:]) == tuple(self.kernel) and taps_touch:
            return data[0], math.prod(data[1:])
        if is_channels_last(self.layout) and max(*self.kernel, *stride) == 1:
            return math.prod(data[:-1]), data[-1]
        return None

    def is_last_depthwise(self, dtype, data):
        """Whether channels come last, each with a filter of its own: there are kernels for that."""
        return (is_channels_last(self.layout) and dtype in ("float32", "float64")
                and self.num_group > 1 and self.num_group == self.num_filter == data[-1])

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

    out[i] = (size[i] + 2 * pad[i] - dilate[i] * (kernel[i] - 1) - 1) // stride[i] + 1. With a
    layout that ends in C, data is (N, *size, C), weight (F, *kernel, C / num_group), the output
    (N, *out, F).
    """

    def fill_shapes(self, inputs, outputs):
        if inputs[0] is None:
            return inputs, outputs
        self.check_axes(inputs[0])
        data, out = self.first(inputs[0]), self.first(outputs[0])
        channels = data[1] and data[1] // self.num_group
        weight = (self.num_filter, channels, *self.kernel)
        if out is not None and len(out) == len(data):
            size = [self.size_before(n, axis) for axis, n in enumerate(out[2:])]
            data = common(data, (out[0], None, *size))
        shapes = [self.laid_out(data), self.laid_out(weight), (self.num_filter,)]
        return shapes[:len(inputs)], [
            self.laid_out((data[0], self.num_filter, *[None] * len(self.kernel)))]

    def size_before(self, out, axis):
        """The length of a spatial axis of data for one of `out`; None with a stride: there are
        several."""
        stride, dilate, pad = [values[axis] for values in self.axes()]
        if out is None or stride != 1:
            return None
        return out + dilate * (self.kernel[axis] - 1) - 2 * pad

    def infer_shape(self, data, weight, bias=None):
        self.check_axes(data)
        out = self.output_shape(self.first(data))
        wanted = self.laid_out(self.weight_shape(self.first(data)))
        if weight != wanted:
            raise self.shape_error("weight", f"{wanted} for data {data}", weight)
        if bias is not None and bias != (self.num_filter,):
            raise self.shape_error("bias", (self.num_filter,), bias)
        return [self.laid_out(out)]

    def prepare(self, inputs, outputs):
        product = self.as_product(inputs[0].shape)
        if product:
            return composed(lambda F, data, weight, *bias: F.FullyConnected(
                data.reshape(product), weight.reshape((self.num_filter, product[1])), *bias,
                num_hidden=self.num_filter, no_bias=self.no_bias).reshape(outputs[0].shape), inputs)
        if is_channels_last(self.layout):
            data, dtype = self.first(inputs[0].shape), inputs[0].dtype
            if self.is_last_depthwise(dtype, inputs[0].shape):
                return self.call("last_depthwise", dtype, data, not self.no_bias)
            if dtype in ("float32", "float64") and data[1] > self.num_group:
                return self.call("conv_channels_last", dtype, data, not self.no_bias)
            return self.between_transposes(inputs, no_bias=self.no_bias)
        return self.call("conv", inputs[0].dtype, inputs[0].shape, not self.no_bias)

    def grad(self, F, dy, inputs, outputs):
        data, weight = inputs[:2]
        grads = [
            F._backward_Convolution_data(dy[0], weight, data_shape=data.shape, **self.settings()),
            F._backward_Convolution_weight(data, dy[0], **self.settings())]
        if self.no_bias:
            return grads
        channels = -1 if is_channels_last(self.layout) else 1
        return [*grads, F.sum(dy[0], axis=channels, exclude=True)]

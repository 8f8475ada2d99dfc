"""Convolution over 1, 2 or 3 axes, and its gradients as operators of their own."""

from __future__ import annotations

import math

from ...base import Shape
from ..inference import common, text_of
from ..matrix import one_times_many
from ..schema import Op, kernel, param, register, required

LAYOUTS = {1: "NCW", 2: "NCHW", 3: "NCDHW"}
COPY_BYTES = 4 << 20        # of padded images made at a time
LINE_PIXELS = 4096          # of output that the weight's gradient goes over at a time
MOST_TASKS = 16             # of a depthwise convolution
SLACK, PART_BYTES = 64, 136     # depthwise.c's SLACK, and the size of a conv_part


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

    def is_pointwise(self):
        """Whether each image's pixels are only multiplied by one matrix, the weight."""
        stride, _, pad = self.axes()
        return self.num_group == 1 and {*self.kernel, *stride} == {1} and not any(pad)

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
        """The kernel `name` for data of this shape: that of csrc/cpu/conv.c, or a faster one."""
        more = 3 - len(self.kernel)
        one = (1,) * more
        stride, dilate, pad = self.axes()
        out = self.output_shape(data)
        fields = {
            "N": data[0], "groups": self.num_group, "C": data[1] // self.num_group,
            "F": self.num_filter // self.num_group, "size": one + tuple(data[2:]),
            "out": one + tuple(out[2:]), "kernel": one + tuple(self.kernel),
            "stride": one + tuple(stride), "dilate": one + tuple(dilate),
            "pad": (0,) * more + tuple(pad), "has_bias": int(has_bias)}
        if name in ("conv", "conv_grad_data") and self.is_pointwise():
            is_grad = name == "conv_grad_data"
            rows, summed = (data[1], out[1]) if is_grad else (out[1], data[1])
            return one_times_many(dtype, rows, math.prod(out[2:]), summed, is_grad, has_bias,
                                  data[0])
        make_plan = plan
        if fields["C"] == 1 and fields["groups"] > 1 and name != "conv_naive":
            name, make_plan = name.replace("conv", "depthwise"), plan_depthwise
        images, scratch = make_plan(name, fields, 8 if dtype == "float64" else 4)
        work = math.prod(out) * fields["C"] * math.prod(self.kernel)
        return kernel(name, dtype, scratch=scratch, work=work / 40, images=images, **fields)


def plan(name, fields, itemsize):
    """(images worked on at a time, bytes of scratch): what csrc/cpu/conv_*_impl.h cut off it."""
    N, groups, C, F = [fields[key] for key in ("N", "groups", "C", "F")]
    out, window, pixels = fields["out"], math.prod(fields["kernel"]), math.prod(fields["out"])
    if name == "conv_naive":
        return 1, C * window * pixels * itemsize
    channels = F if name == "conv_grad_data" else C
    _, copy = copy_size(fields, name == "conv_grad_data")
    image = groups * channels * copy
    if name == "conv_grad_weight":
        images = max(1, min(N, LINE_PIXELS // pixels))
        width = groups * -(-F // 32) * 32
        parts = [images * width * pixels * itemsize, width * C * window * itemsize,
                 C * window * 8, images * out[0] * out[1] * 8]
    else:
        images = max(1, min(N, COPY_BYTES // (image * itemsize)))
        parts = [groups * C * F * window * itemsize, channels * window * 8, window * 8]
    parts.append((images * image + 64) * itemsize)
    return images, sum(-(-part // 64) * 64 for part in parts)


def plan_depthwise(name, fields, itemsize):
    """(tasks, bytes of scratch): what csrc/cpu/depthwise_impl.h cuts off it."""
    N, groups, F = [fields[key] for key in ("N", "groups", "F")]
    window, is_grad = math.prod(fields["kernel"]), name == "depthwise_grad_data"
    channels = F if is_grad else 1
    plane, copy = copy_size(fields, is_grad)
    elements = channels * copy + SLACK + plane + SLACK + channels * window
    slice_ = (elements * itemsize + 255) // 64 * 64
    tasks = max(1, min(groups if name == "depthwise_grad_weight" else N * groups, MOST_TASKS))
    shared = [PART_BYTES * math.prod(fields["stride"]), channels * window * 8, window * 8]
    return tasks, sum(-(-part // 64) * 64 for part in shared) + tasks * slice_


def copy_size(fields, is_grad):
    """Elements of a phase of a channel's padded copy, and of all its phases; conv_plan.h."""
    size = 1
    for k, d, s, n, out, pad in zip(*[fields[key] for key in (
            "kernel", "dilate", "stride", "size", "out", "pad")], strict=True):
        size *= (k - 1) * d // s + ((n - 1 + pad) // s + 1 if is_grad else out)
    return size, size * (1 if is_grad else math.prod(fields["stride"]))


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

"""Deconvolution (transposed convolution) over 1, 2 or 3 axes: a convolution's gradient of data."""

from __future__ import annotations

from ...base import Shape
from ..inference import common, text_of
from ..schema import Op, param, register, required
from ..trace import composed
from .convolution import check_window
from .layouts import LAYOUTS, NAMES, channels_first, channels_last, is_channels_last


@register("Deconvolution", inputs="data weight bias[no_bias=False]")
class Deconvolution(Op):
    """data (N, C, *size), weight (C, num_filter / num_group, *kernel), bias (num_filter).

    The output is (N, num_filter, *out), out[i] = stride[i] * (size[i] - 1) + dilate[i] *
    (kernel[i] - 1) + 1 - 2 * pad[i] + adj[i]: a convolution with this weight takes an array of its
    shape to one of data's, and this is its gradient. With target_shape, pad and adj are those that
    give it. With a layout that ends in C, data is (N, *size, C), weight (C, *kernel,
    num_filter / num_group).
    """

    kernel: Shape = required("window size: (w,), (h, w) or (d, h, w)")
    stride: Shape = param((), "step of the window in the output; () means 1 on every axis")
    dilate: Shape = param((), "distance of the window's taps; () means 1 on every axis")
    pad: Shape = param((), "cut off both sides of the output; () means 0 on every axis")
    adj: Shape = param((), "added to the output's end, less than stride; () means 0 on every axis")
    target_shape: Shape = param((), "the spatial shape of the output; (): pad and adj say it")
    num_filter: int = required("number of output channels", low=1)
    num_group: int = param(1, "groups of channels that do not see each other", low=1)
    workspace: int = param(512, "MXNet's; not used", low=0)
    no_bias: bool = param(True, "leave the bias out")
    cudnn_tune: str | None = param(None, "MXNet's; not used",
                                   choices=("off", "limited_workspace", "fastest"))
    cudnn_off: bool = param(False, "MXNet's; not used")
    layout: str | None = param(None, "axes of data; None: channels first", choices=NAMES)

    def check(self):
        check_window(self, ("stride", 1), ("dilate", 1), ("pad", 0), ("adj", 0))
        if any(self.target_shape) and (
                len(self.target_shape) != len(self.kernel) or min(self.target_shape) < 1):
            raise self.value_error(
                "target_shape", f"{len(self.kernel)} integers of at least 1, as kernel has",
                self.target_shape)

    def axes(self):
        """(stride, dilate, pad, adj), the defaults filled in; target_shape is not looked at."""
        ndim = len(self.kernel)
        return (self.stride or (1,) * ndim, self.dilate or (1,) * ndim, self.pad or (0,) * ndim,
                self.adj or (0,) * ndim)

    def first(self, shape):
        """A shape of the layout, its channels first."""
        return channels_first(shape) if is_channels_last(self.layout) else shape

    def laid_out(self, shape):
        """A shape with channels first, in the layout."""
        return channels_last(shape) if is_channels_last(self.layout) else shape

    def padding(self, size):
        """(pad, adj) for data of these spatial lengths."""
        stride, dilate, pad, adj = self.axes()
        if any(self.target_shape):
            spare = [s * (n - 1) + d * (k - 1) + 1 - target for n, k, s, d, target in zip(
                size, self.kernel, stride, dilate, self.target_shape, strict=True)]
            if min(spare) < 0:
                raise self.value_error(
                    "target_shape", f"at most {self.largest(size)} for data of {tuple(size)}",
                    self.target_shape)
            pad, adj = [tuple([(n + 1) // 2 for n in spare]), tuple([n % 2 for n in spare])]
        if any(a >= s for a, s in zip(adj, stride, strict=True)):
            why = f" for target_shape {self.target_shape}" if any(self.target_shape) else ""
            raise self.value_error("adj", f"less than stride {stride}{why}", adj)
        return pad, adj

    def largest(self, size):
        """The spatial shape of an output without padding."""
        stride, dilate, _, _ = self.axes()
        return tuple([s * (n - 1) + d * (k - 1) + 1 for n, k, s, d in zip(
            size, self.kernel, stride, dilate, strict=True)])

    def output_shape(self, data):
        """(N, num_filter, *out) for channels first; raises if data does not fit."""
        size = data[2:]
        if data[1] % self.num_group or 0 in data[1:]:
            raise self.shape_error(
                "data", "without empty axes but the batch's, and with channels that are a multiple "
                f"of num_group {self.num_group}", self.laid_out(data))
        pad, adj = self.padding(size)
        out = tuple([n - 2 * p + a for n, p, a in zip(self.largest(size), pad, adj, strict=True)])
        if min(out) < 1:
            raise self.value_error("pad", f"such that something is left of {self.largest(size)}",
                                   pad)
        return (data[0], self.num_filter, *out)

    def check_axes(self, data):
        ndim = len(self.kernel)
        if len(data) != ndim + 2:
            raise self.shape_error(
                "data", f"of {ndim + 2} axes, {self.layout or LAYOUTS[ndim][0]}", text_of(data))

    def weight_shape(self, data):
        """Of channels-first data, in the layout."""
        return self.laid_out((data[1], self.num_filter // self.num_group, *self.kernel))

    def fill_shapes(self, inputs, outputs):
        if inputs[0] is None:
            return inputs, outputs
        self.check_axes(inputs[0])
        data, out = self.first(inputs[0]), self.first(outputs[0])
        if out is not None and len(out) == len(data):
            size = [self.size_before(n, axis) for axis, n in enumerate(out[2:])]
            data = common(data, (out[0], None, *size))
        wanted = [None] * len(self.kernel)
        if any(self.target_shape):
            wanted = self.target_shape
        shapes = [self.laid_out(data), self.weight_shape(data), (self.num_filter,)]
        return shapes[:len(inputs)], [self.laid_out((data[0], self.num_filter, *wanted))]

    def size_before(self, out, axis):
        """The length of a spatial axis of data for one of `out`; None if there are several."""
        stride, dilate, pad, adj = [values[axis] for values in self.axes()]
        if out is None or any(self.target_shape):
            return None
        rest = out + 2 * pad - adj - dilate * (self.kernel[axis] - 1) - 1
        return rest // stride + 1 if rest >= 0 and rest % stride == 0 else None

    def infer_shape(self, data, weight, bias=None):
        self.check_axes(data)
        out = self.output_shape(self.first(data))
        wanted = self.weight_shape(self.first(data))
        if weight != wanted:
            raise self.shape_error("weight", f"{wanted} for data {data}", weight)
        if bias is not None and bias != (self.num_filter,):
            raise self.shape_error("bias", (self.num_filter,), bias)
        return [self.laid_out(out)]

    def convolution(self, data):
        """The parameters of the convolution from the output's shape to `data`, of the layout."""
        first = self.first(data)
        pad, _ = self.padding(first[2:])
        return {"kernel": self.kernel, "stride": self.stride, "dilate": self.dilate, "pad": pad,
                "num_filter": first[1], "num_group": self.num_group, "layout": self.layout}

    def prepare(self, inputs, outputs):
        settings, shape = self.convolution(inputs[0].shape), outputs[0].shape

        def run(F, data, weight, bias=None):
            out = F._backward_Convolution_data(data, weight, data_shape=shape, **settings)
            if bias is None:
                return out
            return F.broadcast_add(out, bias.reshape(self.laid_out(
                (1, self.num_filter, *[1] * len(self.kernel)))))

        return composed(run, inputs)

    def grad(self, F, dy, inputs, outputs):
        data, weight = inputs[:2]
        settings = self.convolution(data.shape)
        grads = [F.Convolution(dy[0], weight, no_bias=True, **settings),
                 F._backward_Convolution_weight(dy[0], data, **settings)]
        if self.no_bias:
            return grads
        channels = -1 if is_channels_last(self.layout) else 1
        return [*grads, F.sum(dy[0], axis=channels, exclude=True)]

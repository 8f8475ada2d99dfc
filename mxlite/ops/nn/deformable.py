"""Convolutions whose taps are moved by offsets that were computed, and scaled by masks."""

from __future__ import annotations

import math

from ...base import Shape
from ..inference import common
from ..schema import Op, kernel, param, register, required
from ..trace import composed
from .convolution import check_window


def columns_call(op, name, dtype, data, out):
    """The call of the kernel `name` on data (N, C, H, W) for windows of `op` at out (h, w)."""
    fields = {"N": data[0], "C": data[1], "groups": op.num_deformable_group, "size": data[2:],
              "out": out, "kernel": op.kernel, "stride": op.stride, "dilate": op.dilate,
              "pad": op.pad, "has_mask": int(op.modulated)}
    return kernel(name, dtype, work=20 * math.prod(data[:2]) * math.prod(op.kernel)
                  * math.prod(out), **fields)


class _Columns(Op):
    """Base: where windows with offsets lie."""

    dtype_rule = "F -> F"
    kernel: Shape = required("window size (h, w)")
    stride: Shape = required("step of the window")
    dilate: Shape = required("distance of the window's taps")
    pad: Shape = required("zeros on both sides")
    num_deformable_group: int = required("groups of channels that share offsets")
    modulated: bool = required("whether there is a mask")

    def settings(self):
        return {name: getattr(self, name) for name in _Columns.__annotations__
                if name != "dtype_rule"}


@register("_deformable_columns", inputs="data offset mask[modulated=True]")
class DeformableColumns(_Columns):
    """(N, C * prod(kernel), h, w): what im2col makes of windows whose taps lie elsewhere.

    data (N, C, H, W), offset (N, 2 * groups * prod(kernel), h, w): rows and columns to add to the
    place of each tap; mask (N, groups * prod(kernel), h, w): factors.
    """

    def infer_shape(self, data, offset, *mask):
        return [(data[0], data[1] * math.prod(self.kernel), *offset[2:])]

    def prepare(self, inputs, outputs):
        return columns_call(self, "deformable", inputs[0].dtype, inputs[0].shape,
                            outputs[0].shape[2:])

    def grad(self, F, dy, inputs, outputs):
        return F._backward_deformable_columns(dy[0], *inputs, **self.settings())


@register("_backward_deformable_columns", inputs="dy data offset mask[modulated=True]")
class DeformableColumnsGrad(_Columns):
    """The gradients of data, offset and mask."""

    @property
    def num_outputs(self):
        return 3 if self.modulated else 2

    def infer_shape(self, dy, *shapes):
        return list(shapes)

    def prepare(self, inputs, outputs):
        return columns_call(self, "deformable_grad", inputs[0].dtype, inputs[1].shape,
                            inputs[0].shape[2:])


class _Deformable(Op):
    """Base of both operators."""

    dtype_rule = "F -> F"
    modulated = False
    kernel: Shape
    stride: Shape
    dilate: Shape
    pad: Shape
    num_filter: int
    num_group: int
    num_deformable_group: int
    no_bias: bool
    layout: str | None

    def check(self):
        if len(self.kernel) != 2:
            raise self.value_error("kernel", "2 integers, (h, w)", self.kernel)
        if self.layout not in (None, "NCHW"):
            raise self.value_error("layout", "NCHW", self.layout)
        check_window(self, ("stride", 1), ("dilate", 1), ("pad", 0))

    def columns(self):
        return {"kernel": self.kernel, "stride": self.stride or (1, 1),
                "dilate": self.dilate or (1, 1), "pad": self.pad or (0, 0),
                "num_deformable_group": self.num_deformable_group, "modulated": self.modulated}

    def shapes(self, data):
        """The shapes of all inputs and the output for data (N, C, H, W); lengths may be None."""
        N, C, *size = data
        values = self.columns()
        out = [None if n is None else (n + 2 * p - d * (k - 1) - 1) // s + 1
               for n, k, s, d, p in zip(size, self.kernel, values["stride"], values["dilate"],
                                        values["pad"], strict=True)]
        taps = self.num_deformable_group * math.prod(self.kernel)
        channels = None if C is None else C // self.num_group
        inputs = [data, (N, 2 * taps, *out), *([(N, taps, *out)] if self.modulated else []),
                  (self.num_filter, channels, *self.kernel), (self.num_filter,)]
        return inputs, (N, self.num_filter, *out)

    def fill_shapes(self, inputs, outputs):
        if inputs[0] is None or len(inputs[0]) != 4:
            return inputs, outputs
        count = 3 if self.modulated else 2
        batch = common(*[shape[:1] for shape in [*inputs[:count], *outputs] if shape])
        shapes, out = self.shapes((*batch, *inputs[0][1:]))
        return shapes[:len(inputs)], [out]

    def infer_shape(self, data, *shapes):
        if len(data) != 4:
            raise self.shape_error("data", "of 4 axes, NCHW", data)
        for name in ("num_group", "num_deformable_group"):
            if data[1] % getattr(self, name) or not data[1]:
                raise self.shape_error(
                    "data", f"(N, C, H, W) with C a multiple of {name} {getattr(self, name)}", data)
        wanted, out = self.shapes(data)
        if min(out[2:]) < 1 or 0 in data[2:]:
            raise self.shape_error(
                "data", f"at least as large as kernel {self.kernel}, dilated, after padding", data)
        for entry, want, got in zip(self.taken[1:], wanted[1:], shapes, strict=False):
            if got != want:
                raise self.shape_error(entry.name, f"{want} for data {data}", got)
        return [out]

    def product(self, weight):
        """The parameters of the convolution of the columns, and the weight's shape for it."""
        F, channels, *window = weight
        return {"kernel": (1, 1), "num_filter": F, "num_group": self.num_group}, (
            F, channels * math.prod(window), 1, 1)

    def prepare(self, inputs, outputs):
        def run(F, *refs):
            count = 3 if self.modulated else 2
            columns = F._deformable_columns(*refs[:count], **self.columns())
            settings, shape = self.product(refs[count].shape)
            return F.Convolution(columns, refs[count].reshape(shape), *refs[count + 1:],
                                 no_bias=self.no_bias, **settings)
        return composed(run, inputs)

    def grad(self, F, dy, inputs, outputs):
        count = 3 if self.modulated else 2
        weight = inputs[count]
        settings, shape = self.product(weight.shape)
        columns = F._deformable_columns(*inputs[:count], **self.columns())
        dcolumns = F._backward_Convolution_data(dy[0], weight.reshape(shape),
                                                data_shape=columns.shape, **settings)
        dweight = F._backward_Convolution_weight(columns, dy[0], **settings)
        grads = [*F._backward_deformable_columns(dcolumns, *inputs[:count], **self.columns()),
                 dweight.reshape(weight.shape)]
        return grads if self.no_bias else [*grads, F.sum(dy[0], axis=1, exclude=True)]


@register("_contrib_DeformableConvolution", inputs="data offset weight bias[no_bias=False]")
class DeformableConvolution(_Deformable):
    """A Convolution whose taps are moved by offset: (N, C, H, W) -> (N, num_filter, h, w).

    offset (N, 2 * num_deformable_group * prod(kernel), h, w): what is added to the row and the
    column of each tap; values between pixels are interpolated, outside the image they are 0.
    weight (num_filter, C / num_group, *kernel), bias (num_filter).
    """

    kernel: Shape = required("window size (h, w)")
    stride: Shape = param((), "step of the window; () means 1 on every axis")
    dilate: Shape = param((), "distance of the window's taps; () means 1 on every axis")
    pad: Shape = param((), "zeros on both sides; () means 0 on every axis")
    num_filter: int = required("number of output channels", low=1)
    num_group: int = param(1, "groups of channels that do not see each other", low=1)
    num_deformable_group: int = param(1, "groups of channels with offsets of their own", low=1)
    workspace: int = param(1024, "MXNet's; not used", low=0)
    no_bias: bool = param(False, "leave the bias out")
    layout: str | None = param(None, "axes of data: NCHW", choices=("NCW", "NCHW", "NCDHW"))


@register("_contrib_ModulatedDeformableConvolution",
          inputs="data offset mask weight bias[no_bias=False]")
class ModulatedDeformableConvolution(_Deformable):
    """A DeformableConvolution whose taps are also multiplied by mask.

    mask (N, num_deformable_group * prod(kernel), h, w). Within one pixel around it the image fades
    out.
    """

    modulated = True
    kernel: Shape = required("window size (h, w)")
    stride: Shape = param((), "step of the window; () means 1 on every axis")
    dilate: Shape = param((), "distance of the window's taps; () means 1 on every axis")
    pad: Shape = param((), "zeros on both sides; () means 0 on every axis")
    num_filter: int = required("number of output channels", low=1)
    num_group: int = param(1, "groups of channels that do not see each other", low=1)
    num_deformable_group: int = param(1, "groups of channels with offsets of their own", low=1)
    workspace: int = param(1024, "MXNet's; not used", low=0)
    no_bias: bool = param(False, "leave the bias out")
    im2col_step: int = param(64, "MXNet's; not used", low=1)
    layout: str | None = param(None, "axes of data: NCHW", choices=("NCW", "NCHW", "NCDHW"))

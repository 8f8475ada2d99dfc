"""Pooling: the largest, mean, sum or p-norm of each window."""

from __future__ import annotations

import math

from ...base import Shape
from .._reduction import reduce_call
from ..schema import Op, kernel, param, register, required
from .layouts import LAYOUTS, NAMES, check_layout, is_channels_last


def geometry(op, shape):
    """Window sizes of `op` on data of this shape: (first axis, size, kernel, stride, pad, out)."""
    first = 1 if is_channels_last(op.layout) else 2
    ndim = len(shape) - 2
    size = shape[first:first + ndim]
    if op.global_pool:
        return first, size, size, (1,) * ndim, (0,) * ndim, (1,) * ndim
    stride, pad = op.stride or (1,) * ndim, op.pad or (0,) * ndim
    out = []
    for n, k, s, p in zip(size, op.kernel, stride, pad, strict=True):
        if op.pooling_convention == "same":
            out.append(-(-n // s))
        elif op.pooling_convention == "full":
            out.append(-(-(n + 2 * p - k) // s) + 1)
        else:
            out.append((n + 2 * p - k) // s + 1)
    return first, size, op.kernel, stride, pad, tuple(out)


def pool_fields(op, shape):
    """The fields of pool_dims (csrc/cpu/pooling.h): axes made up to d, h, w."""
    first, size, window, stride, pad, out = geometry(op, shape)
    inner = math.prod(shape[first + len(size):])
    if tuple(window) == tuple(size) and not any(pad) and set(out) == {1}:   # all of it: one row
        size = window = (math.prod(size),)
        stride, pad, out = (1,), (0,), (1,)
    more = 3 - len(size)
    return {
        "outer": math.prod(shape[:first]), "inner": inner,
        "size": (1,) * more + tuple(size), "out": (1,) * more + tuple(out),
        "kernel": (1,) * more + tuple(window), "stride": (1,) * more + tuple(stride),
        "pad": (0,) * more + tuple(pad),
        "is_average": int(op.pool_type == "avg"), "count_pad": int(op.count_include_pad),
    }


@register("Pooling", "pooling")
class Pooling(Op):
    """Pooling over the last 1, 2 or 3 axes: data (N, C, *size) -> (N, C, *out).

    out[i] = (size[i] + 2 * pad[i] - kernel[i]) // stride[i] + 1; pooling_convention 'full' rounds
    up, 'same' gives ceil(size / stride) with windows cut off at the end. The gradient of 'max'
    goes to the first of equal maxima. 'lp': (sum x^p)^(1/p).
    """

    dtype_rule = "F -> F"
    kernel: Shape = param((), "window: (w,), (h, w) or (d, h, w); required unless global_pool")
    pool_type: str = param("max", "what is taken of a window", choices=("max", "avg", "sum", "lp"))
    global_pool: bool = param(False, "one window over everything; kernel, stride, pad are ignored")
    cudnn_off: bool = param(False, "MXNet's; not used")
    pooling_convention: str = param("valid", "how output sizes are rounded",
                                    choices=("valid", "full", "same"))
    stride: Shape = param((), "step of the window; () means 1 on every axis")
    pad: Shape = param((), "padding on both sides; () means 0 on every axis")
    p_value: int | None = param(None, "p of pool_type 'lp': 1, 2 or 3", choices=(1, 2, 3))
    count_include_pad: bool | None = param(None, "whether an average counts padding; None: yes")
    layout: str | None = param(None, "axes of data; None: channels first",
                               choices=NAMES)

    def check(self):
        self.count_include_pad = self.count_include_pad is not False
        if not any(self.pad):           # any number of zeros, as in MXNet
            self.pad = ()
        if self.pool_type == "lp" and self.p_value is None:
            raise self.value_error("p_value", "given for pool_type 'lp'", None)
        if self.global_pool:
            return
        if not self.kernel:
            raise self.value_error("kernel", "given unless global_pool is True", self.kernel)
        if min(self.kernel) < 1:
            raise self.value_error("kernel", "at least 1 on every axis", self.kernel)
        for name, low in (("stride", 1), ("pad", 0)):
            value = getattr(self, name)
            if value and (len(value) != len(self.kernel) or min(value) < low):
                raise self.value_error(
                    name, f"{len(self.kernel)} integers of at least {low}, as kernel has", value)
        if self.pooling_convention == "same" and any(self.pad):
            raise self.value_error("pad", "0 with pooling_convention 'same'", self.pad)

    def infer_shape(self, data):
        ndim = len(data) - 2
        if ndim not in LAYOUTS or (not self.global_pool and ndim != len(self.kernel)):
            wanted = "3, 4 or 5" if self.global_pool else len(self.kernel) + 2
            raise self.shape_error("data", f"of {wanted} axes", data)
        check_layout(self, ndim)
        first, size, window, _, pad, out = geometry(self, data)
        for n, k, p in zip(size, window, pad, strict=True):
            if n == 0:
                raise self.shape_error("data", "without empty axes to pool over", data)
            if k > n + 2 * p and self.pooling_convention != "same":
                raise self.value_error(
                    "kernel", f"no larger than the data with padding, {n} + 2 * {p}", window)
        return [data[:first] + out + data[first + ndim:]]

    def output_names(self):
        # MXNet keeps where the maxima are if oneDNN may compute them.
        keeps = self.pool_type == "max" and self.kernel and (
            self.layout is None or self.layout.startswith("NC"))
        return ["output", "workspace"] if keeps else ["output"]

    def covers(self, shape):
        """Whether one unpadded window is all of the data: then this is a reduction."""
        _, size, window, _, pad, out = geometry(self, shape)
        return tuple(size) == tuple(window) and not any(pad) and math.prod(out) == 1

    def prepare(self, inputs, outputs):
        data = inputs[0]
        fields = pool_fields(self, data.shape)
        if self.covers(data.shape) and self.pool_type in ("avg", "sum"):
            first = geometry(self, data.shape)[0]
            axes = range(first, first + data.ndim - 2)
            return reduce_call("sum", data, axes, mean=self.pool_type == "avg")
        name = "max" if self.pool_type == "max" else "sum"
        if self.pool_type == "lp" and self.p_value > 1:
            name = f"lp{self.p_value}"
        taps = outputs[0].size * math.prod(fields["kernel"])
        return kernel(f"pool_{name}", data.dtype, work=taps, **fields)

    def grad(self, F, dy, inputs, outputs):
        data, out = inputs[0], outputs[0]
        values = {name: getattr(self, name) for name in GEOMETRY}
        if self.pool_type == "max":
            return [F._backward_Pooling_max(dy[0], data, **values)]
        if self.pool_type == "lp" and self.p_value > 1:      # d y / d x = (x / y)^(p - 1)
            p = self.p_value - 1.0
            spread = F._backward_Pooling_sum(dy[0] * out ** -p, shape=data.shape,
                                             pool_type="sum", **values)
            return [spread * data ** p]
        kind = "avg" if self.pool_type == "avg" else "sum"
        return [F._backward_Pooling_sum(dy[0], shape=data.shape, pool_type=kind, **values)]


GEOMETRY = ("kernel", "stride", "pad", "layout", "global_pool", "pooling_convention",
            "count_include_pad")


class _PoolingGrad(Op):
    """Base: the parameters of Pooling that say where its windows are."""

    pool_type = "max"
    kernel: Shape = required()
    stride: Shape = required()
    pad: Shape = required()
    layout: str | None = required()
    global_pool: bool = required()
    pooling_convention: str = required()
    count_include_pad: bool = required()

    def call(self, name, shape, dtype):
        fields = pool_fields(self, shape)
        reach = math.prod(fields["size"][1:]) * fields["kernel"][0] * fields["inner"]
        if reach >= 1 << 31:
            raise self.value_error("kernel", "such that a window spans less than 2^31 elements",
                                   self.kernel)
        return kernel(name, dtype, work=4 * math.prod(shape), **fields)

    def values(self):
        return {name: getattr(self, name) for name in GEOMETRY}


@register("_backward_Pooling_max", inputs="dy data")
class PoolingMaxGrad(_PoolingGrad):
    """d_data: dy at the first largest element of each window."""

    def infer_shape(self, dy, data):
        return [data]

    def prepare(self, inputs, outputs):
        return self.call("pool_max_grad", inputs[1].shape, inputs[1].dtype)

    def grad(self, F, dy, inputs, outputs):
        return [F._pooling_at_max(dy[0], inputs[1], **self.values()), None]


@register("_pooling_at_max", inputs="g data")
class PoolingAtMax(_PoolingGrad):
    """What g, shaped like data, holds at the first largest element of each window of data."""

    def infer_shape(self, g, data):
        first, _, _, _, _, out = geometry(self, data)
        return [data[:first] + out + data[first + len(data) - 2:]]

    def prepare(self, inputs, outputs):
        return self.call("pool_max_gather", inputs[1].shape, inputs[1].dtype)

    def grad(self, F, dy, inputs, outputs):
        return [F._backward_Pooling_max(dy[0], inputs[1], **self.values()), None]


@register("_backward_Pooling_sum", inputs="dy")
class PoolingSumGrad(_PoolingGrad):
    """d_data, of this shape: every element of a window gets dy, or its share of an average."""

    shape: Shape = required()
    pool_type: str = required()

    def infer_shape(self, dy):
        return [self.shape]

    def prepare(self, inputs, outputs):
        return self.call("pool_sum_grad", self.shape, inputs[0].dtype)

    def grad(self, F, dy, inputs, outputs):
        return [F.Pooling(dy[0], pool_type=self.pool_type, **self.values())]

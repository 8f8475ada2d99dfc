"""Reductions: sums, products, extremes, norms and their positions along axes."""

from __future__ import annotations

import math

import numpy as np

from ..base import Shape
from ._reduction import reduce_call
from .index_dtype import check_held
from .schema import Op, host, kernel, param, register
from .trace import composed

Axis = int | tuple[int, ...] | None
DType = str


class _Reduction(Op):
    """Base: axis says which axes are reduced (None: all), exclude which are not."""

    kernel_name = ""
    takes_empty = True      # whether reducing nothing has a value
    shape_is_free = True
    exclude = False

    def reduced(self, ndim):
        """The axes to reduce, as sorted numbers from 0 on."""
        given = () if self.axis is None else self.axis
        given = (given,) if isinstance(given, int) else given
        axes = sorted(self.axis_in(axis, ndim) for axis in given)
        if len(set(axes)) != len(axes):
            raise self.value_error("axis", "free of repetitions", self.axis)
        if not axes:
            return tuple(range(ndim))
        if self.exclude:
            return tuple([axis for axis in range(ndim) if axis not in axes])
        return tuple(axes)

    def infer_shape(self, data):
        axes = self.reduced(len(data))
        if not self.takes_empty and math.prod([data[axis] for axis in axes]) == 0:
            raise self.shape_error("data", "without an axis of length 0 to reduce", data)
        if self.keepdims:
            return [tuple([1 if i in axes else n for i, n in enumerate(data)])]
        return [tuple([n for i, n in enumerate(data) if i not in axes]) or (1,)]

    def prepare(self, inputs, outputs):
        return reduce_call(self.kernel_name, inputs[0], self.reduced(inputs[0].ndim))

    def kept(self, ref, data):
        """`ref`, shaped like the output, with the reduced axes of `data` kept as 1."""
        axes = self.reduced(data.ndim)
        shape = tuple([1 if i in axes else n for i, n in enumerate(data.shape)])
        return ref if ref.shape == shape else ref.reshape(shape)

    def spread(self, F, ref, data):
        """`ref`, shaped like the output, repeated to the shape of `data`."""
        axes = self.reduced(data.ndim)
        longer = tuple([axis for axis in axes if data.shape[axis] != 1])
        ref = self.kept(ref, data)
        if not longer:
            return ref
        return F.broadcast_axis(ref, axis=longer, size=tuple([data.shape[i] for i in longer]))


class _AxisReduction(_Reduction):
    """Base: the parameters of most reductions."""

    axis: Axis = param(None, "the axis or axes to reduce; None or (): all")
    keepdims: bool = param(False, "keep reduced axes, with length 1")
    exclude: bool = param(False, "reduce all axes but those given")


@register("sum", "sum_axis")
class Sum(_AxisReduction):
    """Sum over axes. Floats are added up in float64, integers in their own dtype, wrapping."""

    kernel_name = "sum"

    def grad(self, F, dy, inputs, outputs):
        return [self.spread(F, dy[0], inputs[0])]


@register("mean")
class Mean(_AxisReduction):
    """Mean over axes; integers are divided towards 0."""

    dtype_rule = "N -> N"

    def prepare(self, inputs, outputs):
        return reduce_call("sum", inputs[0], self.reduced(inputs[0].ndim), mean=True)

    def grad(self, F, dy, inputs, outputs):
        count = math.prod([inputs[0].shape[axis] for axis in self.reduced(inputs[0].ndim)])
        return [self.spread(F, dy[0] * (1.0 / max(count, 1)), inputs[0])]


@register("nansum")
class NanSum(_AxisReduction):
    """Sum over axes of what is not NaN."""

    def prepare(self, inputs, outputs):
        name = "nansum" if "float" in inputs[0].dtype else "sum"
        return reduce_call(name, inputs[0], self.reduced(inputs[0].ndim))

    def grad(self, F, dy, inputs, outputs):
        data = inputs[0]
        return [(data == data) * self.kept(dy[0], data)]


@register("prod")
class Prod(_AxisReduction):
    """Product over axes. Its gradient is y / x, so NaN where x is 0, as in MXNet."""

    kernel_name = "prod"

    def grad(self, F, dy, inputs, outputs):
        data = inputs[0]
        return [self.kept(dy[0] * outputs[0], data) / data]


@register("nanprod")
class NanProd(_AxisReduction):
    """Product over axes of what is not NaN."""

    def prepare(self, inputs, outputs):
        name = "nanprod" if "float" in inputs[0].dtype else "prod"
        return reduce_call(name, inputs[0], self.reduced(inputs[0].ndim))

    def grad(self, F, dy, inputs, outputs):
        data = inputs[0]
        quotient = self.kept(dy[0] * outputs[0], data) / data
        return [F.where(data == data, quotient, F.zeros_like(data))]


class _Extreme(_AxisReduction):
    """Base: NaN if there is one; the gradient goes in full to every element equal to it."""

    takes_empty = False

    def grad(self, F, dy, inputs, outputs):
        data = inputs[0]
        is_best = data == self.kept(outputs[0], data)
        return [is_best * self.kept(dy[0], data)]


@register("max", "max_axis")
class Max(_Extreme):
    """Largest element over axes."""

    kernel_name = "max"


@register("min", "min_axis")
class Min(_Extreme):
    """Smallest element over axes."""

    kernel_name = "min"


@register("norm")
class Norm(_Reduction):
    """ord 1: sum of absolute values over axes; ord 2: square root of the sum of squares."""

    dtype_rule = "N -> out_dtype"
    shape_is_free = False
    ord: int = param(2, "1 or 2", choices=(1, 2))
    axis: Axis = param(None, "the axis or axes to reduce; None or (): all")
    out_dtype: DType | None = param(None, "dtype of the output; None: data's")
    keepdims: bool = param(False, "keep reduced axes, with length 1")

    def prepare(self, inputs, outputs):
        axes = self.reduced(inputs[0].ndim)
        if outputs[0].dtype == inputs[0].dtype:
            return reduce_call(f"norm{self.ord}", inputs[0], axes)

        def norm(data, y):
            size = np.abs(data.astype("float64"))
            total = (size ** self.ord).sum(axis=axes) ** (1 / self.ord)
            y[...] = total.reshape(y.shape).astype(y.dtype)

        return host(norm, lambda: composed(lambda F, data: F.Cast(
            F.norm(F.Cast(data, dtype="float64"), ord=self.ord, axis=axes,
                   keepdims=self.keepdims), dtype=outputs[0].dtype), inputs))

    def grad(self, F, dy, inputs, outputs):
        data, scale, y = inputs[0], dy[0], outputs[0]
        if y.dtype != data.dtype:
            scale, y = F.Cast(scale, dtype=data.dtype), F.Cast(y, dtype=data.dtype)
        if self.ord == 1:
            return [F.sign(data) * self.kept(scale, data)]
        return [data * self.kept(scale / y, data)]


@register("moments")
class Moments(_Reduction):
    """Mean and biased variance over axes, as two outputs."""

    num_outputs = 2
    shape_is_free = False
    axes: Shape | None = param(None, "the axes to reduce")
    keepdims: bool = param(False, "keep reduced axes, with length 1")

    def reduced(self, ndim):
        if not self.axes:
            raise self.value_error("axes", "a tuple of at least one axis", self.axes)
        return tuple(sorted({self.axis_in(axis, ndim, "axes") for axis in self.axes}))

    def infer_shape(self, data):
        return super().infer_shape(data) * 2

    def prepare(self, inputs, outputs):
        axes = self.reduced(inputs[0].ndim)
        count = math.prod([inputs[0].shape[axis] for axis in axes])

        def moments(data, mean, var):
            values = data.astype("float64")
            with np.errstate(invalid="ignore"):             # the mean of nothing is NaN
                mean64 = values.sum(axis=axes, keepdims=True) / np.float64(count)
                var64 = np.square(values - mean64).sum(axis=axes) / np.float64(count)
            mean[...] = mean64.reshape(mean.shape)
            var[...] = var64.reshape(var.shape)

        def steps(F, data):
            values = F.Cast(data, dtype="float64")
            mean = F.mean(values, axis=axes, keepdims=True)
            var = F.mean(F.square(F.broadcast_sub(values, mean)), axis=axes)
            return [F.Cast(y, dtype=data.dtype).reshape(out.shape)
                    for y, out in zip((mean, var), outputs, strict=True)]

        return host(moments, lambda: composed(steps, inputs))

    def grad(self, F, dy, inputs, outputs):
        data = inputs[0]
        count = max(math.prod([data.shape[axis] for axis in self.reduced(data.ndim)]), 1)
        centred = F.broadcast_sub(data, self.kept(outputs[0], data))
        from_mean = self.spread(F, dy[0] * (1.0 / count), data)
        return [from_mean + F.broadcast_mul(centred, self.kept(dy[1] * (2.0 / count), data))]


class _Position(_Reduction):
    """Base: where an extreme is, as a number of data's own dtype; the first NaN, if there is one.

    There is no gradient.
    """

    takes_empty = False
    dtype_rule = "N -> N"

    def prepare(self, inputs, outputs):
        shape = inputs[0].shape
        axes = self.reduced(len(shape))
        before, after = (shape[:axes[0]], shape[axes[-1] + 1:]) if axes else ((), ())
        length = math.prod([shape[axis] for axis in axes])
        check_held(self.title, length, inputs[0].dtype,
                   "cast data before the call: data.astype('float64')")
        return kernel(self.kernel_name, inputs[0].dtype, outer=math.prod(before), axis=length,
                      inner=math.prod(after), work=inputs[0].size)

    def grad(self, F, dy, inputs, outputs):
        return [None]


class _AxisPosition(_Position):
    axis: int | None = param(None, "the axis; None: the position in the flattened array")
    keepdims: bool = param(False, "keep the axis, with length 1")


@register("argmax")
class ArgMax(_AxisPosition):
    """Index of the first largest element along an axis."""

    kernel_name = "argmax"


@register("argmin")
class ArgMin(_AxisPosition):
    """Index of the first smallest element along an axis."""

    kernel_name = "argmin"


@register("argmax_channel")
class ArgMaxChannel(_Position):
    """Index of the first largest element along axis 1: data (N, C, *) -> (N, *)."""

    kernel_name = "argmax"
    keepdims = False
    axis = 1

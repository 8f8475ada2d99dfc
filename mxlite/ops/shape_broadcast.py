"""Operators that repeat axes of length 1 to a wanted length."""

from __future__ import annotations

from ..base import Shape
from .schema import Op, param, register
from .strided import contiguous, strided


def aligned(shape: Shape, ndim: int) -> Shape:
    """The shape with axes of length 1 put before its own, so that it has `ndim`."""
    return (1,) * (ndim - len(shape)) + shape


class _Broadcasting(Op):
    """Base: the output's shape is data's with some axes of length 1 made longer, and new ones
    before them."""

    def prepare(self, inputs, outputs):
        shape = aligned(inputs[0].shape, outputs[0].ndim)
        strides = [0 if n == 1 else stride
                   for n, stride in zip(shape, contiguous(shape), strict=True)]
        return strided("strided_copy", outputs[0], outputs[0].shape, strides,
                       y_at=len(inputs))

    def grad(self, F, dy, inputs, outputs):
        shape = aligned(inputs[0].shape, outputs[0].ndim)
        axes = [axis for axis, n in enumerate(shape) if n == 1 and outputs[0].shape[axis] != 1]
        total = F.sum(dy[0], axis=tuple(axes), keepdims=True) if axes else dy[0]
        if len(shape) != inputs[0].ndim:
            total = total.reshape(inputs[0].shape)
        return [total] + [None] * (len(inputs) - 1)


@register("broadcast_to")
class BroadcastTo(_Broadcasting):
    """data with its axes of length 1 repeated to `shape`; 0 in shape keeps data's length.

    shape may have more axes than data: they come before data's.
    """

    shape: Shape = param((), "the wanted shape")

    def infer_shape(self, data):
        lead = len(self.shape) - len(data)
        if lead < 0:
            raise self.value_error("shape", f"of at least {len(data)} lengths, as data {data} has",
                                   self.shape)
        wanted = tuple([m or n for m, n in zip(self.shape, aligned(data, lead + len(data)),
                                               strict=True)])
        for axis, (m, n) in enumerate(zip(wanted[lead:], data, strict=True)):
            if n not in (1, m):
                raise self.shape_error("data", f"with 1 or {m} on axis {axis}", data)
        return [wanted]


@register("broadcast_axis", "broadcast_axes")
class BroadcastAxis(_Broadcasting):
    """data with each of `axis`, of length 1, repeated `size` times."""

    axis: Shape = param((), "the axes")
    size: Shape = param((), "the wanted length of each")

    def check(self):
        if len(self.axis) != len(self.size):
            raise self.value_error("size", f"as long as axis {self.axis}", self.size)

    def infer_shape(self, data):
        shape = list(data)
        for axis, size in zip(self.axis, self.size, strict=True):
            axis = self.axis_in(axis, len(data))
            if data[axis] != 1:
                raise self.shape_error("data", f"with length 1 on axis {axis}", data)
            shape[axis] = size
        return [tuple(shape)]


@register("broadcast_like", inputs="lhs rhs")
class BroadcastLike(_Broadcasting):
    """lhs with its axes of length 1 repeated as in rhs; lhs_axes[i] follows rhs_axes[i].

    Without lhs_axes, rhs may have more axes than lhs: they come before those of lhs.
    """

    dtype_rule = "T any -> T"
    lhs_axes: Shape | None = param(None, "axes of lhs to repeat; None: all")
    rhs_axes: Shape | None = param(None, "axes of rhs that they follow; None: all")

    def check(self):
        if (self.lhs_axes is None) != (self.rhs_axes is None) or (
                self.lhs_axes is not None and len(self.lhs_axes) != len(self.rhs_axes)):
            raise self.value_error("rhs_axes", f"as long as lhs_axes {self.lhs_axes}",
                                   self.rhs_axes)
        if self.lhs_axes == ():
            raise self.value_error("lhs_axes", "of at least one axis, or None for all", ())

    def infer_shape(self, lhs, rhs):
        if self.lhs_axes is None and len(lhs) > len(rhs):
            raise self.shape_error("rhs", f"with at least {len(lhs)} axes, as lhs {lhs} has", rhs)
        if self.lhs_axes is None:
            lhs = aligned(lhs, len(rhs))
        everything = range(len(lhs))
        left = everything if self.lhs_axes is None else self.lhs_axes
        right = everything if self.rhs_axes is None else self.rhs_axes
        shape = list(lhs)
        for i, j in zip(left, right, strict=True):
            i, j = self.axis_in(i, len(lhs), "lhs_axes"), self.axis_in(j, len(rhs), "rhs_axes")
            if lhs[i] not in (1, rhs[j]):
                raise self.shape_error("lhs", f"with 1 or {rhs[j]} on axis {i}", lhs)
            shape[i] = rhs[j]
        return [tuple(shape)]


"""Operators that give an array another shape, and those that look at its shape."""

from __future__ import annotations

import math
from typing import Any

from ..base import Shape
from .inference import common, product, with_length
from .schema import Op, host, kernel, param, register, required, view


class _Reshaping(Op):
    """Base: the gradient takes the first input's shape back.

    As in MXNet, only the hidden operators, behind methods and indexing, give views to a caller.
    """

    dtype_rule = "T any -> T"

    def prepare(self, inputs, outputs):
        return view(is_shared=self.hidden)

    def grad(self, F, dy, inputs, outputs):
        back = dy[0].reshape(inputs[0].shape)
        return [back] + [None] * (len(inputs) - 1)


@register("_reshape_exact")
class ReshapeExact(_Reshaping):
    """data as an array of this very shape, lengths of 0 included; a view."""

    shape: Shape = required("the new shape")

    def fill_shapes(self, inputs, outputs):
        return inputs, [self.shape]

    def infer_shape(self, data):
        if math.prod(data) != math.prod(self.shape):
            raise self.value_error("shape", f"of {math.prod(data)} items, as data {data} is",
                                   self.shape)
        return [self.shape]


@register("Reshape", "reshape")
class Reshape(_Reshaping):
    """data with another shape; a copy, where the method x.reshape(shape) is a view.

    Codes in shape: 0 copies the axis; -1 is inferred; -2 copies all axes left; -3 joins two axes;
    -4 splits an axis into the next two entries, one of which may be -1.
    """

    shape: Shape = param((), "the new shape, with codes")
    reverse: bool = param(False, "match the codes from the last axis on")
    target_shape: Shape = param((), "the older form: 0 is inferred")
    keep_highest: bool = param(False, "with target_shape: keep the first axis")

    def infer_shape(self, data):
        if self.shape:
            shape = self._decode(data)
        elif self.target_shape:
            shape = [-1 if n == 0 else n for n in self.target_shape]
            if self.keep_highest:
                shape[0] = data[0]
        else:
            raise self.value_error("shape", "at least one length", self.shape)
        size, known = math.prod(data), math.prod([n for n in shape if n != -1])
        if shape.count(-1) > 1:
            raise self.value_error("shape", "without a second inferred length (-1)", self.shape)
        if -1 in shape and known:
            shape[shape.index(-1)] = size // known
        if math.prod(shape) != size or -1 in shape:
            raise self.value_error("shape", f"of {size} items, as data {data} is",
                                   self.shape or self.target_shape)
        return [tuple(shape)]

    def fill_shapes(self, inputs, outputs):
        data, out = inputs[0], outputs[0]
        if self.shape and min(self.shape) > 0:
            out = self.shape
        known = [n for n in data or () if n is not None]
        if data is not None and len(known) == len(data) - 1 and product(out or (None,)):
            length = product(out) // max(math.prod(known), 1)
            data = with_length(data, data.index(None), length)
        return [data], [out]

    def _decode(self, data):
        if self.reverse:
            return self._decoded(data[::-1], self.shape[::-1])[::-1]
        return self._decoded(data, self.shape)

    def _decoded(self, data, codes):
        """codes with all but -1 replaced by lengths."""
        lengths, axis, at = [], 0, 0
        while at < len(codes):
            code = codes[at]
            at += 1
            if code < -4:
                raise self.value_error("shape", "made of lengths and the codes 0 to -4", self.shape)
            needed = {0: 1, -3: 2, -4: 1}.get(code, 0)
            if needed and axis + needed > len(data):
                raise self.value_error("shape", f"matched by the axes of data {data}", self.shape)
            if code == -2:
                lengths += data[axis:]
                axis = len(data)
            elif code == -3:
                lengths.append(data[axis] * data[axis + 1])
            elif code == -4:
                lengths += self._split(data[axis], codes[at:at + 2])
                at += 2
            else:
                lengths.append(data[axis] if code == 0 else code)
            axis += max(needed, 1)
        return lengths

    def _split(self, length, parts):
        """The two lengths that code -4 splits `length` into."""
        if len(parts) < 2 or min(parts) < -1 or max(parts) < 1 or 0 in parts:
            raise self.value_error("shape", "with two lengths after -4, at most one of them -1",
                                   self.shape)
        first, second = [length // max(parts) if n == -1 else n for n in parts]
        if first * second != length:
            raise self.value_error("shape", f"such that -4 splits an axis of {length} evenly",
                                   self.shape)
        return [first, second]


@register("_reshape_view")
class ReshapeView(Reshape):
    """NDArray.reshape: data with another shape; a view."""


ReshapeView.name = "reshape"        # in messages


@register("Flatten", "flatten")
class Flatten(_Reshaping):
    """data (N, ...) -> (N, the rest joined)."""

    def infer_shape(self, data):
        return [(data[0], math.prod(data[1:]))]


@register("expand_dims")
class ExpandDims(_Reshaping):
    """data with a new axis of length 1 at `axis`."""

    axis: int = required("where the new axis goes")

    def fill_shapes(self, inputs, outputs):
        data, out = inputs[0], outputs[0]
        if out:
            axis = self.axis_in(self.axis, len(out))
            data = common(data, (*out[:axis], *out[axis + 1:]))
        if data is not None:
            axis = self.axis_in(self.axis, len(data) + 1)
            out = (*data[:axis], 1, *data[axis:])
        return [data], [out]

    def infer_shape(self, data):
        axis = self.axis_in(self.axis, len(data) + 1)
        return [(*data[:axis], 1, *data[axis:])]


@register("squeeze")
class Squeeze(_Reshaping):
    """data without its axes of length 1, or without those named; at least 1 axis is left."""

    axis: Shape | None = param(None, "axes to leave out; None: all of length 1")

    def infer_shape(self, data):
        if self.axis is None:
            return [tuple([n for n in data if n != 1]) or (1,)]
        axes = [self.axis_in(axis, len(data)) for axis in self.axis]
        for axis in axes:
            if data[axis] != 1:
                raise self.shape_error("data", f"with length 1 on axis {axis}", data)
        return [tuple([n for axis, n in enumerate(data) if axis not in axes]) or (1,)]


@register("reshape_like", inputs="lhs rhs")
class ReshapeLike(_Reshaping):
    """lhs shaped like rhs, or with its axes lhs_begin:lhs_end shaped like those of rhs."""

    lhs_begin: int | None = param(None, "first axis of lhs to replace; None: 0")
    lhs_end: int | None = param(None, "axis of lhs to stop at; None: all")
    rhs_begin: int | None = param(None, "first axis of rhs to take; None: 0")
    rhs_end: int | None = param(None, "axis of rhs to stop at; None: all")

    def infer_shape(self, lhs, rhs):
        left = slice(self.lhs_begin, self.lhs_end).indices(len(lhs))
        right = slice(self.rhs_begin, self.rhs_end).indices(len(rhs))
        shape = (*lhs[:left[0]], *rhs[right[0]:right[1]], *lhs[left[1]:])
        if math.prod(shape) != math.prod(lhs):
            raise self.shape_error("rhs", f"that gives lhs {lhs} as many items", rhs)
        return [shape]


class _Measuring(Op):
    """Base of the operators that look at the shape alone."""

    dtype_rule = "any -> int64"

    def measured(self, shape: Shape) -> Shape:
        raise NotImplementedError

    def infer_shape(self, data):
        return [(len(self.measured(data)),)]

    def prepare(self, inputs, outputs):
        values = self.measured(inputs[0].shape)

        def write(data: Any, out: Any) -> None:
            out[:] = values

        return host(write, lambda: kernel(
            "listed", "int64", n=len(values), inputs=1, values=values))

    def grad(self, F, dy, inputs, outputs):
        return [None]


@register("shape_array")
class ShapeArray(_Measuring):
    """The lengths of data's axes, as int64."""

    def measured(self, shape):
        return shape


@register("size_array")
class SizeArray(_Measuring):
    """The number of items of data, as int64, shape (1,)."""

    def measured(self, shape):
        return (math.prod(shape),)

"""Operators that cut pieces out of an array, and put them back."""

from __future__ import annotations

import math
from typing import Any

from ..base import Shape
from .inference import output_like_data, with_length
from .schema import Op, param, register, required, view
from .strided import contiguous, split_at, strided

Bounds = tuple[int | None, ...]


class Slicing(Op):
    """Base of what takes begin, end, step: one entry an axis, None as in Python's slices."""

    begin: Bounds
    end: Bounds
    step: Bounds

    def check(self):
        if len(self.begin) != len(self.end):
            raise self.value_error("end", f"as long as begin {self.begin}", self.end)
        if self.step and len(self.step) != len(self.begin):
            raise self.value_error("step", f"as long as begin {self.begin}", self.step)
        if 0 in self.step:
            raise self.value_error("step", "other than 0", self.step)

    def ranges(self, shape: Shape) -> list[range]:
        """The indices taken on each axis."""
        if len(self.begin) > len(shape):
            raise self.value_error("begin", f"at most {len(shape)} entries, the axes of {shape}",
                                   self.begin)
        steps = self.step or (None,) * len(self.begin)
        bounds = [slice(*bound) for bound in zip(self.begin, self.end, steps, strict=True)]
        bounds += [slice(None)] * (len(shape) - len(bounds))
        return [range(*bound.indices(n)) for bound, n in zip(bounds, shape, strict=True)]

    def walk(self, shape: Shape) -> tuple[Shape, Shape, int]:
        """(lengths, strides, offset) of the piece within a contiguous array of `shape`."""
        ranges, strides = self.ranges(shape), contiguous(shape)
        lengths = tuple([len(r) for r in ranges])
        offset = sum(r.start * stride for r, stride in zip(ranges, strides, strict=True))
        steps = tuple([r.step * stride for r, stride in zip(ranges, strides, strict=True)])
        return lengths, steps, offset if math.prod(lengths) else 0

    def bounds(self) -> dict[str, Any]:
        return {"begin": self.begin, "end": self.end, "step": self.step}


@register("slice", "crop")
class Slice(Slicing):
    """data[begin[0]:end[0]:step[0], begin[1]:end[1]:step[1], ...]."""

    begin: Bounds = required("first index on each axis; None: the start")
    end: Bounds = required("index to stop at on each axis; None: the end")
    step: Bounds = param((), "step on each axis; () or None: 1")

    def infer_shape(self, data):
        return [self.walk(data)[0]]

    def prepare(self, inputs, outputs):
        lengths, strides, offset = self.walk(inputs[0].shape)
        return strided("strided_copy", outputs[0], lengths, strides, x_offset=offset)

    def grad(self, F, dy, inputs, outputs):
        return [F._backward_slice(dy[0], shape=inputs[0].shape, **self.bounds())]


@register("_backward_slice")
class BackwardSlice(Slicing):
    """Zeros of `shape` with data in place of the slice."""

    begin: Bounds = required("first index on each axis; None: the start")
    end: Bounds = required("index to stop at on each axis; None: the end")
    step: Bounds = param((), "step on each axis; () or None: 1")
    shape: Shape = required("shape of the output")

    def infer_shape(self, data):
        lengths = self.walk(self.shape)[0]
        if data != lengths:
            raise self.shape_error("data", f"{lengths}, as the slice has", data)
        return [self.shape]

    def prepare(self, inputs, outputs):
        lengths, strides, offset = self.walk(self.shape)
        return strided("strided_place", outputs[0], lengths, contiguous(lengths), strides,
                       y_offset=offset)

    def grad(self, F, dy, inputs, outputs):
        return [F.slice(dy[0], **self.bounds())]


@register("slice_axis")
class SliceAxis(Op):
    """data[begin:end] along one axis."""

    axis: int = required("the axis")
    begin: int = required("first index; below 0: from the end")
    end: int | None = required("index to stop at; None: the end")

    def bounds(self, shape: Shape) -> tuple[int, int, int]:
        """(axis, begin, end), none of them below 0."""
        axis = self.axis_in(self.axis, len(shape))
        n = shape[axis]
        end = n if self.end is None else self.end
        begin, end = self.begin + n * (self.begin < 0), end + n * (end < 0)
        if not 0 <= begin <= end <= n:
            raise self.value_error("begin:end", f"a range within axis {axis} of length {n}",
                                   (self.begin, self.end))
        return axis, begin, end

    def infer_shape(self, data):
        axis, begin, end = self.bounds(data)
        return [(*data[:axis], end - begin, *data[axis + 1:])]

    def prepare(self, inputs, outputs):
        axis, begin, end = self.bounds(inputs[0].shape)
        outer, n, inner = split_at(inputs[0].shape, axis)
        return strided("strided_copy", outputs[0], (outer, end - begin, inner),
                       (n * inner, inner, 1), x_offset=begin * inner)

    def grad(self, F, dy, inputs, outputs):
        axis, begin, end = self.bounds(inputs[0].shape)
        free = (None,) * axis
        return [F._backward_slice(dy[0], shape=inputs[0].shape, begin=(*free, begin),
                                  end=(*free, end))]


@register("slice_like", inputs="data shape_like")
class SliceLike(Op):
    """data cut to the lengths of shape_like: on `axes`, or on all; from the start of each axis."""

    dtype_rule = "T any -> T"
    axes: Shape = param((), "axes to cut; (): all, which must be as many in both")

    def fill_shapes(self, inputs, outputs):
        data, like = inputs
        if data is None or like is None or (not self.axes and len(data) != len(like)):
            return inputs, outputs
        out = data
        for axis in self.axes or range(len(data)):
            axis = self.axis_in(axis, len(data), "axes")
            out = with_length(out, axis, like[axis] if axis < len(like) else None)
        return inputs, [out]

    def infer_shape(self, data, shape_like):
        if not self.axes and len(data) != len(shape_like):
            raise self.shape_error("shape_like", f"with {len(data)} axes, as data has", shape_like)
        shape = list(data)
        for axis in self.axes or range(len(data)):
            axis = self.axis_in(axis, len(data), "axes")
            if axis >= len(shape_like) or shape_like[axis] > data[axis]:
                raise self.shape_error(
                    "shape_like", f"with at most {data[axis]} on axis {axis}", shape_like)
            shape[axis] = shape_like[axis]
        return [tuple(shape)]

    def prepare(self, inputs, outputs):
        return strided("strided_copy", outputs[0], outputs[0].shape, contiguous(inputs[0].shape),
                       y_at=2)

    def grad(self, F, dy, inputs, outputs):
        end = outputs[0].shape
        return [F._backward_slice(dy[0], shape=inputs[0].shape, begin=(0,) * len(end), end=end),
                None]


@register("_slice_leading")
class SliceLeading(Op):
    """data[begin:end], a view: the fast path of indexing."""

    begin: int = required("first index, at least 0", low=0)
    end: int = required("index to stop at", low=0)

    def infer_shape(self, data):
        if not self.begin <= self.end <= data[0]:
            raise self.value_error("begin:end", f"a range within axis 0 of data {data}",
                                   (self.begin, self.end))
        return [(self.end - self.begin, *data[1:])]

    def prepare(self, inputs, outputs):
        row = math.prod(inputs[0].shape[1:]) * inputs[0].itemsize
        return view(self.begin * row)

    def grad(self, F, dy, inputs, outputs):
        return [F._backward_slice(dy[0], shape=inputs[0].shape, begin=(self.begin,),
                                  end=(self.end,))]


@register("reverse", "flip")
class Reverse(Op):
    """data with the items along `axis` in reverse order."""

    axis: Shape = required("the axis or axes")

    def fill_shapes(self, inputs, outputs):
        return output_like_data(inputs, outputs)

    def infer_shape(self, data):
        for axis in self.axis:
            self.axis_in(axis, len(data))
        return [data]

    def prepare(self, inputs, outputs):
        shape, strides = inputs[0].shape, list(contiguous(inputs[0].shape))
        offset = 0
        for axis in {axis % len(shape) for axis in self.axis}:
            offset += max(shape[axis] - 1, 0) * strides[axis]
            strides[axis] = -strides[axis]
        return strided("strided_copy", outputs[0], shape, strides, x_offset=offset)

    def grad(self, F, dy, inputs, outputs):
        return [F.reverse(dy[0], axis=self.axis)]

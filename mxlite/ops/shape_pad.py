"""Padding, and diagonals."""

from __future__ import annotations

import math

from ..base import Shape
from .schema import Op, kernel, param, register, required
from .strided import contiguous, item_bits, strided


@register("Pad", "pad")
class Pad(Op):
    """data with pad_width[2i] items before and pad_width[2i + 1] behind axis i.

    They hold constant_value, the nearest item (edge), or the mirror image (reflect).
    """

    mode: str = required("what to pad with", choices=("constant", "edge", "reflect"))
    pad_width: Shape = required("(before, behind) of each axis, in a row")
    constant_value: float = param(0.0, "with mode constant: the value")

    def infer_shape(self, data):
        if len(self.pad_width) != 2 * len(data):
            raise self.value_error("pad_width", f"of {2 * len(data)} entries, two an axis",
                                   self.pad_width)
        if min(self.pad_width) < 0:
            raise self.value_error("pad_width", "at least 0 everywhere", self.pad_width)
        before, behind = self.pad_width[::2], self.pad_width[1::2]
        for axis, n in enumerate(data):
            widest = max(before[axis], behind[axis])
            if (self.mode == "reflect" and widest and widest >= n) or (
                    self.mode == "edge" and widest and n == 0):
                raise self.value_error(
                    "pad_width", f"smaller than the length {n} of axis {axis}", self.pad_width)
        return [tuple([a + n + b for a, n, b in zip(before, data, behind, strict=True)])]

    def prepare(self, inputs, outputs):
        data, out = inputs[0], outputs[0]
        before = self.pad_width[::2]
        if self.mode == "constant":
            strides = contiguous(out.shape)
            offset = sum(n * stride for n, stride in zip(before, strides, strict=True))
            return strided("strided_place", out, data.shape, contiguous(data.shape), strides,
                           y_offset=offset if data.size else 0,
                           value=item_bits(self.constant_value, data.dtype))
        return kernel("pad", str(data.itemsize), work=out.size, ndim=data.ndim,
                      x_shape=data.shape, y_shape=out.shape, before=before,
                      is_reflect=self.mode == "reflect")

    def grad(self, F, dy, inputs, outputs):
        shape = inputs[0].shape
        if self.mode == "constant":
            begin = self.pad_width[::2]
            end = tuple([b + n for b, n in zip(begin, shape, strict=True)])
            return [F.slice(dy[0], begin=begin, end=end)]
        # Which item each padded place shows, found by padding the items' numbers the same way:
        # the gradients are summed by that.  Leading axes without pads stay a batch.
        first = next((i for i in range(len(shape)) if any(self.pad_width[2 * i:2 * i + 2])), 0)
        batch, size = math.prod(shape[:first]), math.prod(shape[first:])
        numbers = F._arange(start=0, stop=size, dtype="int64").reshape(shape[first:])
        rows = F.Pad(numbers, mode=self.mode, pad_width=self.pad_width[2 * first:])
        summed = F._accumulate_rows(
            dy[0].reshape((batch, rows.size)), rows.reshape((rows.size,)),
            shape=(batch, size), axis=1)
        return [summed.reshape(shape)]


class _Diagonal(Op):
    """Base: where a diagonal lies in an array of some shape."""

    k: int
    axis1: int
    axis2: int

    def walk(self, shape: Shape) -> tuple[Shape, Shape, int]:
        """(lengths, strides, offset) of the diagonal, which is the last axis of the result."""
        one, other = [self.axis_in(axis, len(shape), name)
                      for name, axis in (("axis1", self.axis1), ("axis2", self.axis2))]
        if one == other:
            raise self.value_error("axis2", f"another axis than axis1 = {self.axis1}", self.axis2)
        length = min(shape[one] + min(self.k, 0), shape[other] - max(self.k, 0))
        if length <= 0:
            raise self.value_error("k", f"a diagonal of data {shape}", self.k)
        strides = contiguous(shape)
        rest = [axis for axis in range(len(shape)) if axis not in (one, other)]
        offset = max(-self.k, 0) * strides[one] + max(self.k, 0) * strides[other]
        return (tuple([shape[axis] for axis in rest] + [length]),
                tuple([strides[axis] for axis in rest] + [strides[one] + strides[other]]), offset)


@register("diag")
class Diag(_Diagonal):
    """The k-th diagonal over axis1 and axis2 as the last axis; of a vector: the matrix with it."""

    k: int = param(0, "which diagonal; above 0: over the main one")
    axis1: int = param(0, "axis of the rows")
    axis2: int = param(1, "axis of the columns")

    def infer_shape(self, data):
        if len(data) == 1:
            return [(data[0] + abs(self.k),) * 2]
        return [self.walk(data)[0]]

    def prepare(self, inputs, outputs):
        shape = inputs[0].shape
        if len(shape) == 1:
            return _placed(self, outputs[0], shape)
        lengths, strides, offset = self.walk(shape)
        return strided("strided_copy", outputs[0], lengths, strides, x_offset=offset)

    def grad(self, F, dy, inputs, outputs):
        shape = inputs[0].shape
        if shape == (0,):
            return [F._zeros(shape=shape, dtype=dy[0].dtype)]
        if len(shape) == 1:
            return [F.diag(dy[0], k=self.k)]
        return [F._backward_diag(dy[0], shape=shape, k=self.k, axis1=self.axis1,
                                 axis2=self.axis2)]


def _placed(op, out, lengths):
    """Zeros with the input on the diagonal; a vector of 0 items makes a matrix of |k| x |k|."""
    if not math.prod(lengths):
        return strided("strided_place", out, lengths, contiguous(lengths))
    _, strides, offset = op.walk(out.shape)
    return strided("strided_place", out, lengths, contiguous(lengths), strides, y_offset=offset)


@register("_backward_diag")
class BackwardDiag(_Diagonal):
    """Zeros of `shape` with data as the diagonal."""

    shape: Shape = required("shape of the output")
    k: int = param(0, "which diagonal")
    axis1: int = param(0, "axis of the rows")
    axis2: int = param(1, "axis of the columns")

    def infer_shape(self, data):
        return [self.shape]

    def prepare(self, inputs, outputs):
        return _placed(self, outputs[0], inputs[0].shape)

    def grad(self, F, dy, inputs, outputs):
        return [F.diag(dy[0], k=self.k, axis1=self.axis1, axis2=self.axis2)]

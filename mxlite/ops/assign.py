"""Operators that replace some elements of an array: what is behind `x[key] = value`.

In a graph they make a new array; `out=` the array itself writes to it in place.
"""

from __future__ import annotations

from ..base import DTYPES, Shape
from .binary import unbroadcast
from .inference import common, is_known, output_like_data
from .schema import param, register, required, runtime
from .shape_slice import Bounds, Slicing
from .strided import contiguous, strided


@register("_slice_assign", "_crop_assign", inputs="lhs rhs")
class SliceAssign(Slicing):
    """lhs with the slice replaced by rhs, which is broadcast to the slice's shape."""

    assigning = True
    begin: Bounds = required("first index on each axis; None: the start")
    end: Bounds = required("index to stop at on each axis; None: the end")
    step: Bounds = param((), "step on each axis; () or None: 1")

    def strides(self, lengths: Shape, rhs: Shape) -> Shape:
        """How rhs is walked, 0 along repeated axes; raises if it cannot be broadcast."""
        lead = len(lengths) - len(rhs)
        if lead < 0 or any(n not in (1, want) for n, want in zip(rhs, lengths[lead:], strict=True)):
            raise self.shape_error("rhs", f"{lengths}, as the slice of lhs has, or one that is "
                                   "broadcast to it", rhs)
        steps = [stride if n != 1 else 0 for n, stride in zip(rhs, contiguous(rhs), strict=True)]
        return (0,) * lead + tuple(steps)

    def fill_shapes(self, inputs, outputs):
        lhs = common(inputs[0], outputs[0])
        rhs = self.walk(lhs)[0] if inputs[1] is None and is_known(lhs) else inputs[1]
        return [lhs, rhs], [lhs]

    def infer_shape(self, lhs, rhs):
        self.strides(self.walk(lhs)[0], rhs)
        return [lhs]

    def prepare(self, inputs, outputs):
        lengths, strides, offset = self.walk(inputs[0].shape)
        return strided("strided_assign", outputs[0], lengths,
                       self.strides(lengths, inputs[1].shape), strides, y_offset=offset, y_at=2)

    def grad(self, F, dy, inputs, outputs):
        return [F._slice_assign_scalar(dy[0], scalar=0.0, **self.bounds()),
                unbroadcast(F, F.slice(dy[0], **self.bounds()), inputs[1].shape)]


@register("_slice_assign_scalar", "_crop_assign_scalar")
class SliceAssignScalar(Slicing):
    """data with every item of the slice replaced by scalar, which integer dtypes truncate."""

    assigning = True
    scalar: float = runtime(0.0, "the new value")
    begin: Bounds = required("first index on each axis; None: the start")
    end: Bounds = required("index to stop at on each axis; None: the end")
    step: Bounds = param((), "step on each axis; () or None: 1")

    def fill_shapes(self, inputs, outputs):
        return output_like_data(inputs, outputs)

    def infer_shape(self, data):
        self.walk(data)
        return [data]

    def prepare(self, inputs, outputs):
        lengths, strides, offset = self.walk(inputs[0].shape)
        return strided("strided_assign_scalar", outputs[0], lengths, [0] * len(lengths), strides,
                       y_offset=offset, value=DTYPES[inputs[0].dtype][0])

    def grad(self, F, dy, inputs, outputs):
        return [F._slice_assign_scalar(dy[0], scalar=0.0, **self.bounds())]

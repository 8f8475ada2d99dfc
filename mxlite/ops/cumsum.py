"""cumsum: the sums of the items up to each one."""

from __future__ import annotations

import math

from .inference import all_alike
from .schema import Op, kernel, param, register
from .strided import split_at
from .trace import composed

DType = str


@register("cumsum", "_np_cumsum", inputs="a", graph_name="_np_cumsum")
class CumSum(Op):
    """The sums of the items of `a` up to each one along axis; axis None: of the flattened `a`.

    y[i] = a[0] + ... + a[i], in the dtype of the output, int64 for bool; 16-bit floats are summed
    in float32.
    """

    axis: int | None = param(None, "the axis; None: flatten first")
    dtype: DType | None = param(None, "dtype of the output; None: that of a")

    dtype_rule = "any -> any"

    def infer_dtype(self, a):
        return [self.dtype or ("int64" if a == "bool" else a)]

    def fill_dtypes(self, inputs, outputs):
        a, out = inputs[0], self.dtype or outputs[0]
        if a is not None:
            return inputs, self.infer_dtype(a)
        is_that_of_a = self.dtype is None and out != "int64"        # which may come from bool
        return [out if is_that_of_a else None], [out]

    def fill_shapes(self, inputs, outputs):
        if self.axis is None:
            return super().fill_shapes(inputs, outputs)
        return all_alike(inputs, outputs)

    def infer_shape(self, a):
        if self.axis is None:
            return [(math.prod(a),)]
        self.axis_in(self.axis, len(a))
        return [a]

    def prepare(self, inputs, outputs):
        dtype, shape = outputs[0].dtype, inputs[0].shape
        if dtype == "bool":                 # whether any item was not 0 so far
            return composed(lambda F, a: F.Cast(F.cumsum(
                F.Cast(F.Cast(a, dtype="bool"), dtype="int64"), axis=self.axis), dtype="bool"),
                inputs)
        if inputs[0].dtype != dtype:
            return composed(lambda F, a: F.cumsum(F.Cast(a, dtype=dtype), axis=self.axis), inputs)
        outer, axis, inner = (1, math.prod(shape), 1) if self.axis is None else split_at(
            shape, self.axis_in(self.axis, len(shape)))
        return kernel("cumsum", dtype, outer=outer, axis=axis, inner=inner, work=inputs[0].size)

    def grad(self, F, dy, inputs, outputs):
        axis = 0 if self.axis is None else self.axis
        back = F.reverse(F.cumsum(F.reverse(dy[0], axis=axis), axis=axis), axis=axis)
        if back.shape != inputs[0].shape:
            back = back.reshape(inputs[0].shape)
        return [back if back.dtype == inputs[0].dtype else F.Cast(back, dtype=inputs[0].dtype)]

"""where: each element from one of two arrays."""

from __future__ import annotations

import math

from ..base import DTYPES
from .inference import common
from .schema import Op, kernel, register


@register("where", inputs="condition x y")
class Where(Op):
    """x where condition is not 0, else y; condition has x's shape, or is (n,) and chooses rows."""

    elementwise = True
    dtype_rule = "any T -> T"

    def infer_shape(self, condition, x, y):
        if x != y:
            raise self.shape_error("y", f"{x}, as x has", y)
        if condition != x and condition != x[:1]:
            raise self.shape_error("condition", f"{x}, as x has, or {x[:1]}", condition)
        return [x]

    def fill_shapes(self, inputs, outputs):
        shape = common(*inputs[1:], *outputs)
        return [inputs[0], shape, shape], [shape]

    def prepare(self, inputs, outputs):
        condition, x, _ = inputs
        return kernel(f"where_{DTYPES[condition.dtype][2]}", str(x.itemsize), work=x.size,
                      size=condition.size, inner=math.prod(x.shape[condition.ndim:]))

    def grad(self, F, dy, inputs, outputs):
        zeros = F.zeros_like(dy[0])
        return [None, F.where(inputs[0], dy[0], zeros), F.where(inputs[0], zeros, dy[0])]

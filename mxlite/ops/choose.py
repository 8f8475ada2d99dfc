"""Pointwise operators with conditions and bounds: where, clip, smooth_l1, hard_sigmoid."""

from __future__ import annotations

import math

from ..base import DTYPES
from .inference import common
from .schema import Op, kernel, register, runtime


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
        inner = math.prod(x.shape[condition.ndim:])
        return kernel(f"where_{DTYPES[condition.dtype][2]}", x.dtype, size=condition.size,
                      inner=inner, work=x.size)

    def grad(self, F, dy, inputs, outputs):
        zeros = F.zeros_like(dy[0])
        return [None, F.where(inputs[0], dy[0], zeros), F.where(inputs[0], zeros, dy[0])]


@register("clip")
class Clip(Op):
    """data with values below a_min raised to it and values above a_max lowered to it."""

    elementwise = True
    a_min: float = runtime(-math.inf, "the least value")
    a_max: float = runtime(math.inf, "the greatest value")

    def prepare(self, inputs, outputs):
        return kernel("clip", inputs[0].dtype, size=inputs[0].size, work=inputs[0].size)

    def grad(self, F, dy, inputs, outputs):
        return [F._backward_clip(dy[0], inputs[0], a_min=self.a_min, a_max=self.a_max)]


@register("_backward_clip", inputs="dy data")
class ClipBackward(Op):
    """dy where data lies within the bounds, else 0."""

    elementwise = True
    a_min: float = runtime(help="the least value")
    a_max: float = runtime(help="the greatest value")

    def prepare(self, inputs, outputs):
        return kernel("grad_clip", inputs[0].dtype, size=inputs[0].size, work=inputs[0].size)

    def grad(self, F, dy, inputs, outputs):
        inner = F._backward_clip(dy[0], inputs[1], a_min=self.a_min, a_max=self.a_max)
        return [inner, None]


@register("smooth_l1")
class SmoothL1(Op):
    """(scalar x)^2 / 2 where |x| < 1 / scalar^2, else |x| - 1 / (2 scalar^2)."""

    elementwise = True
    scalar: float = runtime(1.0, "where the parabola meets the lines")

    def prepare(self, inputs, outputs):
        return kernel("smooth_l1", inputs[0].dtype, size=inputs[0].size, work=inputs[0].size)

    def grad(self, F, dy, inputs, outputs):
        square = self.scalar * self.scalar
        inside = F._lesser_scalar(F.abs(inputs[0]), scalar=1.0 / square)
        near = inside * inputs[0] * square
        return [dy[0] * (near + (1.0 - inside) * F.sign(inputs[0]))]


@register("hard_sigmoid")
class HardSigmoid(Op):
    """min(max(alpha x + beta, 0), 1)."""

    elementwise = True
    alpha: float = runtime(0.2, "the slope")
    beta: float = runtime(0.5, "the value at 0")

    def prepare(self, inputs, outputs):
        return kernel("hard_sigmoid", inputs[0].dtype, size=inputs[0].size, work=inputs[0].size)

    def grad(self, F, dy, inputs, outputs):
        inside = (outputs[0] > 0.0) * (outputs[0] < 1.0)
        return [dy[0] * inside * self.alpha]



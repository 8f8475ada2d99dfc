"""clip: values moved inside two bounds."""

from __future__ import annotations

import math

from .schema import Op, kernel, register, runtime


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

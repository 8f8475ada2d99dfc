"""smooth_l1: a parabola around 0, lines outside it."""

from __future__ import annotations

from .schema import Op, kernel, register, runtime


@register("smooth_l1")
class SmoothL1(Op):
    """(scalar x)^2 / 2 where |x| < 1 / scalar^2, else |x| - 1 / (2 scalar^2)."""

    elementwise = True
    scalar: float = runtime(1.0, "where the parabola meets the lines")

    def prepare(self, inputs, outputs):
        return kernel("smooth_l1", inputs[0].dtype, size=inputs[0].size, work=inputs[0].size)

    def grad(self, F, dy, inputs, outputs):
        slope = F.clip(inputs[0] * (self.scalar * self.scalar), a_min=-1.0, a_max=1.0)
        return [dy[0] * slope]

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
        square = self.scalar * self.scalar
        inside = F._lesser_scalar(F.abs(inputs[0]), scalar=1.0 / square)
        near = inside * inputs[0] * square
        return [dy[0] * (near + (1.0 - inside) * F.sign(inputs[0]))]

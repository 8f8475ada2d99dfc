"""hard_sigmoid: a line cut off at 0 and 1."""

from __future__ import annotations

from .schema import Op, kernel, register, runtime


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

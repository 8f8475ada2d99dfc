"""Functions whose gradients are others than their derivatives, by intention."""

from __future__ import annotations

from .schema import Op, param, register, runtime
from .trace import composed


class _StraightThrough(Op):
    """Base: the gradient of the output is that of the input."""

    elementwise = True
    function = ""

    def prepare(self, inputs, outputs):
        return composed(lambda F, data: getattr(F, self.function)(data), inputs)

    def grad(self, F, dy, inputs, outputs):
        return [dy[0]]


@register("_contrib_round_ste")
class RoundSTE(_StraightThrough):
    """data rounded, halves away from 0; its gradient is that of the output, as if it were data."""

    function = "round"


@register("_contrib_sign_ste")
class SignSTE(_StraightThrough):
    """-1, 0 or 1 by the sign of data; its gradient is that of the output, as if it were data."""

    function = "sign"


@register("_contrib_gradientmultiplier")
class GradientMultiplier(Op):
    """data; its gradient is that of the output times scalar (below 0: gradient reversal)."""

    elementwise = True
    scalar: float = runtime(1.0, "factor of the gradient")
    is_int: bool = param(True, "MXNet's: whether the scalar is an integer; not used")

    def prepare(self, inputs, outputs):
        return composed(lambda F, data: F._copy(data), inputs)

    def grad(self, F, dy, inputs, outputs):
        return [F._contrib_gradientmultiplier(dy[0] * self.scalar, scalar=self.scalar)]

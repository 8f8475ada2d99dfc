"""quadratic: a polynomial of degree 2."""

from __future__ import annotations

from .schema import register, runtime
from .trace import Composed


@register("_contrib_quadratic")
class Quadratic(Composed):
    """a data^2 + b data + c; of integers, computed in float64, its whole part."""

    elementwise = True
    a: float = runtime(0.0, "factor of the square")
    b: float = runtime(0.0, "factor of data")
    c: float = runtime(0.0, "constant")

    def steps(self, F, data):
        """The operators that it consists of."""
        x = data if "float" in data.dtype else F.Cast(data, dtype="float64")
        out = (x * self.a + self.b) * x + self.c
        return out if x is data else F.Cast(out, dtype=data.dtype)

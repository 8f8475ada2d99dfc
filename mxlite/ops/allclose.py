"""allclose: whether two arrays are equal but for rounding."""

from __future__ import annotations

import numpy as np

from .inference import all_alike
from .schema import Op, host, kernel, param, register


@register("_contrib_allclose", inputs="a b")
class AllClose(Op):
    """uint8 (): 1 if |a - b| <= atol + rtol * |b| everywhere, else 0; in float64."""

    dtype_rule = "T T -> uint8"
    rtol: float = param(1e-5, "relative tolerance")
    atol: float = param(1e-8, "absolute tolerance")
    equal_nan: bool = param(True, "whether NaN is close to NaN")

    def fill_shapes(self, inputs, outputs):
        return all_alike(inputs, [])[0], [()]

    def infer_shape(self, a, b):
        if a != b:
            raise self.shape_error("b", f"{a}, as a has", b)
        return [()]

    def prepare(self, inputs, outputs):
        return host(self.compare, lambda: kernel(
            "allclose", inputs[0].dtype, n=inputs[0].size, equal_nan=int(self.equal_nan),
            rtol=self.rtol, atol=self.atol))

    def compare(self, a, b, out):
        """In NumPy."""
        one, other = a.astype("float64"), b.astype("float64")
        out[...] = np.allclose(one, other, self.rtol, self.atol, self.equal_nan)

    def grad(self, F, dy, inputs, outputs):
        return [None, None]

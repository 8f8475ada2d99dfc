"""LRN: each value over a power of the squares of the channels around it."""

from __future__ import annotations

import math

from ..inference import output_like_data
from ..schema import Op, param, register, required
from ..trace import composed


@register("LRN", outputs="output tmp_norm")
class LRN(Op):
    """data / norm ** beta, norm = knorm + alpha / nsize * sum of data ** 2 over nsize channels.

    data (N, C, ...): the sum is over the channels around each one, as many as there are on either
    side.
    """

    dtype_rule = "F -> F"
    alpha: float = param(1e-4, "factor of the mean square")
    beta: float = param(0.75, "the power")
    knorm: float = param(2.0, "added to the mean square")
    nsize: int = required("number of channels to sum over, an odd number", low=1)

    def check(self):
        if self.nsize % 2 == 0:
            raise self.value_error("nsize", "odd", self.nsize)

    def infer_shape(self, data):
        if len(data) < 2:
            raise self.shape_error("data", "of at least 2 axes, (N, C, ...)", data)
        return [data]

    def fill_shapes(self, inputs, outputs):
        return output_like_data(inputs, outputs)

    def around(self, F, x):
        """The sums over neighbouring channels."""
        if not x.size:
            return x
        N, C, *rest = x.shape
        rows = x.reshape((N, 1, C, math.prod(rest)))
        sums = F.Pooling(rows, kernel=(self.nsize, 1), pad=(self.nsize // 2, 0), pool_type="sum")
        return sums.reshape(x.shape)

    def norm(self, F, data):
        return self.around(F, data * data) * (self.alpha / self.nsize) + self.knorm

    def scale(self, F, norm):
        """norm ** -beta; of the usual beta by roots, less than half a power's time."""
        if self.beta == 0.75 and norm.dtype in ("float32", "float64"):
            return F.rsqrt(F.sqrt(norm)) * F.rsqrt(norm)
        return norm ** -self.beta

    def prepare(self, inputs, outputs):
        return composed(lambda F, data: data * self.scale(F, self.norm(F, data)), inputs)

    def grad(self, F, dy, inputs, outputs):
        data = inputs[0]
        norm = self.norm(F, data)
        scale = self.scale(F, norm)
        rest = self.around(F, dy[0] * data * scale / norm)
        return [dy[0] * scale - data * rest * (2 * self.beta * self.alpha / self.nsize)]

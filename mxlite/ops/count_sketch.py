"""count_sketch: features summed, with signs, into fewer ones."""

from __future__ import annotations

import math

from .schema import Op, param, register, required
from .trace import composed


@register("_contrib_count_sketch", inputs="data h s")
class CountSketch(Op):
    """out[..., k] = the sum of s[i] * data[..., i] where h[i] = k: (*, n) -> (*, out_dim).

    h (n,) or (1, n): whole numbers from 0 to out_dim - 1; s, of the same shape: signs. data alone
    has a gradient.
    """

    dtype_rule = "F T? T -> F"
    out_dim: int = required("number of features of the output", low=1)
    processing_batch_size: int = param(32, "MXNet's: rows of one call; not used", low=1)

    def infer_shape(self, data, h, s):
        if not data:
            raise self.shape_error("data", "of at least one axis", data)
        for name, shape in (("h", h), ("s", s)):
            if shape not in (data[-1:], (1, *data[-1:])):
                raise self.shape_error(name, f"{data[-1:]} or {(1, *data[-1:])}", shape)
        return [(*data[:-1], self.out_dim)]

    def places(self, F, h):
        """h as int64 (n,)."""
        return F._resolve_rows(h.reshape((h.size,)), length=self.out_dim, mode="raise")

    def steps(self, F, data, h, s):
        """The operators that it consists of."""
        rows, count = math.prod(data.shape[:-1]), data.shape[-1]
        signed = data.reshape((rows, count)) * s.reshape((1, count))
        out = F._accumulate_rows(signed, self.places(F, h), shape=(rows, self.out_dim), axis=1)
        return out.reshape((*data.shape[:-1], self.out_dim))

    def prepare(self, inputs, outputs):
        return composed(self.steps, inputs)

    def grad(self, F, dy, inputs, outputs):
        data, h, s = inputs
        taken = F.take(dy[0], self.places(F, h), axis=dy[0].ndim - 1)
        return [taken * s.reshape((*[1] * (data.ndim - 1), s.size)), None, None]

"""histogram: how many values lie in each bin."""

from __future__ import annotations

import numpy as np

from ..base import MXNetValueError
from .schema import Op, host, kernel, param, register

Floats = tuple[float, ...] | None


@register("_histogram", inputs="data bins[bin_cnt=None]")
class Histogram(Op):
    """The counts of values in bins, int64 (n,), and the bounds of the bins (n + 1,).

    A bin holds its lower bound, the last one its upper bound, too; NaN is in none. The bounds are
    `bins`, ascending, or those of `bin_cnt` bins of one width over `range`. In NumPy.
    """

    dtype_rule = "T T -> int64 T"
    num_outputs = 2
    bin_cnt: int | None = param(None, "number of bins, of one width; None: `bins` are given", low=1)
    range: Floats = param(None, "(lower bound of all bins, upper bound)")

    def check(self):
        if (self.bin_cnt is None) != (self.range is None):
            raise self.value_error("range", "given with bin_cnt, and only then", self.range)
        if self.range is not None and (len(self.range) != 2 or not self.range[0] <= self.range[1]):
            raise self.value_error("range", "(lower bound, upper bound)", self.range)

    def infer_shape(self, data, bins=None):
        if bins is None:
            return [(self.bin_cnt,), (self.bin_cnt + 1,)]
        if len(bins) != 1 or bins[0] < 2:
            raise self.shape_error("bins", "(n,), n at least 2", bins)
        return [(bins[0] - 1,), bins]

    def fill_shapes(self, inputs, outputs):
        if self.bin_cnt is not None:
            return inputs, [(self.bin_cnt,), (self.bin_cnt + 1,)]
        bins = inputs[1] or outputs[1]
        known = bins and bins[0] is not None
        return [inputs[0], bins], [(bins[0] - 1,) if known else outputs[0], bins]

    def prepare(self, inputs, outputs):
        low, high = self.bounds()
        return host(self.by_width if self.bin_cnt is not None else self.by_bounds, lambda: kernel(
            "histogram", inputs[0].dtype, n=inputs[0].size, bins=outputs[0].size,
            by_bounds=len(inputs) - 1, low=low, high=high))

    def bounds(self):
        """The least and the greatest bound of bins of one width."""
        low, high = self.range or (0.0, 0.0)
        return (low, high) if low != high else (low - 0.5, high + 0.5)

    def by_width(self, data, counts, bounds):
        """Bins of one width."""
        low, high = self.bounds()
        counts[...] = np.histogram(data, self.bin_cnt, (low, high))[0]
        at = np.arange(self.bin_cnt + 1)
        bounds[...] = (high * at + (self.bin_cnt - at) * low) / self.bin_cnt

    def by_bounds(self, data, bins, counts, bounds):
        """Bins of these bounds."""
        if not (bins[1:] >= bins[:-1]).all():
            raise MXNetValueError("_histogram: bins must be ascending")
        counts[...] = np.histogram(data, bins)[0]
        bounds[...] = bins

    def grad(self, F, dy, inputs, outputs):
        return [None] * len(inputs)

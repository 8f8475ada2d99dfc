"""calibrate_entropy: the range of a histogram that loses the least information in 8 bits."""

from __future__ import annotations

from ..schema import Op, kernel, param, register


@register("_contrib_calibrate_entropy", inputs="hist hist_edges", outputs="threshold divergence")
class CalibrateEntropy(Op):
    """The threshold up to which a histogram is best quantized, and the divergence it leaves.

    hist (B,) float32: counts of an odd number of bins around 0; hist_edges (B + 1,) float32.
    threshold (1,): values beyond it, on both sides, count as it; divergence (1,): Kullback and
    Leibler's, from the histogram to itself in num_quantized_bins bins.
    """

    num_outputs = 2
    dtype_rule = "float32 float32 -> float32"
    num_quantized_bins: int = param(255, "number of bins after quantization", low=1)

    def fill_shapes(self, inputs, outputs):
        return inputs, [(1,), (1,)]

    def infer_shape(self, hist, hist_edges):
        if len(hist) != 1 or hist[0] % 2 == 0 or hist[0] < self.num_quantized_bins:
            raise self.shape_error(
                "hist", f"(B,) with an odd B of at least {self.num_quantized_bins}", hist)
        if hist_edges != (hist[0] + 1,):
            raise self.shape_error("hist_edges", f"({hist[0] + 1},), one more than hist has",
                                   hist_edges)
        return [(1,), (1,)]

    def prepare(self, inputs, outputs):
        bins = inputs[0].size
        return kernel("calibrate_entropy", "float32", bins=bins,
                      quantized=self.num_quantized_bins, work=2 * bins * bins)

    def grad(self, F, dy, inputs, outputs):
        return [None, None]

"""calibrate_entropy: the range of a histogram that loses the least information in 8 bits."""

from __future__ import annotations

import numpy as np

from ..schema import Op, host, param, register

EPSILON = 1e-4


def smoothed(counts):
    """counts whose zeros are EPSILON, taken off the others in equal parts; None: there is none."""
    zeros = counts == 0
    num_others = counts.size - zeros.sum()
    if not num_others:
        return None
    share = EPSILON * zeros.sum() / num_others
    return None if share >= 1 else counts + np.where(zeros, EPSILON, -share)


def divergence(counts, inner, num_bins):
    """The Kullback-Leibler divergence from a histogram to itself in num_bins bins; inf: undefined.

    counts: its outermost bins hold what lies beyond them, too; inner: without that, to be merged.
    """
    width = counts.size // num_bins
    starts = np.arange(num_bins) * width
    totals, filled = np.add.reduceat(inner, starts), np.add.reduceat((inner != 0) * 1.0, starts)
    means = np.divide(totals, filled, out=np.zeros(num_bins), where=filled != 0)
    place = np.minimum(np.arange(counts.size) // width, num_bins - 1)
    p, q = smoothed(counts), smoothed(np.where(counts != 0, means[place], 0.0))
    if p is None or q is None or q.min() <= 0 or p.min() <= 0:
        return np.inf
    p, q = p / p.sum(), q / q.sum()
    return float(np.sum(p * np.log(p / q)))


def best_threshold(counts, edges, num_bins):
    """(threshold, divergence): the edge up to which the histogram is best kept."""
    counts = np.floor(np.asarray(counts, "float64"))
    middle, best = counts.size // 2, (float(edges[-1]), float(np.finfo("float32").max))
    below = np.concatenate([[0.0], np.cumsum(counts)])
    for half in range(num_bins // 2, (counts.size - 1) // 2 + 1):
        first, stop = middle - half, middle + half + 1
        kept = counts[first:stop].copy()
        kept[0] = below[first + 1]
        kept[-1] += below[-1] - below[stop]
        inner = counts[first:stop].copy()
        inner[0] = 0
        lost = divergence(kept, inner, num_bins)
        if lost < best[1]:
            best = float(edges[stop]), lost
    return best


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
        def run(hist, edges, threshold, left):
            threshold[0], left[0] = best_threshold(hist, edges, self.num_quantized_bins)

        return host(run)

"""Overlaps of boxes, their offsets from anchors, and pairs of rows and columns."""

from __future__ import annotations

import math

from .. import wrong_indices
from ..inference import common, lengths_of
from ..schema import Op, kernel, param, register, required
from .nms import FORMATS


class _NoSlope(Op):
    """Base: gradients are zeros, as in MXNet."""

    def grad(self, F, dy, inputs, outputs):
        return [F.zeros_like(array) for array in inputs]


@register("_contrib_box_iou", inputs="lhs rhs")
class BoxIoU(_NoSlope):
    """Intersection over union of all pairs of boxes: lhs (*M, 4), rhs (*N, 4) -> (*M, *N)."""

    dtype_rule = "F -> F"
    format: str = param("corner", "(x1, y1, x2, y2), or (x, y, width, height) of the middle",
                        choices=FORMATS)

    def infer_shape(self, lhs, rhs):
        for name, shape in (("lhs", lhs), ("rhs", rhs)):
            if len(shape) < 2 or shape[-1] != 4:
                raise self.shape_error(name, "(..., N, 4)", shape)
        return [lhs[:-1] + rhs[:-1]]

    def prepare(self, inputs, outputs):
        M, N = [math.prod(spec.shape[:-1]) for spec in inputs]
        return kernel("box_iou", inputs[0].dtype, M=M, N=N, center=int(self.format == "center"),
                      work=4 * M * N)


@register("_contrib_box_encode", inputs="samples matches anchors refs means stds",
          outputs="output0 output1")
class BoxEncode(_NoSlope):
    """Offsets of boxes from anchors, for training, and a mask of those that count.

    samples (B, N): above 0.5 where an anchor has a box; matches (B, N): which of the M; anchors
    (B, N, 4), refs (B, M, 4): corners; means, stds (4,) -> offsets, mask (B, N, 4). Offsets: of
    the middle in widths and heights of the anchor, and logarithms of the sides' ratios; less
    means, divided by stds; 0 without a box. Only the matches of anchors that have a box are read.
    """

    dtype_rule = "F -> F"
    num_outputs = 2

    def fill_shapes(self, inputs, outputs):
        anchors = common(inputs[2], *outputs)
        B, N, _ = lengths_of(anchors, 3)
        B, N = lengths_of(common((B, N), *inputs[:2]), 2)
        M = lengths_of(inputs[3], 3)[1]
        return [(B, N), (B, N), (B, N, 4), (B, M, 4), (4,), (4,)], [(B, N, 4)] * 2

    def infer_shape(self, samples, matches, anchors, refs, means, stds):
        if len(anchors) != 3 or anchors[2] != 4:
            raise self.shape_error("anchors", "(B, N, 4)", anchors)
        for name, shape in (("samples", samples), ("matches", matches)):
            if shape != anchors[:2]:
                raise self.shape_error(name, f"{anchors[:2]}, as anchors have", shape)
        if len(refs) != 3 or refs[0] != anchors[0] or refs[2] != 4:
            raise self.shape_error("refs", f"({anchors[0]}, M, 4)", refs)
        for name, shape in (("means", means), ("stds", stds)):
            if shape != (4,):
                raise self.shape_error(name, "(4,)", shape)
        return [anchors, anchors]

    def index_message(self, specs, values):
        M, (samples, matches) = specs[3].shape[1], values[:2]
        got = ""
        if samples is not None:
            got = wrong_indices.first(
                matches, wrong_indices.outside(matches, 0, M - 1) & (samples > 0.5))
        return f"{self.title}: matches must be from 0 to {M - 1}{got} (refs {specs[3].shape})"

    def prepare(self, inputs, outputs):
        B, N, _ = inputs[2].shape
        return kernel("box_encode", inputs[0].dtype, B=B, N=N, M=inputs[3].shape[1],
                      work=50 * B * N)


@register("_contrib_box_decode", inputs="data anchors")
class BoxDecode(_NoSlope):
    """Boxes from their offsets: data (B, N, 4), anchors (1, N, 4) -> corners (B, N, 4).

    Offsets are multiplied by std0 to std3; clip: the largest logarithm of a side, if above 0.
    """

    dtype_rule = "F -> F"
    std0: float = param(1.0, "factor of the first offset")
    std1: float = param(1.0, "factor of the second offset")
    std2: float = param(1.0, "factor of the third offset")
    std3: float = param(1.0, "factor of the fourth offset")
    clip: float = param(-1.0, "the largest logarithm of a side; 0 or less: any")
    format: str = param("center", "of the anchors: (x, y, width, height), or corners",
                        choices=FORMATS)

    def fill_shapes(self, inputs, outputs):
        B, N, _ = lengths_of(common(inputs[0], outputs[0]), 3)
        _, N, _ = lengths_of(common((1, N, 4), inputs[1]), 3)
        return [(B, N, 4), (1, N, 4)], [(B, N, 4)]

    def infer_shape(self, data, anchors):
        if len(data) != 3 or data[2] != 4:
            raise self.shape_error("data", "(B, N, 4)", data)
        if anchors != (1, data[1], 4):
            raise self.shape_error("anchors", f"(1, {data[1]}, 4)", anchors)
        return [data]

    def prepare(self, inputs, outputs):
        B, N, _ = inputs[0].shape
        stds = {f"std{i}": getattr(self, f"std{i}") for i in range(4)}
        return kernel("box_decode", inputs[0].dtype, B=B, N=N, clip=self.clip,
                      corner=int(self.format == "corner"), work=40 * B * N, **stds)


@register("_contrib_bipartite_matching", outputs="output0 output1")
class BipartiteMatching(_NoSlope):
    """Pairs of rows and columns, the best scores first: (..., M, N) -> (..., M), (..., N).

    The best score whose row and column are free makes a pair, until one is not above threshold (or
    below it with is_ascend), or topk pairs are made. The outputs: each row's column and each
    column's row, -1 where there is none.
    """

    dtype_rule = "F -> F"
    num_outputs = 2
    is_ascend: bool = param(False, "the smallest scores are the best")
    threshold: float = required("pairs have scores above it, or below with is_ascend")
    topk: int = param(-1, "the most pairs; 0 or less: any number")

    def infer_shape(self, data):
        if len(data) < 2:
            raise self.shape_error("data", "(..., M, N)", data)
        return [data[:-1], (*data[:-2], data[-1])]

    def prepare(self, inputs, outputs):
        *batch, M, N = inputs[0].shape
        return kernel("bipartite", inputs[0].dtype, B=math.prod(batch), M=M, N=N,
                      is_ascend=int(self.is_ascend), threshold=self.threshold,
                      at_most=self.topk if self.topk > 0 else -1, work=50 * inputs[0].size)

"""Single-shot detection: anchors, what they should predict, and what they do."""

from __future__ import annotations

import math

import numpy as np

from ..inference import common, lengths_of
from ..schema import Op, host, kernel, param, register
from ..strided import item_bits
from .boxes import _NoSlope

Floats = tuple[float, ...]


@register("_contrib_MultiBoxPrior")
class MultiBoxPrior(_NoSlope):
    """Anchors for every place of a map: data (N, C, H, W, ...) -> corners (1, H * W * A, 4).

    A = len(sizes) + len(ratios) - 1: every size with the first ratio (width by height), then every
    other ratio with the first size. Sizes and corners are in heights of the image; a place's
    middle is (offset + its number) * step; steps of 0 or less are 1 / H and 1 / W.
    """

    dtype_rule = "F -> F"
    sizes: Floats = param((1.0,), "sizes")
    ratios: Floats = param((1.0,), "widths by heights")
    clip: bool = param(False, "corners are brought into 0..1")
    steps: Floats = param((-1.0, -1.0), "along y and x")
    offsets: Floats = param((0.5, 0.5), "along y and x, of a place's middle")

    def check(self):
        for name in ("sizes", "ratios"):
            if not getattr(self, name):
                raise self.value_error(name, "at least one number", getattr(self, name))
        for name in ("steps", "offsets"):
            if len(getattr(self, name)) != 2:
                raise self.value_error(name, "two numbers, for y and x", getattr(self, name))
        if not all(0 <= offset <= 1 for offset in self.offsets):
            raise self.value_error("offsets", "from 0 to 1", self.offsets)
        if self.steps[0] * self.steps[1] < 0:
            raise self.value_error("steps", "both above 0, or none", self.steps)

    def infer_shape(self, data):
        if len(data) < 4 or not data[2] or not data[3]:
            raise self.shape_error("data", "(N, C, H, W) with H and W above 0", data)
        count = len(self.sizes) + len(self.ratios) - 1
        return [(1, data[2] * data[3] * count, 4)]

    def prepare(self, inputs, outputs):
        H, W = inputs[0].shape[2:4]
        one = np.float64 if outputs[0].dtype == "float64" else np.float32

        def write(data, out):
            out[...] = self.anchors(H, W, one)

        def call():
            half_h, half_w, steps = self.halves(H, W, one)
            bits = [[item_bits(float(x), "float64") for x in row]
                    for row in (half_h, half_w, steps, self.offsets)]
            return kernel("prior_anchors", outputs[0].dtype, H=H, W=W, count=len(half_h),
                          clip=int(self.clip), half_h=bits[0], half_w=bits[1], step=bits[2],
                          offset=bits[3])

        return host(write, call)

    def halves(self, H, W, one):
        """Half the heights and widths of anchors, in this type; the steps along y and x."""
        shapes = [(size, self.ratios[0]) for size in self.sizes]
        shapes += [(self.sizes[0], ratio) for ratio in self.ratios[1:]]
        sizes, ratios = np.array(shapes, one).T
        roots = np.sqrt(ratios)
        half_w = sizes * one(H) / one(W) * roots / one(2)
        steps = self.steps if min(self.steps) > 0 else (1 / H, 1 / W)
        return sizes / roots / one(2), half_w, steps

    def anchors(self, H, W, one):
        """The output, computed in this type."""
        half_h, half_w, steps = self.halves(H, W, one)
        y, x = [(np.arange(n, dtype=one) + one(offset)) * one(step)
                for n, offset, step in zip((H, W), self.offsets, steps, strict=True)]
        y, x = y[:, None, None], x[None, :, None]
        boxes = np.stack(np.broadcast_arrays(x - half_w, y - half_h, x + half_w, y + half_h), -1)
        return np.clip(boxes, 0, 1).reshape(1, -1, 4) if self.clip else boxes.reshape(1, -1, 4)


class _Multibox(Op):
    """Base: four variances, and anchors (1, A, 4)."""

    variances: Floats

    def check(self):
        if len(self.variances) != 4:
            raise self.value_error("variances", "four numbers", self.variances)

    def check_anchors(self, anchor):
        if len(anchor) != 3 or anchor[0] != 1 or anchor[2] != 4 or not anchor[1]:
            raise self.shape_error("anchor", "(1, A, 4) with A above 0", anchor)

    def factors(self):
        return {f"variance{i}": value for i, value in enumerate(self.variances)}

    def grad(self, F, dy, inputs, outputs):
        return [F.zeros_like(array) for array in inputs]


@register("_contrib_MultiBoxTarget", inputs="anchor label cls_pred",
          outputs="loc_target loc_mask cls_target")
class MultiBoxTarget(_Multibox):
    """What anchors should predict: anchor (1, A, 4), label (B, L, width), cls_pred (B, K, A).

    A label is (class, x1, y1, x2, y2, ...); the first of class -1 ends an image's. Every label gets
    the anchor that overlaps it most, the largest overlaps first; other anchors get the label that
    they overlap most, if their intersection over union is above overlap_threshold. The outputs:
    loc_target and loc_mask (B, 4 A), offsets divided by variances and where they count; cls_target
    (B, A): class + 1, 0 for background, or ignore_label. Without mining all anchors without a label
    are background; with negative_mining_ratio, that many for each anchor with a label, at least
    minimum_negative_samples, of those with overlaps below negative_mining_thresh: the ones whose
    cls_pred (before softmax, background first) is least sure of background. An image without a
    label is ignored.
    """

    dtype_rule = "F -> F"
    num_outputs = 3
    overlap_threshold: float = param(0.5, "the overlap above which an anchor gets a label")
    ignore_label: float = param(-1.0, "cls_target of anchors that are ignored")
    negative_mining_ratio: float = param(-1.0, "background by labels; 0 or less: no mining")
    negative_mining_thresh: float = param(0.5, "the overlap below which one may be background")
    minimum_negative_samples: int = param(0, "the fewest that become background, if mined")
    variances: Floats = param((0.1, 0.1, 0.2, 0.2), "divisors of the offsets")

    def check(self):
        super().check()
        if self.negative_mining_ratio > 0 and not self.negative_mining_thresh > 0:
            raise self.value_error("negative_mining_thresh", "above 0 with negative_mining_ratio",
                                   self.negative_mining_thresh)

    def fill_shapes(self, inputs, outputs):
        (_, A, _), (B, L, width), (N, K, M) = [lengths_of(shape, 3) for shape in inputs]
        B, A = lengths_of(common((B, A), (N, M), outputs[2]), 2)
        return ([(1, A, 4), (B, L, width), (B, K, A)],
                [(B, None if A is None else 4 * A)] * 2 + [(B, A)])

    def infer_shape(self, anchor, label, cls_pred):
        self.check_anchors(anchor)
        if len(label) != 3 or not label[1] or label[2] < 5:
            raise self.shape_error("label", "(B, L, width) with L above 0, width from 5 on", label)
        if len(cls_pred) != 3 or (cls_pred[0], cls_pred[2]) != (label[0], anchor[1]):
            raise self.shape_error("cls_pred", f"({label[0]}, K, {anchor[1]})", cls_pred)
        return [(label[0], 4 * anchor[1]), (label[0], 4 * anchor[1]), (label[0], anchor[1])]

    def value_message(self, specs, values):
        return (f"{self.title}: label must be -1 in the first five columns where its class is -1, "
                "which ends the labels of an image")

    def prepare(self, inputs, outputs):
        (_, A, _), (B, L, W), (_, K, _) = [spec.shape for spec in inputs]
        return kernel(
            "multibox_target", inputs[0].dtype, B=B, A=A, L=L, W=W, K=K,
            least=self.minimum_negative_samples, overlap=self.overlap_threshold,
            ignored=self.ignore_label, ratio=self.negative_mining_ratio,
            negative=self.negative_mining_thresh, work=20 * B * A * (L + K), **self.factors())


@register("_contrib_MultiBoxDetection", inputs="cls_prob loc_pred anchor")
class MultiBoxDetection(_Multibox):
    """What anchors see: cls_prob (B, K, A), loc_pred (B, 4 A), anchor (1, A, 4) -> (B, A, 6).

    A row: (class, probability, x1, y1, x2, y2), class -1 where there is none. Each anchor's most
    probable class besides the first (background) counts, from `threshold` on. The rows of an image
    come in the order of their probabilities; one is suppressed (class -1) by a better one of its
    class with an intersection over union from nms_threshold on, and beyond the first nms_topk. With
    nms_threshold outside (0, 1] rows stay in the order of the anchors, and none is suppressed.
    """

    dtype_rule = "F -> F"
    clip: bool = param(True, "corners are brought into 0..1")
    threshold: float = param(0.01, "the least probability")
    background_id: int = param(0, "MXNet's; background is class 0 of cls_prob in any case")
    nms_threshold: float = param(0.5, "the overlap from which on one box suppresses another")
    force_suppress: bool = param(False, "boxes of other classes suppress, too")
    variances: Floats = param((0.1, 0.1, 0.2, 0.2), "factors of the offsets")
    nms_topk: int = param(-1, "how many boxes stay before suppression; 0 or less: all")

    def fill_shapes(self, inputs, outputs):
        (B, K, A), (N, wide), (_, M, _) = [
            lengths_of(shape, n) for shape, n in zip(inputs, (3, 2, 3), strict=True)]
        found = None if wide is None else wide // 4
        B, A = lengths_of(common((B, A), (N, M), lengths_of(outputs[0], 3)[:2], (B, found)), 2)
        return ([(B, K, A), (B, None if A is None else 4 * A), (1, A, 4)], [(B, A, 6)])

    def infer_shape(self, cls_prob, loc_pred, anchor):
        self.check_anchors(anchor)
        if len(cls_prob) != 3 or cls_prob[2] != anchor[1]:
            raise self.shape_error("cls_prob", f"(B, K, {anchor[1]})", cls_prob)
        if loc_pred != (cls_prob[0], 4 * anchor[1]):
            raise self.shape_error("loc_pred", f"({cls_prob[0]}, {4 * anchor[1]})", loc_pred)
        return [(cls_prob[0], anchor[1], 6)]

    def prepare(self, inputs, outputs):
        B, K, A = inputs[0].shape
        return kernel(
            "multibox_detection", inputs[0].dtype, B=B, K=K, A=A, clip=int(self.clip),
            suppress=int(0 < self.nms_threshold <= 1), force=int(self.force_suppress),
            at_most=self.nms_topk, threshold=self.threshold, overlap=self.nms_threshold,
            work=B * A * (K + math.isqrt(A)), **self.factors())

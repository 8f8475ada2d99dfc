"""Proposal and MultiProposal: regions that may hold something, from the anchors of a map."""

from __future__ import annotations

import numpy as np

from ..schema import Op, host, kernel, param, register, required
from ..strided import item_bits
from ..trace import composed

Floats = tuple[float, ...]


class _Anchored(Op):
    """Base: anchors of every scale and ratio."""

    scales: Floats
    ratios: Floats
    feature_stride: int

    @property
    def num_anchors(self):
        return len(self.scales) * len(self.ratios)


@register("_proposal_anchors", inputs="")
class ProposalAnchors(_Anchored):
    """The anchors of the first place: (len(ratios) * len(scales), 4), corners in pixels.

    Areas are those of a square of feature_stride, sides are rounded, then scaled.
    """

    dtype_rule = "-> dtype"
    scales: Floats = required()
    ratios: Floats = required()
    feature_stride: int = required()
    dtype: str = required()

    def infer_shape(self):
        return [(self.num_anchors, 4)]

    def prepare(self, inputs, outputs):
        boxes = self.boxes()

        def write(out):
            out[...] = boxes

        return host(write, lambda: kernel(
            "listed", self.dtype, n=boxes.size, inputs=0,
            values=[item_bits(float(x), "float64") for x in boxes.ravel()]))

    def boxes(self):
        """In float32, as MXNet computes them."""
        one, half = np.float32(1), np.float32(0.5)
        side = np.float32(self.feature_stride)
        ratios, scales = np.array(self.ratios, "float32")[:, None], np.array(self.scales, "float32")
        width = np.floor(np.sqrt(np.floor(side * side / ratios)) + half) * scales
        height = np.floor(width / scales * ratios + half) * scales
        middle = half * (side - one)
        rows = [middle - half * (width - one), middle - half * (height - one),
                middle + half * (width - one), middle + half * (height - one)]
        return np.stack(rows, -1).reshape(-1, 4)


class _Proposal(_Anchored):
    """Base: what both take, and compute."""

    dtype_rule = "F -> F"
    num_outputs = 2
    rpn_pre_nms_top_n: int = param(6000, "boxes that suppression looks at; 0 or less: all")
    rpn_post_nms_top_n: int = param(300, "regions for each image", low=1)
    threshold: float = param(0.7, "intersection over union above which a box is suppressed")
    rpn_min_size: int = param(16, "the least side, in pixels of an image of scale 1")
    scales: Floats = param((4.0, 8.0, 16.0, 32.0), "scales of anchors, in strides")
    ratios: Floats = param((0.5, 1.0, 2.0), "heights by widths of anchors")
    feature_stride: int = param(16, "pixels of the image from one place to the next", low=1)
    output_score: bool = param(False, "the scores are an output, too")
    iou_loss: bool = param(False, "offsets are those of the corners")

    @property
    def visible_outputs(self):
        return 2 if self.output_score else 1

    def check(self):
        for name in ("scales", "ratios"):
            if not getattr(self, name):
                raise self.value_error(name, "at least one number", getattr(self, name))

    def fill_shapes(self, inputs, outputs):
        maps = inputs[0]
        if maps is None or len(maps) != 4:
            return inputs, outputs
        B, channels, H, W = maps
        return [maps, (B, None if channels is None else 2 * channels, H, W), (B, 3)], outputs

    def infer_shape(self, cls_prob, bbox_pred, im_info):
        wanted = 2 * self.num_anchors
        if len(cls_prob) != 4 or cls_prob[1] != wanted or not cls_prob[2] * cls_prob[3]:
            raise self.shape_error(
                "cls_prob", f"(N, {wanted}, H, W): two for each scale and ratio", cls_prob)
        B, _, H, W = cls_prob
        if bbox_pred != (B, 2 * wanted, H, W):
            raise self.shape_error("bbox_pred", str((B, 2 * wanted, H, W)), bbox_pred)
        if im_info != (B, 3):
            raise self.shape_error("im_info", str((B, 3)), im_info)
        return [(B * self.rpn_post_nms_top_n, 5), (B * self.rpn_post_nms_top_n, 1)]

    def prepare(self, inputs, outputs):
        values = {name: getattr(self, name) for name in SHARED}

        def function(F, cls_prob, bbox_pred, im_info):
            anchors = F._proposal_anchors(
                scales=self.scales, ratios=self.ratios, feature_stride=self.feature_stride,
                dtype=cls_prob.dtype)
            return F._proposal(cls_prob, bbox_pred, im_info, anchors, **values)

        return composed(function, inputs)

    def grad(self, F, dy, inputs, outputs):
        return [F.zeros_like(array) for array in inputs]


SHARED = ("rpn_pre_nms_top_n", "rpn_post_nms_top_n", "threshold", "rpn_min_size",
          "feature_stride", "iou_loss")


@register("_proposal", inputs="cls_prob bbox_pred im_info anchors")
class AnchoredProposal(Op):
    """The regions of given anchors (A, 4)."""

    dtype_rule = "F -> F"
    num_outputs = 2
    rpn_pre_nms_top_n: int = required()
    rpn_post_nms_top_n: int = required()
    threshold: float = required()
    rpn_min_size: int = required()
    feature_stride: int = required()
    iou_loss: bool = required()

    def infer_shape(self, cls_prob, bbox_pred, im_info, anchors):
        count = cls_prob[0] * self.rpn_post_nms_top_n
        return [(count, 5), (count, 1)]

    def value_message(self, specs, values):
        H, W = specs[0].shape[2:]
        stride = self.feature_stride
        return (f"Proposal: im_info must hold heights below {(H + 1) * stride} and widths below "
                f"{(W + 1) * stride}, for cls_prob {specs[0].shape} and feature_stride {stride}")

    def prepare(self, inputs, outputs):
        B, channels, H, W = inputs[0].shape
        A = channels // 2
        before = self.rpn_pre_nms_top_n
        return kernel(
            "proposal", inputs[0].dtype, B=B, A=A, H=H, W=W,
            before=before if before > 0 else A * H * W, count=self.rpn_post_nms_top_n,
            stride=self.feature_stride, least=self.rpn_min_size, is_iou=int(self.iou_loss),
            threshold=self.threshold, work=50 * B * A * H * W)


@register("_contrib_Proposal", inputs="cls_prob bbox_pred im_info", outputs="output score")
class Proposal(_Proposal):
    """Regions of one image that may hold something: output (rpn_post_nms_top_n, 5).

    cls_prob (1, 2 A, H, W): probabilities, the second A of objects, A = scales times ratios;
    bbox_pred (1, 4 A, H, W): offsets of boxes from the anchors; im_info (1, 3): height, width,
    scale. A row: (0, x1, y1, x2, y2) in pixels; where fewer are left than asked for, they come
    again. The best rpn_pre_nms_top_n boxes count; smaller ones than rpn_min_size come last.
    """

    def infer_shape(self, cls_prob, bbox_pred, im_info):
        if cls_prob and cls_prob[0] != 1:
            raise self.shape_error("cls_prob", "of one image; MultiProposal takes several",
                                   cls_prob)
        return super().infer_shape(cls_prob, bbox_pred, im_info)


@register("_contrib_MultiProposal", inputs="cls_prob bbox_pred im_info", outputs="output score")
class MultiProposal(_Proposal):
    """Proposal for several images: rows (image, x1, y1, x2, y2), those of an image together."""

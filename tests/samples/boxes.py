"""Samples of the operators of boxes."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from . import box_oracles as oracles
from .sample import Fixed, Ints, Sample, Spread


@dataclass(frozen=True)
class Boxes:
    """An input of corners (x1, y1, x2, y2) in 0..size, after `columns` of other values in 0..1."""

    shape: tuple[int, ...]
    size: float = 1.0
    columns: int = 0

    def draw(self, rng, domain):
        points = np.sort(rng.uniform(0, self.size, (*self.shape[:-1], 2, 2)), -2)
        points[..., 1, :] += self.size / 16
        others = rng.uniform(0.05, 1, (*self.shape[:-1], self.columns))
        return np.concatenate([others, points[..., 0, :], points[..., 1, :]], -1)


@dataclass(frozen=True)
class Classed:
    """An input of (class, score, x1, y1, x2, y2): classes -1 to 2, scores that differ."""

    shape: tuple[int, ...]

    def draw(self, rng, domain):
        rows = Boxes(self.shape, columns=2).draw(rng, domain)
        count = rows[..., 0].size
        rows[..., 0] = rng.integers(-1, 3, rows.shape[:-1])
        rows[..., 1] = (rng.permutation(count).reshape(rows.shape[:-1]) + 1) / (count + 1)
        return rows


LABELS = np.full((2, 3, 6), -1.0)
LABELS[0, :2] = [[1, 0.1, 0.1, 0.45, 0.5, 7], [0, 0.5, 0.25, 0.9, 0.75, 7]]
LABELS[1, 0] = [2, 0.25, 0.3, 0.8, 0.95, 7]
NO_LABELS = np.concatenate([LABELS, np.full((1, 3, 6), -1.0)])
RPN = {"scales": (2.0, 4.0), "ratios": (0.5, 1.0, 2.0), "feature_stride": 8, "rpn_min_size": 8,
       "rpn_pre_nms_top_n": 60, "rpn_post_nms_top_n": 12}
IMAGE = (33.0, 41.0, 1.0)
F32 = {"recorded_in": ("float32",)}

nms = partial(Sample, "_contrib_box_nms", (Classed((2, 12, 6)),), oracles.box_nms, wrt=(0,),
              gradient="recorded")      # that of a row goes to its box as it is
target = partial(Sample, "_contrib_MultiBoxTarget", oracle=oracles.multibox_target,
                 gradient="none", **F32)
detection = partial(Sample, "_contrib_MultiBoxDetection",
                    (Spread((2, 4, 20)), (2, 80), Boxes((1, 20, 4))),
                    oracles.multibox_detection, gradient="none", domain=(-1.0, 1.0), **F32)
zeros = partial(Sample, gradient="recorded")


def proposals(op, images, offsets, **params):
    """offsets: the largest."""
    return Sample(op, (Spread((images, 12, 4, 5)), (images, 24, 4, 5), Fixed([IMAGE] * images)),
                  oracles.proposal_of_one if op.endswith("_Proposal") else oracles.proposal,
                  {**RPN, **params}, gradient="recorded",
                  domain=(-offsets, offsets), **F32)


SAMPLES = [
    nms(params={"overlap_thresh": 0.25}, gradient="checked"),
    nms(params={"overlap_thresh": 0.1, "id_index": 0}),
    nms(params={"overlap_thresh": 0.1, "id_index": 0, "force_suppress": True, "topk": 7}),
    nms(params={"overlap_thresh": 0.1, "id_index": 0, "background_id": 1, "valid_thresh": 0.25}),
    nms(params={"in_format": "center", "out_format": "center", "overlap_thresh": 0.1}),
    nms(params={"in_format": "center", "overlap_thresh": 0.25}),
    nms(params={"out_format": "center", "overlap_thresh": 0.25}),
    nms(params={"topk": 0, "out_format": "center"}),
    nms(params={"valid_thresh": 2.0}),
    Sample("_contrib_box_nms", (Boxes((3, 2, 5, 5), columns=1),), oracles.box_nms,
           {"coord_start": 1, "score_index": 0, "overlap_thresh": 0.1}, wrt=(0,)),
    zeros("_contrib_box_iou", (Boxes((2, 3, 4)), Boxes((5, 4))), oracles.box_iou, wrt=(0, 1)),
    zeros("_contrib_box_iou", (Boxes((3, 4)), Boxes((2, 4, 4))), oracles.box_iou,
          {"format": "center"}, wrt=(0, 1)),
    zeros("_contrib_box_encode", ((2, 7), Ints((2, 7), 0, 3), Boxes((2, 7, 4)), Boxes((2, 3, 4)),
                                  (4,), Fixed([0.5, 0.25, 1.0, 2.0])),
          oracles.box_encode, wrt=(2, 3, 4), slack=20.0),
    zeros("_contrib_box_decode", ((2, 7, 4), Boxes((1, 7, 4))), oracles.box_decode,
          {"std0": 0.5, "std3": 0.25}, wrt=(0, 1)),
    zeros("_contrib_box_decode", ((2, 7, 4), Boxes((1, 7, 4))), oracles.box_decode,
          {"format": "corner", "clip": 0.5}, wrt=(0, 1)),
    zeros("_contrib_bipartite_matching", (Spread((2, 3, 5, 4)),), oracles.bipartite_matching,
          {"threshold": -0.5}),
    zeros("_contrib_bipartite_matching", (Spread((5, 8)),), oracles.bipartite_matching,
          {"threshold": 0.25, "is_ascend": True}),
    Sample("_contrib_MultiBoxPrior", ((2, 3, 4, 5),), oracles.multibox_prior,
           {"sizes": (0.5, 0.25), "ratios": (1.0, 2.0, 0.5), "clip": True}, gradient="recorded",
           **F32),
    Sample("_contrib_MultiBoxPrior", ((1, 1, 3, 2),), oracles.multibox_prior,
           {"sizes": (0.5, 0.25), "ratios": (2.0, 0.5), "steps": (0.25, 0.5),
            "offsets": (0.125, 0.75)}, gradient="recorded", **F32),
    target(inputs=(Boxes((1, 20, 4)), Fixed(LABELS), (2, 4, 20)), slack=20.0),
    target(inputs=(Boxes((1, 20, 4)), Fixed(NO_LABELS), (3, 4, 20)), slack=20.0,
           params={"overlap_threshold": 0.25, "ignore_label": -7.0}),
    target(inputs=(Boxes((1, 20, 4)), Fixed(LABELS), (2, 4, 20)), slack=20.0,
           params={"overlap_threshold": -1.0, "variances": (1.0, 0.5, 0.25, 0.125)}),
    target(inputs=(Boxes((1, 30, 4)), Fixed(LABELS), (2, 4, 30)), slack=20.0,
           params={"negative_mining_ratio": 2.5, "negative_mining_thresh": 0.5}),
    detection(params={"threshold": -0.5}),
    detection(params={"threshold": 0.25, "nms_threshold": 0.25, "force_suppress": True}),
    detection(params={"nms_topk": 5, "clip": False, "variances": (0.5, 0.25, 0.5, 1.0)}),
    detection(params={"nms_threshold": 0.0}),
    proposals("_contrib_Proposal", 1, 0.25, threshold=0.5),
    proposals("_contrib_MultiProposal", 2, 0.25, threshold=0.25, output_score=True),
    proposals("_contrib_MultiProposal", 1, 4.0, iou_loss=True, rpn_pre_nms_top_n=0),
]

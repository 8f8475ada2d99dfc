"""Anchors: what MXNet 1.9.1 says at the edges, recorded as numbers, and errors."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import nd

CORNERS = nd.array([[[0, 0, 1, 1], [0, 0, 0.1, 0.1], [0.9, 0.9, 1, 1], [0.5, 0.5, 0.6, 0.6]]])
LABEL = nd.array([[[1, 0, 0, 1, 1]]])
TWO = nd.array([[[0, 0, 0.4, 0.4], [0.6, 0.6, 1, 1]]])
NO_OFFSETS = nd.zeros((1, 8))
NONE = [-1.0] * 6


def detected(probabilities, anchors=TWO, **params):
    return nd.contrib.MultiBoxDetection(
        nd.array(probabilities), NO_OFFSETS, anchors, **params).asnumpy()[0]


def test_detection_suppresses_from_its_threshold_on():
    anchors = nd.array([[[0, 0, 1, 1], [0, 0, 1, 0.5]]])
    rows = detected([[[0, 0], [0.9, 0.5]]], anchors, nms_threshold=0.5)
    np.testing.assert_allclose(rows, [[0, 0.9, 0, 0, 1, 1], [-1, 0.5, 0, 0, 1, 0.5]], 1e-6)


def test_detection_of_equal_probabilities():
    rows = detected([[[0.2, 0.2], [0.4, 0.4], [0.4, 0.4]]])     # the first class, the first anchor
    np.testing.assert_allclose(rows, [[0, 0.4, 0, 0, 0.4, 0.4], [0, 0.4, 0.6, 0.6, 1, 1]], 1e-6)


def test_detection_threshold_and_background():
    rows = detected([[[0.5, 0.5], [0.5, 0.25]]], threshold=0.5)
    np.testing.assert_allclose(rows, [[0, 0.5, 0, 0, 0.4, 0.4], NONE], 1e-6)
    rows = detected([[[0.9, 0.1], [0.1, 0.9]]], background_id=1)        # which nothing reads
    np.testing.assert_allclose(rows, [[0, 0.9, 0.6, 0.6, 1, 1], [0, 0.1, 0, 0, 0.4, 0.4]], 1e-6)


def test_an_anchor_for_every_label():
    classes = nd.contrib.MultiBoxTarget(
        nd.array([[[0, 0, 1, 1]] * 2]), nd.array([[[1, 0, 0, 1, 1], [2, 0, 0, 1, 1]]]),
        nd.zeros((1, 2, 2)))[2]
    assert classes.asnumpy().tolist() == [[2, 3]]


def test_fewer_negatives_than_wanted():
    """MXNet 1.9.1 raises."""
    anchors = nd.array([[[0, 0, 1, 1], [0, 0, 1, 0.9], [0, 0, 0.9, 1]]])
    classes = nd.contrib.MultiBoxTarget(anchors, LABEL, nd.zeros((1, 2, 3)), overlap_threshold=0.99,
                                        negative_mining_ratio=2)[2]
    assert classes.asnumpy().tolist() == [[2, -1, -1]]


def test_the_fewest_negatives():
    """As MXNet 1.9.1 does on a GPU; its CPU operator does not read the parameter."""
    scores = nd.array([[[1, 2, 3, 4], [0, 0, 0, 0]]])
    for fewest, expected in ((0, [2, 0, -1, -1]), (2, [2, 0, 0, -1]), (9, [2, 0, 0, 0])):
        classes = nd.contrib.MultiBoxTarget(CORNERS, LABEL, scores, negative_mining_ratio=1,
                                            minimum_negative_samples=fewest)[2]
        assert classes.asnumpy().tolist() == [expected]


def test_no_gradients():
    score = nd.ones((1, 2, 4))
    score.attach_grad()
    score.grad[:] = 7
    with mx.autograd.record():
        target = nd.contrib.MultiBoxTarget(CORNERS, LABEL, score)[0]
    target.backward()
    assert not score.grad.asnumpy().any()


def test_proposals_that_are_all_too_small():
    boxes, scores = nd.contrib.Proposal(
        nd.zeros((1, 2, 2, 2)), nd.zeros((1, 4, 2, 2)), nd.array([[8, 8, 1]]), scales=(1,),
        ratios=(1,), feature_stride=4, rpn_post_nms_top_n=3, rpn_min_size=100, output_score=True)
    assert boxes.asnumpy().tolist() == [[0, -50, -50, 53, 53]] * 3
    assert scores.asnumpy().tolist() == [[-1]] * 3


def test_float64_and_anchors():
    """MXNet 1.9.1 takes float32 alone."""
    boxes = nd.contrib.MultiBoxPrior(nd.zeros((1, 1, 1, 3), dtype="float64"), sizes=(0.3,))
    np.testing.assert_allclose(boxes.asnumpy()[0, 0], [1 / 6 - 0.05, 0.35, 1 / 6 + 0.05, 0.65],
                               1e-15)


PROPOSAL = {"scales": (1,), "ratios": (1,), "feature_stride": 4, "rpn_post_nms_top_n": 3}
MAPS = (nd.zeros((1, 2, 2, 2)), nd.zeros((1, 4, 2, 2)), nd.array([[8, 8, 1]]))


@pytest.mark.parametrize("op, inputs, params, message", [
    ("MultiBoxPrior", [nd.ones((1, 1, 2))], {}, r"data must have shape \(N, C, H, W\) with"),
    ("MultiBoxPrior", [X := nd.ones((1, 1, 2, 2))], {"sizes": ()}, "sizes must be at least one"),
    ("MultiBoxPrior", [X], {"ratios": ()}, "ratios must be at least one number"),
    ("MultiBoxPrior", [X], {"steps": (1,)}, r"steps must be two numbers.*; got \(1\.0,\)"),
    ("MultiBoxPrior", [X], {"steps": (1, -1)}, "steps must be both above 0, or none"),
    ("MultiBoxPrior", [X], {"offsets": (0.5,)}, "offsets must be two numbers"),
    ("MultiBoxPrior", [X], {"offsets": (0.5, 2)}, "offsets must be from 0 to 1"),
    ("MultiBoxTarget", [X, LABEL, X], {}, r"anchor must have shape \(1, A, 4\) with A above 0"),
    ("MultiBoxTarget", [CORNERS, X, X], {}, r"label must have shape \(B, L, width\)"),
    ("MultiBoxTarget", [CORNERS, LABEL, X], {}, r"cls_pred must have shape \(1, K, 4\)"),
    ("MultiBoxTarget", [CORNERS, LABEL, X], {"variances": (1, 2)}, "variances must be four"),
    ("MultiBoxTarget", [CORNERS, LABEL, X], {
        "negative_mining_ratio": 1, "negative_mining_thresh": 0}, "mining_thresh must be above 0"),
    ("MultiBoxTarget", [CORNERS, nd.array([[[-1, 0, 0, 1, 1]]]), nd.ones((1, 2, 4))], {},
     "label must be -1 in the first five columns where its class is -1"),
    ("MultiBoxDetection", [X, NO_OFFSETS, TWO], {}, r"cls_prob must have shape \(B, K, 2\)"),
    ("MultiBoxDetection", [nd.ones((2, 3, 2)), NO_OFFSETS, TWO], {},
     r"loc_pred must have shape \(2, 8\); got \(1, 8\)"),
    ("Proposal", [nd.zeros((2, 2, 2, 2)), *MAPS[1:]], PROPOSAL, "of one image; MultiProposal"),
    ("MultiProposal", [nd.zeros((1, 4, 2, 2)), *MAPS[1:]], PROPOSAL,
     r"cls_prob must have shape \(N, 2, H, W\): two for each scale and ratio; got \(1, 4, 2, 2\)"),
    ("Proposal", [MAPS[0], MAPS[0], MAPS[2]], PROPOSAL, r"bbox_pred must have shape \(1, 4, 2"),
    ("Proposal", [*MAPS[:2], X], PROPOSAL, r"im_info must have shape \(1, 3\)"),
    ("Proposal", MAPS, {**PROPOSAL, "scales": ()}, "scales must be at least one number"),
    ("Proposal", [*MAPS[:2], nd.array([[12, 8, 1]])], PROPOSAL,
     r"im_info must hold heights below 12 and widths below 12, for cls_prob \(1, 2, 2, 2\)"),
])
def test_errors(op, inputs, params, message):
    with pytest.raises(mx.base.MXNetError, match=f"{op}: .*{message}"):
        getattr(nd.contrib, op)(*inputs, **params)

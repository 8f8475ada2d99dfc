"""Boxes: what MXNet 1.9.1 says at the edges, recorded as numbers, and errors."""

import os
import subprocess
import sys

import numpy as np
import pytest
from samples import box_oracles as oracles

import mxlite as mx
from mxlite import nd
from mxlite.device.core import instruction_sets

NAN = float("nan")
NONE = [-1.0] * 6


def same(got, expected):
    np.testing.assert_allclose(got.asnumpy(), expected, 1e-5, 1e-6)


@pytest.mark.parametrize("boxes, params, expected", [
    ([[0, .5, 0, 0, 1, 1], [1, .5, 2, 2, 3, 3], [2, .5, 0, 0, 1, 1], [3, .6, 5, 5, 6, 6]], {},
     [[3, .6, 5, 5, 6, 6], [0, .5, 0, 0, 1, 1], [1, .5, 2, 2, 3, 3], NONE]),   # equal scores
    ([[0, NAN, 0, 0, 1, 1], [1, .5, 2, 2, 3, 3]], {}, [[1, .5, 2, 2, 3, 3], NONE]),
    ([[0, .9, NAN, 0, 1, 1], [1, .5, 0, 0, 1, 1]], {},
     [[0, .9, NAN, 0, 1, 1], [1, .5, 0, 0, 1, 1]]),
    ([[0, .9, 0, 0, 2, 2], [1, .5, 0, 0, 2, 1]], {"overlap_thresh": 0.5},
     [[0, .9, 0, 0, 2, 2], [1, .5, 0, 0, 2, 1]]),                               # not above
    ([[0, .9, 1, 1, 1, 1], [1, .5, 1, 1, 1, 1], [1, .4, 2, 2, 1, 1]], {},
     [[0, .9, 1, 1, 1, 1], [1, .5, 1, 1, 1, 1], [1, .4, 2, 2, 1, 1]]),          # no area
])
def test_nms_at_the_edges(boxes, params, expected):
    same(nd.contrib.box_nms(nd.array(boxes), **params), expected)


def test_nms_converts_boxes_left_of_the_image():
    """MXNet 1.9.1 leaves those as they are whose first number is below 0."""
    out = nd.contrib.box_nms(nd.array([[0, 0.9, -0.5, 0, 0.5, 1]]), out_format="center")
    same(out, [[0, 0.9, 0, 0.5, 1, 1]])


def test_nms_of_more_boxes_than_float16_counts():
    """Boxes apart from each other, with scores that differ in their last bit."""
    rng = np.random.default_rng(0)
    order = rng.permutation(3000)
    scores = (0x2000 + order).astype("uint16").view("float16")
    x, y = np.arange(3000) % 50 * 2, np.arange(3000) // 50 * 2
    rows = np.stack([0 * x, scores, x, y, x + 1, y + 1], -1)[None].astype("float16")
    data = nd.array(rows, dtype="float16")
    data.attach_grad()
    dy = rng.standard_normal(rows.shape).astype("float16")
    with mx.autograd.record():
        out = nd.contrib.box_nms(data)
    out.backward(nd.array(dy, dtype="float16"))
    np.testing.assert_array_equal(out.asnumpy()[:, 2999 - order], rows)
    np.testing.assert_array_equal(data.grad.asnumpy(), dy[:, 2999 - order])


@pytest.mark.parametrize("seed", range(3))
def test_nms_of_many_boxes(seed):
    """More than a block of those that are kept are compared at once."""
    rng = np.random.default_rng(seed)
    corner = rng.uniform(0, 6, (2, 120, 2))
    rows = np.concatenate([rng.integers(0, 3, (2, 120, 1)), rng.uniform(0, 1, (2, 120, 1)),
                           corner, corner + rng.uniform(0.2, 2, (2, 120, 2))], -1)
    for dtype, params in (("float32", {"id_index": 0}), ("float64", {"overlap_thresh": 0.2})):
        data = nd.array(rows, dtype=dtype)
        same(nd.contrib.box_nms(data, **params), oracles.box_nms(data.asnumpy(), **params))


def test_matching_takes_topk_pairs():
    """MXNet 1.9.1 makes one more."""
    scores = nd.array([[0.9, 0.1, 0.2], [0.3, 0.8, 0.4], [0.1, 0.1, 0.7]])
    for topk, rows in ((1, [0, -1, -1]), (2, [0, 1, -1]), (3, [0, 1, 2]), (0, [0, 1, 2])):
        matched, columns = nd.contrib.bipartite_matching(scores, threshold=0.05, topk=topk)
        assert matched.asnumpy().tolist() == columns.asnumpy().tolist() == rows
    matched, columns = nd.contrib.bipartite_matching(nd.ones((2, 3)), threshold=0.5)
    assert (matched.asnumpy().tolist(), columns.asnumpy().tolist()) == ([0, 1], [0, 1, -1])


def test_matches_without_a_box_are_not_read():
    anchors, refs = nd.array([[[0, 0, 1, 1]] * 4]), nd.array([[[0, 0, 2, 1]]])
    targets, masks = nd.contrib.box_encode(
        nd.array([[1, 0.5, 0.6, -1]]), nd.array([[0, 5, 0, 9]]), anchors, refs, nd.zeros(4),
        nd.ones(4))
    row = [0.5, 0, np.log(2), 0]
    same(targets, [[row, [0] * 4, row, [0] * 4]])
    same(masks, [[[1] * 4, [0] * 4] * 2])


def test_gradients_that_are_zero():
    """Where MXNet's are: no gradient of an earlier pass stays."""
    a, b = nd.ones((2, 4)), nd.ones((3, 4))
    for array in (a, b):
        array.attach_grad()
        array.grad[:] = 7
    with mx.autograd.record():
        out = nd.contrib.box_iou(a, b)
    out.backward()
    assert not a.grad.asnumpy().any() and not b.grad.asnumpy().any()


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_16_bits_are_float32_rounded(dtype):
    rng = np.random.default_rng(1)
    data = nd.array(rng.integers(-8, 8, (2, 6, 4)) / 4, dtype=dtype)
    corners = [rng.integers(0, 4, (1, 6, 2)), rng.integers(4, 9, (1, 6, 2))]
    anchors = nd.array(np.concatenate(corners, -1) / 4, dtype=dtype)
    for op, inputs in ((nd.contrib.box_decode, (data, anchors)),
                       (nd.contrib.box_iou, (anchors, anchors))):
        wide = op(*[array.astype("float32") for array in inputs])
        np.testing.assert_array_equal(op(*inputs).asnumpy(), wide.astype(dtype).asnumpy())


CHOICES = """
import hashlib, numpy as np
from mxlite import nd
rng = np.random.default_rng(0)
corners = rng.uniform(0, 4, (4, 300, 2))
boxes = np.concatenate([corners, corners + rng.uniform(0.1, 1, (4, 300, 2))], -1)
rows = nd.array(np.concatenate([rng.uniform(0, 1, (4, 300, 1)), boxes], -1))
found = [nd.contrib.box_nms(rows, coord_start=1, score_index=0, overlap_thresh=0.1),
         nd.contrib.MultiBoxDetection(
             nd.array(rng.uniform(0, 1, (4, 3, 300))), nd.array(rng.normal(size=(4, 1200))),
             nd.array(boxes[:1] / 5)),
         nd.contrib.MultiProposal(
             nd.array(rng.uniform(0, 1, (2, 24, 6, 6))), nd.array(rng.normal(size=(2, 48, 6, 6))),
             nd.array([[96, 96, 1]] * 2))]
print(hashlib.sha256(b"".join(array.asnumpy().tobytes() for array in found)).hexdigest())
"""


def test_what_stays_does_not_depend_on_the_cpu():
    texts = {subprocess.run([sys.executable, "-c", CHOICES], capture_output=True, text=True,
                            check=True, env={**os.environ, "MXLITE_CPU": name}).stdout
             for name in instruction_sets()}
    assert len(texts) == 1 and len(texts.pop()) == 65


X = nd.ones((2, 5, 6))
B = nd.ones((1, 5, 4))


@pytest.mark.parametrize("call, message", [
    (lambda: nd.contrib.box_nms(nd.ones(6)), r"box_nms: data must have shape \(\.\.\., N, width\)"),
    (lambda: nd.contrib.box_nms(X, coord_start=3), "coord_start must be from 0 to 2, for data"),
    (lambda: nd.contrib.box_nms(X, score_index=6), "score_index must be a column of .*; got 6"),
    (lambda: nd.contrib.box_nms(X, score_index=3), "besides those of the box, 2 to 5; got 3"),
    (lambda: nd.contrib.box_nms(X, id_index=4), "id_index must be a column of data"),
    (lambda: nd.contrib.box_nms(X, id_index=1), "must be another column than score_index"),
    (lambda: nd.contrib.box_nms(X, in_format="edge"), "in_format must be one of"),
    (lambda: nd.contrib.box_nms(X.astype("int32")), "data must have dtype of floating point"),
    (lambda: nd.contrib.box_iou(X, B), r"lhs must have shape \(\.\.\., N, 4\); got \(2, 5, 6\)"),
    (lambda: nd.contrib.box_iou(B, nd.ones(4)), r"rhs must have shape \(\.\.\., N, 4\)"),
    (lambda: nd.contrib.box_decode(X, B), r"data must have shape \(B, N, 4\); got \(2, 5, 6\)"),
    (lambda: nd.contrib.box_decode(B, nd.ones((2, 5, 4))), r"anchors must have shape \(1, 5, 4\)"),
    (lambda: nd.contrib.bipartite_matching(nd.ones(4), threshold=0.5),
     r"data must have shape \(\.\.\., M, N\)"),
    (lambda: nd.contrib.bipartite_matching(X), "missing parameter 'threshold'"),
    *[(lambda inputs=inputs: nd.contrib.box_encode(*inputs), message) for inputs, message in [
        ((X, X, X, B, B, B), r"anchors must have shape \(B, N, 4\)"),
        ((nd.ones((1, 4)), X, B, B, B, B), r"samples must have shape \(1, 5\), as anchors have"),
        ((nd.ones((1, 5)), X, B, B, B, B), r"matches must have shape \(1, 5\), as anchors have"),
        ((nd.ones((1, 5)), nd.ones((1, 5)), B, X, B, B), r"refs must have shape \(1, M, 4\)"),
        ((nd.ones((1, 5)), nd.ones((1, 5)), B, B, B, B), r"means must have shape \(4,\)"),
        ((nd.ones((1, 5)), nd.ones((1, 5)), B, B, nd.ones(4), B), r"stds must have shape \(4,\)"),
        ((nd.ones((1, 5)), nd.array([[0, 1, 5, 0, 0]]), B, B, nd.ones(4), nd.ones(4)),
         r"matches must be from 0 to 4; got 5 at \(0, 2\) \(refs \(1, 5, 4\)\)"),
    ]],
])
def test_errors(call, message):
    with pytest.raises(mx.base.MXNetError, match=message):
        call()

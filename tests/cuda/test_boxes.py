"""Boxes on a GPU: what stays of many, and what anchors see, with the CPU's decisions."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import nd


def corners(rng, *shape):
    start, size = rng.random((*shape, 2)), rng.random((*shape, 2)) * 0.3
    return np.concatenate([start, start + size], -1)


def same(call, arrays, gpu, dtype="float32", exact=True):
    """What a call gives on both devices; bits of exponentials may differ where it is not exact."""
    found, expected = [
        call(*[nd.array(x, ctx=ctx, dtype=dtype) for x in arrays]) for ctx in (gpu, mx.cpu())]
    found, expected = [x if isinstance(x, (list, tuple)) else [x] for x in (found, expected)]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one.asnumpy().astype("f8"), other.asnumpy().astype("f8"),
                                   *((0, 0) if exact else (1e-5, 1e-5)))


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
@pytest.mark.parametrize("options", [
    {}, {"id_index": 0, "overlap_thresh": 0.2}, {"topk": 50, "valid_thresh": 0.3, "id_index": 0},
    {"out_format": "center", "id_index": 0, "background_id": 1, "force_suppress": True}])
def test_suppression_of_many(options, dtype, gpu, rng):
    boxes = np.concatenate([rng.integers(0, 3, (2, 500, 1)), rng.random((2, 500, 1)).round(2),
                            corners(rng, 2, 500)], -1)
    same(lambda x: nd.contrib.box_nms(x, coord_start=2, score_index=1, **options), [boxes], gpu,
         dtype)
    assert nd.contrib.box_nms(nd.array(boxes, ctx=gpu), coord_start=2, score_index=1, topk=1,
                              **{k: v for k, v in options.items() if k != "topk"}).ctx == gpu


@pytest.mark.parametrize("format", ["corner", "center"])
def test_overlaps(format, gpu, rng):
    same(lambda a, b: nd.contrib.box_iou(a, b, format=format),
         [corners(rng, 70), corners(rng, 2, 33)], gpu)


@pytest.mark.parametrize("is_ascend", [False, True])
def test_pairs(is_ascend, gpu, rng):
    scores = rng.random((3, 40, 30)).round(2)
    same(lambda x: nd.contrib.bipartite_matching(
        x, threshold=0.6 if is_ascend else 0.4, is_ascend=is_ascend), [scores], gpu)
    same(lambda x: nd.contrib.bipartite_matching(x, threshold=0.1, topk=4), [scores], gpu)


def test_offsets(gpu, rng):
    anchors, refs = corners(rng, 2, 60), corners(rng, 2, 9)
    arrays = [rng.integers(0, 2, (2, 60)), rng.integers(0, 9, (2, 60)), anchors, refs,
              [0, 0, 0, 0.1], [0.1, 0.1, 0.2, 0.2]]
    same(nd.contrib.box_encode, arrays, gpu, exact=False)
    same(lambda x, a: nd.contrib.box_decode(x, a, format="corner", clip=0.5),
         [rng.standard_normal((2, 60, 4)), anchors[:1]], gpu, exact=False)
    with pytest.raises(IndexError):
        nd.contrib.box_encode(*[nd.array(x, ctx=gpu) for x in (
            np.ones((2, 60)), np.full((2, 60), 9), *arrays[2:])])[0].asnumpy()


@pytest.mark.parametrize("options", [
    {}, {"negative_mining_ratio": 3.0}, {"overlap_threshold": 0.1, "ignore_label": -5.0},
    {"negative_mining_ratio": 1.5, "minimum_negative_samples": 20}])
def test_targets(options, gpu, rng):
    anchors = corners(rng, 1, 400)
    labels = np.concatenate([rng.integers(0, 4, (3, 6, 1)), corners(rng, 3, 6)], -1)
    labels[0, 3:], labels[1] = -1, -1
    arrays = [anchors, labels, rng.standard_normal((3, 5, 400))]
    same(lambda *args: nd.contrib.MultiBoxTarget(*args, **options), arrays, gpu, exact=False)
    labels[2, 2, 0] = -1
    with pytest.raises(ValueError, match="met a value that it does not take"):
        nd.contrib.MultiBoxTarget(*[nd.array(x, ctx=gpu) for x in arrays])[0].asnumpy()


@pytest.mark.parametrize("options", [{}, {"nms_threshold": 0.0}, {"nms_topk": 30, "clip": False},
                                     {"force_suppress": True, "threshold": 0.3}])
def test_detection(options, gpu, rng):
    scores = rng.random((2, 4, 300))
    arrays = [scores / scores.sum(1, keepdims=True), rng.standard_normal((2, 1200)),
              corners(rng, 1, 300)]
    same(lambda *args: nd.contrib.MultiBoxDetection(*args, **options), arrays, gpu, exact=False)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_anchors(dtype, gpu):
    same(lambda x: nd.contrib.MultiBoxPrior(x, sizes=(0.5, 0.2), ratios=(1, 2, 0.5), clip=True,
                                            offsets=(0.3, 0.7)), [np.zeros((1, 2, 5, 7))], gpu,
         dtype, exact=False)
    with pytest.raises(NotImplementedError, match="more than 64 anchors a place"):
        nd.contrib.MultiBoxPrior(nd.zeros((1, 2, 3, 4), ctx=gpu), sizes=(0.1,) * 65)
    with pytest.raises(NotImplementedError, match="more than 256 listed numbers"):
        nd._internal._proposal_anchors(scales=(1.0,) * 65, ratios=(1.0,), feature_stride=8,
                                       dtype="float32", ctx=gpu)


def test_regions(gpu, rng):
    arrays = [rng.random((2, 24, 10, 12)), rng.standard_normal((2, 48, 10, 12)) * 0.2,
              [[160, 190, 1], [120, 150, 1.5]]]
    same(lambda *args: nd.contrib.MultiProposal(*args, output_score=True, rpn_pre_nms_top_n=300,
                                                rpn_post_nms_top_n=40, rpn_min_size=4),
         arrays, gpu, exact=False)
    arrays[2][0][0] = 1e4
    with pytest.raises(ValueError):
        nd.contrib.MultiProposal(*[nd.array(x, ctx=gpu) for x in arrays]).asnumpy()

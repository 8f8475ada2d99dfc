"""Boxes: their overlaps, offsets from anchors, and suppression."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from .call import Call
from .graph import Length
from .table import translation

EVERYTHING = 1 << 31        # more boxes than there are


def columns(call: Call, boxes: str, count: int = 4) -> list[str]:
    """The numbers along the last axis, each (..., 1)."""
    return call.add_all("Split", count, boxes, call.ints([1] * count), axis=-1)


def half(call: Call, name: str) -> str:
    return call.add("Mul", name, call.constant(0.5, call.dtype))


def to_corners(call: Call, boxes: str) -> str:
    """(x, y, width, height) of the middle as (x1, y1, x2, y2)."""
    x, y, width, height = columns(call, boxes)
    width, height = half(call, width), half(call, height)
    return call.add("Concat", call.add("Sub", x, width), call.add("Sub", y, height),
                    call.add("Add", x, width), call.add("Add", y, height), axis=-1)


def to_centers(call: Call, boxes: str) -> str:
    """The inverse of to_corners."""
    x1, y1, x2, y2 = columns(call, boxes)
    return call.add("Concat", half(call, call.add("Add", x1, x2)),
                    half(call, call.add("Add", y1, y2)), call.add("Sub", x2, x1),
                    call.add("Sub", y2, y1), axis=-1)


@translation("_contrib_box_iou")
def box_iou(call: Call) -> str:
    """Of lhs (M, 1, 4) with rhs (N, 4)."""
    pairs = []
    for array, more in zip(call.inputs, ([1], []), strict=True):
        boxes = call.reshaped(array.name, (-1, 4))
        if call.op.format == "center":
            boxes = to_corners(call, boxes)
        pairs.append(columns(call, call.expanded(boxes, *more)))
    zero = call.constant(0, call.dtype)
    sides = []
    for low, high in ((0, 2), (1, 3)):
        first = call.add("Max", pairs[0][low], pairs[1][low])
        last = call.add("Min", pairs[0][high], pairs[1][high])
        sides.append(call.add("Max", call.add("Sub", last, first), zero))
    common = call.add("Mul", *sides)
    areas = [call.add("Mul", call.add("Sub", box[2], box[0]), call.add("Sub", box[3], box[1]))
             for box in pairs]
    union = call.add("Sub", call.add("Add", *areas), common)
    none = call.add("LessOrEqual", union, zero)
    share = call.add("Div", common, call.add("Where", none, call.constant(1, call.dtype), union))
    return call.reshaped(call.add("Where", none, zero, share), call.out.shape)


def decoded(call: Call, offsets: str, anchors: str, factors: Sequence[float],
            most: float = 0) -> str:
    """Corners of boxes by offsets (B, N, 4) from anchors (1, N, 4), given by their middles."""
    x, y, width, height = columns(call, anchors)
    dx, dy, dw, dh = columns(call, call.add("Mul", offsets, call.constant(factors, call.dtype)))
    if most > 0:
        limit = call.constant(most, call.dtype)
        dw, dh = call.add("Min", dw, limit), call.add("Min", dh, limit)
    middle_x = call.add("Add", call.add("Mul", dx, width), x)
    middle_y = call.add("Add", call.add("Mul", dy, height), y)
    return to_corners(call, call.add("Concat", middle_x, middle_y,
                                     call.add("Mul", call.add("Exp", dw), width),
                                     call.add("Mul", call.add("Exp", dh), height), axis=-1))


@translation("_contrib_box_decode")
def box_decode(call: Call) -> str:
    op = call.op
    anchors = call.inputs[1].name
    if op.format == "corner":
        anchors = to_centers(call, anchors)
    return decoded(call, call.data, anchors, [op.std0, op.std1, op.std2, op.std3], op.clip)


# Suppression -------------------------------------------------------------------------------------

def sorted_rows(call: Call, rows: str, keys: str, count: Length) -> tuple[str, str]:
    """The rows (B, N, W) of each image by falling keys (B, N), and the keys in this order."""
    values, at = call.add_all("TopK", 2, keys, call.length(count), axis=1)
    places = call.add("Expand", call.expanded(at, 2), call.add("Shape", rows))
    return call.add("GatherElements", rows, places, axis=1), values


def ranks_of(call: Call, count: Length) -> str:
    """N, N - 1, ... 1: scores of rows that are in order."""
    first = call.squeezed(call.length(count), 0)
    falling = call.add("Range", first, call.constant(0, "int64"), call.constant(-1, "int64"))
    return call.cast(falling, "int64", call.dtype)


def kept(call: Call, boxes: str, scores: str, like: str, overlap: float) -> str:
    """A mask, shaped like `like` (B, N), of the boxes (B, N, 4) that no better one suppresses.

    scores: (B, K, N); boxes of different classes do not meet. Below 0 there is no box.
    """
    chosen = call.add("NonMaxSuppression", call.cast(boxes, call.dtype, "float32"),
                      call.cast(scores, call.dtype, "float32"), call.ints([EVERYTHING]),
                      call.constant([overlap], "float32"), call.constant([-0.5], "float32"))
    image = call.add("Gather", chosen, call.constant(0, "int64"), axis=1)
    places = call.add("Gather", chosen, call.ints([0, 2]), axis=1)          # (image, box)
    return call.add("ScatterND", call.add("Less", like, like), places,
                    call.add("Equal", image, image))


def where_kept(call: Call, mask: str, rows: str) -> str:
    """The rows (B, N, W) of the mask (B, N), and -1 in the others."""
    return call.add("Where", call.expanded(mask, 2), rows, call.constant(-1, call.dtype))


@translation("_contrib_box_nms")
def box_nms(call: Call) -> str:
    op = call.op
    if op.topk == 0:
        return call.data
    count, width = call.shape[-2], call.fixed(call.shape[-1:])[0]
    rows = call.data if call.ndim == 3 else call.reshaped(call.data, (-1, count, width))
    parts = columns(call, rows, width)
    score = call.squeezed(parts[op.score_index], 2)
    is_valid = call.add("Greater", score, call.constant(op.valid_thresh, call.dtype))
    if op.id_index >= 0:
        kind = call.squeezed(parts[op.id_index], 2)
        other = call.add("Equal", kind, call.constant(op.background_id, call.dtype))
        is_valid = call.add("And", is_valid, call.add("Not", other))
    lowest = call.constant(-math.inf, call.dtype)
    rows, keys = sorted_rows(call, rows, call.add("Where", is_valid, score, lowest), count)
    ranks = ranks_of(call, count)
    is_valid = call.add("Greater", keys, lowest)
    if op.topk > 0:
        last = call.add("Sub", call.cast(call.squeezed(call.length(count), 0), "int64",
                                         call.dtype), call.constant(op.topk, call.dtype))
        is_valid = call.add("And", is_valid, call.add("Greater", ranks, last))
    parts = columns(call, rows, width)
    boxes = call.add("Concat", *parts[op.coord_start:op.coord_start + 4], axis=-1)
    corners = to_corners(call, boxes) if op.in_format == "center" else boxes
    if op.id_index >= 0 and not op.force_suppress:
        corners = _apart(call, corners, parts[op.id_index])
    none = call.constant(-1, call.dtype)
    scores = call.add("Where", is_valid, ranks, none)
    mask = kept(call, corners, call.expanded(scores, 1), keys, op.overlap_thresh)
    if op.in_format != op.out_format:
        turned = to_corners(call, boxes) if op.out_format == "corner" else to_centers(call, boxes)
        rows = call.add("Concat", *parts[:op.coord_start], turned, *parts[op.coord_start + 4:],
                        axis=-1)
    rows, keys = sorted_rows(call, rows, call.add("Where", mask, ranks, none), count)
    made = where_kept(call, call.add("Greater", keys, none), rows)
    return made if call.ndim == 3 else call.reshaped(made, call.shape)


def _apart(call: Call, corners: str, kinds: str) -> str:
    """Boxes of different classes (B, N, 1) moved so far apart that they do not meet."""
    extent = call.add("Sub", call.add("ReduceMax", corners, keepdims=0),
                      call.add("ReduceMin", corners, keepdims=0))
    step = call.add("Add", extent, call.constant(1, call.dtype))
    return call.add("Add", corners, call.add("Mul", kinds, step))


@translation("_contrib_MultiBoxDetection")
def multibox_detection(call: Call) -> str:
    op = call.op
    count = call.shape[2]
    probabilities = call.sliced(call.data, 1, 1)                    # without the background
    score = call.add("ReduceMax", probabilities, axes=[1], keepdims=0)
    kind = call.add("ArgMax", probabilities, axis=1, keepdims=0)
    offsets = call.reshaped(call.inputs[1].name, (call.shape[0], count, 4))
    boxes = decoded(call, offsets, to_centers(call, call.inputs[2].name), op.variances)
    if op.clip:
        boxes = call.add("Clip", boxes, call.constant(0, call.dtype), call.constant(1, call.dtype))
    rows = call.add("Concat", call.expanded(call.cast(kind, "int64", call.dtype), 2),
                    call.expanded(score, 2), boxes, axis=-1)
    none, ranks = call.constant(-1, call.dtype), ranks_of(call, count)
    is_seen = call.add("GreaterOrEqual", score, call.constant(op.threshold, call.dtype))
    suppresses = 0 < op.nms_threshold <= 1
    order = score if suppresses else ranks
    rows, keys = sorted_rows(call, rows, call.add("Where", is_seen, order, none), count)
    is_seen = call.add("Greater", keys, none)
    made = where_kept(call, is_seen, rows)
    if not suppresses:
        return made
    counts = is_seen
    if op.nms_topk > 0:
        last = call.add("Sub", call.cast(call.squeezed(call.length(count), 0), "int64",
                                         call.dtype), call.constant(op.nms_topk, call.dtype))
        counts = call.add("And", is_seen, call.add("Greater", ranks, last))
    parts = columns(call, made, 6)
    corners = call.add("Concat", *parts[2:], axis=-1)
    if not op.force_suppress:
        corners = _apart(call, corners, parts[0])
    scores = call.add("Where", counts, ranks, none)
    limit = float(np.nextafter(np.float32(op.nms_threshold), np.float32(-1)))
    mask = kept(call, corners, call.expanded(scores, 1), keys, limit)
    kinds = call.add("Where", call.expanded(mask, 2), parts[0], none)
    return call.add("Concat", kinds, *parts[1:], axis=-1)

"""What the operators of boxes compute, a box at a time, in NumPy."""

import itertools

import numpy as np


def corners(boxes, format):
    """Boxes as (x1, y1, x2, y2)."""
    if format == "corner":
        return boxes
    middle, half = boxes[..., :2], boxes[..., 2:] / 2
    return np.concatenate([middle - half, middle + half], -1)


def middles(boxes):
    return np.concatenate([(boxes[..., :2] + boxes[..., 2:]) / 2,
                           boxes[..., 2:] - boxes[..., :2]], -1)


def iou(a, b, pixel=0.0):
    """Of two boxes (x1, y1, x2, y2); pixel 1: the last pixels are inside."""
    sides = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]) + pixel
    shared = np.prod(np.maximum(sides, 0))
    areas = [np.prod(np.maximum(box[2:] - box[:2] + pixel, 0)) for box in (a, b)]
    return shared / (sum(areas) - shared) if shared > 0 else 0.0


def by_score(scores):
    """Positions, the largest score first; of equal ones the first."""
    return sorted(range(len(scores)), key=lambda i: -scores[i])


def box_nms(data, overlap_thresh=0.5, valid_thresh=0, topk=-1, coord_start=2, score_index=1,
            id_index=-1, background_id=-1, force_suppress=False, in_format="corner",
            out_format="corner"):
    if data.shape[-1] < coord_start + 4:
        raise ValueError("no room for a box")
    if topk == 0:
        return data
    box = slice(coord_start, coord_start + 4)
    out = np.full_like(data, -1)
    for batch in np.ndindex(data.shape[:-2]):
        rows = [row for row in data[batch] if row[score_index] > valid_thresh
                and not (id_index >= 0 and row[id_index] == background_id)]
        rows = [rows[i] for i in by_score([row[score_index] for row in rows])]
        kept = []
        for row in rows[:topk if topk > 0 else None]:
            if not any((force_suppress or id_index < 0 or other[id_index] == row[id_index])
                       and iou(corners(other[box], in_format), corners(row[box], in_format))
                       > overlap_thresh for other in kept):
                kept.append(row)
        for i, row in enumerate(kept):
            out[batch][i] = row
            if in_format != out_format:
                out[batch][i][box] = (middles if in_format == "corner" else
                                      lambda boxes: corners(boxes, "center"))(row[box])
    return out


def box_iou(lhs, rhs, format="corner"):
    if lhs.shape[-1] != 4:
        raise ValueError("boxes have four numbers")
    out = np.zeros(lhs.shape[:-1] + rhs.shape[:-1])
    for i in np.ndindex(lhs.shape[:-1]):
        for j in np.ndindex(rhs.shape[:-1]):
            out[i + j] = iou(corners(lhs[i], format), corners(rhs[j], format))
    return out


def box_encode(samples, matches, anchors, refs, means, stds):
    boxes = np.take_along_axis(refs, matches.astype(int)[..., None], 1)
    found, anchor = middles(boxes), middles(anchors)
    offsets = np.concatenate([(found[..., :2] - anchor[..., :2]) / anchor[..., 2:],
                              np.log(found[..., 2:] / anchor[..., 2:])], -1)
    mask = (samples > 0.5)[..., None] & np.ones(4, bool)
    return [np.where(mask, (offsets - means) / stds, 0), mask]


def box_decode(data, anchors, std0=1.0, std1=1.0, std2=1.0, std3=1.0, clip=-1.0, format="center"):
    if data.shape[2] != 4:
        raise ValueError("offsets are four numbers")
    anchor = middles(anchors) if format == "corner" else anchors
    scaled = data * [std0, std1, std2, std3]
    grown = np.minimum(scaled[..., 2:], clip) if clip > 0 else scaled[..., 2:]
    middle = scaled[..., :2] * anchor[..., 2:] + anchor[..., :2]
    return corners(np.concatenate([middle, np.exp(grown) * anchor[..., 2:]], -1), "center")


def bipartite_matching(data, threshold, is_ascend=False, topk=-1):
    rows = np.full(data.shape[:-1], -1.0)
    columns = np.full((*data.shape[:-2], data.shape[-1]), -1.0)
    for batch in np.ndindex(data.shape[:-2]):
        scores = -data[batch] if is_ascend else data[batch]
        while (rows[batch] < 0).any() and (columns[batch] < 0).any():
            if topk > 0 and (rows[batch] >= 0).sum() == topk:
                break
            free = np.where((rows[batch] < 0)[:, None] & (columns[batch] < 0), scores, -np.inf)
            i, j = np.unravel_index(free.argmax(), free.shape)
            if not free[i, j] > (-threshold if is_ascend else threshold):
                break
            rows[batch][i], columns[batch][j] = j, i
    return [rows, columns]


def multibox_prior(data, sizes=(1,), ratios=(1,), clip=False, steps=(-1, -1), offsets=(0.5, 0.5)):
    H, W = data.shape[2:]
    if not H * W:
        raise ValueError("no places")
    step_y, step_x = steps if min(steps) > 0 else (1 / H, 1 / W)
    shapes = [(size, ratios[0]) for size in sizes] + [(sizes[0], ratio) for ratio in ratios[1:]]
    boxes = []
    for row, column, (size, ratio) in itertools.product(range(H), range(W), shapes):
        half = np.array([size * H / W * ratio ** 0.5, size / ratio ** 0.5]) / 2
        middle = np.array([(column + offsets[1]) * step_x, (row + offsets[0]) * step_y])
        boxes.append([*(middle - half), *(middle + half)])
    return np.clip([boxes], 0, 1) if clip else np.array([boxes])


def matched(overlaps, overlap_threshold):
    """Each anchor's label, or -1: overlaps (anchors, labels)."""
    found = np.full(len(overlaps), -1)
    free = overlaps.copy()
    while free.size and free.max() > 1e-6:          # every label its best anchor
        anchor, label = np.unravel_index(free.argmax(), free.shape)
        found[anchor] = label
        free[anchor], free[:, label] = -1, -1
    if overlap_threshold > 0 and overlaps.size:     # then every anchor its best label
        other = (found < 0) & (overlaps.max(1) > overlap_threshold)
        found[other] = overlaps.argmax(1)[other]
    return found


def multibox_target(anchor, label, cls_pred, overlap_threshold=0.5, ignore_label=-1.0,
                    negative_mining_ratio=-1.0, negative_mining_thresh=0.5,
                    minimum_negative_samples=0, variances=(0.1, 0.1, 0.2, 0.2)):
    if anchor.shape[:1] + anchor.shape[2:] != (1, 4):
        raise ValueError("one set of boxes")
    (B, L, _), A = label.shape, anchor.shape[1]
    target, mask = np.zeros((B, A, 4)), np.zeros((B, A, 4))
    classes = np.full((B, A), float(ignore_label))
    for b in range(B):
        count = next((i for i in range(L) if label[b, i, 0] == -1), L)
        if not count:
            continue
        overlaps = box_iou(anchor[0], label[b, :count, 1:5])
        found = matched(overlaps, overlap_threshold)
        negative = found < 0
        if negative_mining_ratio > 0:
            background = np.exp(cls_pred[b] - cls_pred[b].max(0))
            background = background[0] / background.sum(0)
            able = [a for a in by_score(-background)
                    if found[a] < 0 and overlaps[a].max() < negative_mining_thresh]
            wanted = max(int((found >= 0).sum() * negative_mining_ratio), minimum_negative_samples)
            negative = np.isin(np.arange(A), able[:wanted])
        classes[b, negative] = 0
        for a in np.flatnonzero(found >= 0):
            row = label[b, found[a]]
            classes[b, a], mask[b, a] = row[0] + 1, 1
            box, own = middles(row[1:5]), middles(anchor[0, a])
            target[b, a] = np.concatenate(
                [(box[:2] - own[:2]) / own[2:], np.log(box[2:] / own[2:])]) / variances
    return [target.reshape(B, -1), mask.reshape(B, -1), classes]


def multibox_detection(cls_prob, loc_pred, anchor, clip=True, threshold=0.01, background_id=0,
                       nms_threshold=0.5, force_suppress=False, variances=(0.1, 0.1, 0.2, 0.2),
                       nms_topk=-1):
    (B, _, A), out = cls_prob.shape, np.full((len(cls_prob), anchor.shape[1], 6), -1.0)
    if cls_prob.shape[2] != anchor.shape[1] or not A:
        raise ValueError("a probability an anchor")
    stds = {f"std{i}": value for i, value in enumerate(variances)}
    boxes = box_decode(loc_pred.reshape(B, A, 4), anchor, format="corner", **stds)
    boxes = np.clip(boxes, 0, 1) if clip else boxes
    for b in range(B):
        best, score = cls_prob[b, 1:].argmax(0), cls_prob[b, 1:].max(0)
        rows = [np.array([best[a], score[a], *boxes[b, a]]) for a in range(A)
                if score[a] >= threshold]
        if not 0 < nms_threshold <= 1:
            out[b, :len(rows)] = np.reshape(rows, (-1, 6))
            continue
        count = min(nms_topk, len(rows)) if nms_topk > 0 else len(rows)
        order = [rows[i] for i in by_score([row[1] for row in rows])]
        kept = []
        for i, row in enumerate([*order[:count], *rows[count:]]):
            is_new = i < count and not any(
                (force_suppress or other[0] == row[0]) and iou(other[2:], row[2:]) >= nms_threshold
                for other in kept)
            kept += [row] * is_new
            out[b, i] = row if is_new else [-1, *row[1:]]
    return out


def proposal_anchors(scales, ratios, stride):
    boxes = []
    for ratio, scale in itertools.product(ratios, scales):
        width = np.floor(np.sqrt(np.floor(stride ** 2 / ratio)) + 0.5)
        sides = np.array([width, np.floor(width * ratio + 0.5)]) * scale
        boxes.append([*((stride - 1) / 2 - (sides - 1) / 2), *((stride - 1) / 2 + (sides - 1) / 2)])
    return np.array(boxes)


def proposal(cls_prob, bbox_pred, im_info, rpn_pre_nms_top_n=6000, rpn_post_nms_top_n=300,
             threshold=0.7, rpn_min_size=16, scales=(4, 8, 16, 32), ratios=(0.5, 1, 2),
             feature_stride=16, output_score=False, iou_loss=False):
    H, W = cls_prob.shape[2:]
    if not H * W:
        raise ValueError("no places")
    regions, scores = [], []
    for b, (height, width, scale) in enumerate(im_info):
        rows = []
        for y, x, (a, anchor) in itertools.product(
                range(H), range(W), enumerate(proposal_anchors(scales, ratios, feature_stride))):
            box = anchor + np.array([x, y, x, y]) * feature_stride
            delta = bbox_pred[b, 4 * a:4 * a + 4, y, x]
            sides = box[2:] - box[:2] + 1
            if iou_loss:
                box = box + delta
            else:
                middle = delta[:2] * sides + box[:2] + (sides - 1) / 2
                reach = (np.exp(delta[2:]) * sides - 1) / 2
                box = np.concatenate([middle - reach, middle + reach])
            box = np.clip(box, 0, np.array([width, height, width, height]) - 1)
            is_real = y < int(height / feature_stride) and x < int(width / feature_stride)
            score = cls_prob[b, cls_prob.shape[1] // 2 + a, y, x] if is_real else -1.0
            least = rpn_min_size * scale
            if (box[2:] - box[:2] + 1 < least).any():
                box, score = box + np.array([-1, -1, 1, 1]) * least / 2, -1.0
            rows.append((score, box))
        rows = [rows[i] for i in by_score([row[0] for row in rows])]
        kept = []
        for score, box in rows[:rpn_pre_nms_top_n if rpn_pre_nms_top_n > 0 else None]:
            if len(kept) < rpn_post_nms_top_n and not any(
                    iou(other, box, 1.0) > threshold for _, other in kept):
                kept.append((score, box))
        for i in range(rpn_post_nms_top_n):
            regions.append([b, *kept[i % len(kept)][1]])
            scores.append([kept[i % len(kept)][0]])
    regions, scores = np.reshape(regions, (-1, 5)), np.reshape(scores, (-1, 1))
    return [regions, scores] if output_score else regions


def proposal_of_one(cls_prob, *others, **params):
    if len(cls_prob) != 1:
        raise ValueError("one image")
    return proposal(cls_prob, *others, **params)

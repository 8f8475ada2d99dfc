"""What the operators of regions compute, a bin and a sample at a time, in NumPy."""

import itertools
import math

import numpy as np


def rounded(x):
    """Halves away from zero, as C rounds."""
    return math.floor(abs(x) + 0.5) * (1 if x >= 0 else -1)


def bilinear(plane, y, x):
    """A plane between its pixels; y and x inside."""
    H, W = plane.shape
    y0, x0 = int(y), int(x)
    y1, x1 = min(y0 + 1, H - 1), min(x0 + 1, W - 1)
    down, right = y - y0, x - x0
    return ((1 - down) * ((1 - right) * plane[y0, x0] + right * plane[y0, x1])
            + down * ((1 - right) * plane[y1, x0] + right * plane[y1, x1]))


def aligned_sample(plane, y, x):
    """0 where it is more than a pixel outside."""
    H, W = plane.shape
    if not plane.size or not (-1 <= y <= H and -1 <= x <= W):
        return 0.0
    return bilinear(plane, min(max(y, 0), H - 1), min(max(x, 0), W - 1))


def maps_of(data, rois, columns):
    """Raises where shapes are wrong."""
    if data.ndim != 4 or rois.ndim != 2 or rois.shape[1] not in columns:
        raise ValueError("no maps, or no regions")
    return data.shape


def bin_pixels(start, shift, length, b, size):
    """The pixels of bin b along an axis."""
    low, high = math.floor(b * length + start) + shift, math.ceil((b + 1) * length + start) + shift
    return slice(min(max(low, 0), size), min(max(high, 0), size))


def roi_pooling(data, rois, pooled_size, spatial_scale):
    N, C, H, W = maps_of(data, rois, (5,))
    PH, PW = pooled_size
    out = np.zeros((len(rois), C, PH, PW))
    for r, (image, *box) in enumerate(rois):
        x1, y1, x2, y2 = [rounded(value * spatial_scale) for value in box]
        h, w = max(y2 - y1 + 1, 1) / PH, max(x2 - x1 + 1, 1) / PW
        for i, j in itertools.product(range(PH), range(PW)):
            if 0 <= image < N:
                pixels = data[int(image), :, bin_pixels(0, y1, h, i, H), bin_pixels(0, x1, w, j, W)]
                if pixels.size:
                    out[r, :, i, j] = pixels.max((1, 2))
    return out


def roi_align(data, rois, pooled_size, spatial_scale, sample_ratio=-1, position_sensitive=False,
              aligned=False):
    C = maps_of(data, rois, (4, 5))[1]
    PH, PW = pooled_size
    bins = PH * PW if position_sensitive else 1
    out = np.zeros((len(rois), C // bins, PH, PW))
    for r, roi in enumerate(rois):
        image = int(roi[0]) if len(roi) == 5 else 0
        if image < 0:
            continue
        x1, y1, x2, y2 = roi[-4:] * spatial_scale - (0.5 if aligned else 0)
        sides = [y2 - y1, x2 - x1] if aligned else [max(y2 - y1, 1), max(x2 - x1, 1)]
        h, w = sides[0] / PH, sides[1] / PW
        rows, columns = [sample_ratio if sample_ratio > 0 else math.ceil(side) for side in (h, w)]
        for c, i, j in np.ndindex(out.shape[1:]):
            plane = data[image, c * bins + (i * PW + j if position_sensitive else 0)]
            out[r, c, i, j] = np.mean([
                aligned_sample(plane, y1 + (i + (k + 0.5) / rows) * h,
                               x1 + (j + (m + 0.5) / columns) * w)
                for k in range(rows) for m in range(columns)])
    return out


def rroi_align(data, rois, pooled_size, spatial_scale, sampling_ratio=-1):
    C = maps_of(data, rois, (6,))[1]
    PH, PW = pooled_size
    out = np.zeros((len(rois), C, PH, PW))
    for r, (image, *box) in enumerate(rois):
        x, y, w, h = np.array(box[:4]) * spatial_scale
        angle, w, h = math.radians(box[4]), max(w, 1) / PW, max(h, 1) / PH
        rows, columns = [sampling_ratio if sampling_ratio > 0 else math.ceil(n) for n in (h, w)]
        for c, i, j in np.ndindex(out.shape[1:]):
            total = 0.0
            for k, m in itertools.product(range(rows), range(columns)):
                v = (i + (k + 0.5) / rows - PH / 2) * h
                u = (j + (m + 0.5) / columns - PW / 2) * w
                plane = data[int(image), c]
                total += aligned_sample(plane, v * math.cos(angle) - u * math.sin(angle) + y,
                                        u * math.cos(angle) + v * math.sin(angle) + x)
            out[r, c, i, j] = total / (rows * columns)
    return out


def sensitive_corners(roi, scale):
    """A region's upper left corner, and its sides."""
    x1, y1, x2, y2 = [rounded(value) for value in roi[1:]]
    return (y1 * scale, x1 * scale, max((y2 + 1 - y1) * scale, 0.1),
            max((x2 + 1 - x1) * scale, 0.1))


def psroi_pooling(data, rois, spatial_scale, output_dim, pooled_size, group_size=0):
    H, W = maps_of(data, rois, (5,))[2:]
    group, P = group_size or pooled_size, pooled_size
    out = np.zeros((len(rois), output_dim, P, P))
    for r, roi in enumerate(rois):
        top, left, h, w = sensitive_corners(roi, spatial_scale)
        for c, i, j in np.ndindex(out.shape[1:]):
            channel = (c * group + i * group // P) * group + j * group // P
            pixels = data[int(roi[0]), channel, bin_pixels(top, 0, h / P, i, H),
                          bin_pixels(left, 0, w / P, j, W)]
            out[r, c, i, j] = pixels.mean() if pixels.size else 0
    return out


def deformable_psroi_pooling(data, rois, trans=None, spatial_scale=1.0, output_dim=1, group_size=1,
                             pooled_size=1, part_size=0, sample_per_part=1, trans_std=0.0,
                             no_trans=False):
    H, W = maps_of(data, rois, (5,))[2:]
    group, P, part = group_size, pooled_size, part_size or pooled_size
    out = np.zeros((len(rois), output_dim, P, P))
    each = output_dim if trans is None else output_dim // (trans.shape[1] // 2)
    for r, roi in enumerate(rois):
        top, left, h, w = sensitive_corners(roi, spatial_scale)
        for c, i, j in np.ndindex(out.shape[1:]):
            y, x = top - 0.5 + i * h / P, left - 0.5 + j * w / P
            if trans is not None:
                move = trans[r, c // each * 2:, i * part // P, j * part // P] * trans_std
                x, y = x + move[0] * w, y + move[1] * h
            plane = data[int(roi[0]), (c * group + i * group // P) * group + j * group // P]
            values = []
            for k, m in itertools.product(range(sample_per_part), repeat=2):
                v, u = y + k * h / P / sample_per_part, x + m * w / P / sample_per_part
                if -0.5 <= v <= H - 0.5 and -0.5 <= u <= W - 0.5:
                    values.append(bilinear(plane, min(max(v, 0), H - 1), min(max(u, 0), W - 1)))
            out[r, c, i, j] = np.mean(values) if values else 0
    return out

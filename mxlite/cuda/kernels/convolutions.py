"""The table: convolutions and their gradients, as products with the columns of all windows.

Columns are made of as many images at a time as MOST_BYTES of scratch hold. Groups of one channel
have kernels of their own, and windows of one pixel need no columns.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from .products import BY_COLUMN, BY_ROW, product
from .row import BLOCK, FLOATS, MOST_BLOCKS, Fields, Row, Stage, Staged, same, threads

FIELDS = "N groups C F size:3 out:3 kernel:3 stride:3 dilate:3 pad:3 has_bias"
COLUMNS = "planes size:3 out:3 kernel:3 stride:3 dilate:3 pad:3"
MOST_BYTES = 256 << 20
BYTES = {"f16": 2, "bf16": 2, "f32": 4, "f64": 8}
WIDE = {"f16": 4, "bf16": 4, "f32": 4, "f64": 8}        # of what sums are kept in


class Problem(NamedTuple):
    """Sizes of a convolution, in items; images, columns, results: of one image, all groups."""

    N: int
    groups: int
    C: int
    F: int
    window: tuple[tuple[int, ...], ...]      # size, out, kernel, stride, dilate, pad
    taps: int
    pixels: int
    image: int
    is_pointwise: bool

    @property
    def K(self) -> int:
        return self.C * self.taps

    @property
    def columns(self) -> int:
        return self.groups * self.K * self.pixels

    @property
    def result(self) -> int:
        return self.groups * self.F * self.pixels

    def chunks(self, nbytes: int) -> list[tuple[int, int]]:
        """(first image, how many), of `nbytes` of scratch each."""
        step = max(1, min(self.N, MOST_BYTES // max(nbytes, 1)))
        return [(n, min(step, self.N - n)) for n in range(0, self.N, step)]

    def plan(self, item: int) -> tuple[list[tuple[int, int]], int]:
        """The chunks for columns of this item size, and the bytes of scratch for one of them."""
        if self.is_pointwise:
            return [(0, self.N)], 0
        chunks = self.chunks(self.columns * item)
        return chunks, max([images for _, images in chunks], default=0) * self.columns * item

    def columns_of(self, name: str, images: int, source: tuple[int, int],
                   target: tuple[int, int]) -> Stage:
        """im2col or col2im of some images: (pointer, bytes) -> (pointer, bytes)."""
        planes = images * self.groups * self.C
        items = images * (self.columns if name == "im2col" else self.image)
        return Stage("columns", name, threads(items), fields=(planes, *self.window),
                     pointers=(source, target))


def problem_of(fields: Fields) -> Problem:
    window = tuple([tuple(fields[name]) for name in (
        "size", "out", "kernel", "stride", "dilate", "pad")])
    size, out, kernel, stride, _, pad = window
    N, groups, C, F = [int(fields[name]) for name in ("N", "groups", "C", "F")]
    is_pointwise = math.prod(kernel) == 1 and math.prod(stride) == 1 and not any(pad)
    return Problem(N, groups, C, F, window, math.prod(kernel), math.prod(out),
                   groups * C * math.prod(size), is_pointwise)


def is_depthwise(fields: Fields) -> bool:
    return bool(fields["C"] == 1 and fields["groups"] > 1)


def depthwise(name: str, fields: Fields) -> Stage:
    """A kernel of depthwise.cu, whose descriptor is the call's."""
    p = problem_of(fields)
    channels = p.groups * p.F
    if name.endswith("weight"):
        tiles = -(-channels // 32) if name.startswith("last") else channels
        return Stage("depthwise", name, min(tiles * p.taps, MOST_BLOCKS), BLOCK)
    return Stage("depthwise", name,
                 threads(p.N * (p.image if name.endswith("data") else p.result)))


def forward(fields: Fields, dtype: str) -> tuple[list[Stage], int]:
    """data weight bias? -> out"""
    if is_depthwise(fields):
        return [depthwise("depthwise", fields)], 0
    p, item = problem_of(fields), BYTES[dtype]
    out, scratch = 2 + fields["has_bias"], 3 + fields["has_bias"]
    chunks, nbytes = p.plan(item)
    stages = []
    for n, images in chunks:
        source = (0, n * p.image * item) if p.is_pointwise else (scratch, 0)
        if not p.is_pointwise:
            stages.append(p.columns_of("im2col", images, (0, n * p.image * item), source))
        stages.append(product(
            (1, 0, 0, p.F * p.K), (*source, p.columns, p.K * p.pixels),
            (out, n * p.result * item, p.result, p.F * p.pixels), p.F, p.pixels, p.K,
            batch=images * p.groups, groups=p.groups,
            bias=(2, BY_ROW) if fields["has_bias"] else None))
    return stages, nbytes


def grad_data(fields: Fields, dtype: str) -> tuple[list[Stage], int]:
    """dy weight -> dx"""
    if is_depthwise(fields):
        return [depthwise("depthwise_data", fields)], 0
    p, item = problem_of(fields), BYTES[dtype]
    chunks, nbytes = p.plan(WIDE[dtype])
    stages = []
    for n, images in chunks:
        target = (2, n * p.image * item) if p.is_pointwise else (3, 0)
        stages.append(product(
            (1, 0, 0, p.F * p.K), (0, n * p.result * item, p.result, p.F * p.pixels),
            (*target, p.columns, p.K * p.pixels), p.K, p.pixels, p.F, trans_a=1,
            batch=images * p.groups, groups=p.groups, is_wide=not p.is_pointwise))
        if not p.is_pointwise:
            stages.append(p.columns_of("col2im_wide", images, target, (2, n * p.image * item)))
    return stages, nbytes


def grad_weight(fields: Fields, dtype: str) -> tuple[list[Stage], int]:
    """data dy -> dw. The scratch: the sum of chunks before, parts of dw by image, columns."""
    if is_depthwise(fields):
        return [depthwise("depthwise_weight", fields)], 0
    p, item, wide = problem_of(fields), BYTES[dtype], WIDE[dtype]
    size = p.groups * p.F * p.K
    columns = 0 if p.is_pointwise else p.columns * item
    chunks = p.chunks(size * wide + columns) or [(0, 0)]
    parts = size * wide
    end = parts + max([images for _, images in chunks]) * size * wide
    stages = []
    for n, images in chunks:
        source = (0, n * p.image * item) if p.is_pointwise else (3, end)
        if not p.is_pointwise:
            stages.append(p.columns_of("im2col", images, (0, n * p.image * item), source))
        stages += [
            product((1, n * p.result * item, p.result, p.F * p.pixels),
                    (*source, p.columns, p.K * p.pixels), (3, parts, size, p.F * p.K),
                    p.F, p.K, p.pixels, trans_b=1, batch=images * p.groups, groups=p.groups,
                    is_wide=True),
            Stage("columns", "sum_parts", threads(size),
                  fields=(images, size, int(n == 0), int(n + images == p.N)),
                  pointers=((3, parts), (3, 0), (2, 0)))]
    return stages, end + max([images for _, images in chunks]) * columns


def channels_last(fields: Fields, dtype: str) -> tuple[list[Stage], int]:
    """data weight bias? -> out, channels last: rows of windows for each group."""
    p, item = problem_of(fields)._replace(is_pointwise=False), BYTES[dtype]
    out, scratch = 2 + fields["has_bias"], 3 + fields["has_bias"]
    chunks, nbytes = p.plan(item)
    stages = []
    for n, images in chunks:
        rows = images * p.pixels
        stages += [
            Stage("columns", "im2row", threads(images * p.columns),
                  fields=(images, p.groups, p.C, *p.window),
                  pointers=((0, n * p.image * item), (scratch, 0))),
            product((scratch, 0, 0, rows * p.K), (1, 0, 0, p.F * p.K),
                    (out, n * p.result * item, 0, p.F), rows, p.F, p.K, trans_b=1, batch=p.groups,
                    groups=p.groups, ldc=p.groups * p.F,
                    bias=(2, BY_COLUMN) if fields["has_bias"] else None)]
    return stages, nbytes


def convolutions() -> dict[str, Row | Staged]:
    def arrays(fields: Fields) -> int:
        return 3 + int(fields["has_bias"])

    def planes(size: str) -> Row:
        def blocks(fields: Fields) -> int:
            taps = math.prod(fields["kernel"]) if size == "out" else 1
            return threads(fields["planes"] * math.prod(fields[size]) * taps)

        return Row("columns", FLOATS, COLUMNS, same(2), blocks)

    def last(name: str) -> Staged:
        return Staged("depthwise", "f32 f64", FIELDS, arrays,
                      lambda fields, dtype: ([depthwise(name, fields)], 0))

    return {
        "conv": Staged("depthwise", FLOATS, FIELDS, arrays, forward),
        "conv_grad_data": Staged("depthwise", FLOATS, FIELDS, same(3), grad_data),
        "conv_grad_weight": Staged("depthwise", FLOATS, FIELDS, same(3), grad_weight),
        "conv_channels_last": Staged("depthwise", "f32 f64", FIELDS, arrays, channels_last),
        "last_depthwise": last("last_depthwise"),
        "last_depthwise_weight": last("last_depthwise_weight"),
        "im2col": planes("out"), "col2im": planes("size"),
    }

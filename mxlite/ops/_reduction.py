"""How a reduction is laid out for csrc/cpu/reduce.h: axes merged, and the work cut into tasks."""

import math
from collections.abc import Iterable, Sequence

Group = tuple[int, int, bool]  # size, stride, is it reduced

TILE = 512  # REDUCE_TILE: outputs that one task keeps side by side
TASK = 1 << 15  # elements a task should have at least
PART = 1 << 16  # elements of one output that are worth a task of their own
MOST_PARTS = 64
MOST_GROUPS = 6  # REDUCE_DIMS


def merged_axes(shape: Sequence[int], axes: Iterable[int]) -> list[Group]:
    """The axes of a C-contiguous array of this shape, neighbours of one kind made one."""
    reduced = set(axes)
    groups: list[Group] = []
    stride = 1
    for axis in reversed(range(len(shape))):
        if shape[axis] != 1:
            if groups and groups[-1][2] == (axis in reduced):
                size, inner_stride, kind = groups.pop()
                groups.append((size * shape[axis], inner_stride, kind))
            else:
                groups.append((shape[axis], stride, axis in reduced))
        stride *= shape[axis]
    return groups[::-1]


def reduction(shape: Sequence[int], axes: Iterable[int], mean: bool = False) -> dict[str, object]:
    """The fields of reduce_dims, but for `scratch`: how many partial results there are."""
    groups = merged_axes(shape, axes) or [(1, 1, True)]
    inner, _, is_row = groups[-1]
    kept = [group[:2] for group in groups[:-1] if not group[2]]
    reduced = [group[:2] for group in groups[:-1] if group[2]]
    outputs = math.prod(size for size, _ in kept) * (1 if is_row else inner)
    count = math.prod(size for size, _ in reduced) * (inner if is_row else 1)
    tile = min(TILE, max(1, TASK // max(count, 1))) if is_row else min(TILE, max(inner, 1))
    group = 1 if is_row else max(1, TASK // max(count * tile, 1))
    tasks = max(1, -(-outputs // (tile * group)))
    parts = 1 if tasks >= 16 else min(MOST_PARTS, max(1, outputs * count // (tasks * PART)), count)
    parts = max(parts, 1)
    return {
        "is_row": int(is_row), "inner": inner, "outputs": outputs, "count": count,
        "divisor": count if mean else 1, "tile": tile, "group": group,
        "per_part": -(-count // parts), "parts": parts,
        "num_kept": len(kept), "num_reduced": len(reduced),
        "kept_size": [size for size, _ in kept], "kept_stride": [step for _, step in kept],
        "reduced_size": [size for size, _ in reduced],
        "reduced_stride": [step for _, step in reduced],
    }

"""The kernel call of a reduction over any axes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..device.memory import Spec
from .calls import KernelCall, kernel


def merged_axes(shape: Sequence[int], axes: Iterable[int]) -> list[tuple[int, bool]]:
    """The axes of an array of this shape as (length, is reduced), neighbours of a kind merged.

    Axes of length 1 are left out, unless there is no other.
    """
    reduced = set(axes)
    merged: list[tuple[int, bool]] = []
    for axis, length in enumerate(shape):
        is_reduced = axis in reduced
        if length == 1:
            continue
        if merged and merged[-1][1] == is_reduced:
            merged[-1] = (merged[-1][0] * length, is_reduced)
        else:
            merged.append((length, is_reduced))
    return merged or [(1, True)]


def reduce_call(name: str, spec: Spec, axes: Iterable[int], mean: bool = False) -> KernelCall:
    """The call that reduces these axes of an array; mean: and divides by how many there were."""
    merged = merged_axes(spec.shape, axes)
    dtype = spec.dtype
    if dtype == "bool":
        name, dtype = {"sum": "max", "prod": "min"}.get(name, name), "uint8"
    return kernel(name, dtype, work=spec.size * 0.4, num_axes=len(merged),
                  size=[length for length, _ in merged], is_row=int(merged[-1][1]),
                  mean=int(mean))

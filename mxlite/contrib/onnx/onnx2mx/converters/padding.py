"""Padding, of which ONNX has a negative kind that cuts off."""

from __future__ import annotations

from collections.abc import Sequence

from ..... import symbol as sym
from .....symbol import Symbol


def padded(data: Symbol, ends: Sequence[tuple[int, int]], mode: str = "constant",
           number: float = 0.0) -> Symbol:
    """data with ends[axis] = (before, behind) items more."""
    if any(end < 0 for pair in ends for end in pair):
        data = sym.slice(data, begin=tuple(max(-before, 0) for before, _ in ends),
                         end=tuple(behind if behind < 0 else None for _, behind in ends))
    wide = [axis for axis, pair in enumerate(ends) if max(pair) > 0]
    if not wide:
        return sym.identity(data)
    # MXNet's operator takes arrays of 4 or 5 axes, and pads neither of the first two
    lead = max(4 - len(ends), 2 - wide[0], 0)
    lead = lead if len(ends) + lead <= 5 else 0
    for _ in range(lead):
        data = sym.expand_dims(data, axis=0)
    widths = [0] * (2 * lead) + [max(end, 0) for pair in ends for end in pair]
    result = sym.pad(data, mode=mode, pad_width=tuple(widths),
                     constant_value=min(max(number, -3.4e38), 3.4e38))
    return sym.squeeze(result, axis=tuple(range(lead))) if lead else result


def spatial_ends(pads: Sequence[int]) -> list[tuple[int, int]]:
    """ends for an image (N, C, *spatial), from the padding of a convolution: all begins, then all
    ends."""
    half = len(pads) // 2
    return [(0, 0), (0, 0), *zip(pads[:half], pads[half:], strict=True)]

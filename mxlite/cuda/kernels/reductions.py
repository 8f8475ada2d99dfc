"""The table: reductions of axes."""

from __future__ import annotations

import math

from .row import BLOCK, FLOATS, MOST_BLOCKS, NUMBERS, WARP, Fields, Row, same, threads


def reductions() -> dict[str, Row]:
    def split(fields: Fields) -> tuple[int, int]:
        """(outputs, elements that each is made of)"""
        sizes = list(fields["size"])[:fields["num_axes"]][::-1]
        ends, others = math.prod(sizes[::2]), math.prod(sizes[1::2])
        return (others, ends) if fields["is_row"] else (ends, others)

    def blocks(fields: Fields) -> int:
        outputs = split(fields)[0]
        return min(outputs, MOST_BLOCKS) if fields["is_row"] else threads(outputs)

    def block(fields: Fields) -> int:
        return WARP if fields["is_row"] and split(fields)[1] < 4 * BLOCK else BLOCK

    return {name: Row("reduce", FLOATS if name.startswith("nan") else NUMBERS,
                      "num_axes size:13 is_row mean", same(2), blocks, block=block)
            for name in ("sum", "nansum", "prod", "nanprod", "norm1", "norm2", "max", "min")}

"""The table: reductions of axes."""

from __future__ import annotations

import math

from .row import (
    BLOCK,
    FLOATS,
    MOST_ARRAYS,
    MOST_BLOCKS,
    NUMBERS,
    WARP,
    Fields,
    Row,
    each,
    same,
    threads,
    too_many,
)


def reductions() -> dict[str, Row]:
    def split(fields: Fields) -> tuple[int, int]:
        """(outputs, elements that each is made of)"""
        sizes = list(fields["size"])[:fields["num_axes"]][::-1]
        ends, others = math.prod(sizes[::2]), math.prod(sizes[1::2])
        return (others, ends) if fields["is_row"] else (ends, others)

    def parts(fields: Fields) -> int:
        """Into how many parts lines are cut, so that there is work for the whole device: as
        csrc/cuda/reduce.cu has it."""
        outputs, count = split(fields)
        wanted, least = (1024, 8192) if fields["is_row"] else (65536, 128)
        return int(max(min(wanted // max(outputs, 1), count // least), 1))

    def blocks(fields: Fields) -> int:
        outputs = split(fields)[0]
        by_block = fields["is_row"] or parts(fields) > 1
        return min(outputs, MOST_BLOCKS) if by_block else threads(outputs)

    def first(fields: Fields) -> int:
        pieces = parts(fields) * split(fields)[0]
        if parts(fields) == 1:
            return 0
        return min(pieces, MOST_BLOCKS) if fields["is_row"] else threads(pieces)

    def scratch(fields: Fields) -> int:
        return 8 * parts(fields) * split(fields)[0] if parts(fields) > 1 else 0

    def block(fields: Fields) -> int:
        return WARP if fields["is_row"] and split(fields)[1] < 4 * BLOCK else BLOCK

    def lines(fields: Fields) -> int:
        return int(min(fields["outer"] * fields["inner"], MOST_BLOCKS))

    rows = {name: Row("reduce", FLOATS if name.startswith("nan") else NUMBERS,
                      "num_axes size:13 is_row mean", same(2), blocks, block=block, first=first,
                      scratch=scratch)
            for name in ("sum", "nansum", "prod", "nanprod", "norm1", "norm2", "max", "min")}
    for name in ("argmax", "argmin"):
        rows[name] = Row("arg", NUMBERS, "outer axis inner", same(2), lines,
                         block=lambda fields: WARP if fields["axis"] < 4 * BLOCK else BLOCK)
    rows["cumsum"] = Row("cumsum", NUMBERS, "outer axis inner", same(2),
                         lambda fields: lines(fields) if fields["axis"] >= 1024
                         else threads(fields["outer"] * fields["inner"]))
    rows["histogram"] = Row("count", NUMBERS, "n bins by_bounds low:d high:d",
                            lambda fields: 3 + fields["by_bounds"], each("n"),
                            first=lambda fields: threads(fields["bins"] + 1))
    rows["allclose"] = Row("count", NUMBERS + " b8", "n equal_nan rtol:d atol:d", same(3),
                           each("n"), first=same(1))
    rows["all_finite"] = Row("count", FLOATS, f"count init n:{MOST_ARRAYS}",
                             lambda fields: fields["count"] + 1,
                             lambda fields: threads(max(fields["n"])), first=same(1),
                             check=too_many)
    return rows

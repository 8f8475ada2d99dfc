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

    def blocks(fields: Fields) -> int:
        outputs = split(fields)[0]
        return min(outputs, MOST_BLOCKS) if fields["is_row"] else threads(outputs)

    def block(fields: Fields) -> int:
        return WARP if fields["is_row"] and split(fields)[1] < 4 * BLOCK else BLOCK

    def lines(fields: Fields) -> int:
        return int(min(fields["outer"] * fields["inner"], MOST_BLOCKS))

    rows = {name: Row("reduce", FLOATS if name.startswith("nan") else NUMBERS,
                      "num_axes size:13 is_row mean", same(2), blocks, block=block)
            for name in ("sum", "nansum", "prod", "nanprod", "norm1", "norm2", "max", "min")}
    for name in ("argmax", "argmin"):
        rows[name] = Row("arg", NUMBERS, "outer axis inner", same(2), lines,
                         block=lambda fields: WARP if fields["axis"] < 4 * BLOCK else BLOCK)
    rows["cumsum"] = Row("cumsum", NUMBERS, "outer axis inner", same(2),
                         lambda fields: threads(fields["outer"] * fields["inner"]))
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

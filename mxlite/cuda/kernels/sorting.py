"""The table: sorting."""

from __future__ import annotations

from .row import MOST_BLOCKS, NUMBERS, Fields, Row, same, sorting_threads

MOST_ITEMS = 1 << 24        # of the lists of all blocks, unless one line is longer


def sorting() -> dict[str, Row]:
    def blocks(fields: Fields) -> int:
        lines = fields["outer"] * fields["inner"] if fields["axis"] and fields["k"] else 0
        return int(min(lines, max(MOST_ITEMS // max(fields["axis"], 1), 1), MOST_BLOCKS))

    def check(fields: Fields) -> str | None:
        return "sorting lines of 2^31 items" if fields["axis"] >= 1 << 31 else None

    return {"order": Row("order", NUMBERS + " b8", "outer axis inner k is_ascend", same(4), blocks,
                         block=lambda fields: sorting_threads(fields["axis"]),
                         scratch=lambda fields: 24 * blocks(fields) * fields["axis"],
                         check=check)}

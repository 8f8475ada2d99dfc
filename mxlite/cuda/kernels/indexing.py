"""The table: rows and items chosen by indices."""

from __future__ import annotations

import math

from .row import Count, Row, same, threads


def indexing() -> dict[str, Row]:
    def sized(*names: str) -> Count:
        return lambda fields: threads(math.prod([fields[name] for name in names]))

    pick = "outer K inner item mode index_flag"
    return {
        "take": Row("index", "bytes", "outer K M row_bytes mode index_flag index_at", same(3),
                    sized("outer", "M", "row_bytes")),
        "pick": Row("index", "bytes", pick, same(3), sized("outer", "inner")),
        "pick_grad": Row("index", "bytes", pick, same(3), sized("outer", "K", "inner")),
        "one_hot": Row("index", "bytes", "M depth item on off index_flag", same(2),
                       sized("M", "depth")),
    }

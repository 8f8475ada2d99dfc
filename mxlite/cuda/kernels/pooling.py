"""The table: pooling."""

from __future__ import annotations

import math

from .row import FLOATS, Fields, Row, Stage, Staged, same, threads

FIELDS = "outer inner size:3 out:3 kernel:3 stride:3 pad:3 is_average count_pad"


def pooling() -> dict[str, Row | Staged]:
    def items(fields: Fields, what: str) -> int:
        return math.prod(fields[what]) * int(fields["outer"] * fields["inner"])

    def outputs(fields: Fields) -> int:
        return threads(items(fields, "out"))

    def data(fields: Fields) -> int:
        return threads(items(fields, "size"))

    def max_grad(fields: Fields, dtype: str) -> tuple[list[Stage], int]:
        return [Stage("pooling", "pool_max_where", outputs(fields)),
                Stage("pooling", "pool_max_grad", data(fields))], 8 * items(fields, "out")

    rows: dict[str, Row | Staged] = {
        name: Row("pooling", FLOATS, FIELDS, same(2), outputs)
        for name in ("pool_max", "pool_sum", "pool_lp2", "pool_lp3")}
    return {**rows, "pool_max_grad": Staged("pooling", FLOATS, FIELDS, same(3), max_grad),
            "pool_sum_grad": Row("pooling", FLOATS, FIELDS, same(2), data),
            "pool_max_gather": Row("pooling", FLOATS, FIELDS, same(3), outputs)}

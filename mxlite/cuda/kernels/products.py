"""The table: products of matrices."""

from __future__ import annotations

from .row import MOST_BLOCKS, NUMBERS, Fields, Row


def products() -> dict[str, Row]:
    def tiles(fields: Fields) -> int:
        count = fields["batch"] * -(-fields["M"] // 16) * -(-fields["N"] // 16)
        return int(min(count, MOST_BLOCKS))

    return {"gemm": Row("gemm", NUMBERS, "batch M N K trans_a trans_b has_bias",
                        lambda fields: 3 + fields["has_bias"], tiles)}

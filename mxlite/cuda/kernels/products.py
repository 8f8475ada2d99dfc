"""The table: products of matrices."""

from __future__ import annotations

from .row import MOST_BLOCKS, NUMBERS, Fields, Row, same, threads


def products() -> dict[str, Row]:
    def tiles(fields: Fields) -> int:
        count = fields["batch"] * -(-fields["M"] // 16) * -(-fields["N"] // 16)
        return int(min(count, MOST_BLOCKS))

    product = "batch M N K trans_a trans_b has_bias"
    return {
        "gemm": Row("gemm", NUMBERS, product, lambda fields: 3 + fields["has_bias"], tiles),
        "gemm_bias": Row("gemm", NUMBERS, product, same(4), lambda fields: threads(
            fields["batch"] * fields["M"] * fields["N"])),
    }

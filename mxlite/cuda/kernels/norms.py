"""The table: normalisation over batches and rows."""

from __future__ import annotations

from .row import (
    BLOCK,
    FLOATS,
    MOST_BLOCKS,
    WARP,
    Fields,
    Row,
    Stage,
    Staged,
    same,
    threads,
    values_of,
)

BATCH = "N C S train fix_gamma eps:d momentum:d"
ROWS = "A B C over stats eps:d"
PIECE = 8 * BLOCK           # items that a block sums, at least
MOST_PIECES = 64


def batch_norms() -> dict[str, Row | Staged]:
    def stages(name: str, fields: Fields, has_sums: bool) -> tuple[list[Stage], int]:
        C, count = fields["C"], fields["N"] * fields["S"]
        lanes = 32 if fields["S"] == 1 else 1
        pieces = max(1, min(MOST_PIECES, count * lanes // PIECE))
        own = (*values_of(fields, BATCH), lanes, pieces)
        launches = [
            Stage("batch_norm", f"{name}_sums", -(-C // lanes) * pieces if has_sums else 0,
                  fields=own),
            Stage("batch_norm", f"{name}_finish", threads(C), fields=own),
            Stage("batch_norm", name, threads(C * count), fields=own)]
        return launches, 16 * pieces * C

    return {
        "batch_norm": Staged("batch_norm", FLOATS, BATCH, same(8),
                             lambda fields, dtype: stages("batch_norm", fields, fields["train"])),
        "batch_norm_grad": Staged("batch_norm", FLOATS, BATCH, same(10),
                                  lambda fields, dtype: stages("batch_norm_grad", fields, True)),
    }


def row_norms() -> dict[str, Row | Staged]:
    def shape(fields: Fields) -> tuple[int, int, int]:
        """(rows, their length, how many a block does)"""
        A, B, C = fields["A"], fields["B"], fields["C"]
        return (A * C, B, 1 if C == 1 else 32) if fields["over"] == 1 else (A * B, C, 1)

    def blocks(fields: Fields) -> int:
        rows, _, lanes = shape(fields)
        return min(-(-rows // lanes), MOST_BLOCKS)

    def block(fields: Fields) -> int:
        _, length, lanes = shape(fields)
        return WARP if lanes == 1 and length < 4 * WARP else BLOCK

    def grad(fields: Fields, dtype: str) -> tuple[list[Stage], int]:
        return [Stage("layer_norm", "layer_norm_grad", blocks(fields), block(fields)),
                Stage("layer_norm", "layer_norm_vectors", -(-fields["B"] // 32), 4 * BLOCK),
                ], 24 * shape(fields)[0]

    return {
        "layer_norm": Row("layer_norm", FLOATS, ROWS, lambda fields: 4 + 2 * fields["stats"],
                          blocks, block=block),
        "layer_norm_grad": Staged("layer_norm", FLOATS, ROWS, same(6), grad),
        "l2_norm": Row("layer_norm", FLOATS, ROWS, same(2), blocks, block=block),
    }

"""The table: integers of 8 bits, and the choice of their scale."""

from __future__ import annotations

import math

from .row import MOST_BLOCKS, Fields, Row, each, same, threads

CONV = "N groups C F size:3 out:3 kernel:3 stride:3 dilate:3 pad:3 has_bias"


def quantization() -> dict[str, Row]:
    def tiles(fields: Fields) -> int:
        return int(min(-(-fields["M"] // 16) * -(-fields["N"] // 16), MOST_BLOCKS))

    def outputs(fields: Fields) -> int:
        return threads(fields["N"] * fields["groups"] * fields["F"] * math.prod(fields["out"]))

    def candidates(fields: Fields) -> int:
        return int((fields["bins"] - 1) // 2 - fields["quantized"] // 2 + 1)

    rows = {
        "integer_gemm": Row("integer", "i8 u8", "M N K has_bias",
                            lambda fields: 3 + fields["has_bias"], tiles),
        "integer_conv": Row("integer", "i8 u8", CONV, lambda fields: 3 + fields["has_bias"],
                            outputs),
        "calibrate_entropy": Row(
            "calibrate", "f32", "bins quantized", same(4), same(1), first=same(1),
            second=lambda fields: threads(candidates(fields)),
            scratch=lambda fields: 8 * (fields["bins"] + 1 + candidates(fields))),
    }
    for name in ("i8", "u8", "i32", "f32"):
        rows[f"rescale_{name}"] = Row("integer", "i8 u8 i32 f32", "count truncate", same(3),
                                      each("count"))
    return rows

"""The table: outputs of networks that have a loss's gradient."""

from __future__ import annotations

import math

from .row import BLOCK, FLOATS, MOST_BLOCKS, Fields, Row, Stage, Staged, each, same, threads


def outputs() -> dict[str, Row | Staged]:
    def softmax_output(fields: Fields, dtype: str) -> tuple[list[Stage], int]:
        items = math.prod([fields[name] for name in ("outer", "axis", "inner")])
        return [Stage("output", "softmax_output_grad_first", 1, 4 * BLOCK),
                Stage("output", "softmax_output_grad", threads(items))], 8

    def cross_entropy(fields: Fields, dtype: str) -> tuple[list[Stage], int]:
        rows = fields["rows"]
        return [Stage("output", "softmax_cross_entropy_first", min(rows, MOST_BLOCKS)),
                Stage("output", "softmax_cross_entropy", 1)], 8 * max(rows, 1)

    return {
        "regression_output": Row("output", FLOATS, "n is_logistic", same(3), each("n")),
        "softmax_output_grad": Staged(
            "output", FLOATS, "outer axis inner is_dense use_ignore by_valid has_dy grad_scale:d "
            "norm:d ignore_label:d smooth_alpha:d", lambda fields: 3 + fields["has_dy"],
            softmax_output),
        "softmax_cross_entropy": Staged("output", FLOATS, "rows classes", same(3), cross_entropy),
    }

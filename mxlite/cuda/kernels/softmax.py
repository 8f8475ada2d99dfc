"""The table: softmax along an axis."""

from __future__ import annotations

from .row import BLOCK, FLOATS, MOST_BLOCKS, WARP, Fields, Row


def softmax() -> dict[str, Row]:
    def lines(fields: Fields) -> int:
        count = fields["outer"] * fields["inner"] if fields["axis"] else 0
        return int(min(count, MOST_BLOCKS))

    return {name: Row("softmax", FLOATS, "outer axis inner output scale:d",
                      lambda fields: fields["output"] + 1, lines,
                      block=lambda fields: BLOCK if fields["axis"] >= 4 * BLOCK else WARP)
            for name in ("softmax", "log_softmax", "softmax_grad", "log_softmax_grad")}

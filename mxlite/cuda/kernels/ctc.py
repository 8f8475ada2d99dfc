"""The table: CTC."""

from __future__ import annotations

from .row import BLOCK, FLOATS, MOST_BLOCKS, WARP, Fields, Row, Stage, Staged

FIELDS = ("T N C L blank padding label_flag has_data_lengths data_flag has_label_lengths "
          "length_flag")


def ctc() -> dict[str, Row | Staged]:
    def lengths(fields: Fields) -> int:
        return int(fields["has_data_lengths"] + fields["has_label_lengths"])

    def staged(name: str, arrays: int) -> Staged:
        def stages(fields: Fields, dtype: str) -> tuple[list[Stage], int]:
            T, N, C, states = fields["T"], fields["N"], fields["C"], 2 * fields["L"] + 1
            scratch = arrays + lengths(fields)
            kept = T if name == "ctc_grad" else 2
            return [
                Stage("ctc", "ctc_shift", min(T * N, MOST_BLOCKS), BLOCK if C > BLOCK else WARP,
                      pointers=((0, 0), (scratch, 0))),
                Stage("ctc", name, min(N, MOST_BLOCKS),
                      BLOCK if max(C, states) > BLOCK else 2 * WARP),
            ], 8 * (T * N + N * states * (kept + 4))

        return Staged("ctc", FLOATS, FIELDS, lambda fields: arrays + lengths(fields), stages)

    return {"ctc_loss": staged("ctc_loss", 3), "ctc_grad": staged("ctc_grad", 4)}

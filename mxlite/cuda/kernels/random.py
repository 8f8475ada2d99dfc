"""The table: random numbers, those that the CPU draws from the same key."""

from __future__ import annotations

from .indexing import sized
from .row import FLOATS, Fields, Row, each, same


def random() -> dict[str, Row]:
    def scalars(fields: Fields) -> int:
        return 2 if fields["per"] else 4

    rows = {name: Row("random", FLOATS, "n output", lambda fields: fields["output"] + 1, each("n"),
                      same(4)) for name in ("random_uniform", "random_normal")}
    rows["random_randint"] = Row("random", "i32 i64", "n output", same(1), each("n"), same(4))
    for name in ("uniform", "normal", "exponential", "gamma", "poisson", "negative_binomial",
                 "generalized_negative_binomial"):
        rows[f"sample_{name}"] = Row("random_sample", FLOATS, "n per count kind output",
                                     lambda fields: fields["output"] + 1, each("n"), scalars)
    rows["sample_multinomial"] = Row(
        "random_sample", FLOATS, "rows classes draws has_log out_kind",
        lambda fields: 2 + fields["has_log"], sized("rows", "draws"), same(2), first=each("rows"),
        scratch=lambda fields: 8 * fields["rows"] * fields["classes"])
    rows["shuffle_rows"] = Row(
        "shuffle", "bytes", "rows row_bytes", same(2), sized("rows", "row_bytes"), same(2),
        first=lambda fields: fields["rows"] > 0, scratch=lambda fields: 8 * fields["rows"])
    return rows

"""The table: optimizers' updates."""

from __future__ import annotations

import re

from ..compiler import source_of
from .row import FLOATS, Fields, Row, each

ADDED = (0, 2, 1)       # arrays that hold rates, by `source`: none, lists of lr and wd, a scale


def updates() -> dict[str, Row]:
    def scalars(fields: Fields) -> int:
        return 2 + fields["own"] + fields["more"] + (0 if fields["source"] == 1 else 2)

    def row(states: int) -> Row:
        return Row("optimizer", FLOATS, "n own more source at",
                   lambda fields: 3 + states + ADDED[fields["source"]], each("n"), scalars)

    rules = re.findall(r"^RULE(?:_AFTER)?\((\w+), (\d)", source_of("optimizer_rules.h"), re.M)
    rows = {name: row(int(states)) for name, states in rules}
    rows["mp_update"] = Row(
        "optimizer", "f16 bf16", "n has_mom is_nag source at",
        lambda fields: 4 + fields["has_mom"] + ADDED[fields["source"]], each("n"),
        lambda fields: 2 + fields["has_mom"] + (0 if fields["source"] == 1 else 2))
    return rows

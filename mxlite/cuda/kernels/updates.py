"""The table: optimizers' updates."""

from __future__ import annotations

import re

from ..compiler import source_of
from .row import FLOATS, Fields, Row, each, same


def updates() -> dict[str, Row]:
    def check(fields: Fields) -> str | None:
        return "updates whose rates are in arrays" if fields["source"] else None

    def row(states: int) -> Row:
        return Row("optimizer", FLOATS, "n own more source at", same(3 + states), each("n"),
                   lambda fields: 4 + fields["own"] + fields["more"], check=check)

    rules = re.findall(r"^RULE(?:_AFTER)?\((\w+), (\d)", source_of("optimizer_rules.h"), re.M)
    return {name: row(int(states)) for name, states in rules}

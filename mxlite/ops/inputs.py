"""How an operator's inputs are declared: `inputs="data weight bias[no_bias=False]"`.

A word an input. Marks behind its name: `?` it may be left out; `*` any number of arrays; `!` the
operator writes to it (an auxiliary state); `[parameter=value]` it is taken where the parameter
has this value, and only there.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

WORD = re.compile(r"(\*?)(\w+)([?!]*)(?:\[(\w+)=(\w+)\])?")


class Input(NamedTuple):
    """An input: its name, whether it may be left out, is variadic, is written to; and when taken.

    condition: (parameter, text of its value), or None where the input is always taken.
    """

    name: str
    optional: bool
    variadic: bool
    mutable: bool
    condition: tuple[str, str] | None = None


def parse_inputs(text: str) -> tuple[Input, ...]:
    """The inputs that a declaration names."""
    inputs = []
    for word in text.split():
        match = WORD.fullmatch(word)
        if match is None:
            raise ValueError(f"an input is declared as {word!r}; see ops/inputs.py")
        star, name, marks, parameter, value = match.groups()
        condition = (parameter, value) if parameter else None
        inputs.append(Input(name, "?" in marks or condition is not None, bool(star),
                            "!" in marks, condition))
    return tuple(inputs)


def taken_inputs(inputs: tuple[Input, ...], op: Any) -> tuple[Input, ...]:
    """The inputs that an instance takes; one whose condition holds must be given."""
    return tuple([
        entry._replace(optional=False) if entry.condition else entry for entry in inputs
        if entry.condition is None or str(getattr(op, entry.condition[0])) == entry.condition[1]])

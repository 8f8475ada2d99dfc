"""The dtypes of an operator's inputs and outputs, said in a line: `dtype_rule = "T any -> T"`.

A word an input, then a word an output; the last word of each side serves all that follow.

    T         one dtype for all of them
    F         T, which must be of floating point
    N         T, which must not be bool
    W         float32 where T has 16 bits, T otherwise: statistics and master copies
    T?        an input of any dtype; T where nothing says otherwise
    any       an input of any dtype
    int64     this dtype
    dtype     the dtype in this parameter; T where it is None
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from ..base import DTYPES

if TYPE_CHECKING:
    from .schema import Op

ALIKE = ("T", "F", "N")
Words = tuple[str, ...]


@cache
def parsed(rule: str) -> tuple[Words, Words]:
    """(words of the inputs, words of the outputs)."""
    inputs, outputs = rule.split("->")
    return tuple(inputs.split()), tuple(outputs.split())


def words(op: Op, num_inputs: int, num_outputs: int) -> tuple[list[str], list[str]]:
    """A word for each of them."""
    inputs, outputs = parsed(op.dtype_rule)
    return ([inputs[min(i, len(inputs) - 1)] for i in range(num_inputs)],
            [outputs[min(i, len(outputs) - 1)] for i in range(num_outputs)])


def wide(dtype: str) -> str:
    """What statistics of data of this dtype are kept in."""
    return "float32" if dtype in ("float16", "bfloat16") else dtype


def meaning(op: Op, word: str, T: str | None) -> str | None:
    """The dtype that a word stands for; None: unknown, or any."""
    if word in ALIKE or word == "T?":
        return T
    if word == "W":
        return wide(T) if T else None
    if word == "any":
        return None
    return word if word in DTYPES else getattr(op, word) or T


def infer(op: Op, dtypes: Sequence[str]) -> list[str]:
    """The outputs' dtypes; raises where an input's is not what the rule says."""
    if op.dtype_rule == "T -> T" and dtypes and all(dtype == dtypes[0] for dtype in dtypes):
        return [dtypes[0]] * op.num_outputs
    given, results = words(op, len(dtypes), op.num_outputs)
    leader = next((i for i, word in enumerate(given) if word in ALIKE), None)
    T = None if leader is None else dtypes[leader]
    for i, (word, dtype) in enumerate(zip(given, dtypes, strict=True)):
        if i == leader:
            _check_leader(op, word, i, dtype)
        elif word not in ("any", "T?") and dtype != meaning(op, word, T):
            names = op.input_names(len(dtypes))
            why = ""
            if leader is not None and word in ("W", *ALIKE):
                why = f", as {names[leader]} is" + (f" {T}" if word == "W" else "")
            raise op.dtype_error(names[i], f"{meaning(op, word, T)}{why}", dtype)
    return [str(meaning(op, word, T)) for word in results]


def _check_leader(op: Op, word: str, place: int, dtype: str) -> None:
    """Raise if T, the dtype of the input at this place, is not of the kind that the word says."""
    if word == "F" and "float" not in dtype:
        raise op.dtype_error(op.input_names(place + 1)[place], "of floating point", dtype)
    if word == "N" and dtype == "bool":
        raise op.dtype_error(op.input_names(place + 1)[place], "other than bool", dtype)


def fill(op: Op, inputs: Sequence[str | None],
         outputs: Sequence[str | None]) -> tuple[list[str | None], list[str | None]]:
    """Inputs and outputs with the unknown ones filled in from the known ones."""
    sides = words(op, len(inputs), len(outputs))
    pairs = [*zip(sides[0], inputs, strict=True), *zip(sides[1], outputs, strict=True)]
    T = next((dtype for word, dtype in pairs if dtype and _is_T(op, word)), None)
    filled = [dtype or meaning(op, word, T) for word, dtype in pairs]
    _check_filled(op, len(inputs), T, [word for word, _ in pairs], filled)
    return filled[:len(inputs)], filled[len(inputs):]


def _check_filled(op: Op, num_inputs: int, T: str | None, told: Sequence[str],
                  filled: Sequence[str | None]) -> None:
    names = op.input_names(num_inputs) + ["output"] * (len(filled) - num_inputs)
    for name, word, dtype in zip(names, told, filled, strict=True):
        wanted = meaning(op, word, T)
        if word != "T?" and None not in (wanted, dtype) and dtype != wanted:
            raise op.dtype_error(name, str(wanted), str(dtype))


def _is_T(op: Op, word: str) -> bool:
    """Whether what stands at this word is T."""
    return word in ALIKE or (word in op.params and getattr(op, word) is None)

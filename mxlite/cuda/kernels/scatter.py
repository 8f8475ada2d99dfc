"""Sums at places that depend on data, the same in any order of threads: scatter.cuh."""

from __future__ import annotations

from typing import Any

from .row import Fields, Stage, threads, values_of

HEADER = 16


def scattered(source: str, dtype: str, adding: Stage, n: int, most: int, first: tuple[int, int],
              scratch: tuple[int, int], result: int, second: tuple[int, int] | None = None,
              ) -> tuple[list[Stage], int]:
    """Launches of a kernel that adds n sums, of at most `most` values each -> (them, bytes).

    first, second: (pointer, items) of arrays; a value is a product of an item of each, and of
    weights of at most 1. scratch: (pointer, bytes into it). result: which pointer the sums go to.
    """
    fields = (first[1], second[1] if second else 1, n, bits_of(most))
    other = (second or first)[0]
    items = max(first[1], second[1] if second else 1)
    return [
        Stage(source, "scatter_clear", threads(max(n, 1)), fields=fields, pointers=(scratch,)),
        Stage(source, "scatter_most", threads(items), fields=fields,
              pointers=((first[0], 0), (other, 0), scratch)),
        adding,
        Stage(source, "scatter_finish", threads(n), fields=fields,
              pointers=(scratch, (result, 0))),
    ], HEADER + n * (16 if dtype == "f64" else 12) + 8


def bits_of(most: int) -> int:
    """Of the sum of so many values, beside those of one."""
    return max(most, 1).bit_length()


def scatter_fields(fields: Fields, names: str, n: int, most: int) -> tuple[Any, ...]:
    """The descriptor of a kernel that adds: the call's fields, n, bits."""
    return (*values_of(fields, names), n, bits_of(most))

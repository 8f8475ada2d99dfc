"""A row of the table of GPU kernels: source, fields of descriptors, how it is launched."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from ...base import MXNetNotImplementedError
from ..compiler import source_of

Fields = dict[str, Any]
Count = Callable[[Fields], int]

BLOCK = 256                    # threads of a block
WARP = 32
MOST_BLOCKS = 1 << 16          # of kernels whose threads each do several elements
MOST_SCRATCH = 1 << 62
MOST_ARRAYS = 64               # of a launch: MX_MOST_ARRAYS of prelude.cuh
FLOATS = "f16 bf16 f32 f64"
NUMBERS = FLOATS + " i8 u8 i32 i64"


class Stage(NamedTuple):
    """One launch of a call: kernel_<name> of csrc/cuda/<source>.cu, in `grid` blocks."""

    source: str
    name: str
    grid: int
    block: int = BLOCK
    fields: tuple[Any, ...] = ()                   # its own descriptor; (): the call's
    pointers: tuple[tuple[int, int], ...] = ()     # its own: (which of the call's, bytes into it)


class Row(NamedTuple):
    """A kernel <name>_<dtype>, which is kernel_<name> of csrc/cuda/<source>.cu.

    blocks: how many blocks of `block` threads. pointers: how many arrays it gets, without scratch.
    first, second: of the kernels kernel_<name>_first and _second that run before, how many blocks.
    """

    source: str
    dtypes: str
    fields: str
    pointers: Count
    blocks: Count
    scalars: Count = lambda fields: 0
    block: Count = lambda fields: BLOCK
    first: Count | None = None
    second: Count | None = None
    check: Callable[[Fields], str | None] = lambda fields: None   # what it does not do, in words
    scratch: Count | None = None    # bytes of a block that comes behind the outputs

    def launch(self, name: str, fields: Fields, dtype: str) -> Launch:
        block, scratch = self.block(fields), self.scratch(fields) if self.scratch else 0
        before = [Stage(self.source, f"{name}_{which}", grid(fields), block)
                  for which, grid in (("first", self.first), ("second", self.second)) if grid]
        return Launch([*before, Stage(self.source, name, self.blocks(fields), block)],
                      self.pointers(fields) + (scratch > 0), self.scalars(fields), scratch)


class Staged(NamedTuple):
    """A kernel that is several launches: stages(fields, dtype) -> (them, bytes of scratch).

    source: the file of its own kernels; stages may be of other rows' files, too.
    pointers: how many arrays it gets; the scratch, if there is any, comes after them.
    """

    source: str
    dtypes: str
    fields: str
    pointers: Count
    stages: Callable[[Fields, str], tuple[list[Stage], int]]
    scalars: Count = lambda fields: 0
    check: Callable[[Fields], str | None] = lambda fields: None

    def launch(self, name: str, fields: Fields, dtype: str) -> Launch:
        stages, scratch = self.stages(fields, dtype)
        if scratch >= MOST_SCRATCH:             # there is no memory for it, as the call will say
            stages, scratch = [], MOST_SCRATCH
        return Launch(stages, self.pointers(fields) + (scratch > 0), self.scalars(fields), scratch)


class Launch(NamedTuple):
    """How one call is launched."""

    stages: list[Stage]
    pointers: int
    scalars: int
    scratch: int = 0


def launch_of(row: Row | Staged, name: str, fields: Fields, dtype: str) -> Launch:
    """How to launch a kernel for a problem; raises MXNetNotImplementedError where it cannot."""
    missing = row.check(fields)
    if missing:
        raise MXNetNotImplementedError(f"there is no gpu kernel for {missing}; it runs on cpu")
    return row.launch(name, fields, dtype)


def values_of(fields: Fields, names: str) -> tuple[Any, ...]:
    """The values of fields, in the order of a list of them as a Row has it."""
    values: list[Any] = []
    for name in names.split():
        name, _, kind = name.partition(":")
        value = fields[name]
        if kind == "d":
            values.append(float(value))
        else:
            values.append(tuple(value) + (0,) * (int(kind) - len(value)) if kind else int(value))
    return tuple(values)


def threads(count: int) -> int:
    """Blocks of BLOCK threads for so many elements."""
    return min(-(-count // BLOCK), MOST_BLOCKS)


def same(number: int) -> Count:
    """A count that does not depend on the problem."""
    return lambda fields: number


def each(name: str) -> Count:
    """A thread for each of what a field counts."""
    return lambda fields: threads(fields[name])


def sorting_threads(count: int) -> int:
    """Of a block that sorts so many items: csrc/cuda/sort.cuh."""
    return 64 if count <= 512 else 256 if count <= 1 << 14 else 1024


def too_many(fields: Fields) -> str | None:
    """What is not done where there are more arrays than one launch takes."""
    return f"more than {MOST_ARRAYS} arrays" if fields["count"] > MOST_ARRAYS else None


def names_in(file: str, rows: str = "UX|UY|BOTH|COMPARE|LOGICAL") -> list[str]:
    """The rows of a file of formulas; `rows`: which of them."""
    return re.findall(rf"^(?:{rows})\((\w+),", source_of(file), re.M)

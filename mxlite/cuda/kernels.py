"""The table of GPU kernels: source, fields of descriptors, how they are launched."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from ..base import MXNetNotImplementedError
from .compiler import source_of

Fields = dict[str, Any]
Count = Callable[[Fields], int]

BLOCK = 256                    # threads of a block
WARP = 32
MOST_BLOCKS = 1 << 16          # of kernels whose threads each do several elements
FLOATS = "f16 bf16 f32 f64"
NUMBERS = FLOATS + " i8 u8 i32 i64"


class Row(NamedTuple):
    """A kernel <name>_<dtype>, which is kernel_<name> of csrc/cuda/<source>.cu.

    blocks: how many blocks of `block` threads. pointers: how many arrays it gets. first: of the
    kernel kernel_<name>_first that runs before it, how many blocks.
    """

    source: str
    dtypes: str
    fields: str
    pointers: Count
    blocks: Count
    scalars: Count = lambda fields: 0
    block: Count = lambda fields: BLOCK
    first: Count | None = None
    check: Callable[[Fields], str | None] = lambda fields: None   # what it does not do, in words


class Launch(NamedTuple):
    """How one call is launched."""

    first_grid: int
    grid: int
    block: int
    pointers: int
    scalars: int


def launch_of(row: Row, fields: Fields) -> Launch:
    """How to launch a kernel for a problem; raises MXNetNotImplementedError where it cannot."""
    missing = row.check(fields)
    if missing:
        raise MXNetNotImplementedError(f"there is no gpu kernel for {missing}; it runs on cpu")
    return Launch(0 if row.first is None else row.first(fields), row.blocks(fields),
                  row.block(fields), row.pointers(fields), row.scalars(fields))


def threads(count: int) -> int:
    """Blocks of BLOCK threads for so many elements."""
    return min(-(-count // BLOCK), MOST_BLOCKS)


def same(number: int) -> Count:
    """A count that does not depend on the problem."""
    return lambda fields: number


def each(name: str) -> Count:
    """A thread for each of what a field counts."""
    return lambda fields: threads(fields[name])


def names_in(file: str, rows: str = "UX|UY|BOTH|COMPARE|LOGICAL") -> list[str]:
    """The rows of a file of formulas; `rows`: which of them."""
    return re.findall(rf"^(?:{rows})\((\w+),", source_of(file), re.M)


def pointwise() -> dict[str, Row]:
    rows = {}
    for name in names_in("unary_exact_ops.def") + names_in("unary_ops.def"):
        rows[name] = Row("unary", NUMBERS, "size", same(2), each("size"))
        rows[f"grad_{name}"] = Row("unary", FLOATS, "size", same(3), each("size"))
    for name in names_in("binary_ops.def"):
        rows[name] = Row("binary", NUMBERS + " b8", "ndim size shape:12 a_stride:12 b_stride:12",
                         same(3), each("size"))
        for form in (f"{name}_scalar", f"r{name}_scalar"):
            rows[form] = Row("binary", NUMBERS + " b8", "size", same(2), each("size"), same(1))
    for name in names_in("binary_ops.def", "COMPARE|LOGICAL"):
        rows[f"{name}_bool"] = rows[name]
        rows[f"{name}_scalar_bool"] = rows[f"{name}_scalar"]
    rows["cast"] = Row("cast", NUMBERS + " b8", "size from", same(2), each("size"))
    return rows


def copies() -> dict[str, Row]:
    def placed(fields: Fields) -> int:
        return threads(math.prod(fields["shape"]))

    strided = "ndim shape:12 x_stride:12 y_stride:12 x_offset y_offset y_size y_at value"
    rows = {
        "fill": Row("bytes", "bytes", "n item value output",
                    lambda fields: fields["output"] + 1, each("n")),
        "copy": Row("bytes", "bytes", "nbytes", same(2), each("nbytes")),
    }
    for name, first, scalars in (("strided_copy", None, 0), ("strided_place", each("y_size"), 0),
                                 ("strided_assign", each("y_size"), 0),
                                 ("strided_assign_scalar", each("y_size"), 1)):
        rows[name] = Row("strided", "1 2 4 8", strided, lambda fields: fields["y_at"] + 1, placed,
                         same(scalars), first=first)
    return rows


def reductions() -> dict[str, Row]:
    def split(fields: Fields) -> tuple[int, int]:
        """(outputs, elements that each is made of)"""
        sizes = list(fields["size"])[:fields["num_axes"]][::-1]
        ends, others = math.prod(sizes[::2]), math.prod(sizes[1::2])
        return (others, ends) if fields["is_row"] else (ends, others)

    def blocks(fields: Fields) -> int:
        outputs = split(fields)[0]
        return min(outputs, MOST_BLOCKS) if fields["is_row"] else threads(outputs)

    def block(fields: Fields) -> int:
        return WARP if fields["is_row"] and split(fields)[1] < 4 * BLOCK else BLOCK

    return {name: Row("reduce", FLOATS if name.startswith("nan") else NUMBERS,
                      "num_axes size:13 is_row mean", same(2), blocks, block=block)
            for name in ("sum", "nansum", "prod", "nanprod", "norm1", "norm2", "max", "min")}


def products_and_lines() -> dict[str, Row]:
    def tiles(fields: Fields) -> int:
        count = fields["batch"] * -(-fields["M"] // 16) * -(-fields["N"] // 16)
        return int(min(count, MOST_BLOCKS))

    rows = {"gemm": Row("gemm", NUMBERS, "batch M N K trans_a trans_b has_bias",
                        lambda fields: 3 + fields["has_bias"], tiles)}

    def lines(fields: Fields) -> int:
        count = fields["outer"] * fields["inner"] if fields["axis"] else 0
        return int(min(count, MOST_BLOCKS))

    for name in ("softmax", "log_softmax", "softmax_grad", "log_softmax_grad"):
        rows[name] = Row("softmax", FLOATS, "outer axis inner output scale:d",
                         lambda fields: fields["output"] + 1, lines,
                         block=lambda fields: BLOCK if fields["axis"] >= 4 * BLOCK else WARP)
    return rows


def indexing() -> dict[str, Row]:
    def sized(*names: str) -> Count:
        return lambda fields: threads(math.prod([fields[name] for name in names]))

    pick = "outer K inner item mode index_flag"
    return {
        "take": Row("index", "bytes", "outer K M row_bytes mode index_flag index_at", same(3),
                    sized("outer", "M", "row_bytes")),
        "pick": Row("index", "bytes", pick, same(3), sized("outer", "inner")),
        "pick_grad": Row("index", "bytes", pick, same(3), sized("outer", "K", "inner")),
        "one_hot": Row("index", "bytes", "M depth item on off index_flag", same(2),
                       sized("M", "depth")),
    }


def updates() -> dict[str, Row]:
    def check(fields: Fields) -> str | None:
        return "updates whose rates are in arrays" if fields["source"] else None

    def row(states: int) -> Row:
        return Row("optimizer", FLOATS, "n own more source at", same(3 + states), each("n"),
                   lambda fields: 4 + fields["own"] + fields["more"], check=check)

    rules = re.findall(r"^RULE(?:_AFTER)?\((\w+), (\d)", source_of("optimizer_rules.h"), re.M)
    return {name: row(int(states)) for name, states in rules}


ROWS: dict[str, Row] = {**pointwise(), **copies(), **reductions(), **products_and_lines(),
                        **indexing(), **updates()}

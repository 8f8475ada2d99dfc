"""The table: formulas of an element, and casts."""

from __future__ import annotations

from .row import FLOATS, NUMBERS, Fields, Row, each, names_in, same

MOST_SUMMED = 7                # arrays of an add_n: a kernel gets 8, with the sum


def too_many(fields: Fields) -> str | None:
    more = f"sums of more than {MOST_SUMMED} arrays"
    return more if fields["count"] > MOST_SUMMED else None


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
    rows["add_n"] = Row("add_n", NUMBERS, "size count", lambda fields: fields["count"] + 1,
                        each("size"), check=too_many)
    rows["cast"] = Row("cast", NUMBERS + " b8", "size from", same(2), each("size"))
    return rows

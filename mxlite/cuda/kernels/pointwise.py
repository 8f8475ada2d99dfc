"""The table: formulas of an element, and casts."""

from __future__ import annotations

from .row import FLOATS, NUMBERS, Row, each, names_in, same, threads, too_many


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
    for item in ("f32", "f64", "f16", "bf16", "u8", "i8", "b8", "i32", "i64"):
        rows[f"where_{item}"] = Row("where", "1 2 4 8", "size inner", same(4),
                                    lambda fields: threads(fields["size"] * fields["inner"]))
    rows["clip"] = Row("clip", NUMBERS, "size", same(2), each("size"), same(2))
    rows["grad_clip"] = Row("clip", NUMBERS, "size", same(3), each("size"), same(2))
    rows["smooth_l1"] = Row("clip", FLOATS, "size", same(2), each("size"), same(1))
    rows["add_n"] = Row("add_n", NUMBERS, "size count", lambda fields: fields["count"] + 1,
                        each("size"), check=too_many)
    for name in names_in("numpy_pairs.def"):
        rows[name] = Row("binary", NUMBERS + " b8",
                         "ndim size shape:12 a_stride:12 b_stride:12", same(3), each("size"))
    rows["around"] = Row("rounding", NUMBERS + " b8", "size decimals", same(2), each("size"))
    rows["bitwise_not"] = Row("rounding", "i8 u8 i32 i64 b8", "size", same(2), each("size"))
    checked = "size is_above low:d high:d"
    rows["checked"] = Row("rounding", NUMBERS, checked, same(2), each("size"))
    rows["constraint"] = Row("rounding", NUMBERS + " b8", checked, same(2), each("size"),
                             first=same(1))
    rows["cast"] = Row("cast", NUMBERS + " b8", "size from", same(2), each("size"))
    return rows

"""The table: rows and items chosen by indices."""

from __future__ import annotations

import math
from collections.abc import Callable

from .row import BLOCK, NUMBERS, Count, Fields, Row, each, same, sorting_threads, threads

MOST_NUMBERED = 1 << 31     # rows and places that the kernels number with 32 bits


def sized(*names: str) -> Count:
    """A thread for each of the product of fields."""
    return lambda fields: threads(math.prod([fields[name] for name in names]))


def indexing() -> dict[str, Row]:
    return {**_chosen(), **_placed(), **_sequences(), **_numbers()}


def _chosen() -> dict[str, Row]:
    take = "outer K M row_bytes mode index_flag index_at"
    pick = "outer K inner item mode index_flag"
    return {
        "take": Row("index", "bytes", take, same(3), sized("outer", "M", "row_bytes")),
        "resolve_rows": Row("index", "i64", take, same(2), each("M")),
        "pick": Row("index", "bytes", pick, same(3), sized("outer", "inner")),
        "pick_grad": Row("index", "bytes", pick, same(3), sized("outer", "K", "inner")),
        "one_hot": Row("index", "bytes", "M depth item on off index_flag", same(2),
                       sized("M", "depth")),
    }


def _placed() -> dict[str, Row]:
    def check(*names: str) -> Callable[[Fields], str | None]:
        return lambda fields: "2^31 rows" if max(
            fields[name] for name in names) >= MOST_NUMBERED else None

    places = "D N num_rows row_bytes index_flag shape:12"
    rows = {
        "gather_nd": Row("index_nd", "bytes", places, same(3), sized("N", "row_bytes")),
        "flat_rows": Row("index_nd", "i64", places, same(2), each("N")),
        "set_rows": Row("index_nd", "bytes", "rows M row_bytes index_flag", same(4),
                        sized("rows", "row_bytes"), first=each("rows"), second=each("M"),
                        scratch=lambda fields: 4 * fields["rows"], check=check("M")),
        "set_items": Row("index_nd", "bytes", "M K item index_flag", same(4), sized("M", "K")),
        "accumulate_rows": Row("accumulate", NUMBERS, "outer K M inner", same(3),
                               sized("outer", "K", "inner"), first=lambda fields: fields["M"] > 0,
                               block=lambda fields: max(sorting_threads(fields["M"]), BLOCK),
                               scratch=lambda fields: 16 * fields["M"], check=check("K", "M")),
    }
    for name, inputs in (("scatter_nd", 2), ("scatter_set_nd", 3)):
        rows[name] = Row("index_nd", "bytes", places, same(inputs + 1),
                         sized("num_rows", "row_bytes"), first=each("num_rows"), second=each("N"),
                         scratch=lambda fields: 4 * fields["num_rows"], check=check("N"))
    return rows


def _sequences() -> dict[str, Row]:
    def last(fields: Fields) -> int:
        return threads(fields["A" if fields["axis"] else "B"] * fields["row_bytes"])

    fields = "A B row_bytes axis num_inputs has_length index_flag item value"
    return {name: Row("sequence", "bytes", fields, lambda fields: fields["num_inputs"] + 1,
                      last if name == "sequence_last" else sized("A", "B", "row_bytes"))
            for name in ("sequence_mask", "sequence_reverse", "sequence_last",
                         "sequence_last_grad")}


def _numbers() -> dict[str, Row]:
    return {
        "ravel": Row("index_numbers", NUMBERS, "n ndim shape:12", same(2), each("n")),
        "unravel": Row("index_numbers", NUMBERS, "n ndim shape:12", same(2), each("n")),
        "index_array": Row("index_numbers", "i64", "n count stride:12 length:12", same(2),
                           sized("n", "count")),
    }

"""The table: fills, and copies of bytes and of items."""

from __future__ import annotations

import math

from .row import MOST_ARRAYS, NUMBERS, Fields, Row, each, same, threads, too_many


def copies() -> dict[str, Row]:
    def placed(fields: Fields) -> int:
        return threads(math.prod(fields["shape"]))

    strided = "ndim shape:12 x_stride:12 y_stride:12 x_offset y_offset y_size y_at value"
    rows = {
        "fill": Row("bytes", "bytes", "n item value output",
                    lambda fields: fields["output"] + 1, each("n")),
        "copy": Row("bytes", "bytes", "nbytes", same(2), each("nbytes")),
    }
    rows["pad"] = Row("pad", "1 2 4 8", "ndim x_shape:12 y_shape:12 before:12 is_reflect", same(2),
                      lambda fields: threads(math.prod(fields["y_shape"])))
    for name in ("concat", "split"):
        rows[name] = Row("join", "bytes", "num_parts outer row sizes:64",
                         lambda fields: fields["num_parts"] + 1,
                         lambda fields: threads(fields["outer"] * fields["row"]))
    rows["eye"] = Row("bytes", "bytes", "N M k item one", same(1),
                      lambda fields: threads(fields["N"] * fields["M"]))
    rows["overwrite"] = Row("bytes", "bytes", "nbytes", same(2), each("nbytes"))
    rows["reset_arrays"] = Row("bytes", "bytes", f"count nbytes:{MOST_ARRAYS}",
                               lambda fields: fields["count"],
                               lambda fields: threads(max(fields["nbytes"])), check=too_many)
    rows["listed"] = Row("range", NUMBERS, "n inputs values:256",
                         lambda fields: fields["inputs"] + 1, each("n"),
                         check=lambda fields: "more than 256 listed numbers"
                         if fields["n"] > 256 else None)
    rows["window"] = Row("range", NUMBERS, "n a:d b:d c:d", same(1), each("n"))
    rows["logspace"] = Row("range", NUMBERS, "n start:d step:d base:d", same(1), each("n"))
    rows["indices"] = Row("range", NUMBERS, "n ndim shape:12", same(1),
                          lambda fields: threads(fields["n"] * fields["ndim"]))
    for name in ("arange", "linspace"):
        rows[name] = Row("range", NUMBERS, "n repeat start:d step:d", same(1), each("n"))
    for name, first, scalars in (("strided_copy", None, 0), ("strided_place", each("y_size"), 0),
                                 ("strided_assign", each("y_size"), 0),
                                 ("strided_assign_scalar", each("y_size"), 1)):
        rows[name] = Row("strided", "1 2 4 8", strided, lambda fields: fields["y_at"] + 1, placed,
                         same(scalars), first=first)
    return rows

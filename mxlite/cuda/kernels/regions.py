"""The table: pooling of regions."""

from __future__ import annotations

import math

from .maps import items
from .row import FLOATS, Fields, Row, Stage, Staged, same, threads
from .scatter import scatter_fields, scattered

POOL = "N planes H W R C PH PW group scale:d"
ALIGN = "N C H W R PH PW columns ratio sensitive aligned scale:d"
MOVED = "N planes H W R C P group part samples classes has_moves scale:d deviation:d"


def regions() -> dict[str, Row | Staged]:
    def pool_grad(name: str, last: int) -> Staged:
        def stages(fields: Fields, dtype: str) -> tuple[list[Stage], int]:
            n = math.prod([fields[axis] for axis in ("N", "planes", "H", "W")])
            bins = fields["R"] * fields["PH"] * fields["PW"]
            adding = Stage("roi_pooling", name, threads(bins * fields["C"]),
                           fields=scatter_fields(fields, POOL, n, bins))
            return scattered("roi_pooling", dtype, adding, n, bins, (0, bins * fields["C"]),
                             (last + 1, 0), last)

        return Staged("roi_pooling", FLOATS, POOL, same(last + 1), stages)

    def rooms(fields: Fields) -> int:
        """Bytes of what all regions read."""
        return 8 * fields["R"] * (1 + sum([2 * (fields[n] + 4 * fields[b]) + fields[b] + 1
                                           for n, b in (("H", "PH"), ("W", "PW"))]))

    def align(fields: Fields, dtype: str) -> tuple[list[Stage], int]:
        bins = math.prod([fields[axis] for axis in ("R", "C", "PH", "PW")])
        return [Stage("roi_align", "roi_align_rooms", threads(fields["R"]),
                      pointers=((1, 0), (3, 0))),
                Stage("roi_align", "roi_align", threads(bins))], rooms(fields)

    def align_grad(fields: Fields, dtype: str) -> tuple[list[Stage], int]:
        bins = fields["R"] * fields["PH"] * fields["PW"]
        n = math.prod([fields[axis] for axis in ("N", "C", "H", "W")])
        if fields["sensitive"]:
            n *= fields["PH"] * fields["PW"]
        at = (3, rooms(fields))
        adding = Stage("roi_align", "roi_align_grad", threads(bins * fields["C"]),
                       fields=scatter_fields(fields, ALIGN, n, bins),
                       pointers=((0, 0), at, (3, 0)))
        stages, nbytes = scattered("roi_align", dtype, adding, n, bins, (0, bins * fields["C"]),
                                   at, 2)
        return [Stage("roi_align", "roi_align_rooms", threads(fields["R"]),
                      pointers=((1, 0), (3, 0))), *stages], rooms(fields) + nbytes

    def moved_data(fields: Fields, dtype: str) -> tuple[list[Stage], int]:
        n = math.prod([fields[axis] for axis in ("N", "planes", "H", "W")])
        bins, last = fields["R"] * fields["P"] ** 2, 3 + fields["has_moves"]
        adding = Stage("roi_moved", "roi_deformable_data", threads(bins * fields["C"]),
                       fields=scatter_fields(fields, MOVED, n, bins))
        return scattered("roi_moved", dtype, adding, n, bins, (0, bins * fields["C"]),
                         (last + 1, 0), last)

    def moves(fields: Fields) -> int:
        return threads(2 * fields["R"] * fields["classes"] * fields["part"] ** 2)

    return {
        "roi_pool": Row("roi_pooling", FLOATS, POOL, same(4), items("R C PH PW")),
        "roi_pool_grad": pool_grad("roi_pool_grad", 3),
        "psroi_pool": Row("roi_pooling", FLOATS, POOL, same(3), items("R C PH PW")),
        "psroi_pool_grad": pool_grad("psroi_pool_grad", 2),
        "roi_align": Staged("roi_align", FLOATS, ALIGN, same(3), align),
        "roi_align_grad": Staged("roi_align", FLOATS, ALIGN, same(3), align_grad),
        "rroi_align": Row("roi_align", FLOATS, "N C H W R PH PW ratio scale:d", same(3),
                          items("R C PH PW")),
        "roi_deformable": Row("roi_moved", FLOATS, MOVED, lambda fields: 3 + fields["has_moves"],
                              items("R C P P")),
        "roi_deformable_data": Staged("roi_moved", FLOATS, MOVED,
                                      lambda fields: 4 + fields["has_moves"], moved_data),
        "roi_deformable_moves": Row("roi_moved", FLOATS, MOVED, same(5), moves),
    }

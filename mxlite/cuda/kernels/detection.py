"""The table: boxes."""

from __future__ import annotations

from .indexing import sized
from .row import FLOATS, Count, Fields, Row, same

MOST_BLOCKS = 256           # of kernels with a list of scratch for each sample
RANKING = 72                # bytes of csrc/cuda/nms.cuh for a box
TARGET = (
    "B A L W K least overlap:d ignored:d ratio:d negative:d variance0:d variance1:d variance2:d "
    "variance3:d")
DETECTION = (
    "B K A clip suppress force at_most threshold:d overlap:d variance0:d variance1:d variance2:d "
    "variance3:d")
NMS = (
    "batch num width at_most coord score id background force in_center out_center overlap:d "
    "valid:d")


def detection() -> dict[str, Row]:
    def samples(name: str) -> Count:
        return lambda fields: min(fields[name], MOST_BLOCKS)

    def lists(name: str, nbytes: Count) -> Count:
        """So many bytes for each block."""
        return lambda fields: samples(name)(fields) * nbytes(fields)

    def total(fields: Fields) -> int:
        return int(fields["H"] * fields["W"] * fields["A"])

    return {
        "box_iou": Row("boxes", FLOATS, "M N center", same(3), sized("M", "N")),
        "box_encode": Row("boxes", FLOATS, "B N M", same(8), sized("B", "N")),
        "box_decode": Row("boxes", FLOATS, "B N corner std0:d std1:d std2:d std3:d clip:d",
                          same(3), sized("B", "N")),
        "bipartite": Row("boxes", FLOATS, "B M N is_ascend at_most threshold:d", same(3),
                         samples("B"),
                         scratch=lists("B", lambda fields: 24 * fields["M"] * fields["N"])),
        "prior_anchors": Row("boxes", FLOATS,
                             "H W count clip half_h:64 half_w:64 step:2 offset:2", same(2),
                             sized("H", "W", "count"),
                             check=lambda fields: "more than 64 anchors a place"
                             if fields["count"] > 64 else None),
        "box_nms": Row("box_nms", FLOATS, NMS, same(3), samples("batch"),
                       scratch=lists("batch", lambda fields: RANKING * fields["num"])),
        "box_nms_grad": Row("box_nms", FLOATS, "batch num width", same(3),
                            sized("batch", "num", "width"), first=sized("batch", "num", "width")),
        "multibox_target": Row(
            "multibox", FLOATS, TARGET, same(6), samples("B"),
            scratch=lists("B", lambda fields: (RANKING + 24) * fields["A"] + 8 * fields["L"])),
        "multibox_detection": Row(
            "multibox", FLOATS, DETECTION, same(4), samples("B"),
            scratch=lists("B", lambda fields: (RANKING + 56) * fields["A"])),
        "proposal": Row("proposal", FLOATS,
                        "B A H W before count stride least is_iou threshold:d", same(6),
                        samples("B"),
                        scratch=lists("B", lambda fields: (RANKING + 40) * total(fields))),
    }

"""The table: matrices and their factors, Fourier transforms, point processes."""

from __future__ import annotations

import math

from .indexing import sized
from .row import FLOATS, MOST_BLOCKS, Count, Fields, Row, each, same, threads

WIDE = "f32 f64"
MATRIX_BLOCKS = 1024        # of kernels that have a matrix of scratch for each block


def linalg() -> dict[str, Row]:
    def blocks(fields: Fields) -> int:
        return int(min(fields["batch"], MATRIX_BLOCKS)) if fields["n"] else 0

    def scratch(*names: str) -> Count:
        """Bytes for so many numbers a block."""
        return lambda fields: 8 * blocks(fields) * math.prod([fields[name] for name in names])

    rows = {
        "potrf": Row("solve", WIDE, "batch n", same(2),
                     lambda fields: min(fields["batch"], MOST_BLOCKS)),
        "trsm": Row("solve", WIDE, "batch n others right upper trans identity alpha:d",
                    lambda fields: 2 if fields["identity"] else 3, sized("batch", "others")),
        "det": Row("solve", WIDE, "batch n outputs", lambda fields: 1 + fields["outputs"],
                   lambda fields: min(fields["batch"], MATRIX_BLOCKS), scratch=scratch("n", "n")),
        "inverse": Row("solve", WIDE, "batch n takes_singular", same(2), blocks,
                       scratch=scratch("n", "n")),
        "lq": Row("reflect", WIDE, "batch m n", same(3), blocks, scratch=scratch("m")),
        "eigen": Row("reflect", WIDE, "batch n", same(3), blocks,
                     scratch=lambda fields: 2 * scratch("n", "n")(fields)),
        "svd": Row("svd", WIDE, "batch m n", same(4), blocks,
                   scratch=lambda fields: 8 * blocks(fields) * fields["m"] * (
                       fields["n"] + fields["m"] + 1)),
        "fft": Row("fourier", FLOATS, "rows n", same(2), sized("rows", "n")),
        "ifft": Row("fourier", FLOATS, "rows n", same(2), sized("rows", "n")),
        "hawkes": Row("hawkes", WIDE, "N T K", same(10), each("N"),
                      scratch=lambda fields: 16 * fields["N"] * fields["K"]),
        "hawkes_grad": Row("hawkes", WIDE, "N T K", same(12), sized("N", "K")),
    }
    for name in ("triangle", "pack_triangle", "unpack_triangle"):
        rows[name] = Row("triangle", "bytes", "batch n k upper item", same(2),
                         lambda fields: threads(fields["batch"] * fields["n"] ** 2))
    return rows

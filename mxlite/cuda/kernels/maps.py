"""The table: images of another size, and read at places of their own."""

from __future__ import annotations

import math

from .row import FLOATS, MOST_BLOCKS, Count, Fields, Row, Stage, Staged, same, threads
from .scatter import scatter_fields, scattered

SAMPLER = "N C H W OH OW"
CORRELATION = "N C H W OH OW kernel most stride1 stride2 pad radius is_product which"
DEFORMABLE = "N C groups size:2 out:2 kernel:2 stride:2 dilate:2 pad:2 has_mask"


def items(names: str) -> Count:
    """A thread for each item of an array of these axes."""
    return lambda fields: threads(math.prod([fields[name] for name in names.split()]))


def maps() -> dict[str, Row | Staged]:
    def resampled(name: str) -> Count:
        return lambda fields: threads(fields["planes"] * math.prod(fields[name]))

    def sampler_data(fields: Fields, dtype: str) -> tuple[list[Stage], int]:
        N, C, H, W, OH, OW = [fields[name] for name in SAMPLER.split()]
        n, most = N * C * H * W, 4 * OH * OW
        adding = Stage("sampler", "bilinear_sampler_data", threads(N * C * OH * OW),
                       fields=scatter_fields(fields, SAMPLER, n, most))
        return scattered("sampler", dtype, adding, n, most, (0, N * C * OH * OW), (3, 0), 2)

    def correlated(fields: Fields) -> int:
        moves = (2 * fields["radius"] + 1) ** 2
        return threads(moves * math.prod([fields[name] for name in ("N", "OH", "OW")]))

    grids = {
        "affine_grid": Row("sampler", FLOATS, "N OH OW", same(2),
                           lambda fields: threads(2 * fields["N"] * fields["OH"] * fields["OW"])),
        "affine_grid_grad": Row("sampler", FLOATS, "N OH OW", same(2),
                                lambda fields: min(2 * fields["N"], MOST_BLOCKS)),
    }
    return {
        "image_resize": Row("image", "u8 f32", "N H W C OH OW interp", same(2), items("N OH OW C")),
        "image_hue": Row("image", "u8 f32", "N pixels", same(3), items("N pixels")),
        "resample": Row("resample", FLOATS, "planes size:2 out:2 mode", same(2), resampled("out")),
        "resample_grad": Row("resample", FLOATS, "planes size:2 out:2 mode", same(2),
                             resampled("size")),
        "bilinear_sampler": Row("sampler", FLOATS, SAMPLER, same(3), items("N OH OW")),
        "bilinear_sampler_data": Staged("sampler", FLOATS, SAMPLER, same(3), sampler_data),
        "bilinear_sampler_grid": Row("sampler", FLOATS, SAMPLER, same(4), items("N OH OW")),
        **grids,
        "correlation": Row("correlation", FLOATS, CORRELATION, same(3), correlated),
        "correlation_grad": Row("correlation", FLOATS, CORRELATION, same(4), items("N C H W")),
    }


def deformable_columns() -> dict[str, Row | Staged]:
    def windows(fields: Fields) -> int:
        return int(math.prod(fields["kernel"]) * math.prod(fields["out"]))

    def grad(fields: Fields, dtype: str) -> tuple[list[Stage], int]:
        N, C, has_mask = fields["N"], fields["C"], fields["has_mask"]
        n, most = N * C * math.prod(fields["size"]), 4 * windows(fields)
        columns, taps = N * C * windows(fields), N * fields["groups"] * windows(fields)
        adding = Stage("deformable", "deformable_grad_data", threads(columns),
                       fields=scatter_fields(fields, DEFORMABLE, n, most))
        stages, nbytes = scattered(
            "deformable", dtype, adding, n, most, (0, columns), (5 + 2 * has_mask, 0),
            3 + has_mask, (3, taps) if has_mask else None)
        return [*stages, Stage("deformable", "deformable_grad", threads(taps))], nbytes

    return {
        "deformable": Row("deformable", FLOATS, DEFORMABLE, lambda fields: 3 + fields["has_mask"],
                          lambda fields: threads(fields["N"] * fields["C"] * windows(fields))),
        "deformable_grad": Staged("deformable", FLOATS, DEFORMABLE,
                                  lambda fields: 5 + 2 * fields["has_mask"], grad),
    }

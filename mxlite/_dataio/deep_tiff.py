"""TIFFs of gray and alpha with 16 bits, which Pillow does not read.

Their pixels have four bytes, as those of RGBA with 8 bits. So a copy of the file is changed to say
that it has these, and Pillow gives the bytes.
"""

from __future__ import annotations

import struct
from typing import Any, NamedTuple

import numpy as np

from ..base import MXNetValueError

_BITS, _PHOTOMETRIC, _CHANNELS, _PLANES, _PREDICTOR, _FORMAT = 258, 262, 277, 284, 317, 339
_ORIENTATION = 274
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB = 0, 1, 2
_HORIZONTAL = 2                                # each sample less the one to the left
_KINDS = {3: ("H", 2), 4: ("I", 4)}            # of numbers: SHORT, LONG
_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}


class Bytes(NamedTuple):
    """The file that has RGBA, not turned, and how two samples come from the four bytes."""

    file: bytes
    order: str
    is_predicted: bool
    inverts: bool
    orientation: int

    def samples(self, bytes: Any) -> Any:
        """uint16 (H, W, 2), from uint8 (H, W, 4)."""
        samples = np.ascontiguousarray(bytes).view(f"{self.order}u2").astype(np.uint16)
        return np.cumsum(samples, 1, np.uint16) if self.is_predicted else samples


def as_rgba(view: memoryview) -> Bytes | None:
    """A changed copy of such a file; None for all others."""
    order = _ORDERS.get(bytes(view[:4]))
    if order is None:
        return None
    data = bytearray(view)
    try:
        entries = _entries(data, order)
    except struct.error:                       # cut off
        return None
    tags = {tag: number for tag, (_, number) in entries.items()}
    photometric = tags.get(_PHOTOMETRIC)
    if tags.get(_BITS) != 16 or tags.get(_CHANNELS) != 2 or (
            photometric not in (_WHITE_IS_ZERO, _BLACK_IS_ZERO)) or tags.get(_FORMAT, 1) != 1:
        return None
    if tags.get(_PLANES, 1) != 1:
        raise MXNetValueError("gray and alpha of 16 bits must not lie in two planes "
                              "(PlanarConfiguration 2): save the TIFF with interleaved samples")
    for tag, number in ((_BITS, 8), (_CHANNELS, 4), (_PHOTOMETRIC, _RGB), (_PREDICTOR, 1),
                        (_FORMAT, 1), (_ORIENTATION, 1)):
        if tag in entries:                     # one number, a SHORT, for all channels
            struct.pack_into(f"{order}HIHH", data, entries[tag][0] + 2, 3, 1, number, 0)
    return Bytes(bytes(data), order, tags.get(_PREDICTOR) == _HORIZONTAL,
                 photometric == _WHITE_IS_ZERO, tags.get(_ORIENTATION, 1))


def _entries(data: bytearray, order: str) -> dict[int, tuple[int, int]]:
    """{tag: (where its entry is, its first number)} of the first directory."""
    start, = struct.unpack_from(f"{order}I", data, 4)
    count, = struct.unpack_from(f"{order}H", data, start)
    entries = {}
    for at in range(start + 2, start + 2 + 12 * count, 12):
        tag, kind, length = struct.unpack_from(f"{order}HHI", data, at)
        if kind in _KINDS:
            letter, size = _KINDS[kind]
            place = at + 8
            if length * size > 4:              # the numbers are elsewhere
                place, = struct.unpack_from(f"{order}I", data, at + 8)
            entries[tag] = at, struct.unpack_from(f"{order}{letter}", data, place)[0]
    return entries

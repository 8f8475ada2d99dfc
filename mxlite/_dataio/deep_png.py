"""PNGs of 16 bits in three or four channels, which Pillow does not write."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import numpy as np

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_UP = 2                                        # the filter: each byte less the one above
_COLOUR_TYPES = {3: 2, 4: 6}


def encode(image: Any, level: int) -> bytes:
    """image: uint16 (height, width, 3 or 4), RGB(A). level: of compression, 0 to 9."""
    height, width, channels = image.shape
    rows = np.zeros((height + 1, 2 * width * channels), np.uint8)
    rows[1:] = image.astype(">u2").view(np.uint8).reshape(height, -1)
    filtered = np.full((height, rows.shape[1] + 1), _UP, np.uint8)
    filtered[:, 1:] = rows[1:] - rows[:-1]
    head = struct.pack(">IIBBBBB", width, height, 16, _COLOUR_TYPES[channels], 0, 0, 0)
    return (_SIGNATURE + _chunk(b"IHDR", head)
            + _chunk(b"IDAT", zlib.compress(filtered.tobytes(), level)) + _chunk(b"IEND", b""))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

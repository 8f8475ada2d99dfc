"""The idx format of the MNIST files: two zero bytes, dtype, ndim, big-endian lengths, data."""

from __future__ import annotations

import gzip
import math
import os
import struct
import zlib
from typing import Any

import numpy as np

from ..base import MXNetValueError
from ..whole_file import replacing

_UINT8 = 0x08


def read_idx(path: str, ndim: int) -> np.ndarray[Any, Any]:
    """The uint8 array of `ndim` axes in an idx file, plain or .gz.

    Where there is no file at `path`, the one at `path`.gz serves.
    """
    if not os.path.exists(path) and os.path.exists(f"{path}.gz"):
        path += ".gz"
    opener: Any = gzip.open if path.endswith(".gz") else open
    try:
        with opener(path, "rb") as file:
            content = file.read()
    except (OSError, EOFError, zlib.error) as error:
        raise MXNetValueError(f"{path}: cannot be read: {error}") from None
    header = 4 + 4 * ndim
    if content[:4] != bytes([0, 0, _UINT8, ndim]) or len(content) < header:
        raise MXNetValueError(f"{path}: must begin with 00 00 08 {ndim:02x}, as an idx file of "
                              f"bytes with {ndim} axes does; got {content[:4].hex(' ')}")
    shape = struct.unpack(f">{ndim}I", content[4:header])
    if len(content) - header != math.prod(shape):
        raise MXNetValueError(f"{path}: {math.prod(shape)} bytes must follow the header, for shape "
                              f"{shape}; got {len(content) - header}")
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)


def write_idx(path: str, values: np.ndarray[Any, Any]) -> None:
    """Write a uint8 array to an idx file; a path that ends in .gz is compressed, always alike."""
    header = bytes([0, 0, _UINT8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape)
    content = header + np.ascontiguousarray(values, np.uint8).tobytes()
    if path.endswith(".gz"):
        content = gzip.compress(content, 9, mtime=0)
    with replacing(path) as file:
        file.write(content)

"""A record of an image or the like: a header with the label and an id, then the data."""

from __future__ import annotations

import numbers
import struct
from typing import Any, NamedTuple

from ..base import MXNetTypeError, MXNetValueError
from ..wording import shown

_IR_FORMAT = "IfQQ"
_IR_SIZE = struct.calcsize(_IR_FORMAT)
_IR = struct.Struct("<IfQQ")                   # in files, on every machine


class IRHeader(NamedTuple):
    """What comes before the data of a record: 24 bytes, then the labels if `label` is an array.

    flag: the number of labels if `label` is an array, else 0.
    label: a number, or an array of numbers (float32 in the file).
    id: a number of the record, less than 2^64. id2: more bits of it, mostly 0.
    """

    flag: int
    label: Any
    id: int
    id2: int

    def __repr__(self) -> str:
        return f"HEADER(flag={self.flag!r}, label={self.label!r}, id={self.id!r}, id2={self.id2!r})"


def pack(header: Any, s: bytes | bytearray | memoryview) -> bytes:
    """The record for a header, (flag, label, id, id2), and the data `s`; `flag` is not looked at.

    >>> unpack(pack(IRHeader(0, 4.0, 2574, 0), b"data"))
    (HEADER(flag=0, label=4.0, id=2574, id2=0), b'data')
    """
    try:
        header = IRHeader(*header)
    except TypeError:
        raise MXNetValueError(f"pack: header must be (flag, label, id, id2); got {shown(header)}"
                              ) from None
    label, labels = header.label, b""
    flag = 0
    if not isinstance(label, numbers.Number):
        import numpy as np

        array = np.asarray(label, dtype="<f4")
        flag, label, labels = array.size, 0, array.tobytes()
    try:
        packed = _IR.pack(flag, label, header.id, header.id2)
    except (struct.error, OverflowError, TypeError) as error:
        raise MXNetValueError("pack: header must have a float32 label, and id and id2 from 0 to "
                              f"2^64 - 1; got {header!r} ({error})") from None
    try:
        return b"".join((packed, labels, s))
    except TypeError:
        raise MXNetTypeError(f"pack: s must be bytes; got {type(s).__name__}") from None


def unpack(s: bytes) -> tuple[IRHeader, bytes]:
    """(header, data) of a record; `header.label` is a NumPy array if the record has several."""
    try:
        size = len(s)
        header = IRHeader(*_IR.unpack_from(s))
    except TypeError:
        raise MXNetTypeError(f"unpack: s must be bytes; got {shown(s)}") from None
    except struct.error:
        raise MXNetValueError(f"unpack: a record with a header has at least {_IR_SIZE} bytes; got "
                              f"{size}") from None
    if not header.flag:
        return header, s[_IR_SIZE:]
    end = _IR_SIZE + 4 * header.flag
    if size < end:
        raise MXNetValueError(f"unpack: a record with {header.flag} labels has at least {end} "
                              f"bytes; got {size}")
    import numpy as np

    labels = np.frombuffer(s, "<f4", header.flag, _IR_SIZE)
    return header._replace(label=labels), s[end:]

"""MXNet's `.params` format: lists and dictionaries of arrays in one binary file.

A file is: the list magic and a reserved word (u64 each), the number of arrays (u64), the arrays,
the number of names (u64), the names (u64 length, bytes). An array is, since MXNet 1.0: magic V2
(u32), storage type (i32), shape (u32 count, i64 each), device kind and id (i32 each), type flag
(i32), the values. V3 is V2 with NumPy's shapes, where () is a number. V1 has no storage type;
before it, arrays begin with the shape, of u32 lengths. All little endian.
"""

from __future__ import annotations

import io
import math
import os
import stat
import struct
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, BinaryIO

import numpy as np

from ..base import DTYPES, MXNetTypeError, MXNetValueError, WrongKindError
from ..device.context import as_context
from ..util import is_np_shape
from ..whole_file import reading, replacing
from ..wording import no_array
from .host_values import from_bytes, from_host, numpy_dtype
from .ndarray import NDArray
from .sparse.arrays import BaseSparseNDArray
from .sparse.making import from_parts
from .sparse.parts import format_error

LIST_MAGIC = 0x112
V1, V2, V3 = 0xF993FAC8, 0xF993FAC9, 0xF993FACA
FLAGS = {flag: name for name, (flag, _, _) in DTYPES.items()}
MOST_DIMENSIONS = 32
SPARSE = {1: ("row_sparse", 1), 2: ("csr", 2)}      # storage type -> name, number of index arrays


class Reader:
    """Takes numbers and blocks off a file of `size` bytes; every error names file and offset."""

    def __init__(self, file: BinaryIO, size: int, name: str) -> None:
        self.file, self.size, self.name, self.offset = file, size, name, 0

    @property
    def left(self) -> int:
        """How many bytes follow."""
        return self.size - self.offset

    def take(self, size: int, what: str) -> bytes:
        block = self.file.read(size) if size <= self.left else b""
        if len(block) < size:
            raise self.error(f"{what} ({size} bytes)", f"{len(block) or self.left} bytes")
        self.offset += size
        return block

    def number(self, code: str, what: str) -> int:
        return struct.unpack("<" + code, self.take(struct.calcsize("<" + code), what))[0]

    def error(self, expected: str, actual: str) -> MXNetValueError:
        return MXNetValueError(
            f"{self.name}: at byte {self.offset} {expected} was expected; found {actual}")


def _of_bytes(data: Any, name: str) -> Reader:
    view = memoryview(data)
    return Reader(io.BytesIO(data), view.nbytes, name)


def _read_all(reader: Reader) -> dict[str, NDArray] | list[NDArray]:
    """The arrays of a file: a dictionary where they have names, else a list."""
    magic = reader.number("Q", "the magic of a list of arrays")
    if magic != LIST_MAGIC:
        reader.offset = 0
        raise reader.error(f"the magic {LIST_MAGIC:#x} of a list of arrays", hex(magic))
    reader.number("Q", "a reserved word")
    count = reader.number("Q", "the number of arrays")
    if count > reader.size:
        raise reader.error("a number of arrays that fits the file", str(count))
    arrays = [_read_array(reader) for _ in range(count)]
    num_names = reader.number("Q", "the number of names")
    if num_names not in (0, count):
        raise reader.error(f"0 or {count} names", str(num_names))
    names = [_read_name(reader) for _ in range(num_names)]
    if reader.left:
        raise reader.error("the end of the file", f"{reader.left} bytes more")
    return dict(zip(names, arrays, strict=True)) if names else arrays


def _read_name(reader: Reader) -> str:
    size = reader.number("Q", "the length of a name")
    text = reader.take(size, "a name")
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise reader.error("a name in UTF-8", repr(text[:40])) from None


def _read_shape(reader: Reader, count: int, code: str) -> tuple[int, ...]:
    if not 0 <= count <= MOST_DIMENSIONS:
        raise reader.error(f"at most {MOST_DIMENSIONS} dimensions", str(count))
    shape = tuple([reader.number(code, "the length of an axis") for _ in range(count)])
    if any(length < 0 for length in shape):
        raise reader.error("lengths of at least 0", str(shape))
    return shape


def _read_flag(reader: Reader) -> str:
    flag = reader.number("i", "a type flag")
    if flag not in FLAGS:
        raise reader.error(f"a type flag of {sorted(FLAGS)}", str(flag))
    return FLAGS[flag]


def _read_values(reader: Reader, shape: tuple[int, ...], dtype: str) -> bytes:
    size = math.prod(shape) * DTYPES[dtype][1]
    return reader.take(size, f"{dtype} values of shape {shape}")


def _read_array(reader: Reader) -> Any:
    """The array at this place."""
    magic = reader.number("I", "an array")
    if magic in (V2, V3):
        storage = reader.number("i", "a storage type")
        if storage in SPARSE:
            return _read_sparse(reader, *SPARSE[storage])
        if storage != 0:
            raise reader.error("a storage type of 0, 1 or 2", str(storage))
        shape = _read_shape(reader, reader.number("i", "a shape"), "q")
    elif magic == V1:
        shape = _read_shape(reader, reader.number("I", "a shape"), "q")
    else:                        # before V1 the first word is the number of dimensions
        shape = _read_shape(reader, magic, "I")
    if not shape and magic != V3:
        return from_host(np.zeros((0,), np.float32), as_context(None), "float32")
    reader.take(8, "a device")
    dtype = _read_flag(reader)
    values = _read_values(reader, shape, dtype)
    if not values and math.prod(filter(None, shape)) * DTYPES[dtype][1] >= 2 ** 63:
        raise reader.error("lengths that can be", str(shape))
    return from_bytes(values, shape, dtype, as_context(None))


def _read_sparse(reader: Reader, kind: str, num_indices: int) -> NDArray:
    stored = _read_shape(reader, reader.number("i", "a shape"), "q")
    shape = _read_shape(reader, reader.number("i", "a shape"), "q")
    reader.take(8, "a device")
    stored_parts = [(_read_flag(reader), stored)]
    for _ in range(num_indices):
        dtype = _read_flag(reader)
        stored_parts.append((dtype, _read_shape(reader, reader.number("i", "a shape"), "q")))
    if kind == "row_sparse" and len(shape) == len(stored):
        # MXNet writes how many rows an optimizer's state had when it was made, which is none
        stored_parts[0] = (stored_parts[0][0], (*stored_parts[1][1][:1], *stored[1:]))
    blocks = [_read_values(reader, each, dtype) for dtype, each in stored_parts]
    try:
        parts = [np.frombuffer(block, numpy_dtype(dtype)).reshape(each).copy()
                 for block, (dtype, each) in zip(blocks, stored_parts, strict=True)]
    except ValueError:                  # a length of 0, and others that are too large for NumPy
        raise reader.error("lengths that can be", str(stored_parts)) from None
    if num_indices == 2:                # a file has indptr first
        parts = [parts[0], parts[2], parts[1]]
    wrong = format_error(kind, shape, tuple(parts), False) if shape else "its shape is ()"
    if wrong:
        raise reader.error(f"a {kind} array of shape {shape}", f"one in which {wrong}")
    return from_parts(kind, shape, tuple(parts), as_context(None), stored_parts[0][0])


def dumps(data: Any) -> bytes:
    """The bytes that MXNet 1.9.1 would write for an array, a list or a dictionary of arrays."""
    return b"".join(_pieces(data))


def _pieces(data: Any) -> Iterator[Any]:
    """What `dumps` gives, piece by piece: bytes, and NumPy arrays whose memory they are. All of it
    is checked before the first."""
    names: list[str] = []
    if isinstance(data, NDArray):
        data = [data]
    elif isinstance(data, Mapping):
        names, data = list(data), list(data.values())
    if not isinstance(data, Sequence):
        raise WrongKindError("save: data must be an NDArray, or a list or dict of them; "
                             f"got {type(data).__name__}")
    for i, item in enumerate(data):
        where = names[i] if names else f"entry {i}"
        if not isinstance(item, NDArray):
            raise MXNetTypeError(f"save: {where} must be an NDArray; got {no_array(item)}")
    for name in names:
        if not isinstance(name, str):
            raise MXNetTypeError(f"save: names must be strings; got {name!r}")
    # V2 has no arrays of no dimensions, and MXNet reads no file of both
    magic = V3 if is_np_shape() or not all(item.shape for item in data) else V2
    return chain([struct.pack("<QQQ", LIST_MAGIC, 0, len(data))],
                 *[_array_pieces(item, magic) for item in data],
                 [struct.pack("<Q", len(names))],
                 *[(struct.pack("<Q", len(text)), text) for text in map(str.encode, names)])


def dump_one(array: NDArray) -> bytes:
    """The bytes of one array, as they stand in a file."""
    return b"".join(_array_pieces(array, V2 if array.shape and not is_np_shape() else V3))


def _array_pieces(item: NDArray, magic: int) -> list[Any]:
    flag = DTYPES[item._dtype_name][0]
    shape = item.shape
    if isinstance(item, BaseSparseNDArray):
        return _sparse_pieces(item, magic, flag)
    head = struct.pack(f"<Iii{len(shape)}qiii", magic, 0, len(shape), *shape, 1, 0, flag)
    return [head, item._items()]


def _sparse_pieces(item: BaseSparseNDArray, magic: int, flag: int) -> list[bytes]:
    if magic != V2:
        raise MXNetValueError("save: sparse arrays cannot stand in a file of NumPy's shapes, with "
                              "npx.set_np(shape=True) or arrays of shape ()")
    number = next(key for key, (name, _) in SPARSE.items() if name == item.stype)
    values, *indices = [part.asnumpy() for part in item._parts]
    indices.reverse()                   # indptr first
    head = struct.pack("<Ii", magic, number)
    for shape in (values.shape, item.shape):
        head += struct.pack(f"<i{len(shape)}q", len(shape), *shape)
    head += struct.pack("<iii", 1, 0, flag)
    for each in indices:
        head += struct.pack("<iiq", DTYPES["int64"][0], 1, len(each))
    return [head, values.tobytes(), *[each.tobytes() for each in indices]]


def save(fname: str | os.PathLike[str], data: Any) -> None:
    """Write arrays to a file that MXNet 1.x reads: an array, a list, or a dict of names.

    The file appears whole or not at all; a pipe or a device is written to.
    """
    pieces = _pieces(data)
    with replacing(fname) as file:
        for piece in pieces:
            file.write(piece)


def load(fname: str | os.PathLike[str]) -> dict[str, NDArray] | list[NDArray]:
    """The arrays of a file that `save` or any MXNet since 0.8 wrote."""
    path = os.fspath(fname)
    with reading(path) as file:
        about = os.fstat(file.fileno())
        if stat.S_ISREG(about.st_mode):                 # array by array, never all of it twice
            return _read_all(Reader(file, about.st_size, path))
        return _read_all(_of_bytes(file.read(), path))


def load_array(data: Any, name: str = "<bytes>") -> NDArray:
    """The array in the bytes of a single one, without the head of a file."""
    reader = _of_bytes(data, name)
    item = _read_array(reader)
    if reader.left:
        raise reader.error("the end of the array", f"{reader.left} bytes more")
    return item


def load_frombuffer(buf: Any) -> dict[str, NDArray] | list[NDArray]:
    """The arrays of a file's bytes."""
    return _read_all(_of_bytes(buf, "<bytes>"))

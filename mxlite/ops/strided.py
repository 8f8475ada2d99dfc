"""Descriptors of the copying kernels (csrc/cpu/strided_copy.c), and item bits."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..base import DTYPES, FLOATS, MXNetValueError
from ..device.memory import Spec
from .schema import KernelCall, kernel

MAX_NDIM = 12
Dim = tuple[int, int, int]      # length, stride in x, stride in y


def contiguous(shape: Sequence[int]) -> tuple[int, ...]:
    """The strides, in items, of a contiguous array."""
    strides = [1] * len(shape)
    for axis in range(len(shape) - 2, -1, -1):
        strides[axis] = strides[axis + 1] * shape[axis + 1]
    return tuple(strides)


def merged(dims: Sequence[Dim]) -> list[Dim]:
    """The same walk in fewer axes: those of length 1 dropped, adjacent ones joined."""
    kept: list[Dim] = []
    for n, x, y in dims:
        if n == 1:
            continue
        if kept and kept[-1][1] == x * n and kept[-1][2] == y * n:
            kept[-1] = (kept[-1][0] * n, x, y)
        else:
            kept.append((n, x, y))
    return kept


def strided(name: str, out: Spec, shape: Sequence[int], x_stride: Sequence[int],
            y_stride: Sequence[int] | None = None, *, x_offset: int = 0, y_offset: int = 0,
            y_at: int = 1, value: int = 0) -> KernelCall:
    """A call of a strided_copy.c kernel: x is walked by x_stride, y (all of `out`) by y_stride.

    Strides and offsets count items. y_stride None: y is contiguous. y_at: the number of inputs.
    value: bits of the fill. `written` of the call: the bytes from the first to the last item of y.
    """
    if y_stride is None:
        y_stride = contiguous(shape)
    dims = merged(list(zip(shape, x_stride, y_stride, strict=True)))
    if len(dims) > MAX_NDIM:
        raise MXNetValueError(f"a copy over {len(dims)} axes: at most {MAX_NDIM} can be used")
    if len(dims) > 1 and dims[-1][1] != 1:
        for axis, (_, x, _) in enumerate(dims[:-1]):
            if x == 1:              # a transposition: read along the rows of the plane
                dims.insert(len(dims) - 2, dims.pop(axis))
                break
    dims = [(1, 0, 0)] * (2 - len(dims)) + dims
    call = kernel(name, str(out.itemsize), work=math.prod(shape) + out.size / 4, ndim=len(dims),
                  shape=[n for n, _, _ in dims], x_stride=[x for _, x, _ in dims],
                  y_stride=[y for _, _, y in dims], x_offset=x_offset, y_offset=y_offset,
                  y_size=out.size, y_at=y_at, value=value)
    steps = [(n - 1) * y for n, _, y in dims]
    first = y_offset + sum(step for step in steps if step < 0)
    end = y_offset + sum(step for step in steps if step > 0) + 1
    return call._replace(written=(first * out.itemsize, end * out.itemsize))


def item_bits(value: float, dtype: str) -> int:
    """`value` as an item of `dtype`, its bits as a signed integer; integers truncate and wrap."""
    import numpy as np

    if dtype == "bool":
        return int(bool(value))
    if dtype not in FLOATS:
        nbits = 8 * DTYPES[dtype][1]
        wrapped = int(value) & ((1 << nbits) - 1)
        return wrapped - (1 << nbits) if wrapped >> (nbits - 1) else wrapped
    with np.errstate(over="ignore"):
        if dtype == "bfloat16":
            single = int(np.float32(value).view(np.uint32))
            if value != value:
                return single >> 16 | 0x40
            return (single + 0x7FFF + (single >> 16 & 1)) >> 16
        return int.from_bytes(np.float64(value).astype(dtype).tobytes(), "little", signed=True)


def split_at(shape: Sequence[int], axis: int) -> tuple[int, int, int]:
    """(outer, n, inner): the lengths before, of and after an axis."""
    return math.prod(shape[:axis]), shape[axis], math.prod(shape[axis + 1:])

"""`array`, `zeros` and `empty` of every storage type; `save` and `load`."""

from __future__ import annotations

from typing import Any

from ..device.context import Context
from . import creation, sparse
from .ndarray import NDArray
from .serialization import load as load
from .serialization import load_frombuffer as load_frombuffer
from .serialization import save as save
from .sparse.creation import _is_scipy


def zeros(shape: Any, ctx: Context | None = None, dtype: Any = None, out: Any = None,
          stype: str | None = None) -> NDArray:
    """An array of zeros; stype: 'default', 'row_sparse' or 'csr'."""
    if stype in (None, "default"):
        return creation.zeros(shape, ctx, dtype, out)
    return sparse.zeros(stype, shape, ctx, dtype)       # type: ignore[arg-type]


def empty(shape: Any, ctx: Context | None = None, dtype: Any = None,
          stype: str | None = None) -> NDArray:
    """An array of this shape whose values are whatever the memory held; sparse ones are zeros."""
    if stype in (None, "default"):
        return creation.empty(shape, ctx, dtype)
    return sparse.empty(stype, shape, ctx, dtype)       # type: ignore[arg-type]


def array(source_array: Any, ctx: Context | None = None, dtype: Any = None) -> NDArray:
    """An array with a copy of these values: nested lists, a number, a NumPy or other array.

    dtype: that of an NDArray is kept, everything else becomes float32 unless one is given. A sparse
    array stays sparse, and a matrix of scipy.sparse becomes csr, of its dtype.
    """
    if isinstance(source_array, sparse.BaseSparseNDArray) or _is_scipy(source_array):
        return sparse.array(source_array, ctx, dtype)
    return creation.array(source_array, ctx, dtype)

"""What sparse arrays hold, on the host: conversions between storage types, in NumPy.

row_sparse: (rows (n, *shape[1:]), indices (n,) ascending). csr: (data (nnz,), indices (nnz,) the
columns, indptr (rows + 1,)). Indices are int64.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Values = np.ndarray[Any, Any]
Parts = tuple[Values, ...]

STYPES = ("default", "row_sparse", "csr")
NUM_INDICES = {"row_sparse": 1, "csr": 2}


def empty_parts(stype: str, shape: Sequence[int], dtype: Any) -> Parts:
    """The parts of an array of zeros."""
    none = np.zeros(0, np.int64)
    if stype == "row_sparse":
        return np.zeros((0, *shape[1:]), dtype), none
    return np.zeros(0, dtype), none, np.zeros(shape[0] + 1, np.int64)


def rows_of_csr(indptr: Values) -> Values:
    """The row of each element."""
    return np.repeat(np.arange(len(indptr) - 1, dtype=np.int64), np.diff(indptr))


def indptr_of(rows: Values, num_rows: int) -> Values:
    """The row pointers of elements in these rows, which ascend."""
    counts = np.bincount(rows, minlength=num_rows) if len(rows) else np.zeros(num_rows, np.int64)
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])


def to_dense(stype: str, shape: Sequence[int], parts: Parts, dtype: Any) -> Values:
    """The array with its zeros."""
    dense = np.zeros(tuple(shape), dtype)
    if stype == "row_sparse":
        dense[parts[1]] = parts[0]
    else:
        data, indices, indptr = parts
        dense[rows_of_csr(indptr), indices] = data
    return dense


def from_dense(stype: str, dense: Values) -> Parts:
    """The parts that hold what is not zero."""
    if stype == "row_sparse":
        flat = dense.reshape(dense.shape[0], -1) if dense.size else np.zeros((len(dense), 0))
        indices = np.flatnonzero((flat != 0).any(axis=1)).astype(np.int64)
        return dense[indices], indices
    rows, columns = np.nonzero(dense != 0)
    return (dense[rows, columns], columns.astype(np.int64),
            indptr_of(rows.astype(np.int64), dense.shape[0]))


def format_error(stype: str, shape: Sequence[int], parts: Parts, is_full: bool) -> str:
    """What is wrong with the parts of an array of this shape; "" if nothing is.

    is_full: look at every index, not at lengths alone.
    """
    data, indices = parts[0], parts[1]
    rest = tuple(shape[1:]) if stype == "row_sparse" else ()
    if any(each.ndim != 1 for each in parts[1:]) or not data.ndim or data.shape[1:] != rest:
        return (f"the values have shape {data.shape} and the indices "
                f"{', '.join(str(each.shape) for each in parts[1:])}")
    if len(data) != len(indices):
        return f"there are {len(data)} values and {len(indices)} indices"
    if stype == "row_sparse":
        if len(indices) > shape[0]:
            return f"there are {len(indices)} rows, but the shape is {tuple(shape)}"
        if is_full and len(indices):
            if indices.min() < 0 or indices.max() >= shape[0]:
                return (f"indices must be from 0 to {shape[0] - 1}; "
                        f"got {_outside(indices, shape[0])}")
            if (np.diff(indices) <= 0).any():
                return "indices must ascend"
        return ""
    indptr = parts[2]
    if len(shape) != 2 or len(indptr) != shape[0] + 1:
        return (f"indptr must have {shape[0]} + 1 entries for shape {tuple(shape)}; "
                f"got {len(indptr)}")
    if indptr[0] != 0 or indptr[-1] != len(indices):
        return (f"indptr must go from 0 to {len(indices)}, the number of values; it goes from "
                f"{indptr[0]} to {indptr[-1]}")
    if not is_full:
        return ""
    if (np.diff(indptr) < 0).any():
        return "indptr must not descend"
    if len(indices):
        if indices.min() < 0 or indices.max() >= shape[1]:
            return f"indices must be from 0 to {shape[1] - 1}; got {_outside(indices, shape[1])}"
        same_row = np.diff(rows_of_csr(indptr)) == 0
        if (np.diff(indices)[same_row] <= 0).any():
            return "the indices of a row must ascend"
    return ""


def _outside(indices: Values, length: int) -> int:
    return int(indices[(indices < 0) | (indices >= length)][0])


def union_of(stype: str, shape: Sequence[int], lhs: Parts, rhs: Parts
             ) -> tuple[Parts, Values, Values]:
    """(the index parts of what is in one of two arrays, where in it what is in each of them is)."""
    if stype == "row_sparse":
        keys = np.union1d(lhs[1], rhs[1])
        return (keys,), np.searchsorted(keys, lhs[1]), np.searchsorted(keys, rhs[1])
    width = max(shape[1], 1)
    left, right = (rows_of_csr(parts[2]) * width + parts[1] for parts in (lhs, rhs))
    keys = np.union1d(left, right)
    rows, columns = np.divmod(keys, width)
    return ((columns, indptr_of(rows, shape[0])), np.searchsorted(keys, left),
            np.searchsorted(keys, right))


def spread(values: Values, places: Values, count: int) -> Values:
    """`count` values, zeros but for those at `places`; of several for one place, the sum."""
    out = np.zeros((count, *values.shape[1:]), values.dtype)
    if len(np.unique(places)) == len(places):
        out[places] = values
    else:
        np.add.at(out, places, values)
    return out

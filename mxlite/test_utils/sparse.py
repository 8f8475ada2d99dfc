"""Random sparse arrays: row_sparse and csr."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..base import MXNetValueError
from ..device.context import Context
from ..ndarray import sparse
from ..wording import listing
from .arrays import assign_each
from .compare import values
from .defaults import default_context, default_dtype

_Array = np.ndarray[Any, Any]


def _check_density(density: float) -> None:
    if not 0 <= density <= 1:
        raise MXNetValueError(f"rand_sparse_ndarray: density must be from 0 to 1; got {density}")


def row_sparse_parts(shape: Sequence[int], density: float, dtype: Any, data_init: float | None,
                     indices: Any, modifier_func: Callable[[Any], Any] | None
                     ) -> tuple[_Array, _Array]:
    """(values (n, *shape[1:]) uniform in [0, 1), indices (n,)): rows are there with probability
    `density`, or those of `indices`."""
    if indices is None:
        indices = np.flatnonzero(np.random.random(shape[0]) < density)
    indices = np.asarray(indices, np.int64)
    if len(indices) > shape[0]:
        raise MXNetValueError(f"rand_sparse_ndarray: rsp_indices must be at most {shape[0]} "
                              f"numbers of rows; got {len(indices)}")
    rows = np.random.random((len(indices), *shape[1:])).astype(dtype)
    if data_init is not None:
        rows[...] = data_init
    if modifier_func is not None:
        rows = assign_each(rows, modifier_func).astype(dtype)
    return rows, indices


def csr_parts(counts: Sequence[int], num_columns: int, dtype: Any, data_init: float | None,
              modifier_func: Callable[[Any], Any] | None, shuffled: bool, leading: bool = False
              ) -> tuple[_Array, _Array, _Array]:
    """(values, column indices, row pointers) of a matrix with counts[i] random columns in row i,
    in ascending order unless they are to be `shuffled`; leading: its first columns. Values are
    uniform in (0, 1]."""
    columns = [np.arange(count) if leading else np.random.choice(num_columns, count, replace=False)
               for count in counts]
    if not shuffled:
        columns = [np.sort(row) for row in columns]
    indices = np.concatenate([np.zeros(0, np.int64), *columns]).astype(np.int64)
    data = (1 - np.random.random(len(indices))).astype(dtype)
    if data_init is not None:
        data[...] = data_init
    if modifier_func is not None:
        data = assign_each(data, modifier_func).astype(dtype)
    return data, indices, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def uniform_counts(num_rows: int, num_columns: int, density: float) -> list[int]:
    """How many elements rows have where int(density * size) are anywhere with equal chance."""
    places = np.random.choice(num_rows * num_columns, int(num_rows * num_columns * density),
                              replace=False)
    return np.bincount(places // max(num_columns, 1), minlength=num_rows).tolist()


def powerlaw_counts(num_rows: int, num_columns: int, density: float) -> list[int]:
    """How many elements rows have where row i has twice those of row i - 1, at least 1, as long
    as the int(density * size) elements last."""
    total = int(num_rows * num_columns * density)
    if total < 2 * num_rows:
        raise MXNetValueError(
            f"rand_sparse_ndarray: distribution='powerlaw' needs at least 2 elements a row; "
            f"density {density} is {total} in {num_rows} rows")
    counts, left = [1] * num_rows, total - num_rows
    for row in range(num_rows):
        more = min(2 ** min(row + 1, 62), num_columns, left + 1) - 1
        counts[row] += max(more, 0)
        left -= max(more, 0)
    if left:
        raise MXNetValueError(
            f"rand_sparse_ndarray: distribution='powerlaw' has room for {sum(counts)} elements in "
            f"shape {(num_rows, num_columns)}; density {density} is {total}")
    return counts


def rand_sparse_ndarray(shape: Sequence[int], stype: str, density: float | None = None,
                        dtype: Any = None, distribution: str | None = None,
                        data_init: float | None = None, rsp_indices: Any = None,
                        modifier_func: Callable[[Any], Any] | None = None,
                        shuffle_csr_indices: bool = False,
                        ctx: Context | None = None) -> tuple[Any, tuple[Any, ...]]:
    """(a random sparse array, its parts): (values, indices) of "row_sparse", (indptr, indices,
    data) of "csr".

    density: the share of rows, of elements for csr (None: a random one). dtype: float32 by
    default. distribution: "uniform", or "powerlaw" for csr. data_init: one value for all.
    rsp_indices: the rows. modifier_func: called with every value. shuffle_csr_indices: the
    columns of a row are in no order.
    """
    density = np.random.random() if density is None else density
    dtype = default_dtype() if dtype is None else dtype
    distribution = distribution or "uniform"
    _check_density(density)
    if stype not in ("row_sparse", "csr"):
        raise MXNetValueError(f"rand_sparse_ndarray: stype must be 'row_sparse' or 'csr'; "
                              f"got {stype!r}")
    known = ["uniform"] if stype == "row_sparse" else ["uniform", "powerlaw"]
    if distribution not in known:
        raise MXNetValueError(f"rand_sparse_ndarray: distribution of a {stype} array must be "
                              f"{listing(known)}; got {distribution!r}")
    ctx = ctx or default_context()
    if stype == "row_sparse":
        parts = row_sparse_parts(shape, density, dtype, data_init, rsp_indices, modifier_func)
        return sparse.row_sparse_array(parts, shape=shape, dtype=dtype, ctx=ctx), parts
    if len(shape) != 2 or min(shape) < 1:
        raise MXNetValueError("rand_sparse_ndarray: shape of a csr array must be 2 lengths of at "
                              f"least 1; got {tuple(shape)}")
    draw = uniform_counts if distribution == "uniform" else powerlaw_counts
    counts = draw(shape[0], shape[1], density)
    csr = sparse.csr_matrix(
        csr_parts(counts, shape[1], dtype, data_init, modifier_func, shuffle_csr_indices,
                  distribution == "powerlaw"), shape=shape, dtype=dtype, ctx=ctx)
    return csr, (csr.indptr, csr.indices, csr.data)


def create_sparse_array(shape: Sequence[int], stype: str, data_init: float | None = None,
                        rsp_indices: Any = None, dtype: Any = None,
                        modifier_func: Callable[[Any], Any] | None = None, density: float = .5,
                        shuffle_csr_indices: bool = False) -> Any:
    """The array of `rand_sparse_ndarray`; rsp_indices in ascending order, whatever theirs is."""
    indices = None if rsp_indices is None else np.sort(np.asarray(rsp_indices))
    return rand_sparse_ndarray(shape, stype, density, dtype, data_init=data_init,
                               rsp_indices=indices, modifier_func=modifier_func,
                               shuffle_csr_indices=shuffle_csr_indices)[0]


def create_sparse_array_zd(shape: Sequence[int], stype: str, density: float,
                           data_init: float | None = None, rsp_indices: Any = None,
                           dtype: Any = None, modifier_func: Callable[[Any], Any] | None = None,
                           shuffle_csr_indices: bool = False) -> Any:
    """`create_sparse_array`, in which a row_sparse array has the rows of rsp_indices alone."""
    return create_sparse_array(shape, stype, data_init, rsp_indices, dtype, modifier_func,
                               0.0 if stype == "row_sparse" else density, shuffle_csr_indices)


def shuffle_csr_column_indices(csr: Any) -> None:
    """Put the column indices of each row of a scipy.sparse.csr_matrix in random order.

    The values stay where they are.
    """
    pointers = values(csr.indptr)
    for start, end in zip(pointers[:-1].tolist(), pointers[1:].tolist(), strict=True):
        columns = values(csr.indices[start:end]).copy()
        np.random.shuffle(columns)
        csr.indices[start:end] = columns

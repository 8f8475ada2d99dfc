"""Rules of operators that take rows and parts of arrays, or join them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...base import MXNetIndexError, MXNetValueError
from ..array import empty_array, wrap_numpy
from ..ndarray import NDArray
from .arrays import BaseSparseNDArray
from .dispatch import DENSE, Call, dense_of, rule
from .kernels import run_kernel
from .making import from_parts, make
from .parts import indptr_of, rows_of_csr


@rule("_sparse_retain")
def retain(call: Call) -> Any:
    x, indices = call.arrays
    if x.stype != "row_sparse":
        raise MXNetValueError(f"retain: data must be row_sparse; got {x.stype!r}")
    if indices.ndim != 1:
        raise MXNetValueError(f"retain: indices must have shape (n,); got {indices.shape}")
    chosen = np.unique(indices._values().astype(np.int64))
    call.gradients = lambda dy: [retained(dy, chosen), None]
    return retained(x, chosen)


def retained(x: Any, chosen: Any) -> Any:
    """The rows `chosen`, ascending, of a row_sparse or a dense array, as row_sparse."""
    chosen = chosen[(chosen >= 0) & (chosen < x.shape[0])]
    if x.stype == "default":
        return from_parts("row_sparse", x.shape, (x._values()[chosen], chosen), x.ctx,
                          x._dtype_name)
    if x.stype != "row_sparse":
        return retained(dense_of(x), chosen)
    rows, indices = x._host_parts
    kept = np.flatnonzero(np.isin(indices, chosen, assume_unique=True))
    return from_parts("row_sparse", x.shape, (rows[kept], indices[kept]), x.ctx, x._dtype_name)


def rows_of(x: Any, chosen: Any) -> Any:
    """The rows `chosen`, ascending, of a row_sparse array: row_sparse with just these, of zeros
    where x has none."""
    rows, indices = x._host_parts
    if len(indices) == x.shape[0]:
        values = rows[chosen]
    else:
        values = np.zeros((len(chosen), *x.shape[1:]), x.dtype)
        at = np.searchsorted(indices, chosen)
        is_there = np.flatnonzero(np.take(indices, at, mode="clip") == chosen
                                  if len(indices) else [])
        values[is_there] = rows[at[is_there]]
    return from_parts("row_sparse", x.shape, (values, chosen), x.ctx, x._dtype_name)


@rule("Embedding", "_contrib_SparseEmbedding")
def embedding(call: Call) -> Any:
    data, weight = call.arrays
    if isinstance(data, BaseSparseNDArray):
        return None
    op = call.op
    op.infer_shape(data.shape, weight.shape)
    shape, dtype = weight.shape, weight._dtype_name
    is_sparse_grad = op.sparse_grad or weight.stype == "row_sparse"
    if not is_sparse_grad:
        return None
    where = np.clip(np.nan_to_num(data._values()).astype(np.int64), 0, shape[0] - 1).reshape(-1)
    call.gradients = lambda dy: [None, rows_gradient(where, dense_of(dy), shape, dtype)]
    if weight.stype == "default":
        return call.run(data, weight)
    rows, indices = weight._host_parts
    at = np.searchsorted(indices, where)
    at[at == len(indices)] = 0
    values = (rows[at] if len(indices) else np.zeros((len(where), shape[1]), weight.dtype))
    values[indices[at] != where if len(indices) else slice(None)] = 0
    return wrap_numpy(values.reshape((*data.shape, shape[1])), weight.ctx, dtype)


def rows_gradient(where: Any, dy: NDArray, shape: tuple[int, ...], dtype: str) -> Any:
    """The gradient of weight[where] for weight: the sums of the rows of dy that belong together."""
    chosen, numbers = np.unique(where, return_inverse=True)
    ctx = dy.ctx
    rows = empty_array((len(chosen), *shape[1:]), dtype, ctx)
    places = wrap_numpy(numbers.reshape(-1).astype(np.int64), ctx, "int64")
    run_kernel("Embedding", "accumulate_rows", dtype,
               {"outer": 1, "K": len(chosen), "M": len(where), "inner": int(np.prod(shape[1:]))},
               [dy, places, rows])
    return make("row_sparse", shape, (rows, wrap_numpy(chosen, ctx, "int64")))


@rule("slice")
def sliced(call: Call) -> Any:
    x, op = call.arrays[0], call.op
    if x.stype != "csr" or any(step not in (None, 1) for step in op.step or ()):
        return None
    lengths, _, offset = op.walk(x.shape)
    first_row, first_column = divmod(offset, x.shape[1]) if x.shape[1] else (0, 0)
    data, indices, indptr = x._host_parts
    begin, end = indptr[first_row], indptr[first_row + lengths[0]]
    pointers = indptr[first_row:first_row + lengths[0] + 1] - begin
    data, indices = data[begin:end], indices[begin:end]
    if lengths[1] != x.shape[1]:
        kept = (first_column <= indices) & (indices < first_column + lengths[1])
        pointers = indptr_of(rows_of_csr(pointers)[kept], lengths[0])
        data, indices = data[kept], indices[kept] - first_column
    return from_parts("csr", lengths, (data.copy(), indices.copy(), pointers), x.ctx,
                      x._dtype_name)


@rule("Concat")
def concatenated(call: Call) -> Any:
    if {*call.stypes} != {"csr"} or call.op.dim != 0:
        return None
    shapes = [array.shape for array in call.arrays]
    if len({shape[1] for shape in shapes}) > 1:
        raise MXNetValueError(f"Concat: csr arrays must have equally many columns; got {shapes}")
    parts = [array._host_parts for array in call.arrays]
    counts = np.concatenate([np.diff(each[2]) for each in parts])
    pointers = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    first = call.arrays[0]
    return from_parts("csr", (sum(shape[0] for shape in shapes), shapes[0][1]),
                      (np.concatenate([each[0] for each in parts]),
                       np.concatenate([each[1] for each in parts]), pointers), first.ctx,
                      first._dtype_name)


@rule("take")
def taken(call: Call) -> Any:
    x, indices = call.arrays
    if call.stypes != ["csr", "default"] or call.op.axis != 0 or indices.ndim != 1:
        return None
    chosen = indices._values().astype(np.int64)
    if call.op.mode == "wrap":
        chosen = chosen % x.shape[0]
    elif call.op.mode == "clip":
        chosen = np.clip(chosen, 0, x.shape[0] - 1)
    elif len(chosen) and not (chosen.min() >= 0 and chosen.max() < x.shape[0]):
        raise MXNetIndexError(f"take: indices must be in [0, {x.shape[0] - 1}]; got "
                              f"{chosen.tolist()}")
    data, columns, indptr = x._host_parts
    counts = np.diff(indptr)[chosen]
    pointers = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    at = np.arange(pointers[-1]) + np.repeat(indptr[chosen] - pointers[:-1], counts)
    return from_parts("csr", (len(chosen), x.shape[1]), (data[at], columns[at], pointers), x.ctx,
                      x._dtype_name)


@rule("where")
def where(call: Call) -> Any:
    return DENSE if call.stypes == ["csr", "default", "default"] else None


@rule("FullyConnected")
def fully_connected(call: Call) -> Any:
    return DENSE if call.stypes[0] == "default" and call.stypes[1] == "row_sparse" else None


@rule("_contrib_edge_id")
def edge_id(call: Call) -> Any:
    x, u, v = call.arrays
    call.op.infer_shape(x.shape, u.shape, v.shape)
    if call.stypes != ["csr", "default", "default"]:
        raise MXNetValueError(f"edge_id: data must be csr, u and v dense; got {call.stypes}")
    data, columns, indptr = x._host_parts
    rows, wanted = u._values().astype(np.int64), v._values().astype(np.int64)
    for name, found, length in (("u", rows, x.shape[0]), ("v", wanted, x.shape[1])):
        if len(found) and not (found.min() >= 0 and found.max() < length):
            raise MXNetIndexError(f"edge_id: {name} must be in [0, {length - 1}]; got "
                                  f"{found.tolist()}")
    keys = rows_of_csr(indptr) * x.shape[1] + columns
    order = np.argsort(keys, kind="stable")
    places = np.searchsorted(keys, rows * x.shape[1] + wanted, sorter=order)
    result = np.full(len(rows), -1, data.dtype)
    if len(keys):
        places = order[np.minimum(places, len(keys) - 1)]
        is_there = keys[places] == rows * x.shape[1] + wanted
        result[is_there] = data[places[is_there]]
    call.gradients = lambda dy: [None, None, None]
    return wrap_numpy(result, x.ctx, x._dtype_name)


@rule("_contrib_dgl_adjacency")
def adjacency(call: Call) -> Any:
    x, = call.arrays
    if x.stype != "csr":
        raise MXNetValueError(f"dgl_adjacency: data must be csr; got {x.stype!r}")
    _, columns, indptr = x._host_parts
    call.gradients = lambda dy: [None]
    return from_parts("csr", x.shape, (np.ones(len(columns), np.float32), columns.copy(),
                                       indptr.copy()), x.ctx, "float32")

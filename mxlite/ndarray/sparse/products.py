"""Rules of products and sums."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...base import MXNetTypeError
from ..array import empty_array, wrap_numpy
from ..ndarray import NDArray
from .arrays import BaseSparseNDArray
from .dispatch import DENSE, Call, dense_of, rule, run
from .kernels import quietly, run_kernel, wrong_indices
from .making import converted, from_parts, make
from .parts import indptr_of, rows_of_csr

FLOATS = ("float32", "float64", "float16", "bfloat16")
Matrix = tuple[NDArray, NDArray, NDArray]         # data, indices, indptr


# Kernels ------------------------------------------------------------------------------------------

def _fields(matrix: Matrix, columns: int, M: int, N: int) -> dict[str, int]:
    return {"rows": matrix[2].size - 1, "columns": columns, "nnz": matrix[0].size, "M": M, "N": N}


def csr_dot(matrix: Matrix, dense: NDArray) -> NDArray:
    """A (M, K) @ dense (K, N)."""
    K, N = dense.shape
    M = matrix[2].size - 1
    y = empty_array((M, N), dense._dtype_name, dense.ctx)
    run_kernel("dot", "csr_dot", dense._dtype_name, _fields(matrix, K, M, N), [*matrix, dense, y])
    return y


def by_columns(matrix: Matrix, columns: int) -> Matrix:
    """The transposed of A, which has so many columns."""
    data, indices, indptr = matrix
    if data.ctx.device_type == "gpu":
        return _by_columns_on_gpu(matrix, columns)
    starts = empty_array((columns + 1,), "int64", data.ctx)
    rows, order = [empty_array(data.shape, "int64", data.ctx) for _ in range(2)]
    run_kernel("dot", "csr_columns", "int64", _fields(matrix, columns, 0, 0),
               [indices, indptr, starts, rows, order])
    values = wrap_numpy(data._values()[order._values()], data.ctx, data._dtype_name)
    return values, rows, starts


def _by_columns_on_gpu(matrix: Matrix, columns: int) -> Matrix:
    """by_columns, whose indices the host sorts."""
    data, ctx = matrix[0], matrix[0].ctx
    indices, indptr = [part._values() for part in matrix[1:]]
    if indices.size and not 0 <= indices.min() <= indices.max() < columns:
        raise wrong_indices("dot")
    order = np.argsort(indices, kind="stable")
    rows, starts = rows_of_csr(indptr)[order], indptr_of(indices[order], columns)
    if indices.size:
        data = run("take", data, wrap_numpy(order, ctx, "int64"), axis=0)
    return data, wrap_numpy(rows, ctx, "int64"), wrap_numpy(starts, ctx, "int64")


def rows_dot(matrix: Matrix, columns: int, dense: NDArray) -> Any:
    """A^T (columns, M) @ dense (M, N) as a row_sparse array, with the columns that A has."""
    used = None
    if columns > 8 * matrix[0].size:            # number those that there are anew
        used, numbers = np.unique(matrix[1]._values(), return_inverse=True)
        if len(used) and not 0 <= used[0] <= used[-1] < columns:
            raise wrong_indices("dot")
        numbers = numbers.reshape(-1).astype(np.int64)
        matrix = (matrix[0], wrap_numpy(numbers, dense.ctx, "int64"), matrix[2])
    data, rows, starts = by_columns(matrix, columns if used is None else len(used))
    pointers = starts._values()
    if used is None:
        used = np.flatnonzero(np.diff(pointers)).astype(np.int64)
        pointers = np.append(pointers[used], pointers[-1])
    y = csr_dot((data, rows, wrap_numpy(pointers, dense.ctx, "int64")), dense)
    return make("row_sparse", (columns, dense.shape[1]),
                (y, wrap_numpy(used, dense.ctx, "int64")))


def dense_dot_csr(dense: NDArray, matrix: Matrix, columns: int, is_transposed: bool) -> NDArray:
    """dense (M, K) @ A, or @ A^T."""
    if not is_transposed and dense.ctx.device_type == "gpu":
        rows = matrix[2].size - 1
        matrix, columns, is_transposed = by_columns(matrix, columns), rows, True
    M, rows = dense.shape[0], matrix[2].size - 1
    N = rows if is_transposed else columns
    y = empty_array((M, N), dense._dtype_name, dense.ctx)
    run_kernel("dot", "dot_csr_transposed" if is_transposed else "dot_csr", dense._dtype_name,
               _fields(matrix, columns, M, N), [*matrix, dense, y])
    return y


def _of_rows(matrix: Matrix, indices: Any) -> Matrix:
    """A with only the columns `indices`, ascending, which are numbered anew."""
    data, columns, indptr = [part._values() for part in matrix]
    at = np.searchsorted(indices, columns)
    at[at == len(indices)] = 0
    kept = indices[at] == columns if len(indices) else np.zeros(len(columns), bool)
    rows = rows_of_csr(indptr)[kept]
    ctx = matrix[0].ctx
    return (wrap_numpy(data[kept], ctx, matrix[0]._dtype_name), wrap_numpy(at[kept], ctx, "int64"),
            wrap_numpy(indptr_of(rows, len(indptr) - 1), ctx, "int64"))


# dot ----------------------------------------------------------------------------------------------

@rule("dot")
def dot(call: Call) -> Any:
    lhs, rhs = call.arrays
    op, stypes = call.op, call.stypes
    op.split(lhs.shape, rhs.shape)              # raises where shapes do not match
    if lhs._dtype_name != rhs._dtype_name:
        raise MXNetTypeError(f"dot: rhs must have dtype {lhs._dtype_name}, as lhs is; got "
                             f"{rhs._dtype_name}")
    result = None
    if lhs._dtype_name in FLOATS and rhs.ndim == 2 and lhs.ndim == 2:
        if stypes[0] == "csr" and stypes[1] != "csr" and not op.transpose_b:
            result = _csr_times(call, lhs, rhs)
        elif stypes == ["default", "csr"] and not op.transpose_a:
            result = _times_csr(call, lhs, rhs)
    elif stypes == ["csr", "default"] and rhs.ndim == 1 and lhs._dtype_name in FLOATS:
        result = _csr_times_vector(call, lhs, rhs)
    if result is None and op.forward_stype not in (None, "default"):
        call.gradients = None
        plain = run("dot", dense_of(lhs), dense_of(rhs), transpose_a=op.transpose_a,
                    transpose_b=op.transpose_b)
        result = converted(plain, op.forward_stype)
    return result


def _csr_times(call: Call, lhs: Any, rhs: NDArray) -> Any:
    """csr @ rhs and csr^T @ rhs; rhs dense or row_sparse."""
    op, matrix, is_transposed = call.op, lhs._parts, call.op.transpose_a
    wanted = op.forward_stype or ("row_sparse" if is_transposed else "default")
    if wanted == "csr" or (wanted == "row_sparse" and not is_transposed):
        return None
    columns = lhs.shape[1]
    call.gradients = lambda dy: [
        run("dot", dense_of(dy), dense_of(rhs), transpose_b=True) if call.wanted[0]
        and not is_transposed else
        run("dot", dense_of(rhs), dense_of(dy), transpose_b=True) if call.wanted[0] else None,
        _transposed_back(matrix, columns, dy, is_transposed) if call.wanted[1] else None]
    if is_transposed:
        result = rows_dot(matrix, columns, dense_of(rhs))
        return result if wanted == "row_sparse" else converted(result, "default")
    if isinstance(rhs, BaseSparseNDArray):
        rows, indices = rhs._parts
        return csr_dot(_of_rows(matrix, indices._values()), rows)
    return csr_dot(matrix, rhs)


def _transposed_back(matrix: Matrix, columns: int, dy: Any, is_transposed: bool) -> Any:
    """The gradient of rhs: A^T @ dy as row_sparse, or A @ dy."""
    if is_transposed:
        if dy.stype == "row_sparse":
            rows, indices = dy._parts
            return csr_dot(_of_rows(matrix, indices._values()), rows)
        return csr_dot(matrix, dense_of(dy))
    with quietly():
        return rows_dot(matrix, columns, dense_of(dy))


def _csr_times_vector(call: Call, lhs: Any, rhs: NDArray) -> Any:
    matrix, columns = lhs._parts, lhs.shape[1]
    column = rhs.reshape((-1, 1))
    if call.op.transpose_a:
        return converted(rows_dot(matrix, columns, column), "default").reshape((-1,))
    return csr_dot(matrix, column).reshape((-1,))


def _times_csr(call: Call, lhs: NDArray, rhs: Any) -> Any:
    """dense @ csr and dense @ csr^T, csr unless forward_stype says something else."""
    op = call.op
    if op.forward_stype == "row_sparse":
        return None
    y = dense_dot_csr(lhs, rhs._parts, rhs.shape[1], op.transpose_b)
    call.gradients = lambda dy: [
        dense_dot_csr(dense_of(dy), rhs._parts, rhs.shape[1], not op.transpose_b)
        if call.wanted[0] else None,
        None if not call.wanted[1] else
        run("dot", dense_of(dy), lhs, transpose_a=True) if op.transpose_b else
        run("dot", lhs, dense_of(dy), transpose_a=True)]
    return y if op.forward_stype == "default" else converted(y, "csr")


# Sums ---------------------------------------------------------------------------------------------

@rule("sum", "mean")
def total(call: Call) -> Any:
    x, op = call.arrays[0], call.op
    axis = op.axis if isinstance(op.axis, int) else (op.axis or (None,))[0]
    if (x.stype != "csr" or axis not in (0, 1, -1, -2) or op.keepdims or op.exclude
            or (isinstance(op.axis, tuple) and len(op.axis) != 1)
            or x._dtype_name not in ("float32", "float64")):
        return None
    sums = _sum_of_csr(x._parts, x.shape, axis % 2)
    if op.name == "mean":
        sums = sums / x.shape[axis % 2]
    return sums


def _sum_of_csr(matrix: Matrix, shape: tuple[int, ...], axis: int) -> NDArray:
    if axis == 0:
        matrix = by_columns(matrix, shape[1])
    width = shape[1 - axis] if axis == 0 else shape[1]
    length = shape[0] if axis == 0 else width
    ones = wrap_numpy(np.ones((length, 1), matrix[0].dtype), matrix[0].ctx, matrix[0]._dtype_name)
    return csr_dot(matrix, ones).reshape((-1,))


@rule("norm")
def norm(call: Call) -> Any:
    x, op = call.arrays[0], call.op
    if not isinstance(x, BaseSparseNDArray) or op.ord != 2 or op.keepdims:
        return None
    if op.axis in (None, ()):
        values = x._parts[0].reshape((-1,)) if x._parts[0].size else None
        if values is None:
            return wrap_numpy(np.zeros((1,), x.dtype), x.ctx, x._dtype_name)
        return call.run(values)
    axis = op.axis if isinstance(op.axis, int) else op.axis[0] if len(op.axis) == 1 else None
    if x.stype != "csr" or axis is None or x._dtype_name not in ("float32", "float64"):
        return None
    squares = (run("square", x._parts[0]), *x._parts[1:])
    return run("sqrt", _sum_of_csr(squares, x.shape, axis % 2))


@rule("_square_sum")
def square_sum(call: Call) -> Any:
    x, op = call.arrays[0], call.op
    axis = op.axis if isinstance(op.axis, int) or op.axis is None else (
        op.axis[0] if len(op.axis) == 1 else None)
    if x.stype != "row_sparse" or x.ndim != 2 or axis is None or op.exclude:
        return DENSE if x.stype == "default" else None
    rows, indices = x._parts
    call.gradients = lambda dy: [_square_sum_back(x, dy, axis % 2)]
    sums = run("sum", run("square", rows), axis=axis, keepdims=op.keepdims) if rows.size else None
    if axis % 2 == 0:
        shape = (1, x.shape[1]) if op.keepdims else (x.shape[1],)
        return wrap_numpy(np.zeros(shape, x.dtype), x.ctx, x._dtype_name) if sums is None else sums
    shape = (x.shape[0], 1) if op.keepdims else (x.shape[0],)
    if sums is None:
        sums = wrap_numpy(np.zeros((0, *shape[1:]), x.dtype), x.ctx, x._dtype_name)
    result = make("row_sparse", shape, (sums, indices))
    return result if op.keepdims else converted(result, "default")


def _square_sum_back(x: Any, dy: NDArray, axis: int) -> Any:
    rows, indices = x._host_parts
    dense = dense_of(dy).asnumpy().reshape((1, -1) if axis == 0 else (-1, 1))
    grad = 2 * rows * (dense if axis == 0 else dense[indices])
    return from_parts("row_sparse", x.shape, (grad.astype(rows.dtype), indices.copy()), x.ctx,
                      x._dtype_name)

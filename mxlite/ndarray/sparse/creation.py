"""Functions that make sparse arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...base import MXNetValueError, Shape, dtype_name
from ...device.context import Context, as_context
from .. import creation as dense
from ..host_values import from_host, numpy_dtype
from ..ndarray import NDArray
from .arrays import BaseSparseNDArray, CSRNDArray, RowSparseNDArray
from .making import converted, from_parts, make
from .parts import empty_parts, indptr_of

_INTEGERS = (int, np.integer)


def _is_shape(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) > 0 and all(
        isinstance(length, _INTEGERS) for length in value)


def _is_scipy(value: Any) -> bool:
    return type(value).__module__.startswith("scipy.sparse")


def _dtype_of(source: Any, dtype: Any) -> str:
    """The dtype that is given, or that of an array, or float32."""
    if dtype is not None:
        return dtype_name(dtype)
    if isinstance(source, NDArray):
        return source._dtype_name
    return dtype_name(source.dtype if isinstance(source, np.ndarray) or _is_scipy(source)
                      else None)


def _array(source: Any, ctx: Context, dtype: str) -> NDArray:
    """A dense array with a copy of the values."""
    if isinstance(source, NDArray):
        return source.astype(dtype).as_in_context(ctx)
    return from_host(np.asarray(source), ctx, dtype)


def _check_shape(caller: str, shape: Shape | None, found: tuple[int, ...]) -> None:
    if shape is not None and shape != tuple(found):
        raise MXNetValueError(f"{caller}: shape must be that of arg1, {tuple(found)}; got {shape}")


def csr_matrix(arg1: Any, shape: Any = None, ctx: Context | None = None,
               dtype: Any = None) -> CSRNDArray:
    """A csr matrix of: an array or nested lists; a csr or scipy.sparse matrix; a shape (M, N), for
    zeros; (data, indices, indptr); or (data, (rows, columns)), in which values for one place
    are added up.

    shape: (M, N); of parts it may follow from them. dtype: by default that of the data, float32 for
    lists, but NumPy's for a list with places.
    """
    ctx = as_context(ctx)
    shape = None if shape is None else dense._shape("csr_matrix", shape)
    if isinstance(arg1, tuple):
        if len(arg1) == 2 and _is_shape(arg1):
            _check_shape("csr_matrix", shape, arg1)
            return zeros("csr", arg1, ctx, dtype)       # type: ignore[return-value]
        if len(arg1) == 2:
            return _from_places(arg1[0], arg1[1], shape, ctx, dtype)
        if len(arg1) == 3 and not _is_shape(arg1):
            return _from_csr(*arg1, shape, ctx, dtype)
        raise MXNetValueError("csr_matrix: a tuple must be (M, N), (data, (rows, columns)) or "
                              f"(data, indices, indptr); got one of {len(arg1)}")
    if isinstance(arg1, RowSparseNDArray):
        raise MXNetValueError("csr_matrix: a row_sparse array cannot become csr; use "
                              "tostype('default') before")
    if isinstance(arg1, CSRNDArray) or _is_scipy(arg1):
        _check_shape("csr_matrix", shape, arg1.shape)
        return array(arg1, ctx, dtype)                  # type: ignore[return-value]
    values = _array(arg1, ctx, _dtype_of(arg1, dtype))
    if values.ndim != 2:
        raise MXNetValueError("To convert to a CSR, the NDArray should be 2 Dimensional. Current "
                              f"shape is {values.shape}")
    _check_shape("csr_matrix", shape, values.shape)
    return converted(values, "csr")                     # type: ignore[return-value]


def _from_csr(data: Any, indices: Any, indptr: Any, shape: Any, ctx: Context,
              dtype: Any) -> CSRNDArray:
    values = _array(data, ctx, _dtype_of(data, dtype))
    columns, pointers = _array(indices, ctx, "int64"), _array(indptr, ctx, "int64")
    if shape is None:
        if not columns.size:
            raise MXNetValueError("csr_matrix: shape must be given, since without values it does "
                                  "not follow")
        shape = (pointers.size - 1, int(columns.asnumpy().max()) + 1)
    if values.ndim != 1 or columns.ndim != 1 or pointers.ndim != 1 or len(shape) != 2:
        raise MXNetValueError(
            "csr_matrix: data, indices and indptr must have one axis, and shape two; got "
            f"{values.shape}, {columns.shape}, {pointers.shape} and {shape}")
    if values.size != columns.size:
        raise MXNetValueError(f"csr_matrix: data and indices must be equally long; got "
                              f"{values.size} and {columns.size}")
    return make("csr", shape, (values, columns, pointers))


def _from_places(data: Any, places: Any, shape: Any, ctx: Context, dtype: Any) -> CSRNDArray:
    if not isinstance(data, NDArray):
        data = np.asarray(data)                         # lists: int64 or float64, as in MXNet
    name = _dtype_of(data, dtype)
    rows, columns = [_array(each, ctx, "int64").asnumpy() for each in places]
    values = _array(data, ctx, name).asnumpy()
    if not len(values) == len(rows) == len(columns):
        raise MXNetValueError("csr_matrix: data, rows and columns must be equally long; got "
                              f"{len(values)}, {len(rows)} and {len(columns)}")
    if shape is None:
        if not len(rows):
            raise MXNetValueError("csr_matrix: shape must be given, since without values it does "
                                  "not follow")
        shape = (int(rows.max()) + 1, int(columns.max()) + 1)
    if len(rows) and not (rows.min() >= 0 and rows.max() < shape[0]
                          and columns.min() >= 0 and columns.max() < shape[1]):
        raise MXNetValueError(f"csr_matrix: rows and columns must be inside {shape}")
    keys, at = np.unique(rows * max(shape[1], 1) + columns, return_inverse=True)
    total = np.zeros(len(keys), values.dtype)
    np.add.at(total, at.reshape(-1), values)
    unique_rows, unique_columns = np.divmod(keys, max(shape[1], 1))
    return from_parts("csr", shape, (total, unique_columns, indptr_of(unique_rows, shape[0])),
                      ctx, name)


def row_sparse_array(arg1: Any, shape: Any = None, ctx: Context | None = None,
                     dtype: Any = None) -> RowSparseNDArray:
    """A row_sparse array of: an array or nested lists; a row_sparse array; a shape, which gives
    zeros; or (data (n, *shape[1:]), indices (n,)), the rows and their ascending indices.

    shape: of parts it may follow from them. dtype: by default that of the data, float32 for lists.
    """
    ctx = as_context(ctx)
    shape = None if shape is None else dense._shape("row_sparse_array", shape)
    if isinstance(arg1, tuple):
        if _is_shape(arg1):
            _check_shape("row_sparse_array", shape, arg1)
            return zeros("row_sparse", arg1, ctx, dtype)        # type: ignore[return-value]
        if len(arg1) != 2:
            raise MXNetValueError("row_sparse_array: a tuple must be a shape or (data, indices); "
                                  f"got one of {len(arg1)}")
        return _from_rows(*arg1, shape, ctx, dtype)
    if isinstance(arg1, CSRNDArray) or _is_scipy(arg1):
        raise MXNetValueError("row_sparse_array: a csr matrix cannot become row_sparse; use "
                              "tostype('default') before")
    if isinstance(arg1, RowSparseNDArray):
        _check_shape("row_sparse_array", shape, arg1.shape)
        return array(arg1, ctx, dtype)                          # type: ignore[return-value]
    values = _array(arg1, ctx, _dtype_of(arg1, dtype))
    _check_shape("row_sparse_array", shape, values.shape)
    return converted(values, "row_sparse")                      # type: ignore[return-value]


def _from_rows(data: Any, indices: Any, shape: Any, ctx: Context, dtype: Any) -> RowSparseNDArray:
    rows = _array(data, ctx, _dtype_of(data, dtype))
    numbers = _array(indices, ctx, "int64")
    if shape is None:
        if not numbers.size:
            raise MXNetValueError("row_sparse_array: shape must be given, since without rows it "
                                  "does not follow")
        shape = (int(numbers.asnumpy().max()) + 1, *rows.shape[1:])
    if numbers.ndim != 1 or rows.size != numbers.size * int(np.prod(shape[1:])):
        raise MXNetValueError(
            f"row_sparse_array: data must have shape (n, *{shape[1:]}) and indices (n,) for shape "
            f"{shape}; got {rows.shape} and {numbers.shape}")
    return make("row_sparse", shape, (rows.reshape(-1).reshape((numbers.size, *shape[1:]))
                                      if rows.size else _no_rows(rows, shape), numbers))


def _no_rows(rows: NDArray, shape: tuple[int, ...]) -> NDArray:
    return from_host(np.zeros((0, *shape[1:]), numpy_dtype(rows._dtype_name)), rows.ctx,
                     rows._dtype_name)


def zeros(stype: str, shape: Any, ctx: Context | None = None, dtype: Any = None,
          **kwargs: Any) -> NDArray:
    """Zeros in a storage type: 'default', 'row_sparse' or 'csr'."""
    if stype == "default":
        return dense.zeros(shape, ctx, dtype, **kwargs)
    if stype not in ("row_sparse", "csr"):
        raise MXNetValueError("zeros: stype must be 'default', 'row_sparse' or 'csr'; "
                              f"got unknown storage type {stype!r}")
    shape = dense._shape("zeros", shape)
    if len(shape) < 1 or (stype == "csr" and len(shape) != 2):
        rule = "two axes" if stype == "csr" else "at least one axis"
        raise MXNetValueError(f"zeros: the shape of a {stype} array must have {rule}; got {shape}")
    name = dtype_name(dtype)
    return from_parts(stype, shape, empty_parts(stype, shape, numpy_dtype(name)), as_context(ctx),
                      name)


def empty(stype: str, shape: Any, ctx: Context | None = None, dtype: Any = None) -> NDArray:
    """As `zeros`; a dense array has whatever the memory held."""
    if stype == "default":
        return dense.empty(shape, ctx, dtype)
    return zeros(stype, shape, ctx, dtype)


def array(source_array: Any, ctx: Context | None = None, dtype: Any = None) -> BaseSparseNDArray:
    """A copy of a csr, row_sparse or scipy.sparse matrix; scipy's become csr, in which the columns
    of a row ascend, each of them at most once."""
    ctx = as_context(ctx)
    if isinstance(source_array, BaseSparseNDArray):
        name = _dtype_of(source_array, dtype)
        return source_array.astype(name).as_in_context(ctx)     # type: ignore[return-value]
    if not _is_scipy(source_array):
        if isinstance(source_array, (NDArray, np.ndarray)):
            raise MXNetValueError("sparse.array: source_array must be sparse; use mx.nd.array, or "
                                  f"tostype; got {type(source_array).__name__}")
        raise MXNetValueError("sparse.array: source_array must be a csr, row_sparse or "
                              f"scipy.sparse matrix; got {type(source_array).__name__}")
    matrix = source_array.tocsr().copy()
    matrix.sum_duplicates()
    matrix.sort_indices()
    name = _dtype_of(source_array, dtype)
    return from_parts("csr", matrix.shape,
                      (matrix.data.astype(numpy_dtype(name)), matrix.indices.astype(np.int64),
                       matrix.indptr.astype(np.int64)), ctx, name)

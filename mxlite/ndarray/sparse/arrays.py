"""Sparse arrays: CSRNDArray, a matrix by its elements, and RowSparseNDArray, some rows of many."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ...base import (
    MXNetError,
    MXNetNotImplementedError,
    MXNetTypeError,
    MXNetValueError,
    dtype_name,
)
from ...device.context import Context, as_context
from ..array import sparse_array
from ..host_values import from_host, numpy_dtype
from ..ndarray import NDArray, _function
from . import parts as storage
from .making import KINDS, Chunk, from_parts, make, on_device, write
from .parts import NUM_INDICES, Parts


class NotSupportedForSparseNDArray(MXNetError):
    """A method that only dense arrays have."""


class BaseSparseNDArray(NDArray):
    """An array of which only some values are stored; the others are zeros."""

    __slots__ = ("_chunk",)
    _stype = ""
    _chunk: Chunk

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        if args == (None,) and not kwargs and cls._stype:       # as pickles of MXNet do
            shape = (0,) * (2 if cls._stype == "csr" else 1)
            return from_parts(cls._stype, shape, storage.empty_parts(
                cls._stype, shape, np.float32), as_context(None), "float32")
        return super().__new__(cls, *args, **kwargs)

    @property
    def stype(self) -> str:
        """The storage type: 'row_sparse' or 'csr'."""
        return self._stype

    @property
    def _parts(self) -> tuple[NDArray, ...]:
        """The values and the indices, not copied; they must not be written to."""
        return self._chunk.parts

    @property
    def _host_parts(self) -> Parts:
        return tuple([part._values() for part in self._chunk.parts])

    @property
    def data(self) -> NDArray:
        """A copy of the values that are stored."""
        return self._parts[0].copy()

    @property
    def indices(self) -> NDArray:
        """A copy of the indices, int64: of the rows, or of the columns of csr."""
        return self._parts[1].copy()

    @property
    def _num_aux(self) -> int:
        return NUM_INDICES[self._stype]

    @property
    def _aux_types(self) -> list[Any]:
        return [part.dtype for part in self._parts[1:]]

    def __repr__(self) -> str:
        shape = "x".join(map(str, self.shape))
        return f"\n<{type(self).__name__} {shape} @{self.ctx}>"

    def check_format(self, full_check: bool = True) -> None:
        """Raise MXNetValueError unless the indices fit the shape and ascend.

        full_check: look at each of them, not at the lengths alone.
        """
        wrong = storage.format_error(self._stype, self.shape, self._host_parts, full_check)
        if wrong:
            raise MXNetValueError(f"check_format: a {self._stype} array of shape {self.shape}: "
                                  f"{wrong}")

    # Out to the host ------------------------------------------------------------------------

    def asnumpy(self) -> np.ndarray[Any, Any]:
        """The values, zeros too, as a NumPy array."""
        try:
            return storage.to_dense(self._stype, self.shape, self._host_parts, self.dtype)
        except (IndexError, ValueError):
            self.check_format()             # says which indices do not fit
            raise

    _values = asnumpy

    def _numpy_view(self) -> Any:
        raise BufferError("a sparse array has no memory of its shape; copy it with asnumpy()")

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickle, (self._stype, self.shape, self._dtype_name, str(self.ctx),
                           tuple(part.asnumpy().tobytes() for part in self._parts),
                           tuple(part.shape for part in self._parts))

    # Copies and conversions -------------------------------------------------------------------

    def tostype(self, stype: str) -> NDArray:
        """The array in a storage type: 'default', or its own."""
        return NDArray.tostype(self, stype)

    def copyto(self, other: NDArray | Context) -> NDArray:
        """Copy the values into `other`, dense or of this storage type, or to a new array on a
        context."""
        if isinstance(other, (Context, str)):
            return _on(self, as_context(other))
        if not isinstance(other, NDArray):
            raise MXNetTypeError(
                f"copyto: other must be an NDArray or a Context; got {type(other).__name__}")
        if other is self:
            warnings.warn("You are attempting to copy an array to itself", RuntimeWarning,
                          stacklevel=2)
            return self
        if other.stype not in ("default", self._stype):
            raise MXNetTypeError(f"copyto: other must be 'default' or {self._stype!r}; "
                                 f"got {other.stype!r}")
        return NDArray.copyto(self.as_in_context(other.ctx), other)

    def as_in_context(self, context: Context) -> NDArray:
        """The array on `context`: itself if it is there already."""
        context = as_context(context)
        return self if self.ctx == context else _on(self, context)

    def astype(self, dtype: Any, copy: bool = True) -> NDArray:
        """The values in another dtype; with copy=False itself where the dtype fits already."""
        name = dtype_name(dtype)
        if not copy and name == self._dtype_name:
            return self
        values, *indices = self._parts
        return make(self._stype, self.shape, (values.astype(name), *indices))

    def detach(self) -> NDArray:
        """The same values, without the history that gradients flow through."""
        twin = sparse_array(type(self), self.shape, self._dtype_name, self.ctx)
        twin._chunk = self._chunk
        return twin

    def _shares_memory(self, other: Any) -> bool:
        return isinstance(other, BaseSparseNDArray) and other._chunk is self._chunk

    @property
    def _storage_id(self) -> int:       # type: ignore[override]
        return id(self._chunk)

    def _copy_from(self, source: Any) -> None:
        write(self, source)

    # What is only for dense arrays ------------------------------------------------------------

    def _not_supported(self, *args: Any, **kwargs: Any) -> Any:
        raise NotSupportedForSparseNDArray(
            f"a {type(self).__name__} has no such method; use tostype('default')")

    reshape = _at = _slice = to_dlpack_for_read = to_dlpack_for_write = _not_supported
    __dlpack__ = __dlpack_device__ = _not_supported

    # Indexing ---------------------------------------------------------------------------------

    def __setitem__(self, key: Any, value: Any) -> None:
        """x[:] = an array of its shape, or a number, which for csr must be 0."""
        if not _is_whole(key):
            raise MXNetNotImplementedError(
                f"{type(self).__name__} only supports [:] for assignment; got {key!r}")
        if isinstance(value, (int, float, np.number)):
            if self._stype == "csr" and value:
                raise MXNetValueError("Assigning a number to a CSRNDArray is not supported; "
                                      f"got {value}")
            parts = (storage.empty_parts(self._stype, self.shape, self.dtype) if value == 0 else
                     (np.full(self.shape, value, self.dtype),
                      np.arange(self.shape[0], dtype=np.int64)))
            self._chunk.parts = on_device(parts, self.ctx, self._dtype_name)
            return
        if not isinstance(value, NDArray):
            value = from_host(np.asarray(value), self.ctx, self._dtype_name)
        if value.shape != self.shape:
            raise MXNetValueError(f"x[:] = value: the value must have shape {self.shape}; "
                                  f"got {value.shape}")
        write(self, value)

    # Arithmetic: like shapes keep like storages -------------------------------------------------

    def __add__(self, other: Any) -> NDArray:
        return _elementwise("elemwise_add", self, other, NDArray.__add__)

    def __sub__(self, other: Any) -> NDArray:
        return _elementwise("elemwise_sub", self, other, NDArray.__sub__)

    def __mul__(self, other: Any) -> NDArray:
        return _elementwise("elemwise_mul", self, other, NDArray.__mul__)

    def __truediv__(self, other: Any) -> NDArray:
        return _elementwise("elemwise_div", self, other, NDArray.__truediv__)

    def __iadd__(self, other: Any) -> Any:
        return _written(self, self + other)

    def __isub__(self, other: Any) -> Any:
        return _written(self, self - other)

    def __imul__(self, other: Any) -> Any:
        return _written(self, self * other)

    def __itruediv__(self, other: Any) -> Any:
        return _written(self, self / other)


class CSRNDArray(BaseSparseNDArray):
    """A matrix whose elements are stored row by row: their values, their columns, and where the
    rows begin.

    `csr_matrix`, `tostype('csr')` and kin make them.
    """

    __slots__ = ()
    _stype = "csr"

    @property
    def indptr(self) -> NDArray:
        """A copy of the row pointers, int64: row i has the values from indptr[i] to indptr[i + 1].
        """
        return self._parts[2].copy()

    def asscipy(self) -> Any:
        """The matrix as a scipy.sparse.csr_matrix."""
        from scipy.sparse import csr_matrix
        data, indices, indptr = self._host_parts
        return csr_matrix((data.copy(), indices.copy(), indptr.copy()), shape=self.shape,
                          dtype=self.dtype)

    def __getitem__(self, key: Any) -> NDArray:
        """x[i] and x[begin:end], which are csr matrices; x[:] is the array itself."""
        rows = self.shape[0]
        if isinstance(key, (int, np.integer)):
            if not -rows <= key < rows:
                raise MXNetValueError(f"x[{key}]: the array has {rows} rows")
            begin, end = int(key) % rows, int(key) % rows + 1
        elif isinstance(key, slice):
            if key.step not in (None, 1):
                raise MXNetValueError("CSRNDArray only supports continuous slicing on axis 0; "
                                      f"got {key!r}")
            if key.start is None and key.stop is None:
                return self
            begin, end, _ = key.indices(rows)
        elif isinstance(key, tuple):
            raise MXNetValueError("Multi-dimension indexing is not supported for CSRNDArray; "
                                  f"got {key!r}")
        else:
            raise MXNetValueError(f"x[{key!r}]: the index of a CSRNDArray must be an integer or a "
                                  "slice")
        return _function("slice")(
            self, begin=(begin,), end=(max(begin, end),))


class RowSparseNDArray(BaseSparseNDArray):
    """Some rows of an array, the others being zeros: the rows, and their indices, which ascend.

    `row_sparse_array`, `tostype('row_sparse')` and kin make them; gradients of embeddings are such.
    """

    __slots__ = ()
    _stype = "row_sparse"

    def __getitem__(self, key: Any) -> NDArray:
        """x[:], the array itself; other keys raise."""
        if _is_whole(key):
            return self
        raise MXNetValueError(f"RowSparseNDArray only supports [:] for __getitem__; got {key!r}")

    def retain(self, indices: NDArray, **kwargs: Any) -> NDArray:
        """The array with the rows `indices` (n,) alone; see mx.nd.sparse.retain."""
        return _function("_sparse_retain")(self, indices, **kwargs)


BaseSparseNDArray._result_kind = NDArray
KINDS.update(csr=CSRNDArray, row_sparse=RowSparseNDArray)


def _on(array: BaseSparseNDArray, ctx: Context) -> NDArray:
    """A copy on a context."""
    return make(array.stype, array.shape, tuple(part.copyto(ctx) for part in array._parts))


def _is_whole(key: Any) -> bool:
    return key is Ellipsis or (isinstance(key, slice) and key == slice(None))


def _written(target: BaseSparseNDArray, source: NDArray) -> NDArray:
    write(target, source)
    return target


def _elementwise(name: str, lhs: BaseSparseNDArray, rhs: Any, otherwise: Any) -> Any:
    """The operator `name` for arrays of one shape, else the broadcasting one or one of numbers."""
    if not isinstance(rhs, NDArray) or lhs.shape != rhs.shape:
        return otherwise(lhs, rhs)
    return _function(name)(lhs, rhs)


def _unpickle(stype: str, shape: tuple[int, ...], dtype: str, ctx: str, blocks: tuple[bytes, ...],
              shapes: tuple[tuple[int, ...], ...]) -> Any:
    dtypes = [numpy_dtype(dtype), *[np.int64] * (len(blocks) - 1)]
    parts = tuple(np.frombuffer(block, kind).reshape(each).copy()
                  for block, kind, each in zip(blocks, dtypes, shapes, strict=True))
    wrong = storage.format_error(stype, shape, parts, False)
    if wrong:
        raise MXNetValueError(f"a pickled {stype} array of shape {shape} is damaged: {wrong}")
    return from_parts(stype, shape, parts, as_context(ctx), dtype)

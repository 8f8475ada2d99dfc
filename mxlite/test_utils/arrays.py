"""Functions of NumPy arrays, and matrices that tests of linear algebra take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import ndarray as nd
from ..base import MXNetValueError
from ..ndarray import NDArray

_Array = np.ndarray[Any, Any]


def assign_each(the_input: Any, function: Callable[[Any], Any] | None) -> _Array:
    """A float64 array of function(x) for every x of an array; a copy of it for None."""
    if function is None:
        return np.array(the_input)
    flat = [function(x) for x in np.asarray(the_input).flat]
    return np.array(flat, np.float64).reshape(np.shape(the_input))


def assign_each2(input1: Any, input2: Any, function: Callable[[Any, Any], Any] | None) -> _Array:
    """A float64 array of function(x, y) for the elements of two arrays of one shape; a copy of
    the first for None."""
    if function is None:
        return np.array(input1)
    if np.shape(input1) != np.shape(input2):
        raise MXNetValueError(f"assign_each2: input1 and input2 must have one shape; "
                              f"got {np.shape(input1)} and {np.shape(input2)}")
    flat = [function(x, y) for x, y in zip(np.asarray(input1).flat, np.asarray(input2).flat,
                                           strict=True)]
    return np.array(flat, np.float64).reshape(np.shape(input1))


def np_reduce(dat: _Array, axis: int | Sequence[int] | None, keepdims: bool,
              numpy_reduce_func: Callable[..., Any]) -> Any:
    """numpy_reduce_func (numpy.sum, say, called with one axis at a time) over the axes given.

    axis: negative ones count from the end; None: all axes.
    """
    axes = range(dat.ndim) if axis is None else [axis] if isinstance(axis, int) else axis
    reduced = sorted({int(i) % dat.ndim for i in axes})
    for i in reversed(reduced):
        dat = numpy_reduce_func(dat, axis=i)
        if keepdims:
            dat = np.expand_dims(dat, i)
    return dat


def collapse_sum_like(a: _Array, shape: Sequence[int]) -> _Array:
    """The sum of `a` over the axes along which `shape` would be broadcast to its shape.

    That is the gradient of broadcasting an array of `shape`.
    """
    more = a.ndim - len(shape)
    fits = more >= 0 and all(length in (1, whole)
                             for length, whole in zip(shape, a.shape[more:], strict=True))
    if not fits:
        raise MXNetValueError(f"collapse_sum_like: shape must be one that can be broadcast to "
                              f"{a.shape}, that of a; got {tuple(shape)}")
    axes = [*range(more), *[more + i for i, length in enumerate(shape)
                            if length != a.shape[more + i]]]
    return np.sum(a, axis=tuple(axes)).reshape(tuple(shape))


def create_2d_tensor(rows: int, columns: int, dtype: Any = np.int64) -> NDArray:
    """An array (rows, columns) whose rows hold their own number."""
    column = nd.arange(0, rows, dtype=dtype).reshape((rows, 1))
    return nd.broadcast_to(column, shape=(rows, columns))


def create_vector(size: int, dtype: Any = np.int64) -> NDArray:
    """0, 1, ..., size - 1."""
    return nd.arange(0, size, dtype=dtype)


def get_identity_mat(size: int) -> NDArray:
    """The identity matrix (size, size), float32."""
    return nd.array(np.identity(size, np.float32))


def get_identity_mat_batch(size: int) -> NDArray:
    """Two identity matrices, (2, size, size), float32."""
    return nd.array(np.stack([np.identity(size, np.float32)] * 2))


def new_orthonormal_matrix_2d(n: int) -> _Array:
    """A random orthonormal matrix (n, n)."""
    return np.linalg.qr(np.random.standard_normal((n, n)))[0]


def _eigenvalues(n: int) -> _Array:
    return np.diag(np.random.uniform(-10, 10, n))


def new_matrix_with_real_eigvals_2d(n: int) -> _Array:
    """A random matrix (n, n) with real eigenvalues between -10 and 10.

    The matrix of its eigenvectors has a condition number of at most 2.
    """
    lengths = np.random.uniform(0.5, 1, n) * np.random.choice([-1, 1], n)
    vectors = new_orthonormal_matrix_2d(n) * lengths
    return vectors @ _eigenvalues(n) @ np.linalg.inv(vectors)


def new_sym_matrix_with_real_eigvals_2d(n: int) -> _Array:
    """A random symmetric matrix (n, n) with eigenvalues between -10 and 10."""
    vectors = new_orthonormal_matrix_2d(n)
    product = vectors @ _eigenvalues(n) @ vectors.T
    return (product + product.T) / 2


def _batch(make: Callable[[int], _Array], shape: Sequence[int]) -> _Array:
    count = int(np.prod(shape[:-2], dtype=np.int64))
    return np.array([make(shape[-1]) for _ in range(count)]).reshape(tuple(shape))


def new_matrix_with_real_eigvals_nd(shape: Sequence[int]) -> _Array:
    """Matrices of `new_matrix_with_real_eigvals_2d`; shape: (..., n, n)."""
    return _batch(new_matrix_with_real_eigvals_2d, shape)


def new_sym_matrix_with_real_eigvals_nd(shape: Sequence[int]) -> _Array:
    """Matrices of `new_sym_matrix_with_real_eigvals_2d`; shape: (..., n, n)."""
    return _batch(new_sym_matrix_with_real_eigvals_2d, shape)

"""Random shapes, coordinates and arrays, from NumPy's global generator (numpy.random.seed)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import ndarray as nd
from ..arguments import unknown_argument
from ..base import MXNetValueError
from ..device.context import Context
from ..ndarray import NDArray
from .defaults import default_context, default_dtype
from .sparse import rand_sparse_ndarray


def random_arrays(*shapes: Sequence[int]) -> Any:
    """A list of float32 NumPy arrays, normally distributed; the array itself for one shape."""
    arrays = [np.asarray(np.random.standard_normal(tuple(shape)), default_dtype())
              for shape in shapes]
    return arrays[0] if len(arrays) == 1 else arrays


def random_uniform_arrays(*shapes: Sequence[int], **kwargs: Any) -> list[np.ndarray[Any, Any]]:
    """A list of NumPy arrays, uniform in [low, high).

    kwargs: low (0), high (1), dtype (float32).
    """
    for name in kwargs:
        if name not in ("low", "high", "dtype"):
            raise unknown_argument("random_uniform_arrays", name, ["low", "high", "dtype"])
    low, high = kwargs.get("low", 0.0), kwargs.get("high", 1.0)
    return [np.asarray(np.random.uniform(low, high, shape), kwargs.get("dtype", default_dtype()))
            for shape in shapes]


def random_sample(population: Sequence[Any], k: int) -> Sequence[Any]:
    """A new sequence of k of the population's elements, each at most once, in random order."""
    if not 0 <= k <= len(population):
        raise MXNetValueError(f"random_sample: k must be from 0 to {len(population)}, the size of "
                              f"the population; got {k}")
    shuffled: Any = population[:]
    if shuffled is population or isinstance(shuffled, np.ndarray):      # a tuple; a view
        shuffled = list(population)
    np.random.shuffle(shuffled)
    return shuffled[:k]


def _lengths(highest: Sequence[int], allow_zero_size: bool) -> tuple[int, ...]:
    low = 0 if allow_zero_size else 1
    return tuple([int(np.random.randint(low, length + 1)) for length in highest])


def rand_shape_2d(dim0: int = 10, dim1: int = 10, allow_zero_size: bool = False) -> Any:
    """A random shape (m, n) of lengths up to dim0 and dim1, from 1, or from 0 if allowed."""
    return _lengths((dim0, dim1), allow_zero_size)


def rand_shape_3d(dim0: int = 10, dim1: int = 10, dim2: int = 10,
                  allow_zero_size: bool = False) -> Any:
    """A random shape of 3 lengths, as `rand_shape_2d`."""
    return _lengths((dim0, dim1, dim2), allow_zero_size)


def rand_shape_nd(num_dim: int, dim: int = 10, allow_zero_size: bool = False) -> tuple[int, ...]:
    """A random shape of num_dim lengths up to dim."""
    return _lengths((dim,) * num_dim, allow_zero_size)


def rand_coord_2d(x_low: int, x_high: int, y_low: int, y_high: int) -> tuple[int, int]:
    """Random whole numbers (x, y), x in [x_low, x_high) and y in [y_low, y_high)."""
    return int(np.random.randint(x_low, x_high)), int(np.random.randint(y_low, y_high))


def rand_ndarray(shape: Sequence[int], stype: str = "default", density: float | None = None,
                 dtype: Any = None, modifier_func: Any = None, shuffle_csr_indices: bool = False,
                 distribution: str | None = None, ctx: Context | None = None) -> NDArray:
    """A random array: normally distributed if dense, else as `rand_sparse_ndarray` makes it.

    dtype: float32 by default. Arguments that it does not share with `nd.array` are for sparse
    arrays alone.
    """
    if stype == "default":
        return nd.array(random_arrays(shape), dtype=dtype, ctx=ctx or default_context())
    array, _ = rand_sparse_ndarray(shape, stype, density, dtype, distribution,
                                   modifier_func=modifier_func,
                                   shuffle_csr_indices=shuffle_csr_indices, ctx=ctx)
    return array

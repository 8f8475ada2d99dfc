"""Parts of matrices: triangles and diagonals."""

from __future__ import annotations

import math
from typing import Any

from ..schema import param, register
from .base import NumpyOp, cast, exact
from .shapes import broadcast


def lower_mask(F: Any, rows: int, columns: int, k: int) -> Any:
    """(rows, columns): 1 on the k-th diagonal and below, else 0; int32."""
    row = F._arange(start=0, stop=rows, dtype="int32").reshape((rows, 1))
    column = F._arange(start=0, stop=columns, dtype="int32").reshape((1, columns))
    return F.broadcast_greater_equal(row + float(k), column)


class _Triangle(NumpyOp):
    k: int = param(0, "which diagonal; above 0: over the main one")
    is_lower: bool

    def steps(self, F, data):
        if data.ndim == 0:
            raise self.shape_error("data", "of at least one axis", ())
        rows, columns = data.shape[-2:] if data.ndim > 1 else data.shape * 2
        shape = (*data.shape[:-2], rows, columns)
        if not math.prod(shape):
            return F._zeros(shape=shape, dtype=data.dtype)
        mask = lower_mask(F, rows, columns, self.k if self.is_lower else self.k - 1)
        pair = [broadcast(F, data, shape), F._zeros(shape=shape, dtype=data.dtype)]
        return F.where(broadcast(F, mask, shape), *(pair if self.is_lower else pair[::-1]))


@register("_npi_tril")
class Tril(_Triangle):
    """data with zeros above the k-th diagonal."""

    is_lower = True


@register("_npi_triu")
class Triu(_Triangle):
    """data with zeros below the k-th diagonal."""

    is_lower = False


@register("_np_diag")
class Diag(NumpyOp):
    """The k-th diagonal of a matrix, or a matrix with that diagonal."""

    k: int = param(0, "which diagonal; above 0: over the main one")

    def steps(self, F, data):
        if data.ndim not in (1, 2):
            raise self.shape_error("data", "of 1 or 2 axes", data.shape)
        if data.ndim == 2:
            return diagonal(self, F, data, self.k, 0, 1)
        return spread(F, data, self.k)


@register("_np_diagflat")
class DiagFlat(NumpyOp):
    """A matrix with the elements of data on its k-th diagonal."""

    k: int = param(0, "which diagonal; above 0: over the main one")

    def steps(self, F, data):
        return spread(F, data.reshape((data.size,)), self.k)


def spread(F: Any, data: Any, k: int) -> Any:
    """A matrix with the vector on its k-th diagonal."""
    n = data.size + abs(k)
    if not data.size:
        return F._zeros(shape=(n, n), dtype=data.dtype)
    return F.diag(data, k=k)


def diagonal(op: Any, F: Any, data: Any, offset: int, axis1: int, axis2: int) -> Any:
    """The diagonal over two axes, which comes last."""
    one, two = op.axis_in(axis1, data.ndim, "axis1"), op.axis_in(axis2, data.ndim, "axis2")
    if one == two:
        raise op.value_error("axis2", f"another axis than axis1, {axis1}", axis2)
    rows, columns = data.shape[one], data.shape[two]
    length = max(min(rows, columns - offset) if offset >= 0 else min(rows + offset, columns), 0)
    rest = tuple([n for i, n in enumerate(data.shape) if i not in (one, two)])
    if not length or not math.prod(rest):
        return F._zeros(shape=(*rest, length), dtype=data.dtype)
    return F.diag(data, k=offset, axis1=one, axis2=two)


@register("_np_diagonal")
class Diagonal(NumpyOp):
    """The diagonal over two axes, which comes last."""

    offset: int = param(0, "which diagonal; above 0: over the main one")
    axis1: int = param(0, "axis of the rows")
    axis2: int = param(1, "axis of the columns")

    def steps(self, F, data):
        return diagonal(self, F, data, self.offset, self.axis1, self.axis2)


@register("_np_trace")
class Trace(NumpyOp):
    """The sum over the diagonal of two axes; of bool, int64."""

    offset: int = param(0, "which diagonal; above 0: over the main one")
    axis1: int = param(0, "axis of the rows")
    axis2: int = param(1, "axis of the columns")

    def infer_dtype(self, data):
        return ["int64" if data == "bool" else data]

    def steps(self, F, data):
        line = diagonal(self, F, data, self.offset, self.axis1, self.axis2)
        line = cast(F, line, self.infer_dtype(line.dtype)[0])
        return exact(F, F.sum(line, axis=line.ndim - 1), line.shape[:-1])

"""Parts of matrices, differences, and items at places."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..schema import Op, host, param, register
from ..trace import composed
from .base import NumpyOp, Promoting, arithmetic_dtype, cast, exact, float_dtype
from .shapes import broadcast


def lower_mask(F: Any, rows: int, columns: int, k: int) -> Any:
    """(rows, columns): 1 on the k-th diagonal and below, else 0; int32."""
    row = F._arange(start=0, stop=rows, dtype="int32").reshape((rows, 1))
    column = F._arange(start=0, stop=columns, dtype="int32").reshape((1, columns))
    return F.broadcast_greater_equal(row + float(k), column)


DType = str


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


@register("_npi_diff", inputs="a")
class Diff(NumpyOp):
    """The differences of neighbours along an axis, n times."""

    n: int = param(1, "how often", low=0)
    axis: int = param(-1, "the axis")

    def steps(self, F, a):
        axis = self.axis_in(self.axis, a.ndim)
        subtract = F._npi_is_not_equal if a.dtype == "bool" else F.elemwise_sub
        y = a
        for _ in range(self.n):
            length = y.shape[axis]
            if length < 2:
                return F._zeros(shape=(*y.shape[:axis], 0, *y.shape[axis + 1:]), dtype=y.dtype)
            y = subtract(F.slice_axis(y, axis=axis, begin=1, end=None),
                         F.slice_axis(y, axis=axis, begin=0, end=length - 1))
        return F._copy(y) if y is a else y


@register("_npi_polyval", inputs="p x")
class PolyVal(Promoting):
    """p[0] x^(n - 1) + ... + p[n - 1]: the coefficients p (n,), the places x."""

    promotion = staticmethod(arithmetic_dtype)

    def compute(self, F, p, x):
        if p.ndim != 1:
            raise self.shape_error("p", "of one axis", p.shape)
        y = F._zeros(shape=x.shape, dtype=x.dtype)
        for i in range(p.shape[0]):
            y = F.broadcast_add(F.elemwise_mul(y, x), F.slice_axis(p, axis=0, begin=i, end=i + 1)
                                .reshape(()))
        return y


@register("_npi_take", inputs="a indices", graph_name="take")
class Take(NumpyOp):
    """Items of a along an axis; None: of the flattened array."""

    axis: int = param(0, "the axis")
    mode: str = param("clip", "what indices outside do", choices=("clip", "wrap", "raise"))
    dtype_rule = "T any -> T"

    def steps(self, F, a, indices):
        axis = self.axis_in(self.axis, a.ndim)
        if not math.prod(indices.shape):
            return F._zeros(shape=(*a.shape[:axis], *indices.shape, *a.shape[axis + 1:]),
                            dtype=a.dtype)
        return F.take(a, indices, axis=axis, mode=self.mode)


class _Sorting(NumpyOp):
    axis: int | None = param(-1, "the axis; None: flatten first")

    def steps(self, F, a):
        if self.axis is None:
            a = a.reshape((a.size,))
        axis = -1 if self.axis is None else self.axis
        if a.ndim or axis != -1:
            self.axis_in(axis, a.ndim)
        if a.ndim == 0 or not a.size:
            return self.trivial(F, a)
        return self.ordered(F, cast(F, a, "uint8") if a.dtype == "bool" else a, axis, a.dtype)

    def trivial(self, F: Any, a: Any) -> Any:
        return F._copy(a)

    def ordered(self, F: Any, a: Any, axis: int, dtype: str) -> Any:
        return cast(F, F.sort(a, axis=axis), dtype)


@register("_npi_sorted", inputs="a", graph_name="sort")
class Sort(_Sorting):
    """The elements in ascending order along an axis."""


@register("_npi_argsorted", inputs="a", graph_name="argsort")
class ArgSort(_Sorting):
    """The places of the elements in ascending order along an axis, as int64."""

    dtype: DType = param("int64", "dtype of the places", choices=("int64",))
    dtype_rule = "any -> int64"

    def trivial(self, F, a):
        return F._zeros(shape=a.shape, dtype="int64")

    def ordered(self, F, a, axis, dtype):
        return F.argsort(a, axis=axis, dtype="int64")

    def grad(self, F, dy, inputs, outputs):
        return [None]


@register("_npi_percentile", inputs="a q")
class Percentile(Op):
    """Percentiles of a over axes: those of q (%), whose axes come first. It has no gradient."""

    axis: Any = param(None, "the axis or axes; None: all")
    method: str = param("linear", "how to choose between two elements",
                        choices=("linear", "lower", "higher", "midpoint", "nearest"))
    keepdims: bool = param(False, "keep the axes, with length 1")

    def infer_dtype(self, a, q):
        return [float_dtype([a])]

    def fill_dtypes(self, inputs, outputs):
        return inputs, outputs if inputs[0] is None else [float_dtype([inputs[0]])]

    def infer_shape(self, a, q):
        axes = range(len(a)) if self.axis is None else [
            self.axis_in(axis, len(a)) for axis in np.atleast_1d(self.axis).tolist()]
        rest = [1 if i in axes else n for i, n in enumerate(a) if self.keepdims or i not in axes]
        return [(*q, *rest)]

    def prepare(self, inputs, outputs):
        def write(a: Any, q: Any, y: Any) -> None:
            wide = a.astype("float64") if a.dtype.kind != "f" or a.dtype.itemsize < 8 else a
            y[...] = np.percentile(wide, q, axis=self.axis, keepdims=self.keepdims,
                                   method=self.method)  # type: ignore[call-overload]

        return host(write, lambda: composed(
            lambda F, a, q: self.of_sorted(F, a, q, outputs[0]), inputs))

    def of_sorted(self, F, a, q, out):
        """What it consists of on devices other than the host, in float64; q is not checked."""
        axes = tuple(range(a.ndim)) if self.axis is None else tuple(
            self.axis_in(axis, a.ndim) for axis in np.atleast_1d(self.axis).tolist())
        kept = tuple(i for i in range(a.ndim) if i not in axes)
        count = math.prod([a.shape[axis] for axis in axes])
        lines = F.Cast(a, dtype="float64") if a.ndim == 0 else F.transpose(
            F.Cast(a, dtype="float64"), axes=(*kept, *axes))
        lines = lines.reshape((lines.size // max(count, 1), count))
        values = F._order(lines, axis=1, k=count, is_ascend=True)[0]
        place = F.Cast(q, dtype="float64").reshape((q.size,)) * ((count - 1) / 100)
        low = F.floor(place)
        share = place - low
        if self.method in ("lower", "higher"):
            place = low if self.method == "lower" else F.ceil(place)
            found = F.take(values, place, axis=1)
        elif self.method == "nearest":
            found = F.take(values, F._npi_rint(place), axis=1)
        else:
            if self.method == "midpoint":
                share = F._greater_scalar(share, scalar=0) * 0.5
            first, second = F.take(values, low, axis=1), F.take(values, low + 1, axis=1)
            found = first + F.broadcast_mul(second - first, share.reshape((1, q.size)))
        last = F.slice_axis(values, axis=1, begin=count - 1, end=count)      # NaN is the last one
        found = F.where(F.broadcast_to(F.isnan(last), shape=found.shape),
                        F.broadcast_to(last, shape=found.shape), found)
        return F.Cast(F.transpose(found), dtype=out.dtype).reshape(out.shape)

    def grad(self, F, dy, inputs, outputs):
        return [F.zeros_like(x) for x in inputs]



"""Operators that choose items: by a condition, by their places, in order."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...base import FLOATS, Shape
from ..binary import broadcast_shape
from ..schema import Op, host, param, register, required
from ..trace import composed
from .base import NumpyOp, cast, common_dtype, float_dtype
from .shapes import broadcast

DType = str


@register("_npi_where", inputs="condition x y")
class Where(NumpyOp):
    """x where condition is not 0, else y, all three broadcast."""

    dtype_rule = "any any any -> any"

    def infer_dtype(self, condition, x, y):
        return [common_dtype([x, y])]

    def fill_dtypes(self, inputs, outputs):
        x, y = inputs[1] or inputs[2], inputs[2] or inputs[1]
        filled = [inputs[0] or "float32", x, y]
        return filled, [common_dtype([x, y])] if x else outputs

    def steps(self, F, condition, x, y):
        dtype = common_dtype([x.dtype, y.dtype])
        shape = broadcast_shape(self, broadcast_shape(self, condition.shape, x.shape), y.shape)
        arrays = [broadcast(F, each, shape) for each in (
            condition, cast(F, x, dtype), cast(F, y, dtype))]
        return F.where(*arrays)


class _WhereScalar(NumpyOp):
    """Base: where condition is not 0 one of the array and the number, else the other."""

    scalar: float = required("the number")
    is_x: bool              # whether the number stands where condition is not 0

    def infer_dtype(self, condition, array):
        return [_holding(array, self.scalar)]

    def fill_dtypes(self, inputs, outputs):
        filled = [inputs[0] or "float32", inputs[1] or outputs[0]]
        return filled, outputs if filled[1] is None else self.infer_dtype(*filled)

    def steps(self, F, condition, array):
        dtype = _holding(array.dtype, self.scalar)
        shape = broadcast_shape(self, condition.shape, array.shape)
        value = F._full(shape=shape, value=self.scalar, dtype=dtype)
        array = broadcast(F, cast(F, array, dtype), shape)
        pair = (value, array) if self.is_x else (array, value)
        return F.where(broadcast(F, condition, shape), *pair)


@register("_npi_where_lscalar", inputs="condition x")
class WhereLeft(_WhereScalar):
    """Where condition is not 0 the number, else the array."""

    is_x = True


@register("_npi_where_rscalar", inputs="condition y")
class WhereRight(_WhereScalar):
    """Where condition is not 0 the array, else the number."""

    is_x = False


def _holding(dtype: str, value: float) -> str:
    """The dtype of an array together with a number."""
    return "float32" if dtype not in FLOATS and not float(value).is_integer() else dtype


@register("_npi_where_scalar2", inputs="condition")
class WhereNumbers(NumpyOp):
    """x where condition is not 0, else y, both numbers; float32."""

    x: float = required("where condition is not 0")
    y: float = required("elsewhere")
    dtype_rule = "any -> float32"

    def steps(self, F, condition):
        return F.where(condition, *[
            F._full(shape=condition.shape, value=value, dtype="float32")
            for value in (self.x, self.y)])


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

    axis: Shape | None = param(None, "the axis or axes; None: all")
    method: str = param("linear", "how to choose between two elements",
                        choices=("linear", "lower", "higher", "midpoint", "nearest"))
    keepdims: bool = param(False, "keep the axes, with length 1")

    def infer_dtype(self, a, q):
        return [float_dtype([a])]

    def fill_dtypes(self, inputs, outputs):
        return inputs, outputs if inputs[0] is None else [float_dtype([inputs[0]])]

    def axes_of(self, ndim: int) -> tuple[int, ...]:
        """The axes, counted from 0 on."""
        return tuple(range(ndim)) if self.axis is None else tuple(
            self.axis_in(axis, ndim) for axis in self.axis)

    def infer_shape(self, a, q):
        axes = self.axes_of(len(a))
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
        axes = self.axes_of(a.ndim)
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

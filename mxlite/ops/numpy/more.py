"""Operators that NumPy has and MXNet's older interface has not."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...base import FLOATS, Shape
from ..binary import broadcast_shape
from ..schema import param, register, required
from .base import NumpyOp, cast, exact, float_dtype
from .reductions import _Reduction
from .shapes import broadcast

DType = str


@register("_npi_rollaxis", inputs="a")
class RollAxis(NumpyOp):
    """a with an axis moved to lie before another place."""

    axis: int = required("the axis")
    start: int = param(0, "the place")

    def steps(self, F, a):
        axis = self.axis_in(self.axis, a.ndim)
        start = self.start + a.ndim if self.start < 0 else self.start
        if not 0 <= start <= a.ndim:
            raise self.value_error("start", f"between {-a.ndim} and {a.ndim}", self.start)
        order = [i for i in range(a.ndim) if i != axis]
        order.insert(start - (start > axis), axis)
        return F.transpose(a, axes=tuple(order))


@register("_npi_tile", inputs="A", graph_name="tile")
class Tile(NumpyOp):
    """A repeated so many times along each axis."""

    reps: Shape = required("how many times along each axis")

    def steps(self, F, A):
        if min(self.reps, default=0) < 0:
            raise self.value_error("reps", "made of numbers of at least 0", self.reps)
        shape = (1,) * (len(self.reps) - A.ndim) + tuple(A.shape)
        reps = (1,) * (len(shape) - len(self.reps)) + self.reps
        if 0 in reps or 0 in shape:
            return F._zeros(shape=tuple([n * r for n, r in zip(shape, reps, strict=True)]),
                            dtype=A.dtype)
        if not shape or set(reps) == {1}:
            return F._copy(exact(F, A, shape))
        return F.tile(exact(F, A, shape), reps=reps)


@register("_npi_repeats", inputs="a")
class Repeats(NumpyOp):
    """Each element of a so many times along an axis."""

    repeats: Shape = required("how many times: a number, or one for each item of the axis")
    axis: int | None = param(None, "the axis; None: flatten first")

    def steps(self, F, a):
        if self.axis is None or a.ndim == 0:
            a = a.reshape((a.size,))
        axis = 0 if self.axis is None else self.axis_in(self.axis, a.ndim)
        if min(self.repeats, default=0) < 0 or len(self.repeats) not in (1, a.shape[axis]):
            raise self.value_error("repeats", "a number of at least 0, or as many of them as the "
                                   f"axis is long, {a.shape[axis]}", self.repeats)
        if len(self.repeats) == 1 and self.repeats[0] > 0 and a.size:
            return F.repeat(a, repeats=self.repeats[0], axis=axis)
        items = np.repeat(np.arange(a.shape[axis]), self.repeats if len(self.repeats) > 1
                          else self.repeats[0])
        if not len(items) or not a.size:
            return F._zeros(shape=(*a.shape[:axis], len(items), *a.shape[axis + 1:]),
                            dtype=a.dtype)
        pieces = [F.slice_axis(a, axis=axis, begin=int(i), end=int(i) + 1) for i in items]
        return F.Concat(*pieces, dim=axis)


@register("_npi_repeat_each", inputs="a", graph_name="repeat")
class RepeatEach(NumpyOp):
    """Each element of a as often along an axis."""

    repeats: int = required("how many times", low=0)
    axis: int | None = param(None, "the axis; None: flatten first")

    def steps(self, F, a):
        return Repeats.make({"repeats": (self.repeats,), "axis": self.axis}).steps(F, a)


@register("_npi_pad", inputs="data")
class Pad(NumpyOp):
    """data with more elements before and behind it along each axis."""

    pad_width: Shape = required("(before, behind) of each axis in a row; two: of all axes")
    mode: str = param("constant", "what to pad with",
                      choices=("constant", "edge", "reflect", "symmetric", "maximum", "minimum"))
    constant_values: float = param(0.0, "the value of mode constant")
    reflect_type: str = param("even", "MXNet's only one", choices=("even",))

    def widths(self, ndim: int) -> list[tuple[int, int]]:
        flat = self.pad_width * ndim if len(self.pad_width) == 2 else self.pad_width
        if len(flat) != 2 * ndim or min(flat, default=0) < 0:
            raise self.value_error("pad_width", f"{ndim} pairs of numbers of at least 0",
                                   self.pad_width)
        return [(flat[2 * i], flat[2 * i + 1]) for i in range(ndim)]

    def steps(self, F, data):
        for axis, (before, behind) in enumerate(self.widths(data.ndim)):
            if before or behind:
                data = self.padded(F, data, axis, before, behind)
        return F._copy(data) if not F.steps else data

    def padded(self, F: Any, x: Any, axis: int, before: int, behind: int) -> Any:
        n = x.shape[axis]
        if self.mode == "constant":
            parts = [F._full(shape=(*x.shape[:axis], size, *x.shape[axis + 1:]),
                             value=self.constant_values, dtype=x.dtype)
                     for size in (before, behind)]
            kept = [part for part, size in zip(parts, (before, behind), strict=True) if size]
            pieces = [parts[0]] * bool(before) + [x] * bool(n) + [parts[1]] * bool(behind)
            return F.Concat(*pieces, dim=axis) if len(pieces) > 1 else pieces[0] if kept else x
        if not n:
            raise self.shape_error("data", f"other than 0 on axis {axis} for mode {self.mode!r}",
                                   x.shape)
        if self.mode in ("maximum", "minimum"):
            best = getattr(F, self.mode[:3])(x, axis=axis, keepdims=True)
            return F.Concat(*[best] * before, x, *[best] * behind, dim=axis)
        places = np.pad(np.arange(n), (before, behind), self.mode)  # type: ignore[call-overload]
        runs = np.split(places, np.flatnonzero(np.abs(np.diff(places)) != 1) + 1)
        pieces = []
        for run in runs:
            while len(run):
                step = int(run[1] - run[0]) if len(run) > 1 else 1
                turn = np.flatnonzero(np.diff(run) != step)
                end = int(turn[0]) + 1 if len(turn) else len(run)
                low, high = sorted((int(run[0]), int(run[end - 1])))
                piece = F.slice_axis(x, axis=axis, begin=low, end=high + 1)
                pieces.append(F.reverse(piece, axis=(axis,)) if step < 0 else piece)
                run = run[end:]
        return F.Concat(*pieces, dim=axis) if len(pieces) > 1 else pieces[0]


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


@register("_npi_full_like", inputs="a")
class FullLike(NumpyOp):
    """An array of the shape of a, filled with a number."""

    fill_value: float = required("the number")
    dtype: DType | None = param(None, "dtype of the result; None: that of a")

    def infer_dtype(self, a):
        return [self.dtype or a]

    def fill_dtypes(self, inputs, outputs):
        return inputs, [self.dtype or inputs[0] or outputs[0]]

    def steps(self, F, a):
        return F._full(shape=a.shape, value=self.fill_value, dtype=self.dtype or a.dtype)

    def grad(self, F, dy, inputs, outputs):
        return [F.zeros_like(inputs[0])]


@register("_npi_average", inputs="a weights")
class Average(_Reduction):
    """The mean over axes, each element counted by its weight, and the sum of the weights."""

    num_outputs = 2

    def infer_dtype(self, a, weights):
        return [float_dtype([a, weights])] * 2

    def fill_dtypes(self, inputs, outputs):
        known = next((dtype for dtype in (*inputs, *outputs) if dtype), None)
        filled = [dtype or known for dtype in inputs]
        return filled, outputs if known is None else self.infer_dtype(*filled)

    def steps(self, F, a, weights):
        dtype = float_dtype([a.dtype, weights.dtype])
        a, weights = cast(F, a, dtype), cast(F, weights, dtype)
        if a.shape != weights.shape:
            if weights.ndim != 1 or not isinstance(self.axis, int):
                raise self.shape_error("weights", f"{a.shape}, as a has, or one axis, that of axis",
                                       weights.shape)
            axis = self.axis_in(self.axis, a.ndim)
            if a.shape[axis] != weights.shape[0]:
                raise self.shape_error("weights", f"({a.shape[axis]},)", weights.shape)
            shape = tuple([n if i == axis else 1 for i, n in enumerate(a.shape)])
            weights = broadcast(F, weights.reshape(shape), a.shape)
        total = self.reduced(F, "sum", weights)
        return [self.reduced(F, "sum", a * weights) / total, total]



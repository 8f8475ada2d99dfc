"""Reductions over axes, with results of no dimensions; and differences along one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ...base import FLOATS
from ..schema import param, register
from .base import NumpyOp, cast, common_dtype, exact, float_dtype
from .shapes import broadcast

Axis = int | tuple[int, ...] | None
DType = str


class _Reduction(NumpyOp):
    axis: Axis = param(None, "the axis or axes to reduce; None: all")
    keepdims: bool = param(False, "keep reduced axes, with length 1")

    def axes(self, ndim: int) -> tuple[int, ...]:
        """The axes to reduce, as sorted numbers from 0 on."""
        if self.axis is None:
            return tuple(range(ndim))
        if ndim == 0 and self.axis in (0, -1):          # which NumPy takes, too
            return ()
        given = (self.axis,) if isinstance(self.axis, int) else self.axis
        axes = sorted(self.axis_in(axis, ndim) for axis in given)
        if len(set(axes)) != len(axes):
            raise self.value_error("axis", "free of repetitions", self.axis)
        return tuple(axes)

    def shape(self, data: Sequence[int], keepdims: bool | None = None) -> tuple[int, ...]:
        """The shape of what is reduced."""
        axes = self.axes(len(data))
        if self.keepdims if keepdims is None else keepdims:
            return tuple([1 if i in axes else n for i, n in enumerate(data)])
        return tuple([n for i, n in enumerate(data) if i not in axes])

    def reduced(self, F: Any, operator: str, a: Any) -> Any:
        """a, reduced by an operator of the table."""
        axes = self.axes(a.ndim)
        if not axes:
            return a
        y = getattr(F, operator)(a, axis=axes, keepdims=self.keepdims)
        return exact(F, y, self.shape(a.shape))

    def count(self, a: Any) -> int:
        """How many elements are reduced to one."""
        return math.prod([a.shape[axis] for axis in self.axes(a.ndim)])


def copied(F: Any, y: Any, a: Any) -> Any:
    """y, or a copy where nothing has been done to a."""
    return F._copy(y) if y is a else y


class _Total(_Reduction):
    operator: str
    dtype: DType | None = param(None, "dtype of the result; None: that of a, int64 of bool")
    initial: float | None = param(None, "the number to begin with")

    def infer_dtype(self, a):
        return [self.dtype or ("int64" if a == "bool" else a)]

    def fill_dtypes(self, inputs, outputs):
        return _dtypes_of_result(self, inputs, outputs)

    def steps(self, F, a):
        dtype = self.infer_dtype(a.dtype)[0]
        x = cast(F, a, common_dtype([a.dtype, dtype]))          # a narrow dtype rounds the result
        y = self.reduced(F, self.operator, x)
        if self.initial is not None:
            y = self.begun(y, self.initial)
        return copied(F, cast(F, y, dtype), a)

    def begun(self, y: Any, initial: float) -> Any:
        raise NotImplementedError


def _dtypes_of_result(op: Any, inputs: Any, outputs: Any) -> Any:
    if inputs[0] is None:
        inputs = [outputs[0] if op.dtype is None else None]
    return inputs, outputs if inputs[0] is None else op.infer_dtype(inputs[0])


@register("_np_sum", inputs="a")
class Sum(_Total):
    """Sum over axes: a (2, 3), axis 1 -> (2,); of all axes: ()."""

    operator = "sum"

    def begun(self, y, initial):
        return y + initial


@register("_np_prod", "_np_product", inputs="a")
class Prod(_Total):
    """Product over axes."""

    operator = "prod"

    def begun(self, y, initial):
        return y * initial


class _Mean(_Reduction):
    dtype: DType | None = param(None, "dtype of the result; None: that of a, float32 of integers")

    def infer_dtype(self, a):
        return [self.dtype or float_dtype([a])]

    def fill_dtypes(self, inputs, outputs):
        return _dtypes_of_result(self, inputs, outputs)


@register("_npi_mean", inputs="a")
class Mean(_Mean):
    """Mean over axes; NaN of no elements."""

    def steps(self, F, a):
        dtype = self.infer_dtype(a.dtype)[0]
        if dtype not in FLOATS and a.dtype not in FLOATS:       # the sum wraps, as in NumPy
            total = F.Cast(self.reduced(F, "sum", cast(F, a, dtype)), dtype="float64")
            return F.Cast(total / float(self.count(a) or math.nan), dtype=dtype)
        x = cast(F, a, float_dtype([a.dtype, dtype]))
        return copied(F, cast(F, self.reduced(F, "mean", x), dtype), a)


class _Spread(_Mean):
    ddof: int = param(0, "what the number of elements is lowered by")

    def variance(self, F: Any, a: Any) -> Any:
        dtype = float_dtype([a.dtype, self.infer_dtype(a.dtype)[0]])
        a = cast(F, a, "float32" if dtype in ("float16", "bfloat16") else dtype)
        axes = self.axes(a.ndim)
        mean = F.mean(a, axis=axes, keepdims=True) if axes else a
        total = self.reduced(F, "sum", F.square(F.broadcast_sub(a, mean)))
        return total / float(max(self.count(a) - self.ddof, 0))

    def steps(self, F, a):
        return cast(F, self.spread(F, self.variance(F, a)), self.infer_dtype(a.dtype)[0])

    def spread(self, F: Any, variance: Any) -> Any:
        return variance


@register("_npi_var", inputs="a")
class Var(_Spread):
    """Variance over axes: the mean of the squared distance to the mean."""


@register("_npi_std", inputs="a")
class Std(_Spread):
    """Standard deviation over axes: the square root of the variance."""

    def spread(self, F, variance):
        return F.sqrt(variance)


class _Extreme(_Reduction):
    operator: str
    initial: float | None = param(None, "a number among those that are compared")

    def steps(self, F, a):
        dtype = a.dtype
        a = cast(F, a, "uint8") if dtype == "bool" else a
        if self.initial is not None and self.count(a) == 0:
            y = F._full(shape=self.shape(a.shape), value=self.initial, dtype=a.dtype)
        else:
            y = self.reduced(F, self.operator, a)
            if self.initial is not None:
                y = getattr(F, f"_{self.operator}imum_scalar")(y, scalar=self.initial)
        return copied(F, cast(F, y, dtype), a)


@register("_np_max", "_np_amax", inputs="a")
class Max(_Extreme):
    """Largest element over axes; NaN where there is one."""

    operator = "max"


@register("_np_min", "_np_amin", inputs="a")
class Min(_Extreme):
    """Smallest element over axes; NaN where there is one."""

    operator = "min"


class _Truth(_Reduction):
    """Base: of what is not 0, NaN among it."""

    operator: str
    dtype_rule = "any -> bool"

    def steps(self, F, a):
        truths = F.Cast(F.Cast(a, dtype="bool"), dtype="uint8")
        if self.count(a) == 0:
            return F._full(shape=self.shape(a.shape), value=float(self.operator == "min"),
                           dtype="bool")
        return F.Cast(self.reduced(F, self.operator, truths), dtype="bool")

    def grad(self, F, dy, inputs, outputs):
        return [None]


@register("_np_any", "_np_sometrue", inputs="a")
class Any_(_Truth):
    """Whether an element over axes is not 0."""

    operator = "max"


@register("_np_all", inputs="a")
class All(_Truth):
    """Whether all elements over axes are other than 0."""

    operator = "min"


class _Position(NumpyOp):
    operator: str
    axis: int | None = param(None, "the axis; None: the position in the flattened array")
    keepdims: bool = param(False, "keep the axis, with length 1")
    dtype_rule = "any -> int64"

    def steps(self, F, a):
        a = cast(F, a, "uint8") if a.dtype == "bool" else a
        axis = None if self.axis is None or (a.ndim == 0 and self.axis in (0, -1)) else \
            self.axis_in(self.axis, a.ndim)
        kept = tuple([1 if axis in (None, i) else n for i, n in enumerate(a.shape)])
        rest = () if axis is None else a.shape[:axis] + a.shape[axis + 1:]
        shape = kept if self.keepdims else rest
        if math.prod(kept) and math.prod(a.shape) == 0:
            raise self.shape_error("a", "without an axis of length 0 to reduce", a.shape)
        if a.ndim == 0:
            return F._zeros(shape=(), dtype="int64")
        # an index is a number of data's own dtype, in which it must be exact
        places = getattr(F, self.operator)(_indexed(F, a), axis=axis)
        return exact(F, F.Cast(places, dtype="int64"), shape)

    def grad(self, F, dy, inputs, outputs):
        return [None]


def _indexed(F: Any, a: Any) -> Any:
    """a in a dtype that holds its places: those of float16 and of 8 bits do not."""
    narrow = {"float16": "float32", "bfloat16": "float32", "uint8": "int32", "int8": "int32"}
    dtype = narrow.get(a.dtype, a.dtype)
    if dtype == "float32" and math.prod(a.shape) > 2 ** 24:
        dtype = "float64"
    return cast(F, a, dtype)


@register("_npi_argmax", inputs="a")
class ArgMax(_Position):
    """Index of the first largest element along an axis, as int64."""

    operator = "argmax"


@register("_npi_argmin", inputs="a")
class ArgMin(_Position):
    """Index of the first smallest element along an axis, as int64."""

    operator = "argmin"


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

"""Operators on several arrays as wholes: finite values, sums of squares, zeros."""

from __future__ import annotations

from typing import Any

from .schema import Op, kernel, param, register, runtime
from .trace import composed

MOST = 1024             # arrays of a call: csrc/cpu/whole_arrays.c
TOGETHER = 60           # arrays of a call on any device; more go in groups


class _Wholes(Op):
    """Base: any number of arrays, which num_arrays may count."""

    arity = "num_arrays"
    num_arrays: Any

    def input_names(self, count):
        return [f"array_{i}" for i in range(count)]

    variable_names = input_names

    def check_number(self, count):
        """Raise where num_arrays, if it is given, is not the number of arrays."""
        if self.num_arrays is not None and self.num_arrays != count:
            raise self.value_error("num_arrays", f"the number of arrays, {count}", self.num_arrays)
        if count > MOST:
            raise self.value_error("the number of arrays", f"at most {MOST}", count)

    def infer_shape(self, *shapes):
        self.check_number(len(shapes))
        return [(1,)]


@register("all_finite")
class AllFinite(Op):
    """float32 (1,): 1 if all values of data are finite, else 0.

    With init_output=False, `out`, which must be given, stays as it is if they are.
    """

    dtype_rule = "F -> float32"
    init_output: bool = param(True, "start from 1")

    def infer_shape(self, data):
        return [(1,)]

    def prepare(self, inputs, outputs):
        return _all_finite(inputs, self.init_output)


@register("multi_all_finite", inputs="*data")
class MultiAllFinite(_Wholes):
    """all_finite of several arrays of one dtype together."""

    dtype_rule = "F -> float32"
    num_arrays: int | None = param(None, "number of arrays; None: as many as are given", low=1)
    init_output: bool = param(True, "start from 1")

    def prepare(self, inputs, outputs):
        if len(inputs) > TOGETHER and self.init_output:
            return composed(self.groups, inputs)
        return _all_finite(inputs, self.init_output)

    def groups(self, F, *arrays):
        """The operators that it consists of where there are many arrays."""
        flags = [F.multi_all_finite(*arrays[at:at + TOGETHER])
                 for at in range(0, len(arrays), TOGETHER)]
        return F.min(F.Concat(*flags, dim=0), axis=0, keepdims=True)


def _all_finite(inputs, init_output):
    sizes = [spec.size for spec in inputs]
    return kernel("all_finite", inputs[0].dtype, count=len(inputs), init=int(init_output),
                  n=sizes, work=sum(sizes))


@register("multi_sum_sq", inputs="*data")
class MultiSumSq(_Wholes):
    """The sums of squares of arrays of one dtype: float32 (number of arrays,)."""

    dtype_rule = "F -> float32"
    num_arrays: int | None = param(None, "number of arrays; None: as many as are given", low=1)

    def infer_shape(self, *shapes):
        self.check_number(len(shapes))
        return [(len(shapes),)]

    def prepare(self, inputs, outputs):
        return composed(self.sums, inputs)

    def sums(self, F, *arrays):
        """The operators that it consists of."""
        return F.Concat(*[F.Cast(squares(F, array), dtype="float32") for array in arrays], dim=0)


def squares(F: Any, array: Any) -> Any:
    """The sum of the squares of an array, (1,), float64 of float64, else float32."""
    wide = array if array.dtype == "float64" else F.Cast(array, dtype="float32")
    return F.sum(F.square(wide)).reshape((1,))


@register("multi_lars", inputs="lrs weights_sum_sq grads_sum_sq wds")
class MultiLARS(Op):
    """Learning rates by layer, float32 (n,): with w and g the roots of the sums of squares,

    out = lrs * eta * w / (rescale_grad * g + wds * w + eps); lrs where w or g is 0.
    """

    elementwise = True
    dtype_rule = "float32 -> float32"
    eta: float = runtime(help="factor of the learning rates")
    eps: float = runtime(help="added to the denominator")
    rescale_grad: float = runtime(1.0, "factor of the gradients")

    def infer_shape(self, lrs, *rest):
        for name, shape in zip(self.input_names(4)[1:], rest, strict=True):
            if shape != lrs:
                raise self.shape_error(name, f"{lrs}, as lrs has", shape)
        return [lrs]

    def prepare(self, inputs, outputs):
        return composed(self.rates, inputs)

    def rates(self, F, lrs, weights_sum_sq, grads_sum_sq, wds):
        """The operators that it consists of."""
        w, g = F.sqrt(weights_sum_sq), F.sqrt(grads_sum_sq)
        scaled = lrs * self.eta * w / (g * self.rescale_grad + wds * w + self.eps)
        return F.where(F._greater_scalar(w, scalar=0) * F._greater_scalar(grads_sum_sq, scalar=0),
                       scaled, lrs)


@register("reset_arrays", inputs="*data!")
class ResetArrays(_Wholes):
    """Set all values of the arrays, of any dtypes, to 0. It has no output."""

    written_period = 1
    num_outputs = 0
    num_arrays: int | None = param(None, "number of arrays; None: as many as are given", low=1)

    def infer_shape(self, *shapes):
        self.check_number(len(shapes))
        return []

    def infer_dtype(self, *dtypes):
        return []

    def fill_dtypes(self, inputs, outputs):
        return inputs, outputs

    def prepare(self, inputs, outputs):
        if len(inputs) > TOGETHER:
            return composed(self.groups, inputs)
        sizes = [spec.nbytes for spec in inputs]
        return kernel("reset_arrays", "bytes", count=len(inputs), nbytes=sizes, work=sum(sizes) / 8)

    def groups(self, F, *arrays):
        """The operators that it consists of where there are many arrays."""
        for at in range(0, len(arrays), TOGETHER):
            F.reset_arrays(*arrays[at:at + TOGETHER])
        return []


@register("_overwrite", inputs="target! value")
class Overwrite(Op):
    """Write value over target, of the same shape and dtype. It has no output."""

    num_outputs = 0

    def infer_shape(self, target, value):
        if value != target:
            raise self.shape_error("value", f"{target}, as target has", value)
        return []

    def infer_dtype(self, target, value):
        if value != target:
            raise self.dtype_error("value", f"{target}, as target is", value)
        return []

    def prepare(self, inputs, outputs):
        return kernel("overwrite", "bytes", nbytes=inputs[0].nbytes, work=inputs[0].nbytes / 8)


def overwritten(F: Any, master: Any, new: Any, dtype: str) -> Any:
    """`new`, which is written over the float32 master of a weight, in the weight's dtype."""
    F._overwrite(master, new)
    return F.Cast(new, dtype=dtype)

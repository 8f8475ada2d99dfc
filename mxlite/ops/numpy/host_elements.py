"""Functions of elements that NumPy computes on the host, with gradients."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...base import FLOATS
from ..binary import broadcast_fields, broadcast_shape, partial_broadcast, unbroadcast
from ..inference import all_alike
from ..schema import Op, host, kernel, param, register
from ..trace import composed
from .base import NumpyOp, Promoting, arithmetic_dtype, common_dtype, float_dtype
from .elements import Binary, WithScalar

DType = str


class _HostUnary(Op):
    """Base: `function(x)` of NumPy; its gradient is 0."""

    elementwise = True
    function: Callable[..., Any]
    is_for_integers = False
    elsewhere: Callable[..., Any]       # the spec of x -> what runs on other devices

    def prepare(self, inputs, outputs):
        if self.is_for_integers and inputs[0].dtype in FLOATS:
            raise self.dtype_error("x", "of integers or bool", inputs[0].dtype)
        function = type(self).function
        return host(lambda x, y: np.copyto(y, function(x), casting="unsafe"),
                    lambda: type(self).elsewhere(inputs[0]))

    def fill_shapes(self, inputs, outputs):
        return all_alike(inputs, outputs)

    def grad(self, F, dy, inputs, outputs):
        return [F.zeros_like(inputs[0])]


def _declare(name: str, function: Callable[..., Any], elsewhere: Callable[..., Any], rule: str,
             doc: str, **more: Any) -> None:
    register(name, inputs="x")(type(name, (_HostUnary,), {
        "__doc__": doc, "function": staticmethod(function), "elsewhere": staticmethod(elsewhere),
        "dtype_rule": rule, **more}))


def _rint(x: Any) -> Any:
    return x if x.dtype.kind in "biu" else np.rint(x)


def _around(x: Any, decimals: int = 0) -> Any:
    return kernel("around", x.dtype, size=x.size, decimals=decimals)


def _equals(x: Any, value: float) -> Any:
    return composed(lambda F, x: F.Cast(F._equal_scalar(
        x if x.dtype in FLOATS else F.Cast(x, dtype="float32"), scalar=value), dtype="bool"), [x])


_declare("_npi_rint", _rint, _around, "T -> T", "The nearest integer, halves to the even one.")
_declare("_npi_isposinf", lambda x: x == math.inf, lambda x: _equals(x, math.inf), "any -> bool",
         "Whether x is infinite, above 0.")
_declare("_npi_isneginf", lambda x: x == -math.inf, lambda x: _equals(x, -math.inf), "any -> bool",
         "Whether x is infinite, below 0.")
_declare("_npi_bitwise_not", np.invert, lambda x: kernel("bitwise_not", x.dtype, size=x.size),
         "T -> T", "x with its bits turned over; of bool its not.", is_for_integers=True)


@register("_npi_around", inputs="x")
class Around(Op):
    """x rounded to so many decimals, halves to even. Its gradient is 0."""

    elementwise = True
    decimals: int = param(0, "how many decimals; below 0: tens, hundreds, ...")

    def prepare(self, inputs, outputs):
        decimals = self.decimals
        is_free = decimals >= 0 or inputs[0].dtype in FLOATS
        return host(lambda x, y: np.copyto(y, np.round(x, decimals), casting="unsafe"),
                    (lambda: _around(inputs[0], decimals)) if is_free else None)

    def grad(self, F, dy, inputs, outputs):
        return [F.zeros_like(inputs[0])]


@register("_npi_nan_to_num", inputs="x")
class NanToNum(NumpyOp):
    """x with numbers in place of NaN and infinities, where its gradient is 0."""

    elementwise = True
    copy: bool = param(True, "MXNet's; out= says where the result goes")
    nan: float = param(0.0, "for NaN")
    posinf: float | None = param(None, "for the infinity; None: the largest number")
    neginf: float | None = param(None, "for the negative one; None: the least number")

    def steps(self, F, x):
        if x.dtype not in FLOATS:
            return F._copy(x)
        largest = (3.3895313892515355e38 if x.dtype == "bfloat16"
                   else float(np.finfo(x.dtype).max))
        for mask, value in (
                (F.isnan(x), self.nan),
                (F._equal_scalar(x, scalar=math.inf), largest if self.posinf is None
                 else self.posinf),
                (F._equal_scalar(x, scalar=-math.inf), -largest if self.neginf is None
                 else self.neginf)):
            x = F.where(mask, F._full(shape=x.shape, value=value, dtype=x.dtype), x)
        return x


class _HostBinary(Promoting):
    """Base: `function(lhs, rhs)` of NumPy, shapes broadcast, with the slopes of `slopes`."""

    elementwise = True
    operator: str

    def compute(self, F, lhs, rhs):
        return getattr(F, self.operator)(lhs, rhs)

    def fill_shapes(self, inputs, outputs):
        return inputs, [partial_broadcast(*inputs)]


class _HostPair(Op):
    """Base: of two arrays of one dtype."""

    elementwise = True
    function: Callable[..., Any]
    slopes: Callable[..., Any] | None = None

    def infer_shape(self, lhs, rhs):
        return [broadcast_shape(self, lhs, rhs)]

    def prepare(self, inputs, outputs):
        function = type(self).function

        def write(lhs: Any, rhs: Any, y: Any) -> None:
            try:
                with np.errstate(all="ignore"):
                    np.copyto(y, function(lhs, rhs), casting="unsafe")
            except TypeError:
                rule = "of integers" if function is np.lcm else "of integers or bool"
                raise self.dtype_error("lhs", rule, lhs.dtype.name) from None

        lhs, rhs = inputs
        return host(write, lambda: kernel(
            self.name.removeprefix("_host_"), lhs.dtype, size=outputs[0].size,
            **broadcast_fields(lhs.shape, rhs.shape, outputs[0].shape)))

    def grad(self, F, dy, inputs, outputs):
        rule = type(self).slopes
        if rule is None:
            return [F.zeros_like(x) for x in inputs]
        return [unbroadcast(F, slope, x.shape) for slope, x in zip(
            rule(F, dy[0], *inputs, outputs[0]), inputs, strict=True)]


def _arctan2_slopes(F: Any, dy: Any, a: Any, b: Any, y: Any) -> Any:
    squares = F.broadcast_add(a * a, b * b)
    return dy * F.broadcast_div(b, squares), -(dy * F.broadcast_div(a, squares))


def _copysign_slopes(F: Any, dy: Any, a: Any, b: Any, y: Any) -> Any:
    return dy * F.broadcast_mul(F.sign(y), F.sign(a)), F.zeros_like(dy)


def _ldexp_slopes(F: Any, dy: Any, a: Any, b: Any, y: Any) -> Any:
    return F.broadcast_mul(dy, 2.0 ** b), dy * y * math.log(2)


def _chosen_slopes(F: Any, dy: Any, a: Any, b: Any, y: Any) -> Any:
    is_first = F.broadcast_equal(a, y)
    return dy * is_first, dy * F.logical_not(is_first)


def _integers(dtypes: Any) -> str:
    dtype = common_dtype(dtypes)
    return dtype if dtype not in FLOATS else "float32"


_PAIRS: list[tuple[str, Callable[..., Any], Any, Any]] = [
    ("arctan2", np.arctan2, float_dtype, _arctan2_slopes),
    ("copysign", np.copysign, float_dtype, _copysign_slopes),
    ("ldexp", lambda a, b: a * np.exp2(b), float_dtype, _ldexp_slopes),
    ("lcm", np.lcm, _integers, None),
    ("bitwise_and", np.bitwise_and, _integers, None),
    ("bitwise_or", np.bitwise_or, _integers, None),
    ("bitwise_xor", np.bitwise_xor, _integers, None),
    ("fmax", np.fmax, arithmetic_dtype, _chosen_slopes),
    ("fmin", np.fmin, arithmetic_dtype, _chosen_slopes),
    ("fmod", np.fmod, arithmetic_dtype, lambda F, dy, a, b, y: (
        dy, -(dy * F.trunc(F.broadcast_div(a, b))))),
]


class _PairScalar(WithScalar):
    def computed_in(self, dtypes):
        return self.promotion(dtypes) if self.is_int else float_dtype(dtypes)

    def compute(self, F, data):
        value = F._mul_scalar(F._ones(shape=(1,) * data.ndim, dtype=data.dtype),
                              scalar=self.scalar)
        pair = (value, data) if self.is_reversed else (data, value)
        return getattr(F, self.operator)(*pair)


for _name, _function, _promotion, _slopes in _PAIRS:
    _doc = f"{_name} of two arrays, broadcast."
    register(f"_host_{_name}", inputs="lhs rhs")(type(f"_host_{_name}", (_HostPair,), {
        "__doc__": _doc, "function": staticmethod(_function),
        "slopes": staticmethod(_slopes) if _slopes else None}))
    register(f"_npi_{_name}", inputs="x1 x2")(type(f"_npi_{_name}", (_HostBinary,), {
        "__doc__": _doc, "operator": f"_host_{_name}", "promotion": staticmethod(_promotion)}))
    for _prefix in ("", "r"):
        register(f"_npi_{_prefix}{_name}_scalar")(type(f"_npi_{_prefix}{_name}_scalar", (
            _PairScalar,), {"__doc__": f"{_name} with a number.", "row": Binary(_name, _promotion),
                            "operator": f"_host_{_name}", "is_reversed": _prefix == "r",
                            "promotion": staticmethod(_promotion)}))

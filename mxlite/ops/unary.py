"""Pointwise functions of one array: a row each. The formulas are in csrc/include/unary*_ops.def."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from ..base import MXNetError
from .schema import Op, kernel, register


class Row(NamedTuple):
    """A pointwise function: MXNet's name, its formula, what its gradient reads."""

    name: str
    formula: str
    reads: str                    # "x", "y", or "" where the gradient is 0
    aliases: tuple[str, ...] = ()
    cost: float = 1.0             # nanoseconds an element, roughly


ROWS = [
    Row("abs", "|x|", "x"),
    Row("sign", "-1, 0 or 1", ""),
    Row("rint", "the nearest integer, halves downwards", ""),
    Row("round", "the nearest integer, halves away from 0", ""),
    Row("ceil", "the least integer not below x", ""),
    Row("floor", "the greatest integer not above x", ""),
    Row("trunc", "x without its fraction", ""),
    Row("fix", "x rounded towards 0", ""),
    Row("square", "x^2", "x"),
    Row("sqrt", "x^(1/2)", "y"),
    Row("rsqrt", "x^(-1/2)", "x"),
    Row("cbrt", "x^(1/3)", "y", cost=10),
    Row("rcbrt", "x^(-1/3)", "x", cost=10),
    Row("exp", "e^x", "y", cost=2),
    Row("expm1", "e^x - 1", "x", cost=8),
    Row("log", "ln x", "x", cost=2),
    Row("log10", "log10 x", "x", cost=8),
    Row("log2", "log2 x", "x", cost=8),
    Row("log1p", "ln(1 + x)", "x", cost=8),
    Row("sin", "sin x, x in radians", "x", cost=10),
    Row("cos", "cos x, x in radians", "x", cost=10),
    Row("tan", "tan x, x in radians", "y", cost=15),
    Row("arcsin", "arcsin x", "x", cost=10),
    Row("arccos", "arccos x", "x", cost=10),
    Row("arctan", "arctan x", "x", cost=10),
    Row("sinh", "sinh x", "x", cost=10),
    Row("cosh", "cosh x", "x", cost=10),
    Row("tanh", "tanh x", "y", cost=2),
    Row("arcsinh", "arsinh x", "x", cost=10),
    Row("arccosh", "arcosh x", "x", cost=10),
    Row("arctanh", "artanh x", "x", cost=10),
    Row("degrees", "180 x / pi", "x"),
    Row("radians", "pi x / 180", "x"),
    Row("reciprocal", "1 / x", "x"),
    Row("negative", "-x", "x", ("_np_negative",)),
    Row("relu", "max(x, 0)", "y"),
    Row("sigmoid", "1 / (1 + e^-x)", "y", cost=2),
    Row("softsign", "x / (1 + |x|)", "x"),
    Row("softrelu", "ln(1 + e^x)", "x", cost=4),
    Row("log_sigmoid", "-ln(1 + e^-x)", "x", cost=4),
    Row("mish", "x tanh(ln(1 + e^x))", "x", cost=8),
    Row("erf", "the error function", "x", cost=10),
    Row("erfinv", "the inverse of the error function", "y", cost=50),
    Row("gamma", "the gamma function", "x", cost=50),
    Row("gammaln", "ln |gamma(x)|", "x", cost=50),
    Row("digamma", "the derivative of ln gamma(x)", "x", cost=50),
    Row("logical_not", "1 where x is 0, else 0", ""),
    Row("isnan", "1 where x is not a number, else 0", "", ("_contrib_isnan",)),
    Row("isinf", "1 where x is infinite, else 0", "", ("_contrib_isinf",)),
    Row("isfinite", "1 where x is finite, else 0", "", ("_contrib_isfinite",)),
]


class Unary(Op):
    """Base of the rows."""

    elementwise = True
    row: Row

    def prepare(self, inputs, outputs):
        size = inputs[0].size
        return kernel(self.row.name, inputs[0].dtype, size=size, work=size * self.row.cost)

    def grad(self, F, dy, inputs, outputs):
        if not self.row.reads:
            return [F.zeros_like(inputs[0])]
        source = inputs[0] if self.row.reads == "x" else outputs[0]
        slope, dtype = getattr(F, f"_backward_{self.row.name}"), inputs[0].dtype
        if "int" not in dtype:
            return [slope(dy[0], source)]
        source = F.Cast(source, dtype="float64")        # the slope is an integer, too, as in MXNet
        return [dy[0] * F.Cast(slope(F.ones_like(source), source), dtype=dtype)]


class UnaryBackward(Op):
    """Base of the rows' gradients: (dy, x or y) -> dy f'(x)."""

    elementwise = True
    row: Row

    def prepare(self, inputs, outputs):
        size = inputs[0].size
        return kernel("grad_" + self.row.name, inputs[0].dtype, size=size,
                      work=size * self.row.cost)

    def grad(self, F, dy, inputs, outputs):
        inner, source = inputs
        first = getattr(F, f"_backward_{self.row.name}")(dy[0], source)
        if self.row.name == "digamma":
            raise MXNetError("digamma has no second derivative, for which there is no kernel")
        curve = CURVES.get(self.row.name)
        return [first, curve(F, source, dy[0] * inner) if curve else None]


# For the second order: w times the derivative of the gradient's formula by what it reads, x or y.
# Rows that are not here have a constant slope.
CURVES: dict[str, Callable[[Any, Any, Any], Any]] = {
    "square": lambda F, x, w: w * 2.0,
    "sqrt": lambda F, y, w: w * -0.5 / (y * y),
    "rsqrt": lambda F, x, w: w * 0.75 * x ** -2.5,
    "cbrt": lambda F, y, w: w * (-2 / 3) / (y * y * y),
    "rcbrt": lambda F, x, w: w * (4 / 9) * F.rcbrt(x) / (x * x),
    "exp": lambda F, y, w: w,
    "expm1": lambda F, x, w: w * F.exp(x),
    "log": lambda F, x, w: -w / (x * x),
    "log10": lambda F, x, w: w * (-1 / math.log(10)) / (x * x),
    "log2": lambda F, x, w: w * (-1 / math.log(2)) / (x * x),
    "log1p": lambda F, x, w: -w / F.square(x + 1.0),
    "sin": lambda F, x, w: -w * F.sin(x),
    "cos": lambda F, x, w: -w * F.cos(x),
    "tan": lambda F, y, w: w * 2.0 * y,
    "arcsin": lambda F, x, w: w * x * (1.0 - x * x) ** -1.5,
    "arccos": lambda F, x, w: -w * x * (1.0 - x * x) ** -1.5,
    "arctan": lambda F, x, w: w * -2.0 * x / F.square(x * x + 1.0),
    "sinh": lambda F, x, w: w * F.sinh(x),
    "cosh": lambda F, x, w: w * F.cosh(x),
    "tanh": lambda F, y, w: w * -2.0 * y,
    "arcsinh": lambda F, x, w: -w * x * (x * x + 1.0) ** -1.5,
    "arccosh": lambda F, x, w: -w * x * (x * x - 1.0) ** -1.5,
    "arctanh": lambda F, x, w: w * 2.0 * x / F.square(1.0 - x * x),
    "reciprocal": lambda F, x, w: w * 2.0 / (x * x * x),
    "sigmoid": lambda F, y, w: w * (1.0 - y * 2.0),
    "softsign": lambda F, x, w: w * -2.0 * F.sign(x) / (F.abs(x) + 1.0) ** 3.0,
    "softrelu": lambda F, x, w: w * F.sigmoid(x) * F.sigmoid(-x),
    "log_sigmoid": lambda F, x, w: -w * F.sigmoid(x) * F.sigmoid(-x),
    "mish": lambda F, x, w: w * _mish_curve(F, x),
    "erf": lambda F, x, w: w * (-4 / math.sqrt(math.pi)) * x * F.exp(-(x * x)),
    "erfinv": lambda F, y, w: w * math.sqrt(math.pi) * y * F.exp(y * y),
    "gammaln": lambda F, x, w: F._backward_digamma(w, x),
    "gamma": lambda F, x, w: w * F.gamma(x) * F.square(F.digamma(x)) + F._backward_digamma(
        w * F.gamma(x), x),
}


def _mish_curve(F: Any, x: Any) -> Any:
    s = F.sigmoid(x)
    t = F.tanh(F.softrelu(x))
    bend = 1.0 - t * t
    return bend * s * (2.0 + x * (1.0 - s) - x * t * s * 2.0)


def _declare(row: Row) -> None:
    doc = f"{row.name}(x) = {row.formula}, element by element; shape and dtype stay."
    register(row.name, *row.aliases)(type(row.name, (Unary,), {"__doc__": doc, "row": row}))
    if row.reads:
        doc = f"dy {row.name}'(x)."
        register(f"_backward_{row.name}", inputs=f"dy {row.reads}")(
            type(f"_backward_{row.name}", (UnaryBackward,), {"__doc__": doc, "row": row}))


for _row in ROWS:
    _declare(_row)

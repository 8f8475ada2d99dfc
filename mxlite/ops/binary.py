"""Pointwise functions of two arrays, and of an array and a scalar. Formulas: binary_ops.def."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ..base import Shape
from .inference import PartialShape, all_alike
from .python_operators import FORMS
from .schema import Op, kernel, register, runtime

Rule = Callable[[Any, Any, Any, Any, Any], tuple[Any, Any]]


class Row(NamedTuple):
    """A function of two arrays and its slopes by either: rule(F, dy, a, b, y) -> (da, db)."""

    name: str                     # of the kernel
    formula: str
    rule: Rule | None
    aliases: tuple[str, ...] = ()         # of the broadcasting form
    plain: tuple[str, ...] = ()           # names of the form for equal shapes
    cost: float = 1.0


def _power(F: Any, dy: Any, a: Any, b: Any, y: Any) -> tuple[Any, Any]:
    if "int" in y.dtype:
        return dy * b * a ** (b - 1.0), dy * _exponential_slope(F, a, b)
    return dy * b * a ** (b - 1.0), dy * y * F.log(a)


def _exponential_slope(F: Any, base: Any, exponent: Any) -> Any:
    return _whole(F, lambda a, b: a ** b * F.log(a), base, exponent)


def _hypot(F: Any, dy: Any, a: Any, b: Any, y: Any) -> tuple[Any, Any]:
    if "int" in y.dtype:
        return tuple([dy * _whole(F, lambda c, a, b: c / F.broadcast_hypot(a, b), c, a, b)
                      for c in (a, b)])
    return dy * a / y, dy * b / y


def _whole(F: Any, slope: Callable[..., Any], *arrays: Any) -> Any:
    """The slope at integers: computed in float64, then cut to an integer, as MXNet has it."""
    return F.Cast(slope(*[F.Cast(x, dtype="float64") for x in arrays]), dtype=arrays[0].dtype)


def _mod(F: Any, dy: Any, a: Any, b: Any, y: Any) -> tuple[Any, Any]:
    if "int" in y.dtype:            # as in MXNet
        return F.zeros_like(y), F.zeros_like(y)
    return dy, -dy * F.floor(a / b)


ROWS = [
    Row("add", "lhs + rhs", lambda F, dy, a, b, y: (dy, dy),
        ("broadcast_plus",), ("elemwise_add", "_add", "_plus", "_Plus", "_grad_add")),
    Row("sub", "lhs - rhs", lambda F, dy, a, b, y: (dy, -dy),
        ("broadcast_minus",), ("elemwise_sub", "_minus", "_Minus", "_sub")),
    Row("mul", "lhs * rhs", lambda F, dy, a, b, y: (dy * b, dy * a),
        (), ("elemwise_mul", "_mul", "_Mul")),
    Row("div", "lhs / rhs", lambda F, dy, a, b, y: (dy / b, -dy * y / b),
        (), ("elemwise_div", "_div", "_Div")),
    Row("mod", "the remainder of lhs / rhs, with the sign of rhs",
        _mod, (), ("_mod", "_Mod"), 10),
    Row("floor_div", "lhs / rhs rounded down, as Python's //", None, (), ("_floor_div",), 10),
    Row("power", "lhs to the power of rhs", _power, (), ("_power", "_Power"), 20),
    Row("maximum", "the larger one",
        lambda F, dy, a, b, y: (dy * F.broadcast_greater_equal(a, b),
                                dy * F.broadcast_lesser(a, b)),
        (), ("_maximum", "_Maximum")),
    Row("minimum", "the smaller one",
        lambda F, dy, a, b, y: (dy * F.broadcast_lesser_equal(a, b),
                                dy * F.broadcast_greater(a, b)),
        (), ("_minimum", "_Minimum")),
    Row("hypot", "sqrt(lhs^2 + rhs^2)", _hypot, (), ("_hypot", "_Hypot"), 10),
    Row("equal", "1 where lhs = rhs, else 0", None, (), ("_equal", "_Equal")),
    Row("not_equal", "1 where lhs and rhs differ, else 0", None, (), ("_not_equal", "_Not_Equal")),
    Row("greater", "1 where lhs > rhs, else 0", None, (), ("_greater", "_Greater")),
    Row("greater_equal", "1 where lhs >= rhs, else 0", None, (),
        ("_greater_equal", "_Greater_Equal")),
    Row("lesser", "1 where lhs < rhs, else 0", None, (), ("_lesser", "_Lesser")),
    Row("lesser_equal", "1 where lhs <= rhs, else 0", None, (),
        ("_lesser_equal", "_Lesser_Equal")),
    Row("logical_and", "1 where both are not 0, else 0", None, (),
        ("_logical_and", "_Logical_And")),
    Row("logical_or", "1 where one is not 0, else 0", None, (), ("_logical_or", "_Logical_Or")),
    Row("logical_xor", "1 where just one is not 0, else 0", None, (),
        ("_logical_xor", "_Logical_Xor")),
]


def broadcast_shape(op: Op, lhs: Shape, rhs: Shape) -> Shape:
    """The shape of lhs and rhs broadcast over each other; raises if they do not fit."""
    ndim = max(len(lhs), len(rhs))
    left = (1,) * (ndim - len(lhs)) + lhs
    right = (1,) * (ndim - len(rhs)) + rhs
    for m, n in zip(left, right, strict=True):
        if m != n and m != 1 and n != 1:
            raise op.shape_error("rhs", f"that broadcasts with {lhs}, the shape of lhs", rhs)
    return tuple([n if m == 1 else m for m, n in zip(left, right, strict=True)])


def partial_broadcast(lhs: PartialShape, rhs: PartialShape) -> PartialShape:
    """What is known of the shape of partially known arrays broadcast over each other."""
    if lhs is None or rhs is None:
        return None
    ndim = max(len(lhs), len(rhs))
    left = (1,) * (ndim - len(lhs)) + lhs
    right = (1,) * (ndim - len(rhs)) + rhs
    return tuple([m if n == 1 else n if m in (1, n, None) else None if n is None and m == 1 else m
                  for m, n in zip(left, right, strict=True)])


def broadcast_fields(lhs: Shape, rhs: Shape, out: Shape) -> dict[str, Any]:
    """Descriptor fields of a broadcast, with axes joined where both inputs run on."""
    shape: list[int] = []
    a_stride: list[int] = []
    b_stride: list[int] = []
    sizes = [1, 1]
    left = (1,) * (len(out) - len(lhs)) + lhs
    right = (1,) * (len(out) - len(rhs)) + rhs
    kinds: list[tuple[bool, bool]] = []
    for n, m, k in zip(reversed(out), reversed(left), reversed(right), strict=True):
        if n == 1:
            continue
        kind = (m != 1, k != 1)
        if kinds and kinds[-1] == kind:
            shape[-1] *= n
        else:
            kinds.append(kind)
            shape.append(n)
            a_stride.append(sizes[0] if kind[0] else 0)
            b_stride.append(sizes[1] if kind[1] else 0)
        sizes = [sizes[0] * m, sizes[1] * k]
    if not shape:
        shape, a_stride, b_stride = [1], [1], [1]
    return {"ndim": len(shape), "shape": shape[::-1], "a_stride": a_stride[::-1],
            "b_stride": b_stride[::-1]}


def unbroadcast(F: Any, gradient: Any, shape: Shape) -> Any:
    """The sum of a gradient over the axes along which an input of `shape` was repeated."""
    if gradient.shape == shape:
        return gradient
    lead = gradient.ndim - len(shape)
    axes = tuple(range(lead)) + tuple(
        [lead + i for i, n in enumerate(shape) if n == 1 and gradient.shape[lead + i] != 1])
    if axes:
        gradient = F.sum(gradient, axis=axes, keepdims=True)
    return gradient if gradient.shape == shape else gradient.reshape(shape)


class Binary(Op):
    """Base of the broadcasting forms."""

    elementwise = True
    row: Row

    def infer_shape(self, lhs, rhs):
        return [broadcast_shape(self, lhs, rhs)]

    def fill_shapes(self, inputs, outputs):
        # Which axes are repeated does not follow from the output.
        return inputs, [partial_broadcast(*inputs)]

    def prepare(self, inputs, outputs):
        lhs, rhs = inputs
        size = outputs[0].size
        fields = broadcast_fields(lhs.shape, rhs.shape, outputs[0].shape)
        return kernel(self.row.name, lhs.dtype, size=size, work=size * self.row.cost, **fields)

    def grad(self, F, dy, inputs, outputs):
        lhs, rhs = inputs
        if self.row.rule is None:
            return [F.zeros_like(lhs), F.zeros_like(rhs)]
        left, right = self.row.rule(F, dy[0], lhs, rhs, outputs[0])
        return [unbroadcast(F, left, lhs.shape), unbroadcast(F, right, rhs.shape)]


class Elementwise(Binary):
    """Base of the forms for equal shapes."""

    def fill_shapes(self, inputs, outputs):
        return all_alike(inputs, outputs)

    def infer_shape(self, lhs, rhs):
        if lhs != rhs:
            raise self.shape_error("rhs", f"{lhs}, as lhs has", rhs)
        return [lhs]


class WithScalar(Op):
    """Base of the forms with a scalar, which is cast to the array's dtype."""

    elementwise = True
    scalar: float = runtime(help="the scalar")
    row: Row
    is_reversed: bool

    @property
    def of_arrays(self) -> str:
        """The operator that does the same with two arrays."""
        return FORMS[self.row.name].array

    def prepare(self, inputs, outputs):
        size = inputs[0].size
        name = f"{'r' if self.is_reversed else ''}{self.row.name}_scalar"
        return kernel(name, inputs[0].dtype, size=size, work=size * self.row.cost)

    def grad(self, F, dy, inputs, outputs):
        rule = SCALAR_RULES.get(self.name)
        if rule is None:
            return [F.zeros_like(inputs[0])]
        return [rule(F, dy[0], inputs[0], outputs[0], self.scalar)]


# The gradients of the scalar forms: rule(F, dy, x, y, s) -> dx.
SCALAR_RULES: dict[str, Callable[[Any, Any, Any, Any, Any], Any]] = {
    "_plus_scalar": lambda F, dy, x, y, s: dy,
    "_minus_scalar": lambda F, dy, x, y, s: dy,
    "_rminus_scalar": lambda F, dy, x, y, s: -dy,
    "_mul_scalar": lambda F, dy, x, y, s: dy * s,
    "_div_scalar": lambda F, dy, x, y, s: dy / s,
    "_rdiv_scalar": lambda F, dy, x, y, s: -dy * y / x,
    "_mod_scalar": lambda F, dy, x, y, s: F.zeros_like(x) if "int" in x.dtype else dy,
    "_rmod_scalar": lambda F, dy, x, y, s: (
        F.zeros_like(x) if "int" in x.dtype else -dy * F.floor(s / x)),
    "_power_scalar": lambda F, dy, x, y, s: dy * (x ** (s - 1.0)) * s,
    "_rpower_scalar": lambda F, dy, x, y, s: (
        dy * _exponential_slope(F, F._rpower_scalar(F.ones_like(x), scalar=s), x)
        if "int" in x.dtype else dy * y * s.log()),     # s is an integer there
    "_maximum_scalar": lambda F, dy, x, y, s: dy * F._greater_equal_scalar(x, scalar=s),
    "_minimum_scalar": lambda F, dy, x, y, s: dy * F._lesser_equal_scalar(x, scalar=s),
    "_hypot_scalar": lambda F, dy, x, y, s: (
        dy * _whole(F, lambda x: x / F._hypot_scalar(x, scalar=s), x)
        if "int" in x.dtype else dy * x / y),
}


def _declare_scalar(row: Row, full: str, is_reversed: bool) -> None:
    sides = ("scalar", "data") if is_reversed else ("data", "scalar")
    formula = row.formula.replace("lhs", sides[0]).replace("rhs", sides[1])
    name = full.removesuffix("_scalar")[2 if is_reversed else 1:]
    words = "".join([part.capitalize() for part in name.split("_")])
    register(full, f"_{'R' if is_reversed else ''}{words}Scalar")(type(full, (WithScalar,), {
        "__doc__": f"{formula}, element by element.", "row": row, "is_reversed": is_reversed}))


def _declare(row: Row) -> None:
    doc = f"{row.formula}, element by element, shapes broadcast: lhs (2, 1), rhs (3,) -> (2, 3)."
    register(FORMS[row.name].array, *row.aliases, inputs="lhs rhs")(
        type(f"broadcast_{row.name}", (Binary,), {"__doc__": doc, "row": row}))
    doc = f"{row.formula}, element by element, for arrays of one shape."
    register(row.plain[0], *row.plain[1:], inputs="lhs rhs")(
        type(row.plain[0], (Elementwise,), {"__doc__": doc, "row": row}))
    forms = FORMS[row.name]
    _declare_scalar(row, forms.scalar, False)
    if forms.reflected.startswith("_r"):        # others are the mirror image of another row
        _declare_scalar(row, forms.reflected, True)


for _row in ROWS:
    _declare(_row)


"""Functions of elements: a row each, which names the operator of the table that computes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ...base import FLOATS
from ..binary import partial_broadcast
from ..inference import all_alike
from ..python_operators import FORMS, NUMPY_FORMS
from ..schema import param, register, runtime
from .base import Promoting, common_dtype, float_dtype
from .comparisons import COMPARISONS, LOGICAL


class Unary(NamedTuple):
    """A function of one array: mx.np's name, the operator, how dtypes go, the result's dtype."""

    name: str
    operator: str
    promotion: Callable[..., str] = float_dtype
    result: str | None = None


def _whole(dtypes: Any) -> str:
    """Numbers stay what they are; bool becomes int32."""
    return "int32" if dtypes[0] == "bool" else str(dtypes[0])


def _signed(dtypes: Any) -> str:
    """Numbers stay what they are; bool becomes int64."""
    return "int64" if dtypes[0] == "bool" else str(dtypes[0])


_FLOAT = """sqrt cbrt exp expm1 log log10 log2 log1p sin cos tan arcsin arccos arctan
    sinh cosh tanh arcsinh arccosh arctanh degrees radians""".split()
UNARY = [
    *[Unary(name, name) for name in _FLOAT],
    *[Unary(name, name, _whole) for name in ("square", "sign", "reciprocal")],
    Unary("negative", "negative", _signed),
    *[Unary(name, name, _whole) for name in ("ceil", "floor", "trunc", "fix")],
    Unary("absolute", "abs", _whole),
    Unary("logical_not", "logical_not", _whole, "bool"),
    *[Unary(name, name, float_dtype, "bool") for name in ("isnan", "isinf", "isfinite")],
]


class _Unary(Promoting):
    elementwise = True
    row: Unary

    def compute(self, F, x):
        return getattr(F, self.row.operator)(x)

    def fill_shapes(self, inputs, outputs):
        return all_alike(inputs, outputs)


def _declare_unary(row: Unary) -> None:
    aliases = ("_npi_abs",) if row.name == "absolute" else ()
    register(f"_npi_{row.name}", *aliases, inputs="x")(type(f"np_{row.name}", (_Unary,), {
        "__doc__": f"{row.name} of each element.", "row": row, "result": row.result,
        "promotion": staticmethod(row.promotion)}))


class Binary(NamedTuple):
    """A function of two arrays: its name in the kernels, how dtypes go, the result's dtype."""

    name: str
    promotion: Callable[..., str] = common_dtype
    result: str | None = None


def _quotient(dtypes: Any) -> str:
    """The common dtype if it is a float, else float32."""
    dtype = common_dtype(dtypes)
    return dtype if dtype in FLOATS else "float32"


def _remainder(dtypes: Any) -> str:
    """The common dtype, int8 of bool alone."""
    dtype = common_dtype(dtypes)
    return "int8" if dtype == "bool" else dtype


BINARY = [
    *[Binary(name) for name in ("add", "sub", "mul", "power", "maximum", "minimum")],
    *[Binary(name, _remainder) for name in ("mod", "floor_div")],
    Binary("div", _quotient),
    Binary("hypot", float_dtype),
    *[Binary(name, common_dtype, "bool") for name in COMPARISONS + LOGICAL],
]


# of which MXNet's files have the older operator, which is the same there
GRAPH_NAMES = {"_npi_maximum": "broadcast_maximum", "_npi_minimum": "broadcast_minimum",
               "_npi_maximum_scalar": "_maximum_scalar", "_npi_minimum_scalar": "_minimum_scalar",
               "_npi_hypot_scalar": "_hypot_scalar"}


class _Broadcast(Promoting):
    elementwise = True
    row: Binary

    def compute(self, F, lhs, rhs):
        if self.row.name == "sub" and lhs.dtype == "bool":
            raise self.dtype_error("x2", "of numbers where x1 is of bool (x1 ^ x2 is where they "
                                   "differ)", "bool")
        name = f"_npi_is_{self.row.name}" if self.result else FORMS[self.row.name].array
        return getattr(F, name)(lhs, rhs)

    def fill_shapes(self, inputs, outputs):
        return inputs, [partial_broadcast(*inputs)]


class WithScalar(Promoting):
    """Base of the forms with a number."""

    elementwise = True
    scalar: float = runtime(help="the number")
    is_int: bool = param(True, "whether it is an integer; if not, integers become float32")
    row: Binary
    operator: str
    is_reversed: bool

    @property
    def of_arrays(self) -> str:
        """The operator that does the same with two arrays."""
        return NUMPY_FORMS[self.row.name].array

    def computed_in(self, dtypes):
        if not self.is_int:
            return float_dtype(dtypes)
        return self.promotion(["int64"] if dtypes[0] == "bool" and not self.result else dtypes)

    def compute(self, F, data):
        return getattr(F, self.operator)(data, scalar=self.scalar)

    def fill_shapes(self, inputs, outputs):
        return all_alike(inputs, outputs)


def _declare_scalar(name: str, operator: str, row: Binary, is_reversed: bool = False) -> None:
    register(name, graph_name=GRAPH_NAMES.get(name, ""))(type(name, (WithScalar,), {
        "__doc__": f"{operator} with a number, by NumPy's rules.", "row": row,
        "is_reversed": is_reversed,
        "operator": operator, "result": row.result, "promotion": staticmethod(row.promotion)}))


def _declare_binary(row: Binary) -> None:
    forms, numpy_forms = FORMS[row.name], NUMPY_FORMS[row.name]
    name = numpy_forms.array
    graph_name = GRAPH_NAMES.get(name, "")
    register(name, inputs="lhs rhs", graph_name=graph_name)(type(name, (_Broadcast,), {
        "__doc__": f"{forms.function} of two arrays, broadcast, by NumPy's rules.", "row": row,
        "result": row.result, "promotion": staticmethod(row.promotion)}))
    operator = f"_npi_is_{row.name}_scalar" if row.result else forms.scalar
    _declare_scalar(numpy_forms.scalar, operator, row)
    if numpy_forms.reflected.startswith("_npi_r"):      # others are the mirror image of another row
        _declare_scalar(numpy_forms.reflected, forms.reflected, row, True)


for _unary in UNARY:
    _declare_unary(_unary)
for _binary in BINARY:
    _declare_binary(_binary)

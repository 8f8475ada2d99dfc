"""Functions of each element: of one array, of two, of an array and a number."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from ...base import INTEGERS
from .call import Call
from .table import translation

# One array -------------------------------------------------------------------------------------

SAME = {"abs": "Abs", "ceil": "Ceil", "floor": "Floor", "sqrt": "Sqrt", "exp": "Exp", "log": "Log",
        "sin": "Sin", "cos": "Cos", "tan": "Tan", "arcsin": "Asin", "arccos": "Acos",
        "arctan": "Atan", "sinh": "Sinh", "cosh": "Cosh", "tanh": "Tanh", "arcsinh": "Asinh",
        "arccosh": "Acosh", "arctanh": "Atanh", "reciprocal": "Reciprocal", "negative": "Neg",
        "relu": "Relu", "sigmoid": "Sigmoid", "softsign": "Softsign", "softrelu": "Softplus",
        "erf": "Erf", "sign": "Sign"}
Unary = Callable[[Call, str, str], str]        # (call, tensor, its dtype) -> tensor


def times(call: Call, x: str, factor: float, dtype: str) -> str:
    """A tensor multiplied by a number."""
    return call.add("Mul", x, call.constant(factor, dtype))


def _of_sizes(call: Call, x: str, function: Callable[[str], str]) -> str:
    """An odd function, of which one computes f(|x|)."""
    return call.add("Mul", call.add("Sign", x), function(call.add("Abs", x)))


def _cube_root(call: Call, x: str, dtype: str) -> str:
    third = call.constant(1 / 3, dtype)
    return _of_sizes(call, x, lambda size: call.add("Pow", size, third))


def _away_from_zero(call: Call, x: str, dtype: str) -> str:
    half = call.constant(0.5, dtype)
    return _of_sizes(call, x, lambda size: call.add("Floor", call.add("Add", size, half)))


def _rint(call: Call, x: str, dtype: str) -> str:
    """The nearest integer, of two as near the lower one."""
    return call.add("Ceil", call.add("Sub", x, call.constant(0.5, dtype)))


def _is_nan(call: Call, x: str, dtype: str) -> str:
    return call.add("IsNaN", x)


def _is_inf(call: Call, x: str, dtype: str) -> str:
    return call.add("IsInf", x)


def _is_finite(call: Call, x: str, dtype: str) -> str:
    return call.add("Not", call.add("Or", call.add("IsNaN", x), call.add("IsInf", x)))


def _log_sigmoid(call: Call, x: str, dtype: str) -> str:
    return call.add("Neg", call.add("Softplus", call.add("Neg", x)))


def _mish(call: Call, x: str, dtype: str) -> str:
    return call.add("Mul", x, call.add("Tanh", call.add("Softplus", x)))


def _shifted_log(call: Call, x: str, dtype: str) -> str:
    return call.add("Log", call.add("Add", x, call.constant(1, dtype)))


def _node(op_type: str) -> Unary:
    return lambda call, x, dtype: call.add(op_type, x)


UNARY: dict[str, Unary] = {
    **{name: _node(op_type) for name, op_type in SAME.items()},
    "rint": _rint, "round": _away_from_zero, "cbrt": _cube_root,
    "trunc": lambda call, x, dtype: _of_sizes(call, x, lambda size: call.add("Floor", size)),
    "fix": lambda call, x, dtype: _of_sizes(call, x, lambda size: call.add("Floor", size)),
    "square": lambda call, x, dtype: call.add("Mul", x, x),
    "rsqrt": lambda call, x, dtype: call.add("Reciprocal", call.add("Sqrt", x)),
    "rcbrt": lambda call, x, dtype: call.add("Reciprocal", _cube_root(call, x, dtype)),
    "expm1": lambda call, x, dtype: call.add("Sub", call.add("Exp", x), call.constant(1, dtype)),
    "log1p": _shifted_log,
    "log2": lambda call, x, dtype: times(call, call.add("Log", x), 1 / math.log(2), dtype),
    "log10": lambda call, x, dtype: times(call, call.add("Log", x), 1 / math.log(10), dtype),
    "degrees": lambda call, x, dtype: times(call, x, 180 / math.pi, dtype),
    "radians": lambda call, x, dtype: times(call, x, math.pi / 180, dtype),
    "log_sigmoid": _log_sigmoid, "mish": _mish,
    "isnan": _is_nan, "isinf": _is_inf, "isfinite": _is_finite,
}
TRUTHS = ("isnan", "isinf", "isfinite")


def _enter_unary(name: str, function: Unary) -> None:
    @translation(name)
    def unary(call: Call) -> str:
        if name in TRUTHS:
            return call.cast(function(call, call.data, call.dtype), "bool", call.out.dtype)
        if call.dtype in INTEGERS and call.out.dtype == call.dtype and name in (
                "ceil", "floor", "rint", "round", "trunc", "fix"):
            return call.data
        return function(call, call.input_as(0, call.out.dtype), call.out.dtype)


for _name, _function in UNARY.items():
    _enter_unary(_name, _function)


@translation("logical_not")
def logical_not(call: Call) -> str:
    return call.cast(call.add("Not", call.input_as(0, "bool")), "bool", call.out.dtype)


@translation("_copy", "BlockGrad", "make_loss", "MakeLoss", "_identity_with_attr_like_rhs",
             "IdentityAttachKLSparseReg", "_copyto", "_contrib_gradientmultiplier", "_anchored",
             "LinearRegressionOutput", "MAERegressionOutput", "SVMOutput")
def same(call: Call) -> str:
    return call.data


@translation("Dropout")
def dropout(call: Call) -> str:
    if call.op.mode == "always":
        raise call.refused("mode 'always' drops elements when predicting, too, by other random "
                           "numbers than ONNX would")
    return call.data


@translation("LogisticRegressionOutput")
def logistic(call: Call) -> str:
    return call.add("Sigmoid", call.data)


@translation("Cast", "amp_cast")
def cast(call: Call) -> str:
    return call.input_as(0, call.out.dtype)


@translation("amp_multicast")
def amp_multicast(call: Call) -> list[str]:
    return [call.input_as(i, output.dtype) for i, output in enumerate(call.outputs)]


@translation("clip")
def clip(call: Call) -> str:
    low, high = [number if math.isfinite(number) else None for number in call.scalars]
    if call.dtype in INTEGERS:          # limits may lie between integers
        low, high = low and math.ceil(low), high and math.floor(high)
    if low is None and high is None:
        return call.data
    limits = ["" if number is None else call.constant(number, call.dtype)
              for number in (low, high)]
    return call.add("Clip", call.data, *(limits if limits[1] else limits[:1]))


@translation("hard_sigmoid")
def hard_sigmoid(call: Call) -> str:
    alpha, beta = call.scalars
    return call.add("HardSigmoid", call.data, alpha=alpha, beta=beta)


@translation("smooth_l1")
def smooth_l1(call: Call) -> str:
    """Half of (scalar x)^2 where |x| < 1 / scalar^2, else |x| - 0.5 / scalar^2."""
    squared = call.scalars[0] ** 2
    size = call.add("Abs", call.data)
    inner = times(call, call.add("Mul", size, size), squared / 2, call.dtype)
    outer = call.add("Sub", size, call.constant(0.5 / squared, call.dtype))
    return call.add("Where", call.add("Less", size, call.constant(1 / squared, call.dtype)), inner,
                    outer)


@translation("_contrib_quadratic")
def quadratic(call: Call) -> str:
    a, b, c = [call.constant(value, call.dtype) for value in call.scalars]
    inner = call.add("Add", call.add("Mul", call.data, a), b)
    return call.add("Add", call.add("Mul", inner, call.data), c)


@translation("add_n")
def add_n(call: Call) -> str:
    return call.add("Sum", *[array.name for array in call.inputs])


@translation("where")
def where(call: Call) -> str:
    condition = call.input_as(0, "bool")
    if call.ndim == 1 < call.out.ndim:          # it chooses rows
        condition = call.expanded(condition, *range(1, call.out.ndim))
    return call.add("Where", condition, call.input_as(1, call.out.dtype),
                    call.input_as(2, call.out.dtype))


# Two arrays, or an array and a number ----------------------------------------------------------

Binary = Callable[[Call, str, str, str], str]      # (call, tensor, tensor, dtype) -> tensor


def _pair(op_type: str) -> Binary:
    return lambda call, a, b, dtype: call.add(op_type, a, b)


def _hypot(call: Call, a: str, b: str, dtype: str) -> str:
    return call.add("Sqrt", call.add("Add", call.add("Mul", a, a), call.add("Mul", b, b)))


def _unequal(call: Call, a: str, b: str, dtype: str) -> str:
    return call.add("Not", call.add("Equal", a, b))


def _mod(call: Call, a: str, b: str, dtype: str) -> str:
    """The remainder with the sign of b."""
    if dtype in INTEGERS:
        return call.add("Mod", a, b)
    return call.add("Sub", a, call.add("Mul", call.add("Floor", call.add("Div", a, b)), b))


def _floor_div(call: Call, a: str, b: str, dtype: str) -> str:
    if dtype in INTEGERS:               # ONNX's quotient is rounded towards 0
        return call.add("Div", call.add("Sub", a, call.add("Mod", a, b)), b)
    return call.add("Floor", call.add("Div", a, b))


ARITHMETIC = {"add": _pair("Add"), "sub": _pair("Sub"), "mul": _pair("Mul"), "div": _pair("Div"),
              "power": _pair("Pow"), "maximum": _pair("Max"), "minimum": _pair("Min"),
              "mod": _mod, "floor_div": _floor_div, "hypot": _hypot}
COMPARISONS = {"equal": _pair("Equal"), "not_equal": _unequal, "greater": _pair("Greater"),
               "greater_equal": _pair("GreaterOrEqual"), "lesser": _pair("Less"),
               "lesser_equal": _pair("LessOrEqual")}
LOGIC = {"logical_and": "And", "logical_or": "Or", "logical_xor": "Xor"}


def _binary(call: Call, name: str, a: str, b: str, dtype: str) -> str:
    """The function of this name of two tensors of this dtype, in the dtype of the output."""
    if name in ARITHMETIC:
        return call.cast(ARITHMETIC[name](call, a, b, dtype), dtype, call.out.dtype)
    if name in LOGIC:
        a, b = call.cast(a, dtype, "bool"), call.cast(b, dtype, "bool")
        return call.cast(call.add(LOGIC[name], a, b), "bool", call.out.dtype)
    return call.cast(COMPARISONS[name](call, a, b, dtype), "bool", call.out.dtype)


def _number(call: Call, value: float, dtype: str) -> str:
    """A number as a constant of a dtype, which must hold it."""
    if dtype == "bool":
        return call.constant(bool(value), dtype)
    if dtype in INTEGERS and value != int(value):
        raise call.refused(f"of an array of {dtype} and the number {value:g}, which is no integer; "
                           "cast the array first")
    return call.constant(value, dtype)


def _enter_binary(name: str, arrays: Sequence[str], numbers: Sequence[str],
                  reflected: Sequence[str]) -> None:
    @translation(*arrays)
    def of_arrays(call: Call) -> str:
        return _binary(call, name, call.data, call.input_as(1, call.dtype), call.dtype)

    @translation(*numbers, *reflected)
    def of_number(call: Call) -> str:
        dtype = call.out.dtype if name in ARITHMETIC else call.dtype
        a, b = call.input_as(0, dtype), _number(call, call.scalars[0], dtype)
        if call.op.name in reflected:
            a, b = b, a
        return _binary(call, name, a, b, dtype)


PLAIN = {"add": "elemwise_add", "sub": "elemwise_sub", "mul": "elemwise_mul",
         "div": "elemwise_div"}
OF_NUMBERS = {"add": "plus", "sub": "minus"}
for _name in (*ARITHMETIC, *COMPARISONS, *LOGIC):
    _arrays = [f"broadcast_{_name}", PLAIN.get(_name, f"_{_name}")]
    _scalar = OF_NUMBERS.get(_name, _name)
    _numbers, _reflected = [f"_{_scalar}_scalar"], []
    if _name in ("sub", "div", "mod", "floor_div", "power"):
        _reflected = [f"_r{_scalar}_scalar"]
    if _name not in ARITHMETIC:         # those of mx.np, which give truths
        _arrays.append(f"_npi_is_{_name}")
        _numbers.append(f"_npi_is_{_name}_scalar")
    _enter_binary(_name, _arrays, _numbers, _reflected)

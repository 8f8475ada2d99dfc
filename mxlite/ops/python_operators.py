"""The operators behind Python's: what `a + b`, `a + 2` and `2 + a` are called in the table.

Everything that has Python's operators reads this: arrays, the Refs of gradient rules,
placeholders, and the functions `mx.nd.add`, ...
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..base import MXNetValueError
from ..wording import shown

MAX_BITS = 1024                     # of an integer that float64 can hold


class Forms(NamedTuple):
    """The forms of one function of two arguments."""

    array: str                  # of two arrays, broadcast
    scalar: str                 # of an array and a number
    reflected: str              # of a number and an array
    method: str = ""            # Python's special method; "" if Python has no such operator
    function: str = ""          # in mx.nd


def _forms(name: str, method: str = "", function: str = "", scalar: str = "",
           reflected: str = "") -> Forms:
    """broadcast_<name>, _<scalar>_scalar and _<reflected>_scalar; by default all of one name."""
    scalar = scalar or name
    return Forms(f"broadcast_{name}", f"_{scalar}_scalar", f"_{reflected or scalar}_scalar",
                 f"__{method}__" if method else "", function or name)


FORMS: dict[str, Forms] = {
    "add": _forms("add", "add", scalar="plus"),
    "sub": _forms("sub", "sub", "subtract", scalar="minus", reflected="rminus"),
    "mul": _forms("mul", "mul", "multiply"),
    "div": _forms("div", "truediv", "divide", reflected="rdiv"),
    "mod": _forms("mod", "mod", "modulo", reflected="rmod"),
    "floor_div": _forms("floor_div", "floordiv", "floor_divide", reflected="rfloor_div"),
    "power": _forms("power", "pow", reflected="rpower"),
    "maximum": _forms("maximum"),
    "minimum": _forms("minimum"),
    "hypot": _forms("hypot"),
    "equal": _forms("equal", "eq"),
    "not_equal": _forms("not_equal", "ne"),
    "greater": _forms("greater", "gt", reflected="lesser"),
    "greater_equal": _forms("greater_equal", "ge", reflected="lesser_equal"),
    "lesser": _forms("lesser", "lt", reflected="greater"),
    "lesser_equal": _forms("lesser_equal", "le", reflected="greater_equal"),
    "logical_and": _forms("logical_and"),
    "logical_or": _forms("logical_or"),
    "logical_xor": _forms("logical_xor"),
}
"""By the name that the function has in the kernels."""


def _numpy_forms(name: str, reflected: str = "") -> Forms:
    """_npi_<name>, _npi_<name>_scalar and _npi_<reflected>_scalar."""
    return Forms(f"_npi_{name}", f"_npi_{name}_scalar", f"_npi_{reflected or name}_scalar")


NUMPY_FORMS: dict[str, Forms] = {
    "add": _numpy_forms("add"),
    "sub": _numpy_forms("subtract", "rsubtract"),
    "mul": _numpy_forms("multiply"),
    "div": _numpy_forms("true_divide", "rtrue_divide"),
    "mod": _numpy_forms("mod", "rmod"),
    "floor_div": _numpy_forms("floor_divide", "rfloor_divide"),
    "power": _numpy_forms("power", "rpower"),
    "maximum": _numpy_forms("maximum"),
    "minimum": _numpy_forms("minimum"),
    "hypot": _numpy_forms("hypot"),
    "equal": _numpy_forms("equal"),
    "not_equal": _numpy_forms("not_equal"),
    "greater": _numpy_forms("greater", "less"),
    "greater_equal": _numpy_forms("greater_equal", "less_equal"),
    "lesser": _numpy_forms("less", "greater"),
    "lesser_equal": _numpy_forms("less_equal", "greater_equal"),
    **{name: _numpy_forms(name) for name in ("logical_and", "logical_or", "logical_xor")},
    **{name: _numpy_forms(name, f"r{name}") for name in (
        "arctan2", "copysign", "ldexp", "lcm", "bitwise_and", "bitwise_or", "bitwise_xor",
        "fmax", "fmin", "fmod")},
}
"""The same of the arrays of `mx.np`, which have some more."""

COMPARISONS = ("__eq__", "__ne__", "__gt__", "__ge__", "__lt__", "__le__")


def power_of_numbers(base: Any, exp: Any) -> Any:
    """base ** exp of two numbers; raises MXNetValueError for integers too large for a float."""
    if isinstance(base, int) and isinstance(exp, int) and exp > 0 and (
            abs(base).bit_length() - 1) * exp > MAX_BITS:
        raise MXNetValueError(f"power: {shown(base)} ** {shown(exp)} is larger than any float; "
                              "make one of them a float or an array")
    return base ** exp


def reflected_method(forms: Forms) -> str:
    """Python's method for an array on the right: "__radd__"; "" if that is another operator."""
    if not forms.method or forms.method in COMPARISONS:
        return ""
    return f"__r{forms.method[2:]}"

BITS = {"and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor"}     # of mx.np: __and__, ...

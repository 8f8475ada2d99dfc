"""mx.nd.add, subtract, ... maximum, equal, ...: functions of arrays and numbers on either side.

Of two numbers they give a number, as in MXNet; comparisons 0 or 1.
"""

from __future__ import annotations

import numbers
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ..base import INTEGERS, MXNetTypeError
from ..ops.python_operators import FORMS, power_of_numbers
from ..ops.schema import REGISTRY
from .integer_numbers import run_with_number
from .ndarray import NDArray
from .run import invoke_list

_SCALARS = (numbers.Number, np.generic)
_FORMS = {forms.function: forms for forms in FORMS.values()}


_OF_NUMBERS: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul,
    "divide": operator.truediv, "modulo": operator.mod, "power": power_of_numbers,
    "maximum": max, "minimum": min,
    "equal": lambda a, b: int(a == b), "not_equal": lambda a, b: int(a != b),
    "greater": lambda a, b: int(a > b), "greater_equal": lambda a, b: int(a >= b),
    "lesser": lambda a, b: int(a < b), "lesser_equal": lambda a, b: int(a <= b),
    "logical_and": lambda a, b: int(bool(a) and bool(b)),
    "logical_or": lambda a, b: int(bool(a) or bool(b)),
    "logical_xor": lambda a, b: int(bool(a) != bool(b)),
}


def _apply(function: str, lhs: Any, rhs: Any) -> Any:
    """The function of this name in mx.nd: the broadcasting operator, or one with a scalar."""
    forms = _FORMS[function]
    if isinstance(lhs, NDArray) and isinstance(rhs, NDArray):
        return invoke_list(REGISTRY[forms.array].make({}), [lhs, rhs], [])
    if isinstance(lhs, NDArray) and isinstance(rhs, _SCALARS):
        return _with_number(forms.scalar, lhs, rhs)
    if isinstance(lhs, _SCALARS) and isinstance(rhs, NDArray):
        return _with_number(forms.reflected, rhs, lhs)
    if isinstance(lhs, _SCALARS) and isinstance(rhs, _SCALARS):
        return _OF_NUMBERS[function](lhs, rhs)
    raise MXNetTypeError(f"{function}: lhs and rhs must be NDArrays or numbers; "
                         f"got {type(lhs).__name__} and {type(rhs).__name__}")


def _with_number(name: str, x: NDArray, number: Any) -> NDArray:
    op = REGISTRY[name].make({})
    if x._dtype_name in INTEGERS and not (type(number) is int and 0 <= number <= 127):
        return run_with_number(op, x, number)
    return invoke_list(op, [x], [float(number)])


def add(lhs: Any, rhs: Any) -> NDArray:
    """lhs + rhs, shapes broadcast."""
    return _apply("add", lhs, rhs)


def subtract(lhs: Any, rhs: Any) -> NDArray:
    """lhs - rhs, shapes broadcast."""
    return _apply("subtract", lhs, rhs)


def multiply(lhs: Any, rhs: Any) -> NDArray:
    """lhs * rhs, shapes broadcast."""
    return _apply("multiply", lhs, rhs)


def divide(lhs: Any, rhs: Any) -> NDArray:
    """lhs / rhs, shapes broadcast."""
    return _apply("divide", lhs, rhs)


true_divide = divide


def modulo(lhs: Any, rhs: Any) -> NDArray:
    """The remainder of lhs / rhs with the sign of rhs, shapes broadcast."""
    return _apply("modulo", lhs, rhs)


def power(base: Any, exp: Any) -> NDArray:
    """base to the power of exp, shapes broadcast."""
    return _apply("power", base, exp)


def maximum(lhs: Any, rhs: Any) -> NDArray:
    """The larger of lhs and rhs, shapes broadcast."""
    return _apply("maximum", lhs, rhs)


def minimum(lhs: Any, rhs: Any) -> NDArray:
    """The smaller of lhs and rhs, shapes broadcast."""
    return _apply("minimum", lhs, rhs)


def equal(lhs: Any, rhs: Any) -> NDArray:
    """1 where lhs = rhs, else 0, in the dtype of the arrays."""
    return _apply("equal", lhs, rhs)


def not_equal(lhs: Any, rhs: Any) -> NDArray:
    """1 where lhs and rhs differ, else 0."""
    return _apply("not_equal", lhs, rhs)


def greater(lhs: Any, rhs: Any) -> NDArray:
    """1 where lhs > rhs, else 0."""
    return _apply("greater", lhs, rhs)


def greater_equal(lhs: Any, rhs: Any) -> NDArray:
    """1 where lhs >= rhs, else 0."""
    return _apply("greater_equal", lhs, rhs)


def lesser(lhs: Any, rhs: Any) -> NDArray:
    """1 where lhs < rhs, else 0."""
    return _apply("lesser", lhs, rhs)


def lesser_equal(lhs: Any, rhs: Any) -> NDArray:
    """1 where lhs <= rhs, else 0."""
    return _apply("lesser_equal", lhs, rhs)


def logical_and(lhs: Any, rhs: Any) -> NDArray:
    """1 where both are not 0, else 0."""
    return _apply("logical_and", lhs, rhs)


def logical_or(lhs: Any, rhs: Any) -> NDArray:
    """1 where one of them is not 0, else 0."""
    return _apply("logical_or", lhs, rhs)


def logical_xor(lhs: Any, rhs: Any) -> NDArray:
    """1 where just one of them is not 0, else 0."""
    return _apply("logical_xor", lhs, rhs)

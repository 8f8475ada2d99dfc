"""Parameters of operators: typed, bounded, and parsed from MXNet's texts such as "(3, 3)"."""

from __future__ import annotations

import math
import numbers
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..arguments import listed
from ..base import EXACT, MXNetError, MXNetTypeError, MXNetValueError, dtype_name
from ..wording import listing, suggestion

INTEGER = re.compile(r"\s*[+-]?[0-9]+\s*")
BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
BRACKETS = {"(": ")", "[": "]"}
REQUIRED: Any = type("Required", (), {"__repr__": lambda self: "<required>"})()


@dataclass
class Param:
    """A parameter: its default, bounds and help; name and kind are read from the annotation."""

    default: Any = REQUIRED
    help: str = ""
    low: float | None = None
    high: float | None = None
    above: float | None = None
    choices: tuple[Any, ...] | None = None
    is_runtime: bool = False
    name: str = ""
    kind: str = ""

    def parse(self, value: Any, op: str) -> Any:
        """The typed value of `value`, which may be MXNet's text for it: "(3, 3)", "True".

        An array is taken for the list of its values.
        """
        value = listed(value)
        is_none = value is None or (isinstance(value, str) and value == "None")
        if is_none and (self.default is None or "None" in self.kind):
            return None
        if is_none and self.default == ():
            return ()
        if self.choices is not None and value in self.choices:
            return value
        try:
            parsed = PARSERS[self.kind.replace(" | None", "")](value)
        except (TypeError, ValueError, KeyError, OverflowError):
            raise self.error(value, op) from None
        if self.choices is not None and parsed not in self.choices:
            raise self.error(value, op)
        if not self.is_within(parsed):
            raise self.error(value, op)
        return parsed

    @property
    def has_bounds(self) -> bool:
        """Whether there is a number that this parameter does not take."""
        return not (self.low is None and self.high is None and self.above is None)

    def is_within(self, value: Any) -> bool:
        """Whether the value keeps the bounds, which NaN does not."""
        return ((self.low is None or value >= self.low)
                and (self.high is None or value <= self.high)
                and (self.above is None or value > self.above))

    def text(self, value: Any) -> str:
        """What MXNet writes into a graph's JSON for a value that was given: `parse` reads it.

        Python's text of the value as it stands, "(3, 3)", "[1, 1]", "1e-05", "True"; a dtype's
        name.
        """
        if value is not None and self.kind.startswith("DType"):
            return dtype_name(value)
        return text_of(value)

    def error(self, value: Any, op: str) -> MXNetError:
        """The error for a value that this parameter does not take."""
        rule = KINDS.get(self.kind.replace(" | None", ""), self.kind)
        near = ""
        if self.choices is not None:
            rule = "one of " + listing(self.choices)
            near = suggestion(value, map(str, self.choices))
        elif self.above is not None:
            limit = "" if self.high is None else f" and at most {self.high}"
            rule = f"above {self.above}{limit}"
        elif self.low is not None and self.high is not None:
            rule = f"between {self.low} and {self.high}"
        elif self.low is not None:
            rule = f"at least {self.low}"
        elif self.high is not None:
            rule = f"at most {self.high}"
        return MXNetValueError(
            f"{title_of(op)}: {self.name} must be {rule}; got {value!r}{near}")


def title_of(name: str) -> str:
    """An operator's name in errors, that of its function: "sum", "contrib.box_nms"."""
    for prefix in ("_npi_", "_npx_", "_np_", "_host_"):
        if name.startswith(prefix):
            title = name.removeprefix(prefix).removeprefix("exact_").removesuffix("_scalar")
            return _TITLES.get(title, title)
    for prefix, module in (("_contrib_", "contrib."), ("_linalg_", "linalg."),
                           ("_image_", "image.")):
        if name.startswith(prefix):
            return module + name.removeprefix(prefix)
    return name


_TITLES = {"sorted": "sort", "argsorted": "argsort", "repeat_each": "repeat", "repeats": "repeat",
           "where_lscalar": "where", "where_rscalar": "where", "where_scalar2": "where",
           "tensordot_int_axes": "tensordot"}      # of operators that do part of a function's work


def text_of(value: Any) -> str:
    """str(value); NumPy's numbers within tuples and lists are written as numbers, and arrays as
    lists."""
    value = listed(value)
    if isinstance(value, list):
        return f"[{', '.join(map(text_of, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(text_of, value))}{',' * (len(value) == 1)})"
    return str(value)


def _integer(value: Any) -> int:
    if isinstance(value, str):
        if not INTEGER.fullmatch(value):
            raise ValueError(value)
        number = int(value)
    elif isinstance(value, bool) or int(value) != value:
        raise ValueError(value)
    else:
        number = int(value)
    if not -2 ** 63 <= number < 2 ** 63:
        raise ValueError(value)
    return number


def _real(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError(value)
    number = float(value)
    if isinstance(value, numbers.Integral) and abs(number) >= EXACT:
        return int(value)               # which float64 may have rounded
    return number


def _boolean(value: Any) -> bool:
    if isinstance(value, str):
        return BOOLEANS[value.lower()]
    if value not in (0, 1):
        raise ValueError(value)
    return bool(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _items(value: Any) -> Sequence[Any]:
    """The items of a tuple or list, of its text "(1L, 2L)" or "[1, 2]", or of one bare item."""
    if isinstance(value, (tuple, list)):
        return value
    if not isinstance(value, str):
        return (value,)
    inner = value.strip()
    if inner[:1] in BRACKETS:
        if not inner.endswith(BRACKETS[inner[0]]):
            raise ValueError(value)
        inner = inner[1:-1].strip().removesuffix(",")
    items = [item.strip().removesuffix("L") for item in inner.split(",")] if inner else []
    return [None if item == "None" else item for item in items]


def _shape(value: Any) -> tuple[int, ...]:
    return tuple([_integer(item) for item in _items(value)])


def _bounds(value: Any) -> tuple[int | None, ...]:
    return tuple([None if item is None else _integer(item) for item in _items(value)])


def _axis(value: Any) -> int | tuple[int, ...]:
    is_several = isinstance(value, (tuple, list)) or (
        isinstance(value, str) and value.strip()[:1] in BRACKETS)
    return _shape(value) if is_several else _integer(value)


def _floats(value: Any) -> tuple[float, ...]:
    return tuple([_real(item) for item in _items(value)])


def _anything(value: Any) -> Any:
    return value


def _dtype(value: Any) -> str:
    try:
        return dtype_name(value)
    except MXNetTypeError:
        raise ValueError(value) from None


PARSERS: dict[str, Callable[[Any], Any]] = {
    "int": _integer, "float": _real, "bool": _boolean, "str": _text, "Shape": _shape,
    "Bounds": _bounds, "Axis": _axis, "Floats": _floats, "DType": _dtype, "Any": _anything,
}
KINDS = {
    "int": "an integer", "float": "a number", "bool": "True or False", "str": "a string",
    "Shape": "a tuple of integers", "Bounds": "a tuple of integers or None",
    "Axis": "an integer, a tuple of integers or None", "Floats": "a tuple of numbers",
    "DType": "a dtype such as 'float32'",
}


def param(default: Any, help: str = "", **rules: Any) -> Any:
    """A parameter with a default. rules: low, high, above, choices."""
    return Param(default, help, **rules)


def required(help: str = "", **rules: Any) -> Any:
    """A parameter that every call must give."""
    return Param(REQUIRED, help, **rules)


def runtime(default: Any = REQUIRED, help: str = "", **rules: Any) -> Any:
    """A float that may change from call to call without a new prepared call: it is passed to the
    kernel in `scalars`, in the order of declaration. In `grad` it is a ScalarRef."""
    return Param(default, help, is_runtime=True, **rules)


class ScalarRef:
    """A runtime parameter inside a gradient rule: an expression whose value is known at the run.

    code: the expression in postfix form, pairs of an instruction of device.program.SCALAR_CODE and
    its operand: ("given", i) is the call's i-th runtime parameter, ("constant", 2.0) a number;
    "add", "subtract", "multiply", "divide" and "log" work on what came before.
    """

    __slots__ = ("code",)

    def __init__(self, code: tuple[tuple[str, float], ...]) -> None:
        self.code = code

    def _combine(self, instruction: str, other: Any, reflected: bool = False) -> ScalarRef:
        if not isinstance(other, (int, float, ScalarRef)):
            return NotImplemented
        code = other.code if isinstance(other, ScalarRef) else (("constant", float(other)),)
        operands = code + self.code if reflected else self.code + code
        return ScalarRef((*operands, (instruction, 0)))

    def __add__(self, other: Any) -> ScalarRef:
        return self._combine("add", other)

    def __radd__(self, other: Any) -> ScalarRef:
        return self._combine("add", other, reflected=True)

    def __sub__(self, other: Any) -> ScalarRef:
        return self._combine("subtract", other)

    def __rsub__(self, other: Any) -> ScalarRef:
        return self._combine("subtract", other, reflected=True)

    def __mul__(self, other: Any) -> ScalarRef:
        return self._combine("multiply", other)

    def __rmul__(self, other: Any) -> ScalarRef:
        return self._combine("multiply", other, reflected=True)

    def __truediv__(self, other: Any) -> ScalarRef:
        return self._combine("divide", other)

    def __rtruediv__(self, other: Any) -> ScalarRef:
        return self._combine("divide", other, reflected=True)

    def __neg__(self) -> ScalarRef:
        return self._combine("multiply", -1.0)

    def log(self) -> ScalarRef:
        """The natural logarithm; not a number for values that have none."""
        return ScalarRef((*self.code, ("log", 0)))

    def within(self, given: Sequence[float | ScalarRef]) -> float | ScalarRef:
        """This expression where the runtime parameters are these numbers and expressions."""
        numbers = [value for value in given if not isinstance(value, ScalarRef)]
        if len(numbers) == len(given):
            return self.value(numbers)
        code: list[tuple[str, float]] = []
        for instruction, operand in self.code:
            value = given[int(operand)] if instruction == "given" else None
            code += ([(instruction, operand)] if value is None else value.code
                     if isinstance(value, ScalarRef) else [("constant", float(value))])
        return ScalarRef(tuple(code))

    def value(self, given: Sequence[float]) -> float:
        """The number that it is for these runtime parameters, as device.program computes it."""
        stack: list[float] = []
        for instruction, operand in self.code:
            if instruction == "given":
                stack.append(given[int(operand)])
            elif instruction == "constant":
                stack.append(operand)
            elif instruction == "log":
                stack.append(math.log(stack.pop()) if stack[-1] > 0 else math.nan)
            else:
                second, first = stack.pop(), stack.pop()
                stack.append(_ARITHMETIC[instruction](first, second))
        return stack[0]


def _divided(first: float, second: float) -> float:
    """As C divides: by zero, too."""
    if second == 0:
        return math.nan if first == 0 or first != first else math.copysign(
            math.inf, math.copysign(1, first) * math.copysign(1, second))
    return first / second


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "divide": _divided}

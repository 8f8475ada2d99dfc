"""Checks arguments by the annotations of a function, where Python itself would fail inside."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from functools import cache, wraps
from operator import index
from typing import Any, TypeVar

from .arguments import listed
from .base import DTYPES, MXNetError, MXNetTypeError, dtype_name
from .wording import shown, suggestion

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])
# for annotations
DType = Any                   # what `dtype_name` takes
FilePath = Any                # str, bytes or os.PathLike
Size = Any                    # an integer, or (width, height)
Bytes = Any                   # bytes, or what shows its memory as they do
Items = Any                   # what has a length and items by number


def checks_types(function: FunctionT) -> FunctionT:
    """A function or constructor that raises MXNetTypeError for an argument that its annotation
    does not take: "HorizontalFlipAug: p must be a number; got None".

    A constructor checks first, for it may only keep its arguments. A function checks once it has
    failed, so that a call costs nothing more.
    """
    is_constructor = function.__name__ == "__init__"

    @wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        if is_constructor:
            _check(type(args[0]).__name__, function, args, kwargs)
            return function(*args, **kwargs)
        try:
            return function(*args, **kwargs)
        except MXNetError as error:
            if f"{function.__name__}: " not in str(error):
                _check(function.__name__, function, args, kwargs)
            raise
        except (TypeError, ValueError, AttributeError, LookupError, OverflowError):
            _check(function.__name__, function, args, kwargs)
            raise

    checked.thread_safe = True  # type: ignore[attr-defined]     # threads of a DataLoader share it
    return checked  # type: ignore[return-value]


def _check(caller: str, function: Callable[..., Any], args: Any, kwargs: dict[str, Any]) -> None:
    """Raise for the first argument that does not fit."""
    signature = _signature(function)
    try:
        given = signature.bind(*args, **kwargs).arguments
    except TypeError:                          # Python says what is missing
        return
    for name, value in given.items():
        parameter = signature.parameters[name]
        if value is parameter.default or name == "self":
            continue
        many = parameter.kind is parameter.VAR_POSITIONAL
        for one in value if many else [value]:
            rule = _broken_rule(str(parameter.annotation), one)
            if rule:
                near = suggestion(one, DTYPES) if isinstance(one, str) and "float32" in rule else ""
                raise MXNetTypeError(f"{caller}: {name} must be {rule}; got {shown(one)}{near}")


@cache
def _signature(function: Callable[..., Any]) -> Any:
    import inspect  # its import is not free

    return inspect.signature(function)


@cache
def _kinds(annotation: str) -> list[str]:
    """The parts of "int | None", without what is in them: "Callable", not "Callable[[], None]"."""
    return re.sub(r"\[.*?\](?=$| )", _length, annotation).split(" | ")


def _broken_rule(annotation: str, value: Any) -> str:
    """What the value must be; an empty text if it is, or if nobody can tell."""
    kinds = _kinds(annotation)
    if any(kind not in _RULES for kind in kinds) or any(_fits(kind, value) for kind in kinds):
        return ""
    return " or ".join(_RULES[kind][0] for kind in kinds)


def _length(inside: re.Match[str]) -> str:
    """[float, float] in "tuple[float, float]" stays, "[Any]" goes."""
    return inside[0] if inside[0] in ("[float, float]", "[int, int]") else ""


def _fits(kind: str, value: Any) -> bool:
    try:
        return bool(_RULES[kind][1](value))
    except (TypeError, ValueError, AttributeError, LookupError, OverflowError, MXNetError):
        return False


def _is_number(value: Any) -> bool:
    return not isinstance(value, (str, bytes, type)) and not getattr(value, "ndim", 0) \
        and float(value) is not None


def _is_integer(value: Any) -> bool:
    return not isinstance(value, (bool, type)) and index(value) is not None


def _is_pair(value: Any, fits: Callable[[Any], bool] = _is_integer) -> bool:
    first, second = value
    return not isinstance(value, (str, bytes, dict)) and fits(first) and fits(second)


def _can_be_iterated(value: Any) -> bool:
    """Whether `iter` takes it, which is not called: a sampler may draw numbers when it begins."""
    kind = type(value)
    has_items = hasattr(kind, "__iter__") or hasattr(kind, "__getitem__")
    return has_items and getattr(value, "ndim", 1) != 0


# annotation -> (what a value must be, whether one is; errors count as no)
_RULES: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "None": ("None", lambda value: value is None),
    "int": ("an integer", _is_integer),
    "float": ("a number", _is_number),
    "bool": ("True or False", lambda value: bool(value) in (True, False)),
    "DType": (f"one of {', '.join(DTYPES)}", dtype_name),
    "str": ("a str", lambda value: isinstance(value, str)),
    "Bytes": ("bytes", lambda value: memoryview(value).ndim),
    "FilePath": ("a path, str, bytes or os.PathLike",
                 lambda value: isinstance(value, (str, bytes, os.PathLike))),
    "Size": ("a positive integer or two, (width, height)",
             lambda value: (_is_pair if isinstance(listed(value), (tuple, list))
                            else _is_integer)(listed(value))),
    "tuple[int, int]": ("two integers, (width, height)", _is_pair),
    "tuple[float, float]": ("two numbers", lambda value: _is_pair(value, _is_number)),
    "Callable": ("a function", callable),
    "Iterable": ("a list, or anything else to go through", _can_be_iterated),
    "Sequence": ("a list, or anything else to go through", _can_be_iterated),
    "Items": ("a list, or anything else with a length and items by number",
              lambda value: len(value) >= 0 and hasattr(value, "__getitem__")),
}

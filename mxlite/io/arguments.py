"""Arguments of iterators as MXNet's parser takes them: typed values, or their texts."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable
from typing import Any, TypeVar

from ..argument_types import FilePath as FilePath
from ..base import MXNetTypeError, MXNetValueError
from ..ops.params import KINDS, PARSERS
from ..recordio.opener import path_of

_Init = TypeVar("_Init", bound=Callable[..., None])
# annotation -> the parser of its texts
_TEXTS = {"int": "int", "float": "float", "Shape": "Shape", "Each": "Floats"}


def reads_texts(init: _Init) -> _Init:
    """A constructor that reads each argument by its annotation, and takes None for its default.

    int, float, Shape: a text such as "(3, 224, 224)" becomes the value, one that is none is left
    for the constructor to refuse. bool: a text, or anything equal to 0 or 1. FilePath: a str.
    """
    signature = inspect.signature(init)

    @functools.wraps(init)
    def read(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            bound = signature.bind(self, *args, **kwargs)
        except TypeError:                      # the constructor says what is missing
            return init(self, *args, **kwargs)
        caller = type(self).__name__
        for name, value in list(bound.arguments.items())[1:]:
            parameter = signature.parameters[name]
            if parameter.kind is not parameter.VAR_KEYWORD:
                bound.arguments[name] = _read(caller, parameter, value)
        return init(*bound.args, **bound.kwargs)

    return read  # type: ignore[return-value]


def _read(caller: str, parameter: inspect.Parameter, value: Any) -> Any:
    kind = parameter.annotation.removesuffix(" | None")
    is_text = isinstance(value, str)
    if value is None or (is_text and value == "None" and kind not in ("str", "FilePath")):
        if parameter.default is parameter.empty and kind != "Any":
            raise MXNetValueError(f"{caller}: {parameter.name} must be given; got {value!r}")
        return None if parameter.default is parameter.empty else parameter.default
    if kind == "FilePath":
        return _path(caller, parameter.name, value)
    if kind == "bool" or (is_text and kind in _TEXTS):
        try:
            return PARSERS[_TEXTS.get(kind, kind)](value)
        except (TypeError, ValueError, KeyError):
            if kind == "bool":
                raise MXNetValueError(f"{caller}: {parameter.name} must be {KINDS[kind]}; "
                                      f"got {value!r}") from None
    return value


def _path(caller: str, name: str, value: Any) -> str:
    try:
        return ";".join(map(path_of, os.fsdecode(value).split(";")))
    except TypeError:
        raise MXNetTypeError(f"{caller}: {name} must be a path, str, bytes or os.PathLike; "
                             f"got {value!r}") from None

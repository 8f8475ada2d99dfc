"""Names and descriptions of a module's inputs, checked against its Symbol."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any

from ..base import MXNetTypeError, MXNetValueError
from ..initializer.base import method_for
from ..io import DataDesc
from ..symbol import Symbol
from ..symbol.graph import topological

_PARAMETER_ENDINGS = ("_weight", "_bias", "_gamma", "_beta")


def name_list(names: Any) -> list[str]:
    """A list of names from a list, a tuple or None; one string would be a list of letters."""
    if isinstance(names, str):
        raise MXNetTypeError(f"Module: names must be a list of strings; got the string {names!r}, "
                             f"perhaps ({names!r},) is meant")
    return [] if names is None else list(names)


def check_input_names(symbol: Symbol, names: Iterable[str], kind: str, is_required: bool) -> None:
    """Each must be an argument of the Symbol: otherwise an error, or a warning."""
    arguments = symbol.list_arguments()
    for name in names:
        if name in arguments:
            continue
        inputs = [other for other in arguments if not other.endswith(_PARAMETER_ENDINGS)]
        message = (f"Module: {kind}_names has {name!r}, but the symbol has no argument of this "
                   f"name; its inputs seem to be {', '.join(inputs) or 'none'}")
        if is_required:
            raise MXNetValueError(message)
        warnings.warn(message, stacklevel=4)


def descriptions(given: Any, kind: str) -> list[DataDesc]:
    """A list of DataDesc from such a list, or from (name, shape) pairs."""
    result = []
    for item in given or ():
        desc = item if isinstance(item, DataDesc) else DataDesc(*item)
        shape = desc.shape
        if not isinstance(shape, (tuple, list)) or not all(
                hasattr(length, "__index__") for length in shape):
            raise MXNetTypeError(f"{kind}_shapes must hold (name, shape) pairs, a shape being a "
                                 f"tuple of integers; {desc.name!r} has {shape!r}")
        if not isinstance(shape, tuple):
            desc = DataDesc(desc.name, tuple(shape), desc.dtype, desc.layout)
        result.append(desc)
    return result


def check_same_names(names: Sequence[str], descs: Sequence[DataDesc], kind: str,
                     is_required: bool) -> None:
    """The descriptions must be of these names: otherwise an error, or a warning."""
    found = [desc.name for desc in descs]
    if sorted(found) == sorted(names):
        return
    message = (f"Module: {kind}_shapes must describe {', '.join(names) or 'nothing'}, as "
               f"{kind}_names says; it describes {', '.join(found) or 'nothing'}")
    if is_required:
        raise MXNetValueError(message)
    warnings.warn(message, stacklevel=4)


def described(data_names: Sequence[str], label_names: Sequence[str], data_shapes: Any,
              label_shapes: Any) -> tuple[list[DataDesc], list[DataDesc] | None]:
    """(data, labels) as lists of DataDesc, checked against the names; no labels are None or []."""
    data = descriptions(data_shapes, "data")
    check_same_names(data_names, data, "data", True)
    labels = None if label_shapes is None else descriptions(label_shapes, "label")
    if labels:
        check_same_names(label_names, labels, "label", False)
    return data, labels


def fed_arguments(symbol: Symbol) -> dict[str, str]:
    """What operators call each variable, {"w": "weight"}: the first name that says how to
    initialize it, left out where none does."""
    feeds: dict[str, str] = {}
    for node in topological(symbol.heads):
        for name, source in zip(node.input_names(), node.inputs, strict=False):
            if source.node.is_variable and method_for(name):
                feeds.setdefault(source.node.name, name)
    return feeds

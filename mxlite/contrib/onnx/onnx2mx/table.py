"""The table of ONNX's operators: which function makes Symbols of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .call import Call

Converter = Callable[["Call"], Any]     # gives the Symbols of a node's outputs, or of its only one

CONVERTERS: dict[str, Converter] = {}


def converts(*op_types: str) -> Callable[[Converter], Converter]:
    """Decorates the function that makes Symbols of the nodes of these operators."""
    def add(converter: Converter) -> Converter:
        for op_type in op_types:
            CONVERTERS[op_type] = converter
        return converter
    return add

"""What arrays have and Symbols have not, and how a Symbol says so."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

from ..base import MXNetTypeError, NotImplementedForSymbol

ATTRIBUTES = ("shape", "size", "ndim", "dtype", "stype", "ctx", "context", "grad")
METHODS = ("asnumpy", "asscalar", "as_in_context", "detach", "backward", "wait_to_read", "copy",
           "gradient", "__iadd__", "__isub__", "__imul__", "__itruediv__", "__imod__")


class _Now(threading.local):
    is_tracing = False


_now = _Now()


@contextlib.contextmanager
def tracing() -> Iterator[None]:
    """A `with` block in which hybrid_forward runs on Symbols, so that x[0] is a mistake."""
    before, _now.is_tracing = _now.is_tracing, True
    try:
        yield
    finally:
        _now.is_tracing = before


class ArrayOnly:
    """Base of Symbol: refuses what needs values, and says what to write instead."""

    __slots__ = ()
    heads: list[Any]

    def _check_index(self, key: Any) -> None:
        """Raise inside `tracing()` where the index of one output is meant for its elements."""
        if _now.is_tracing and len(self.heads) == 1 and not isinstance(key, str):
            raise NotImplementedForSymbol(
                f"[{key!r}] of a Symbol takes one of its outputs, not elements, and that of "
                f"{self.heads[0].node.name} is the only one: in a hybridized block, write "
                "F.slice_axis(x, axis=0, begin=..., end=...), F.slice or F.take instead")

    def __bool__(self) -> bool:
        raise NotImplementedForSymbol(
            'Function __bool__ (namely operator "bool") is not implemented for Symbol and only '
            "available in NDArray. A hybridized block cannot branch on values: choose with "
            "F.where, or do not hybridize the block")

    def __getattr__(self, name: str) -> Any:
        if name in ATTRIBUTES:
            raise AttributeError(
                f"'Symbol' object has no attribute {name!r}: it has no values, and its shape is "
                "known when it runs. In a hybridized block, use codes in F.reshape (0 keeps a "
                "length, -1 finds one), F.shape_array, F.broadcast_like, or do not hybridize it")
        raise AttributeError(f"'Symbol' object has no attribute {name!r}")

    def __hash__(self) -> int:
        raise MXNetTypeError("unhashable type: 'Symbol'; use its name, or id(symbol)")


def _refuse(name: str) -> None:
    def method(self: ArrayOnly, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedForSymbol(
            f"Function {name} is not implemented for Symbol and only available in NDArray.")
    method.__name__ = name
    setattr(ArrayOnly, name, method)


for _name in METHODS:
    _refuse(_name)

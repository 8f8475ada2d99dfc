"""What the modules `mx.sym.op`, `contrib`, `image`, `_internal` look operators up with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..ops.schema import REGISTRY
from ..wording import suggestion
from .compose import SymbolFunction


def operators_of(module: dict[str, Any], prefix: str,
                 hidden: bool = False) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a module of the operators whose names have this prefix.

    hidden: whether they are those that begin with an underscore themselves.
    """
    title = module["__name__"]

    def names() -> list[str]:
        return sorted(name.removeprefix(prefix) for name in REGISTRY if name.startswith(prefix)
                      and (hidden or not name.removeprefix(prefix).startswith("_")))

    def lookup(name: str) -> Any:
        if prefix + name not in REGISTRY or name.startswith("__"):
            raise AttributeError(f"module {title!r} has no operator {name!r}"
                                 + suggestion(name, names()))
        function = module[name] = SymbolFunction(REGISTRY[prefix + name], name, title)
        return function

    return lookup, lambda: sorted({*names(), *(key for key in module if key[0] != "_")})

"""All operators as functions of arrays. The same names are in `mxlite.nd`; stubs: op.pyi."""

from typing import Any

from ..ops.schema import REGISTRY
from .function import OpFunction


def __getattr__(name: str) -> Any:
    if name not in REGISTRY:
        raise AttributeError(f"module {__name__!r} has no operator {name!r}")
    function = globals()[name] = OpFunction(REGISTRY[name], name)
    return function


def __dir__() -> list[str]:
    return sorted(name for name in REGISTRY if not name.startswith("_"))

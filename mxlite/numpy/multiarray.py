"""`mx.np` under the module path that MXNet has."""

import sys
from typing import Any

_package = sys.modules[__name__.rpartition(".")[0]]


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(_package, name)


def __dir__() -> list[str]:
    return dir(_package)

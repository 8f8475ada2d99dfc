"""`mx.sym.contrib` under its other name in MXNet."""

from typing import Any

from ..symbol import contrib


def __getattr__(name: str) -> Any:
    return getattr(contrib, name)


def __dir__() -> list[str]:
    return dir(contrib)

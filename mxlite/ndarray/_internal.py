"""`mx.nd._internal`: the operators whose names begin with an underscore, as in MXNet."""

from typing import Any

from . import op


def __getattr__(name: str) -> Any:
    if not name.startswith("_") or name.startswith("__"):
        raise AttributeError(f"module {__name__!r} has no operator {name!r}")
    return getattr(op, name)

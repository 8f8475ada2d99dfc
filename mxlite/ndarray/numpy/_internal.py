"""`mx.nd.np._internal`: the operators of mx.np that MXNet calls `_npi_...`, without that."""

from typing import Any

from ...ops.schema import REGISTRY
from .namespace import F


def __getattr__(name: str) -> Any:
    if f"_npi_{name}" not in REGISTRY:
        raise AttributeError(f"module {__name__!r} has no operator {name!r}")
    return getattr(F, f"_npi_{name}")

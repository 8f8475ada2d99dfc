"""`mx.nd.contrib`: the operators whose full names begin with `_contrib_`."""

from typing import Any

from ..ops.schema import REGISTRY
from .function import OpFunction
from .pieces import boolean_mask as boolean_mask

_PREFIX = "_contrib_"


def __getattr__(name: str) -> Any:
    if _PREFIX + name not in REGISTRY:
        raise AttributeError(f"module {__name__!r} has no operator {name!r}")
    function = globals()[name] = OpFunction(REGISTRY[_PREFIX + name], name, __name__)
    return function


def __dir__() -> list[str]:
    return sorted({"boolean_mask"} | {
        name.removeprefix(_PREFIX) for name in REGISTRY if name.startswith(_PREFIX)})

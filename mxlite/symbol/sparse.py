"""`mx.sym.sparse`: the operators that know sparse arrays."""

from typing import Any

from ..ndarray.sparse import NAMES, full_name
from ..ops.schema import REGISTRY
from ..wording import suggestion
from .compose import SymbolFunction


def __getattr__(name: str) -> Any:
    if name not in NAMES:
        raise AttributeError(f"module {__name__!r} has no operator {name!r}"
                             + suggestion(name, NAMES))
    function = globals()[name] = SymbolFunction(REGISTRY[full_name(name)], name, __name__)
    return function


def __dir__() -> list[str]:
    return sorted(NAMES)

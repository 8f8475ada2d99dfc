"""`mx.nd.linalg`: the operators whose full names begin with `_linalg_`.

Matrices are the last two axes, (*batch, rows, columns), of float32 or float64. `dot` is mx.nd.dot.
"""

from typing import Any

from ..ops.schema import REGISTRY
from ..wording import suggestion
from .function import OpFunction
from .op import dot as dot

_PREFIX = "_linalg_"


def __getattr__(name: str) -> Any:
    if _PREFIX + name not in REGISTRY:
        raise AttributeError(f"module {__name__!r} has no operator {name!r}"
                             + suggestion(name, __dir__()))
    function = globals()[name] = OpFunction(REGISTRY[_PREFIX + name], name, __name__)
    return function


def __dir__() -> list[str]:
    names = [name.removeprefix(_PREFIX) for name in REGISTRY if name.startswith(_PREFIX)]
    return sorted([*names, "dot"])

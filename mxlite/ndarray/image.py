"""`mx.nd.image`: the operators whose full names begin with `_image_`.

Images are (H, W, C) or (N, H, W, C), uint8 or float32, unless an operator says otherwise.
"""

from typing import Any

from ..ops.schema import REGISTRY
from ..wording import suggestion
from .function import OpFunction

_PREFIX = "_image_"


def __getattr__(name: str) -> Any:
    if _PREFIX + name not in REGISTRY:
        raise AttributeError(f"module {__name__!r} has no operator {name!r}"
                             + suggestion(name, __dir__()))
    function = globals()[name] = OpFunction(REGISTRY[_PREFIX + name], name, __name__)
    return function


def __dir__() -> list[str]:
    return sorted(name.removeprefix(_PREFIX) for name in REGISTRY if name.startswith(_PREFIX))

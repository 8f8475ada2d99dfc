"""`mx.sym.npx`: mx.npx's operators of Symbols."""

from typing import Any

from ..ops.numpy.functions.extension import NAMES as _NAMES
from ..ops.numpy.functions.extension import extension as _extension
from ..ops.numpy.functions.table import bound as _bound
from ..wording import suggestion as _suggestion
from . import image as image
from .numpy import random as random
from .numpy.namespace import F as _F


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module 'mxlite.symbol.numpy_extension' has no attribute {name!r}"
                             + _suggestion(name, _NAMES))
    function = globals()[name] = _bound(_extension(name), _F, "mxlite.symbol.numpy_extension")
    return function


def __dir__() -> list[str]:
    return sorted([*_NAMES, "image", "random"])

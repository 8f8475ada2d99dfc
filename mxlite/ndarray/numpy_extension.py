"""`mx.npx` of arrays: `mx.nd.npx`."""

from typing import Any

from ..base import suggestion as _suggestion
from ..ops.numpy.functions.extension import NAMES as _NAMES
from ..ops.numpy.functions.extension import extension as _extension
from ..ops.numpy.functions.table import bound as _bound
from .numpy import random as random
from .numpy.namespace import F as _F


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module 'mxlite.numpy_extension' has no attribute {name!r}"
                             + _suggestion(name, __dir__()))
    function = globals()[name] = _bound(_extension(name), _F, "mxlite.numpy_extension")
    return function


def __dir__() -> list[str]:
    return sorted(_NAMES)

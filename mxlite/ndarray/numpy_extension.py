"""`mx.npx` of arrays: `mx.nd.npx`."""

from typing import Any

from ..ops.numpy.functions.extension import NAMES as _NAMES
from ..ops.numpy.functions.extension import extension as _extension
from ..wording import suggestion as _suggestion
from . import image as image
from .numpy import random as random
from .numpy.watching import numpy_function as _numpy_function


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module 'mxlite.numpy_extension' has no attribute {name!r}"
                             + _suggestion(name, __dir__()))
    function = globals()[name] = _numpy_function(_extension(name), "mxlite.numpy_extension")
    return function


def __dir__() -> list[str]:
    return sorted([*_NAMES, "image", "random"])

"""`mx.np` of arrays: `mx.nd.np`."""

from typing import Any

import numpy as _onp

from ...base import suggestion as _suggestion
from ...ops.numpy.functions import FUNCTIONS as _FUNCTIONS
from ...ops.numpy.functions import bound as _bound
from .array import ndarray as ndarray
from .creation import array as array
from .creation import empty as empty
from .namespace import F as _F

_CONSTANTS = {
    "NAN": _onp.nan, "NaN": _onp.nan, "nan": _onp.nan, "NINF": -_onp.inf, "PINF": _onp.inf,
    "inf": _onp.inf, "NZERO": -0.0, "PZERO": 0.0, "e": _onp.e, "euler_gamma": _onp.euler_gamma,
    "pi": _onp.pi, "newaxis": None, "bool": bool, "bool_": _onp.bool_,
    **{name: getattr(_onp, name) for name in (
        "float16", "float32", "float64", "int8", "int32", "int64", "uint8")},
}


def function_of(function: Any) -> Any:
    """The function here of the same name as one of NumPy's, or of a module of it; else None."""
    name = getattr(function, "__name__", "")
    return globals().get(name) or (_made(name) if name in _FUNCTIONS else None)


def _made(name: str) -> Any:
    function = globals()[name] = _bound(_FUNCTIONS[name], _F, "mxlite.numpy")
    return function


def __getattr__(name: str) -> Any:
    if name in _FUNCTIONS:
        return _made(name)
    if name in _CONSTANTS:
        return _CONSTANTS[name]
    raise AttributeError(
        f"module 'mxlite.numpy' has no attribute {name!r}{_suggestion(name, __dir__())}")


def __dir__() -> list[str]:
    public = {name for name in globals() if not name.startswith("_")}
    return sorted((public | {*_FUNCTIONS, *_CONSTANTS}) - {"Any", "function_of"})

"""`mx.np` of arrays: `mx.nd.np`."""

from typing import Any

import numpy as _onp

from ...ops.numpy.functions import module_of as _module_of
from ...ops.numpy.functions import names_in as _names_in
from . import _internal as _internal
from . import linalg as linalg
from . import random as random
from .array import ndarray as ndarray
from .creation import array as array
from .creation import empty as empty
from .watching import numpy_function as _numpy_function

_CONSTANTS = {
    "NAN": _onp.nan, "NaN": _onp.nan, "nan": _onp.nan, "NINF": -_onp.inf, "PINF": _onp.inf,
    "inf": _onp.inf, "NZERO": -0.0, "PZERO": 0.0, "e": _onp.e, "euler_gamma": _onp.euler_gamma,
    "pi": _onp.pi, "newaxis": None, "finfo": _onp.finfo, "bool": bool, "bool_": _onp.bool_,
    **{name: getattr(_onp, name) for name in (
        "float16", "float32", "float64", "int8", "int32", "int64", "uint8")},
}


_functions, _ = _module_of(globals(), _numpy_function, "", "mxlite.numpy")


def __getattr__(name: str) -> Any:
    if name in _CONSTANTS:
        return _CONSTANTS[name]
    return _functions(name)


def __dir__() -> list[str]:
    public = {name for name in globals() if not name.startswith("_")}
    return sorted((public | {*_names_in(""), *_CONSTANTS}) - {"Any"})

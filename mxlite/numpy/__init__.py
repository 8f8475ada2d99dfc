"""`mx.np`: NumPy's interface, on the operators of `mx.nd`, with gradients and devices."""

from typing import Any

from ..ndarray import numpy as _arrays
from ..ndarray.numpy import ndarray as ndarray
from . import fallback as fallback
from . import fallback_linalg as fallback_linalg
from . import linalg as linalg
from . import multiarray as multiarray
from . import random as random


def __getattr__(name: str) -> Any:
    value = globals()[name] = getattr(_arrays, name)
    return value


def __dir__() -> list[str]:
    return sorted({*dir(_arrays), "fallback", "fallback_linalg", "multiarray"})

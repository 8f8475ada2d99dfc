"""`mx.np.random`."""

from typing import Any

from ..ndarray.numpy import random as _arrays


def __getattr__(name: str) -> Any:
    value = globals()[name] = getattr(_arrays, name)
    return value


def __dir__() -> list[str]:
    return dir(_arrays)

"""The functions of mx.np.linalg for which MXNet calls NumPy."""

from typing import Any

from ..ndarray.numpy import linalg as _arrays

__all__ = "cond lstsq matrix_power matrix_rank multi_dot qr".split()


def __getattr__(name: str) -> Any:
    return getattr(_arrays, name)

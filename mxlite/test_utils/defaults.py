"""Defaults of tests: the context, the dtype, and how far values of a dtype may be apart."""

from __future__ import annotations

import numbers
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np

from ..base import MXNetNotImplementedError, MXNetTypeError, numpy_bfloat16
from ..device.context import Context, current_context

# dtype -> (relative tolerance, absolute tolerance, step of finite differences)
_FLOATS = {"float16": (1e-2, 1e-1, 2.0 ** -6), "float32": (1e-4, 1e-3, 2.0 ** -9),
           "float64": (1e-5, 1e-20, 2.0 ** -14)}
_BFLOAT16 = (8e-2, 1e-1, 2.0 ** -4)
_EXACT = "bool int8 uint8 int16 uint16 int32 uint32 int64 uint64".split()


def default_context() -> Context:
    """The context in force in this thread."""
    return current_context()


def set_default_context(ctx: Context) -> None:
    """Make `ctx` the default of this thread; inside a `with` block, until it ends."""
    Context.default_ctx = ctx


def default_dtype() -> type[np.float32]:
    """The dtype of arrays that tests draw: numpy.float32."""
    return np.float32


def _by_dtype(column: int) -> dict[np.dtype[Any], float]:
    table = {np.dtype(name): row[column] for name, row in _FLOATS.items()}
    with suppress(MXNetNotImplementedError):        # without the package ml-dtypes
        table[np.dtype(numpy_bfloat16())] = _BFLOAT16[column]
    return table


def default_rtols() -> dict[np.dtype[Any], float]:
    """Relative tolerances by dtype: 1e-4 for float32; 0 for integers and bool."""
    return _by_dtype(0) | dict.fromkeys(map(np.dtype, _EXACT), 0)


def default_atols() -> dict[np.dtype[Any], float]:
    """Absolute tolerances by dtype: 1e-3 for float32; 0 for integers and bool."""
    return _by_dtype(1) | dict.fromkeys(map(np.dtype, _EXACT), 0)


def default_numeric_eps() -> dict[np.dtype[Any], float]:
    """Steps of finite differences by dtype: powers of 2, which inputs take without rounding."""
    return _by_dtype(2)


def effective_dtype(dat: Any) -> np.dtype[Any]:
    """The dtype whose tolerance the values of `dat` need: its own."""
    dtype = getattr(dat, "dtype", None)
    return np.asarray(dat).dtype if dtype is None else np.dtype(dtype)


def get_tolerance(dat: Any, tol: Any, default_tol: Mapping[np.dtype[Any], float]) -> float:
    """The tolerance for `dat`: `tol`, if it is a number, or what it has for the dtype, else the
    default. Raises MXNetTypeError for a dtype that neither has."""
    if isinstance(tol, numbers.Real):
        return float(tol)
    dtype = effective_dtype(dat)
    table = {**default_tol, **{np.dtype(key): value for key, value in (tol or {}).items()}}
    if dtype not in table:
        raise MXNetTypeError(f"there is no default tolerance for dtype {dtype}, but for "
                             f"{', '.join(map(str, table))}; give rtol and atol as numbers")
    return table[dtype]


def get_tols(x: Any, y: Any, rtol: Any, atol: Any) -> tuple[float, float]:
    """(rtol, atol) to compare x and y with, the larger of both arrays' tolerances.

    rtol, atol: a number, a dict of dtype -> number, or None for the defaults.
    """
    return (max(get_tolerance(data, rtol, default_rtols()) for data in (x, y)),
            max(get_tolerance(data, atol, default_atols()) for data in (x, y)))


def get_rtol(rtol: float | None = None, dtype: Any = np.float64) -> float:
    """`rtol`, or the default of the dtype for None."""
    return default_rtols()[np.dtype(dtype)] if rtol is None else rtol


def get_atol(atol: float | None = None, dtype: Any = np.float64) -> float:
    """`atol`, or the default of the dtype for None."""
    return default_atols()[np.dtype(dtype)] if atol is None else atol


def get_etol(etol: float | None = None) -> float:
    """The share of elements that may differ: `etol`, 0 for None."""
    return 0 if etol is None else etol

"""The long tail: functions that NumPy computes on the host, of arrays and without gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....base import MXNetNotImplementedError
from .table import FUNCTIONS

NAMES = """allclose apply_along_axis apply_over_axes argpartition argwhere array_equal array_equiv
    bincount choose compress corrcoef correlate count_nonzero cov delete diag_indices_from digitize
    divmod extract flatnonzero float_power frexp gcd heaviside histogram histogram2d
    histogram_bin_edges histogramdd i0 in1d insert interp intersect1d isclose iscomplex isin isreal
    ix_ lexsort median min_scalar_type modf msort nanargmax nanargmin nancumprod nancumsum nanmax
    nanmean nanmedian nanmin nanpercentile nanprod nanquantile nanstd nansum nanvar ndim nextafter
    packbits partition piecewise poly polyadd polydiv polyfit polyint polymul polysub promote_types
    ptp ravel_multi_index real resize result_type roots searchsorted select setdiff1d setxor1d shape
    signbit size spacing take_along_axis trapz tri tril_indices tril_indices_from trim_zeros
    triu_indices triu_indices_from union1d unique unpackbits unravel_index unwrap vander fmin
    cumprod logaddexp logaddexp2 exp2 sinc kron cross positive genfromtxt
    set_printoptions""".split()
FLOAT32 = ("tri",)          # the default dtype
_ELSEWHERE = {"trapz": "trapezoid", "in1d": "isin"}                 # NumPy 2's names


def _delete(arr: Any, obj: Any, axis: Any = None) -> Any:
    """NumPy's; arrays of mx.np are of float32 unless they are told otherwise, also as indices."""
    indices = obj if isinstance(obj, (slice, int)) else np.asarray(obj)
    if isinstance(indices, np.ndarray) and indices.dtype.kind == "f":
        indices = indices.astype(np.int64)
    return np.delete(arr, indices, axis)


def _eig(a: Any) -> tuple[Any, Any]:
    """NumPy's; real where all eigenvalues are, as they were until NumPy 2.5."""
    values, vectors = np.linalg.eig(a)
    return (values, vectors) if np.imag(values).any() else (values.real, vectors.real)


def _eigvals(a: Any) -> Any:
    values = np.linalg.eigvals(a)
    return values if np.imag(values).any() else values.real


# in place of NumPy's: an array without axes counts as one with an axis
_OWN = {"delete": _delete, "nonzero": lambda a: np.nonzero(np.atleast_1d(a)),
        "places": lambda a: np.argwhere(np.atleast_1d(a)), "linalg.eig": _eig,
        "linalg.eigvals": _eigvals}


def host_function(name: str) -> Any:
    """The function of NumPy that stands behind a name: "unique", "linalg.eig"."""
    if name in _OWN:
        return _OWN[name]
    module: Any = np
    if "." in name:
        part, name = name.split(".")
        module = getattr(np, part)
    return getattr(module, name, None) or getattr(module, _ELSEWHERE.get(name, ""), None)


def _declare(name: str) -> None:
    def call(F: Any, *args: Any, **kwargs: Any) -> Any:
        F.check_arrays(name, args, kwargs)
        return F.on_host(name, args, kwargs, name in FLOAT32 and "dtype" not in kwargs)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = (f"NumPy's {name}, computed by it on the host: it has no gradient. Arrays of "
                    "mx.np stand where NumPy has its own.")
    FUNCTIONS[name] = call


def _declare_removed(name: str) -> None:
    def call(F: Any, *args: Any, **kwargs: Any) -> Any:
        raise MXNetNotImplementedError(f"{name}: NumPy has no financial functions since 1.20; the "
                                       "package numpy-financial has it")

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"Raises: NumPy has no {name} since 1.20; the package numpy-financial has it."
    FUNCTIONS[name] = call


for _name in ("mirr", "npv", "ppmt", "pv", "rate"):
    _declare_removed(_name)
for _name in NAMES:
    if _name not in FUNCTIONS and host_function(_name) is not None:
        _declare(_name)

"""Names that NumPy has removed since MXNet's days, for programs that still use them."""

from __future__ import annotations

import numpy as np

REMOVED = {
    "bool": bool, "int": int, "float": float, "complex": complex, "object": object, "str": str,
    "long": int, "unicode": str, "float_": np.float64, "complex_": np.complex128,
    "string_": np.bytes_, "unicode_": np.str_, "Inf": np.inf, "infty": np.inf, "NaN": np.nan,
    "product": np.prod, "cumproduct": np.cumprod, "sometrue": np.any, "alltrue": np.all,
    "in1d": getattr(np, "in1d", np.isin), "row_stack": np.vstack,
    "trapz": getattr(np, "trapezoid", None), "asfarray": lambda a, dtype=np.float64: np.asarray(
        a, dtype if np.issubdtype(dtype, np.inexact) else np.float64),
}


def restore_names() -> list[str]:
    """Put these names into numpy where it lacks them; returns which."""
    missing = [name for name, value in REMOVED.items()
               if value is not None and name not in np.__dict__]
    for name in missing:
        setattr(np, name, REMOVED[name])
    return missing

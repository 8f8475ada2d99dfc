"""MXNet's numbers for dtypes and gradient requests, under its private names."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..base import DTYPES

_DTYPE_NP_TO_MX: dict[Any, int] = {None: -1} | {
    np.dtype(name).type: code for name, (code, *_) in DTYPES.items() if name != "bfloat16"}
_DTYPE_MX_TO_NP: dict[int, Any] = {code: dtype for dtype, code in _DTYPE_NP_TO_MX.items()}
_GRAD_REQ_MAP = {"null": 0, "write": 1, "add": 3}

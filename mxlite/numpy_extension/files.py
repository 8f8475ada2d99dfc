"""`npx.save` and `npx.load`: files of arrays, as those of mx.nd."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from ..base import MXNetTypeError
from ..ndarray.numpy import ndarray
from ..ndarray.numpy.creation import array
from ..ndarray.serialization import load as load_arrays
from ..ndarray.serialization import save as save_arrays
from ..util import np_shape


def save(file: str | os.PathLike[str], arr: Any) -> None:
    """Write an array of mx.np, a list of them, or a dict of names, to a file that mx.nd.load and
    MXNet read."""
    values = arr.values() if isinstance(arr, dict) else arr if isinstance(
        arr, (list, tuple)) else [arr]
    for value in values:
        if not isinstance(value, ndarray):
            raise MXNetTypeError("save: arr must be an array of mx.np, a list of them, or a dict "
                                 f"of names; got {type(value).__name__}")
    with np_shape():
        save_arrays(file, arr)


def load(file: str | os.PathLike[str]) -> Any:
    """The arrays of a file, as a list or by name: of `save`, mx.nd.save, or NumPy's .npz."""
    path = os.fspath(file)
    with open(path, "rb") as opened:
        is_npz = opened.read(2) == b"PK"
    if is_npz:
        with np.load(path, allow_pickle=False) as arrays:
            return {name: array(arrays[name]) for name in arrays.files}
    with np_shape():
        arrays = load_arrays(path)
    if isinstance(arrays, dict):
        return {name: _as_np(each) for name, each in arrays.items()}
    return [_as_np(each) for each in arrays]


def _as_np(each: Any) -> Any:
    return each.as_np_ndarray() if each.stype == "default" else each

"""Truths without axes in a key, x[True]: NumPy takes them for masks of no axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from .array import ArrayBase

_PLAIN = {int, slice, type(None), type(Ellipsis)}       # parts of keys that are no truths


def is_truth(part: Any) -> bool:
    """Whether a part of a key is a truth, or an array of one without axes."""
    if isinstance(part, (bool, np.bool_)):
        return True
    if isinstance(part, ArrayBase):
        return part.ndim == 0 and part._dtype_name == "bool"
    return isinstance(part, np.ndarray) and part.ndim == 0 and part.dtype.kind == "b"


def has_truth(key: Any) -> bool:
    """Whether there is such a part in a key."""
    kind = type(key)
    if kind in _PLAIN:
        return False
    if kind is tuple:
        return any([type(part) not in _PLAIN and is_truth(part) for part in key])
    return is_truth(key)


def _num_axes(part: Any) -> int:
    """How many axes a part of a key indexes."""
    if part is None or part is Ellipsis or is_truth(part):
        return 0
    if isinstance(part, ArrayBase):
        return part.ndim if part._dtype_name == "bool" else 1
    if isinstance(part, (list, tuple, np.ndarray)):
        values = np.asarray(part)
        return values.ndim if values.dtype.kind == "b" else 1
    return 1


def without_truths(shape: tuple[int, ...], key: Any) -> tuple[tuple[int, ...], Any]:
    """The shape with an axis of length 1 for each truth, and the key with [0] or [] for them."""
    parts = key if isinstance(key, tuple) else (key,)
    lengths: list[int] = list(shape)
    axis, new = 0, []
    rest = sum(map(_num_axes, parts))
    for part in parts:
        if part is Ellipsis:
            axis = len(lengths) - rest
        if is_truth(part):
            lengths.insert(axis, 1)
            new.append(np.arange(int(bool(part))))
            axis += 1
            continue
        new.append(part)
        axis += _num_axes(part)
        rest -= _num_axes(part)
    return tuple(lengths), tuple(new)

"""Functions that cut an array into pieces whose number or size depends on values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..base import MXNetValueError
from ..ops.schema import REGISTRY
from .array import need_array, wrap_numpy
from .function import OpFunction

_SPLIT, _TAKE = [OpFunction(REGISTRY[name], name) for name in ("_split_v2", "take")]


def split_v2(ary: Any, indices_or_sections: int | Sequence[int], axis: int = 0,
             squeeze_axis: bool = False) -> Any:
    """ary cut along axis into that many equal parts, or where these indices say; a list.

    split_v2(x, (2, 5)) -> [x[:2], x[2:5], x[5:]].
    """
    if isinstance(indices_or_sections, (int, np.integer)):
        return _SPLIT(ary, indices=(), axis=axis, squeeze_axis=squeeze_axis,
                      sections=indices_or_sections)
    return _SPLIT(ary, indices=(0, *indices_or_sections), axis=axis, squeeze_axis=squeeze_axis)


def boolean_mask(data: Any, index: Any, axis: int = 0) -> Any:
    """The items of data along axis where index is not 0; recorded as a take."""
    need_array(data, "boolean_mask", "data")
    chosen = need_array(index, "boolean_mask", "index")._values()
    if not -data.ndim <= axis < data.ndim or chosen.shape != (data.shape[axis],):
        raise MXNetValueError(f"boolean_mask: index must have one entry for each item on axis "
                              f"{axis} of data {data.shape}; got shape {index.shape}")
    rows = wrap_numpy(np.flatnonzero(chosen).astype(np.int64), data.ctx, "int64")
    return _TAKE(data, rows, axis=axis)

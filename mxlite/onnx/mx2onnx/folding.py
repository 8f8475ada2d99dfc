"""What is known before the model runs: it is computed here, and the model holds the result."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ... import ndarray as nd
from ...device.context import cpu
from ...ndarray.run import invoke_list
from ...ops.schema import Op
from .call import Array
from .table import TRANSLATIONS

# operators whose results follow from their parameters and the shape of their first input alone
OF_SHAPES = {"zeros_like", "ones_like", "shape_array", "size_array", "_contrib_MultiBoxPrior",
             "_contrib_arange_like", "_contrib_index_array", "_arange", "_linspace", "_eye"}
# elements of a constant that takes more memory than what it is made of, if nodes can make it, too
LARGEST = 1 << 16


def is_foldable(op: Op, inputs: Sequence[Array], outputs: Sequence[Array]) -> bool:
    """Whether the outputs can be computed now, and should be."""
    read = [] if op.name == "_contrib_MultiBoxPrior" else inputs    # whose batch does not matter
    if any(array.is_free for array in (*read, *outputs)):
        return False
    if op.draws(False) or op.is_graph or op.in_python:
        return False
    if op.name not in OF_SHAPES and any(array.value is None for array in inputs):
        return False
    size = sum(math.prod(array.fixed_shape) for array in outputs)
    known = sum(array.value.size for array in inputs if array.value is not None)
    return size <= max(LARGEST, known) or (op.name in OF_SHAPES and op.name not in TRANSLATIONS)


def computed(op: Op, scalars: Sequence[Any], inputs: Sequence[Array]) -> list[Any]:
    """The outputs as NumPy arrays."""
    arrays = [nd.array(np.zeros(array.fixed_shape) if array.value is None else array.value,
                       ctx=cpu(), dtype=array.dtype) for array in inputs]
    made = invoke_list(op, arrays, list(scalars), None, cpu())
    return [array.asnumpy() for array in (made if isinstance(made, (list, tuple)) else [made])]

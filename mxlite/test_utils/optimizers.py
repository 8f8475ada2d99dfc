"""Comparing two optimizers step by step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import ndarray as nd
from ..base import MXNetValueError
from ..ndarray import NDArray
from .compare import compare_ndarray_tuple
from .defaults import default_context
from .random_data import rand_ndarray


def _pair(shape: Sequence[int], dtype: Any, stype: str, density: float | None
          ) -> tuple[NDArray, NDArray]:
    """Two arrays with the same random values: a dense one, and one of storage `stype`."""
    if stype == "default":
        dense = nd.random.uniform(shape=shape, ctx=default_context(), dtype=dtype)
        return dense, dense.copy()
    if stype not in ("row_sparse", "csr"):
        raise MXNetValueError("compare_optimizer: w_stype and g_stype must be 'default', "
                              f"'row_sparse' or 'csr'; got {stype!r}")
    sparse = rand_ndarray(shape, stype, density=density, dtype=dtype)
    return sparse.tostype("default"), sparse


def compare_optimizer(opt1: Any, opt2: Any, shape: Any, dtype: Any, w_stype: str = "default",
                      g_stype: str = "default", rtol: Any = 1e-4, atol: Any = 1e-5,
                      compare_states: bool = True, ntensors: int = 1) -> None:
    """Raise AssertionError unless a step of both optimizers makes the same weights of the same.

    shape: that of a weight, or a list of ntensors shapes, which opt2 gets in one call.
    w_stype, g_stype: storage of opt2's weight and gradient; opt1 gets dense ones.
    compare_states: the states, too.
    """
    shapes = shape if isinstance(shape, list) else [shape]
    if len(shapes) != ntensors:
        raise MXNetValueError(f"compare_optimizer: shape must be a list of {ntensors} shapes, as "
                              f"ntensors says; got {shape}")
    weights = [_pair(each, dtype, w_stype, 1) for each in shapes]
    grads = [_pair(each, dtype, g_stype, None) for each in shapes]
    states = [(opt1.create_state_multi_precision(i, dense),
               opt2.create_state_multi_precision(i, other))
              for i, (dense, other) in enumerate(weights)]
    if compare_states:
        for one, two in states:
            compare_ndarray_tuple(one, two)
    for i in range(ntensors):
        opt1.update_multi_precision(i, weights[i][0], grads[i][0], states[i][0])
    if isinstance(shape, list):
        opt2.update_multi_precision(list(range(ntensors)), *[
            [other for _, other in pairs] for pairs in (weights, grads, states)])
    else:
        opt2.update_multi_precision(0, weights[0][1], grads[0][1], states[0][1])
    for (one, two), weight in zip(states, weights, strict=True):
        if compare_states:
            compare_ndarray_tuple(one, two, rtol, atol)
        compare_ndarray_tuple(*weight, rtol, atol)

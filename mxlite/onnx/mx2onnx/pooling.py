"""Pooling."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...ops.nn.layouts import is_channels_last
from .call import Call
from .graph import Free, Length
from .layers import to_first, to_last
from .table import translation


@translation("Pooling", "Pooling_v1")
def pooling(call: Call) -> str:
    op = call.op
    is_last = is_channels_last(op.layout)
    data = to_first(call, call.data, call.ndim) if is_last else call.data
    made = _global(call, data) if op.global_pool else _windows(call, data, is_last)
    return to_last(call, made, call.ndim) if is_last else made


def _global(call: Call, data: str) -> str:
    kind = call.op.pool_type
    if kind == "sum":
        return call.add("ReduceSum", data, call.ints(range(2, call.ndim)))
    if kind == "lp":
        return call.add("GlobalLpPool", data, p=call.op.p_value)
    return call.add({"max": "GlobalMaxPool", "avg": "GlobalAveragePool"}[kind], data)


def _windows(call: Call, data: str, is_last: bool) -> str:
    """Windows as ONNX has them by explicit padding: behind the end as much as the last needs."""
    op, ndim = call.op, call.ndim - 2
    first = 1 if is_last else 2
    sizes, outs = call.shape[first:first + ndim], call.out.shape[first:first + ndim]
    stride, pad = op.stride or (1,) * ndim, op.pad or (0,) * ndim
    settings = {"kernel_shape": list(op.kernel), "strides": list(stride)}
    if any(isinstance(n, Free) for n in sizes):
        return _free_windows(call, data, {**settings, "pads": [*pad] * 2})
    if op.name == "Pooling_v1" and any(pad):    # by zeros, also where the largest is taken
        data = call.add("Pad", data, call.ints([0, 0, *pad] * 2))
        sizes = tuple([n + 2 * p for n, p in zip(call.fixed(sizes), pad, strict=True)])
        pad = (0,) * ndim
    behind = [max((m - 1) * s + k - n - p, 0) for n, m, k, s, p in zip(
        call.fixed(sizes), call.fixed(outs), op.kernel, stride, pad, strict=True)]
    if any(b >= k for b, k in zip(behind, op.kernel, strict=True)):
        raise call.refused("the last window would lie in the padding alone")
    made = _pooled(call, data, {**settings, "pads": [*pad, *behind]})
    if op.pool_type != "avg" or op.name == "Pooling_v1" or not op.count_include_pad or all(
            b <= p for b, p in zip(behind, pad, strict=True)):
        return made
    return call.add("Mul", made, _more(call, sizes, outs, stride, pad))


def _free_windows(call: Call, data: str, settings: dict[str, Any]) -> str:
    """Windows over lengths that are free. What pooling_convention 'full' adds behind the end is
    what ONNX's ceil_mode adds, without padding and while windows do not lie apart."""
    op = call.op
    if op.pooling_convention == "valid" and op.name == "Pooling":
        return _pooled(call, data, settings)
    is_apart = any(s > k for s, k in zip(settings["strides"], op.kernel, strict=True))
    if op.pooling_convention != "full" or op.name != "Pooling" or is_apart or any(
            settings["pads"]) or op.pool_type not in ("max", "avg"):
        raise call.refused(f"pooling_convention '{op.pooling_convention}' with these settings "
                           "needs fixed lengths; data has free ones, by dynamic_input_shapes")
    counts = {"count_include_pad": 0} if op.pool_type == "avg" else {}
    return call.add("AveragePool" if counts else "MaxPool", data, ceil_mode=1, **counts, **settings)


def _pooled(call: Call, data: str, settings: dict[str, Any]) -> str:
    """Windows over data with explicit padding, which a mean counts, if it counts any."""
    op = call.op
    if op.pool_type == "max":
        return call.add("MaxPool", data, **settings)
    if op.pool_type == "lp":
        return call.add("LpPool", data, p=op.p_value, **settings)
    if op.pool_type == "avg" and op.name == "Pooling" and not op.count_include_pad:
        return call.add("AveragePool", data, count_include_pad=0, **settings)
    made = call.add("AveragePool", data, count_include_pad=1, **settings)
    if op.pool_type == "sum":
        return call.add("Mul", made, call.constant(float(math.prod(op.kernel)), call.dtype))
    return made


def _more(call: Call, sizes: Sequence[Length], outs: Sequence[Length], stride: Sequence[int],
          pad: Sequence[int]) -> str:
    """What MXNet's mean is of that over whole windows: it counts no padding behind `pad`."""
    factor = np.ones(())
    for n, m, k, s, p in zip(call.fixed(sizes), call.fixed(outs), call.op.kernel, stride, pad,
                             strict=True):
        starts = np.arange(m) * s - p
        counted = np.minimum(starts + k, n + p) - starts
        factor = factor[..., None] * (k / counted)
    return call.constant(factor, call.dtype)

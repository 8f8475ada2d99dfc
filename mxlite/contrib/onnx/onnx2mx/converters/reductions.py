"""Sums, means and extremes along axes, and where the extremes are."""

from __future__ import annotations

from collections.abc import Callable

from ..... import symbol as sym
from .....symbol import Symbol
from ..call import Call
from ..table import converts

Reduce = Callable[..., Symbol]


def _l1(data: Symbol, **how: object) -> Symbol:
    return sym.sum(sym.abs(data), **how)


def _sum_square(data: Symbol, **how: object) -> Symbol:
    return sym.sum(sym.square(data), **how)


def _l2(data: Symbol, **how: object) -> Symbol:
    return sym.sqrt(_sum_square(data, **how))


def _log_sum(data: Symbol, **how: object) -> Symbol:
    return sym.log(sym.sum(data, **how))


def _log_sum_exp(data: Symbol, axis: object, keepdims: bool) -> Symbol:
    largest = sym.max(data, axis=axis, keepdims=True)
    total = sym.log(sym.sum(sym.exp(sym.broadcast_sub(data, largest)), axis=axis, keepdims=True))
    result = sym.broadcast_add(total, largest)
    return result if keepdims else sym.sum(result, axis=axis, keepdims=False)


_REDUCTIONS: dict[str, Reduce] = {
    "ReduceSum": sym.sum, "ReduceMean": sym.mean, "ReduceMax": sym.max, "ReduceMin": sym.min,
    "ReduceProd": sym.prod, "ReduceL1": _l1, "ReduceSumSquare": _sum_square, "ReduceL2": _l2,
    "ReduceLogSum": _log_sum, "ReduceLogSumExp": _log_sum_exp,
}


@converts(*_REDUCTIONS)
def _reduce(call: Call) -> Symbol:
    data, keepdims = call.sym(), bool(call.choice("keepdims", 1, 0, 1))
    axes = call.attr("axes")
    if call.has(1):
        axes = call.ints(1, "axes")
    if not axes and call.attr("noop_with_empty_axes", 0):
        return sym.identity(data)
    rank = call.rank()
    if not rank:
        return _REDUCTIONS[call.op_type](data, axis=(0,), keepdims=False)
    chosen = tuple(sorted(call.axis(axis) for axis in axes)) if axes else tuple(range(rank))
    return _REDUCTIONS[call.op_type](data, axis=chosen, keepdims=keepdims)


@converts("ArgMax", "ArgMin")
def _arg(call: Call) -> Symbol:
    data, axis = call.sym(), call.axis(call.attr("axis", 0))
    keepdims = bool(call.choice("keepdims", 1, 0, 1))
    function = sym.argmax if call.op_type == "ArgMax" else sym.argmin
    if call.choice("select_last_index", 0, 0, 1):
        length = call.shape()[axis]
        if length is None:
            raise call.open_length(f"select_last_index needs the length of axis {axis}, which")
        found = function(sym.flip(data, axis=axis), axis=axis, keepdims=keepdims)
        return length - 1 - sym.Cast(found, dtype="int64")
    return sym.Cast(function(data, axis=axis, keepdims=keepdims), dtype="int64")


@converts("TopK")
def _top_k(call: Call) -> list[Symbol]:
    data, axis = call.sym(), call.axis(call.attr("axis", -1))
    count = call.attr("k") if call.opset < 10 else _count(call, axis)
    largest = call.choice("largest", 1, 0, 1)
    call.attr("sorted")                     # the result is, which the other choice allows
    found = sym.topk(data, axis=axis, k=count, ret_typ="both", is_ascend=not largest,
                     dtype="int64")
    return [found[0], found[1]]


def _count(call: Call, axis: int) -> int:
    """How many items TopK takes; 0, which stands for all, where that is how many there are."""
    arrays = call.value(1).arrays
    if arrays is not None and tuple(int(k.item()) for k in arrays) == call.lengths()[axis]:
        return 0
    return call.ints(1, "k")[0]


@converts("CumSum")
def _cumsum(call: Call) -> Symbol:
    data, axis = call.sym(), call.axis(call.ints(1, "axis")[0])
    is_reverse = call.choice("reverse", 0, 0, 1)
    start = sym.flip(data, axis=axis) if is_reverse else data
    total = sym.cumsum(start, axis=axis)
    if call.choice("exclusive", 0, 0, 1):
        total = total - start
    return sym.flip(total, axis=axis) if is_reverse else total


@converts("LpNormalization")
def _lp_normalization(call: Call) -> Symbol:
    data, axis = call.sym(), call.axis(call.attr("axis", -1))
    reduce = _REDUCTIONS["ReduceL1" if call.choice("p", 2, 1, 2) == 1 else "ReduceL2"]
    norm = reduce(data, axis=(axis,), keepdims=True)
    return sym.broadcast_div(data, norm + sym.broadcast_equal(norm, sym.zeros_like(norm)))


@converts("GlobalAveragePool")
def _global_average(call: Call) -> Symbol:
    return _global(call, "avg")


@converts("GlobalMaxPool")
def _global_max(call: Call) -> Symbol:
    return _global(call, "max")


@converts("GlobalLpPool")
def _global_lp(call: Call) -> Symbol:
    p, axes = call.attr("p", 2), tuple(range(2, call.rank()))
    total = sym.sum(sym.abs(call.sym()) ** p, axis=axes, keepdims=True)
    return total ** (1 / p)


def _global(call: Call, kind: str) -> Symbol:
    if 3 <= call.rank() <= 5:
        return sym.Pooling(call.sym(), global_pool=True, pool_type=kind,
                           kernel=(1,) * (call.rank() - 2))
    function = sym.mean if kind == "avg" else sym.max
    return function(call.sym(), axis=tuple(range(2, call.rank())), keepdims=True)

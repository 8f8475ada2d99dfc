"""Normalizations."""

from __future__ import annotations

from ..... import symbol as sym
from .....symbol import Symbol
from ..call import FLOATS, Call
from ..table import converts


@converts("BatchNormalization", "SpatialBN")
def _batch_norm(call: Call) -> Symbol:
    eps, momentum = call.attr("epsilon", 1e-5), call.attr("momentum", 0.9)
    call.choice("training_mode", 0, 0)
    if call.choice("spatial", 1, 0, 1) == 0 and call.rank(1) != 1:
        raise call.unsupported("spatial=0 with a scale for each place is not supported")
    call.choice("is_test", 1, 1)
    call.ignore("order" if call.op_type == "SpatialBN" else "momentum")
    mean, var = (_state(call, i) for i in (3, 4))
    if mean is not None and var is not None:
        return sym.BatchNorm(call.sym(0), call.sym(1), call.sym(2), mean, var, eps=eps,
                             momentum=momentum, fix_gamma=False)
    gamma, beta, mean, var = (_channels(call, call.sym(i)) for i in range(1, 5))
    centered = sym.broadcast_sub(call.sym(0), mean)
    return sym.broadcast_add(sym.broadcast_mul(centered, gamma / sym.sqrt(var + eps)), beta)


def _state(call: Call, i: int) -> Symbol | None:
    """Input i as an auxiliary state; None if it is computed. One that is something else, too, or
    the state of another node, becomes one of its own."""
    value = call.value(i)
    array = value.constant
    if array is None:
        return None
    users = call.importer.users[value.name]
    if users == 1:
        return call.sym(i)
    return call.parameter("moving_mean" if i == 3 else "moving_var", array)


def _channels(call: Call, data: Symbol) -> Symbol:
    """(C,) as (1, C, 1, ...)."""
    return sym.reshape(data, shape=(1, -1, *(1,) * (call.rank() - 2)))


@converts("InstanceNormalization")
def _instance_norm(call: Call) -> Symbol:
    return sym.InstanceNorm(call.sym(0), call.sym(1), call.sym(2), eps=call.attr("epsilon", 1e-5))


@converts("LRN")
def _lrn(call: Call) -> Symbol:
    size = call.attr("size")
    if size % 2 == 0:
        raise call.unsupported(f"size must be odd; got {size}")
    return sym.LRN(call.sym(), nsize=size, alpha=call.attr("alpha", 1e-4),
                   beta=call.attr("beta", 0.75), knorm=call.attr("bias", 1.0))


@converts("LayerNormalization")
def _layer_norm(call: Call) -> Symbol:
    data, gamma = call.sym(0), call.sym(1)
    eps, axis = call.attr("epsilon", 1e-5), call.axis(call.attr("axis", -1))
    call.choice("stash_type", 1, *FLOATS)
    beta = call.sym(2) if call.has(2) else sym.zeros_like(gamma)
    if call.lengths(1) != call.lengths()[axis:]:
        raise call.unsupported(f"scale must have the shape of data from axis {axis} on, "
                               f"{call.shape()[axis:]}; got {call.shape(1)}")
    if axis == call.rank() - 1:
        return sym.LayerNorm(data, gamma, beta, axis=-1, eps=eps)
    flat = sym.reshape(data, shape=(*(0,) * axis, -1))
    gamma, beta = (sym.reshape(item, shape=(-1,)) for item in (gamma, beta))
    return sym.reshape_like(sym.LayerNorm(flat, gamma, beta, axis=-1, eps=eps), data)


@converts("GroupNormalization")
def _group_norm(call: Call) -> Symbol:
    data, groups = call.sym(), call.attr("num_groups")
    eps = call.attr("epsilon", 1e-5)
    call.choice("stash_type", 1, *FLOATS)
    ones, zeros = (make((groups,), dtype=call.out_dtype()) for make in (sym.ones, sym.zeros))
    normed = sym.InstanceNorm(sym.reshape(data, shape=(0, groups, -1)), ones, zeros, eps=eps)
    normed = sym.reshape_like(normed, data)
    gamma, beta = call.sym(1), call.sym(2)
    return sym.broadcast_add(sym.broadcast_mul(normed, _channels(call, gamma)),
                             _channels(call, beta))


@converts("MeanVarianceNormalization")
def _mean_variance(call: Call) -> Symbol:
    data = call.sym()
    axes = tuple(call.axis(axis) for axis in call.attr("axes", [0, 2, 3]))
    centered = sym.broadcast_sub(data, sym.mean(data, axis=axes, keepdims=True))
    deviation = sym.sqrt(sym.mean(sym.square(centered), axis=axes, keepdims=True))
    return sym.broadcast_div(centered, deviation + 1e-9)


@converts("RMSNormalization")
def _rms_norm(call: Call) -> Symbol:
    data, axis = call.sym(), call.axis(call.attr("axis", -1))
    call.choice("stash_type", 1, *FLOATS)
    mean = sym.mean(sym.square(data), axis=tuple(range(axis, call.rank())), keepdims=True)
    normed = sym.broadcast_div(data, sym.sqrt(mean + call.attr("epsilon", 1e-5)))
    return sym.broadcast_mul(normed, call.sym(1))

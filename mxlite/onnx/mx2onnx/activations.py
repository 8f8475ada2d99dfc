"""Activations and softmax."""

from __future__ import annotations

import math

import numpy as np

from ...ops.nn.leaky_relu import SELU_SLOPE
from .call import Call
from .graph import Free
from .pointwise import UNARY, times
from .table import translation


@translation("Activation")
def activation(call: Call) -> str:
    if call.op.act_type == "softmax":
        return call.add("Softmax", call.data, axis=-1)
    return UNARY[call.op.act_type](call, call.data, call.dtype)


@translation("LeakyReLU")
def leaky_relu(call: Call) -> str:
    op, kind = call.op, call.op.act_type
    if kind == "prelu":
        return _prelu(call)
    if kind == "gelu":
        half = times(call, call.data, 0.5, call.dtype)
        error = call.add("Erf", times(call, call.data, 1 / math.sqrt(2), call.dtype))
        return call.add("Mul", half, call.add("Add", error, call.constant(1, call.dtype)))
    if kind == "selu":
        gamma = 1.0507009873554805
        return call.add("Selu", call.data, alpha=SELU_SLOPE / gamma, gamma=gamma)
    if kind == "elu":
        return call.add("Elu", call.data, alpha=op.slope)
    slope = (op.lower_bound + op.upper_bound) / 2 if kind == "rrelu" else op.slope
    return call.add("LeakyRelu", call.data, alpha=slope)


def _prelu(call: Call) -> str:
    gamma = call.inputs[1]
    slopes = gamma.name
    if gamma.shape in ((1,), (1, 1)) or gamma.ndim == call.ndim:
        pass
    elif gamma.ndim == 2:               # one a sample and channel, or (1, C)
        slopes = call.expanded(slopes, *range(2, call.ndim))
    else:
        slopes = call.expanded(slopes, *range(1, call.ndim - 1))
    return call.add("PRelu", call.data, slopes)


def _scaled(call: Call) -> tuple[str, int]:
    """What goes into the exponential: (tensor, axis)."""
    op = call.op
    data, factor = call.input_as(0, call.out.dtype), op.sign / (op.temperature or 1.0)
    return (data if factor == 1 else times(call, data, factor, call.out.dtype),
            call.axis(op.axis))


@translation("softmax", "softmin")
def softmax(call: Call) -> str:
    data, axis = _scaled(call)
    if not call.op.use_length:
        return call.add("Softmax", data, axis=axis)
    counts = call.expanded(call.input_as(1, "int64"), axis)
    within = call.add("Less", _places(call, axis), counts)
    lowest = call.constant(-np.inf, call.out.dtype)
    made = call.add("Softmax", call.add("Where", within, data, lowest), axis=axis)
    return call.add("Where", within, made, call.constant(0, call.out.dtype))


def _places(call: Call, axis: int) -> str:
    """0, 1, 2, ... along an axis, shaped to broadcast with data."""
    length = call.shape[axis]
    rest = range(1, call.ndim - axis)
    if isinstance(length, Free):
        numbers = call.add("Range", call.constant(0, "int64"),
                           call.squeezed(call.length(length), 0), call.constant(1, "int64"))
    else:
        numbers = call.ints(range(length))
    return call.expanded(numbers, *rest)


@translation("log_softmax")
def log_softmax(call: Call) -> str:
    data, axis = _scaled(call)
    return call.add("LogSoftmax", data, axis=axis)


@translation("SoftmaxActivation")
def softmax_activation(call: Call) -> str:
    return _over(call, 1 if call.op.mode == "channel" else None)


@translation("SoftmaxOutput")
def softmax_output(call: Call) -> str:
    if call.op.multi_output:
        return _over(call, 1)
    return _over(call, call.ndim - 1 if call.op.preserve_shape else None)


def _over(call: Call, axis: int | None) -> str:
    """Softmax along an axis; None: over everything of a sample."""
    if axis is not None or call.ndim == 2:
        return call.add("Softmax", call.data, axis=1 if axis is None else axis)
    rest = call.fixed(call.shape[1:])
    flat = call.reshaped(call.data, (call.shape[0], math.prod(rest)))
    return call.reshaped(call.add("Softmax", flat, axis=1), call.shape)

"""Layers with weights: convolutions, products, normalizations."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ...ops.nn.layouts import is_channels_last
from .call import Call
from .graph import Length
from .table import translation


def to_first(call: Call, name: str, ndim: int) -> str:
    """A tensor whose channels are last, with channels first."""
    return call.transposed(name, [0, ndim - 1, *range(1, ndim - 1)])


def to_last(call: Call, name: str, ndim: int) -> str:
    """The inverse of to_first."""
    return call.transposed(name, [0, *range(2, ndim), 1])


def spatial(call: Call) -> tuple[Length, ...]:
    """The lengths of data's axes besides batch and channels."""
    return call.shape[1:-1] if is_channels_last(call.op.layout) else call.shape[2:]


def convolved(call: Call, op_type: str, data: str, weight: str, *bias: str) -> str:
    """Data by the weight, in the operator's layout; op_type: "Conv", or that of integers."""
    op, ndim = call.op, len(call.op.kernel)
    is_last = is_channels_last(op.layout)
    if is_last:
        data, weight = to_first(call, data, ndim + 2), to_first(call, weight, ndim + 2)
    made = call.add(op_type, data, weight, *bias, kernel_shape=list(op.kernel), group=op.num_group,
                    strides=list(op.stride or (1,) * ndim), pads=list(op.pad or (0,) * ndim) * 2,
                    dilations=list(op.dilate or (1,) * ndim))
    return to_last(call, made, ndim + 2) if is_last else made


@translation("Convolution", "Convolution_v1")
def convolution(call: Call) -> str:
    return convolved(call, "Conv", *[array.name for array in call.inputs])


@translation("Deconvolution")
def deconvolution(call: Call) -> str:
    op, ndim = call.op, len(call.op.kernel)
    stride, dilate, pad, adj = op.axes()
    if any(op.target_shape):
        pad, adj = op.padding(call.fixed(spatial(call)))
    data, weight, *bias = [array.name for array in call.inputs]
    is_last = is_channels_last(op.layout)
    if is_last:
        data, weight = to_first(call, data, ndim + 2), to_first(call, weight, ndim + 2)
    made = call.add("ConvTranspose", data, weight, *bias, kernel_shape=list(op.kernel),
                    group=op.num_group, strides=list(stride), dilations=list(dilate),
                    pads=list(pad) * 2, output_padding=list(adj) if any(adj) else None)
    return to_last(call, made, ndim + 2) if is_last else made


def as_rows(call: Call) -> str:
    """The data of a FullyConnected: a row a sample, unless it has `flatten` off."""
    if not call.op.flatten or call.ndim == 2:
        return call.data
    return call.reshaped(call.data, (call.shape[0], call.inputs[1].shape[1]))


@translation("FullyConnected")
def fully_connected(call: Call) -> str:
    weight, *bias = [array.name for array in call.inputs[1:]]
    data = as_rows(call)
    if call.op.flatten or call.ndim == 2:
        if bias and call.inputs[2].ndim != 1:
            bias = [call.reshaped(bias[0], call.inputs[1].shape[:1])]
        return call.add("Gemm", data, weight, *bias, transB=1)
    made = call.add("MatMul", data, call.transposed(weight, (1, 0)))
    return call.add("Add", made, bias[0]) if bias else made


# Normalizations ---------------------------------------------------------------------------------

@translation("BatchNorm", "BatchNorm_v1", "_contrib_SyncBatchNorm")
def batch_norm(call: Call) -> str:
    op = call.op
    data, gamma, beta, mean, var = [array.name for array in call.inputs]
    if op.fix_gamma:
        gamma = call.constant([1.0] * call.fixed(call.inputs[1].shape)[0], call.inputs[1].dtype)
    axis = call.axis(getattr(op, "axis", 1))
    order = list(range(call.ndim))
    order.insert(1, order.pop(axis))
    made = call.add("BatchNormalization", call.transposed(data, order), gamma, beta, mean, var,
                    epsilon=op.eps)
    return call.transposed(made, [order.index(i) for i in range(call.ndim)])


@translation("_contrib_BatchNormWithReLU")
def batch_norm_relu(call: Call) -> str:
    return call.add("Relu", batch_norm(call))


@translation("LayerNorm")
def layer_norm(call: Call) -> str:
    data, gamma, beta = [array.name for array in call.inputs]
    axis = call.axis(call.op.axis)
    order = [i for i in range(call.ndim) if i != axis] + [axis]
    made = call.add("LayerNormalization", call.transposed(data, order), gamma, beta, axis=-1,
                    epsilon=call.op.eps)
    return call.transposed(made, [order.index(i) for i in range(call.ndim)])


@translation("InstanceNorm")
def instance_norm(call: Call) -> str:
    return call.add("InstanceNormalization", *[array.name for array in call.inputs],
                    epsilon=call.op.eps)


@translation("GroupNorm")
def group_norm(call: Call) -> str:
    """The groups are the channels of an InstanceNormalization; gamma and beta are one a group."""
    groups = call.op.num_groups
    rest = call.fixed(call.shape[1:])
    apart = call.reshaped(call.data, (call.shape[0], groups, math.prod(rest) // groups))
    made = call.add("InstanceNormalization", apart, call.inputs[1].name, call.inputs[2].name,
                    epsilon=call.op.eps)
    return call.reshaped(made, call.shape)


@translation("L2Normalization")
def l2_normalization(call: Call) -> str:
    first = {"instance": 1, "channel": 1, "spatial": 2}[call.op.mode]
    axes: Sequence[int] = (1,) if call.op.mode == "channel" else range(first, call.ndim)
    squares = call.add("ReduceSum", call.add("Mul", call.data, call.data), call.ints(axes))
    size = call.add("Sqrt", call.add("Add", squares, call.constant(call.op.eps, call.dtype)))
    return call.add("Div", call.data, size)


@translation("LRN")
def lrn(call: Call) -> str:
    op = call.op
    data = call.expanded(call.data, *range(call.ndim, 4))       # runners know images alone
    made = call.add("LRN", data, alpha=op.alpha, beta=op.beta, bias=op.knorm, size=op.nsize)
    return call.squeezed(made, *range(call.ndim, 4))

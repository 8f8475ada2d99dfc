"""Arrays made of nothing: of one value, of numbers in a row, random ones."""

from __future__ import annotations

import math

import numpy as np

from ..dtypes import NUMBERS
from .call import Call
from .graph import Free
from .table import translation


def filled(call: Call, value: float) -> str:
    """The output, all of one value."""
    return call.add("Expand", call.constant(value, call.out.dtype),
                    call.shape_tensor(call.out.shape))


@translation("_zeros", "zeros_like")
def zeros(call: Call) -> str:
    return filled(call, 0)


@translation("_ones", "ones_like")
def ones(call: Call) -> str:
    return filled(call, 1)


@translation("_full")
def full(call: Call) -> str:
    return filled(call, call.op.value)


@translation("_contrib_arange_like")
def arange_like(call: Call) -> str:
    op = call.op
    length = call.out.shape[0] if op.axis is not None else None
    if op.axis is None or op.repeat != 1:
        length = None
    if length is None and not any(isinstance(n, Free) for n in call.out.shape):
        return numbers(call, math.prod(call.fixed(call.out.shape)), op.start, op.step, op.repeat)
    if length is None:
        raise call.refused("with free lengths, by dynamic_input_shapes, it needs an axis, and "
                           "repeat=1")
    count = call.cast(call.squeezed(call.length(length), 0), "int64", "float32")
    made = call.add("Range", call.constant(0, "float32"), count, call.constant(1, "float32"))
    made = call.add("Add", call.add("Mul", made, call.constant(op.step, "float32")),
                    call.constant(op.start, "float32"))
    return call.cast(made, "float32", call.out.dtype)


def numbers(call: Call, count: int, start: float, step: float, repeat: int) -> str:
    """start, start + step, ..., each `repeat` times, in the output's shape."""
    values = start + step * (np.arange(count) // repeat)
    return call.constant(values.reshape(call.fixed(call.out.shape)), call.out.dtype)


# Random numbers are those of the program that runs the model: their distribution is the same ------

@translation("_random_uniform", "_random_normal", "_random_uniform_like", "_random_normal_like")
def random(call: Call) -> str:
    first, second = call.scalars
    if "uniform" in call.op.name:
        kind, settings = "RandomUniform", {"low": first, "high": second}
    else:
        kind, settings = "RandomNormal", {"mean": first, "scale": second}
    if call.op.name.endswith("_like"):
        return call.add(f"{kind}Like", call.data, dtype=NUMBERS[call.out.dtype], **settings)
    return call.add(kind, shape=list(call.fixed(call.out.shape)), dtype=NUMBERS[call.out.dtype],
                    **settings)

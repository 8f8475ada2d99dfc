"""Random numbers, from mxlite's generators: the seed of a node names a state that they have not."""

from __future__ import annotations

from ..... import symbol as sym
from .....symbol import Symbol
from ..call import Call
from ..table import converts


@converts("RandomUniform", "RandomUniformLike")
def _uniform(call: Call) -> Symbol:
    low, high = call.attr("low", 0.0), call.attr("high", 1.0)
    call.ignore("seed")
    if call.op_type.endswith("Like"):
        return _typed(call, sym.random.uniform_like(_float(call), low=low, high=high))
    return sym.random.uniform(low, high, shape=_shape(call), dtype=_dtype(call))


@converts("RandomNormal", "RandomNormalLike")
def _normal(call: Call) -> Symbol:
    mean, scale = call.attr("mean", 0.0), call.attr("scale", 1.0)
    call.ignore("seed")
    if call.op_type.endswith("Like"):
        return _typed(call, sym.random.normal_like(_float(call), loc=mean, scale=scale))
    return sym.random.normal(mean, scale, shape=_shape(call), dtype=_dtype(call))


@converts("Multinomial")
def _multinomial(call: Call) -> Symbol:
    """Draws from what the input, logarithms of probabilities but for a term, says."""
    call.ignore("seed")
    chances = sym.softmax(call.sym(), axis=-1)
    return sym.sample_multinomial(chances, shape=(call.attr("sample_size", 1),),
                                  dtype=call.dtype_name(call.attr("dtype", 6)))


def _shape(call: Call) -> tuple[int, ...]:
    return tuple(call.attr("shape")) or (1,)


def _dtype(call: Call) -> str:
    return call.dtype_name(call.attr("dtype", 1))


def _float(call: Call) -> Symbol:
    return call.sym() if call.is_float() else sym.Cast(call.sym(), dtype="float32")


def _typed(call: Call, data: Symbol) -> Symbol:
    wanted = call.attr("dtype", call.dtype())
    return data if wanted == call.dtype() else sym.Cast(data, dtype=call.dtype_name(wanted))

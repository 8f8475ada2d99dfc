"""Functions of each element, of one array and of several."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from ..... import symbol as sym
from .....symbol import Symbol
from ..call import Call
from ..table import CONVERTERS, converts

_UNARY = {
    "Abs": sym.abs, "Acos": sym.arccos, "Acosh": sym.arccosh, "Asin": sym.arcsin,
    "Asinh": sym.arcsinh, "Atan": sym.arctan, "Atanh": sym.arctanh, "Ceil": sym.ceil,
    "Cos": sym.cos, "Cosh": sym.cosh, "Erf": sym.erf, "Exp": sym.exp, "Floor": sym.floor,
    "Log": sym.log, "Neg": sym.negative, "Reciprocal": sym.reciprocal, "Relu": sym.relu,
    "Round": sym._internal._npi_rint, "Sigmoid": sym.sigmoid, "Sign": sym.sign, "Sin": sym.sin,
    "Sinh": sym.sinh, "Softsign": sym.softsign, "Sqrt": sym.sqrt, "Tan": sym.tan, "Tanh": sym.tanh,
}
# (on two arrays, array and number, number and array)
_BINARY: dict[str, tuple[Callable[..., Symbol], str, str]] = {
    "Add": (sym.broadcast_add, "_plus_scalar", "_plus_scalar"),
    "Sub": (sym.broadcast_sub, "_minus_scalar", "_rminus_scalar"),
    "Mul": (sym.broadcast_mul, "_mul_scalar", "_mul_scalar"),
    "Div": (sym.broadcast_div, "_div_scalar", "_rdiv_scalar"),
}
_LARGEST = float(np.finfo(np.float32).max)


def _unary(function: Callable[..., Symbol], call: Call) -> Symbol:
    return function(call.sym())


def _binary(name: str, call: Call) -> Symbol:
    function, right, left = _BINARY[name]
    for number, other, scalar in ((1, 0, right), (0, 1, left)):
        value, array = call.inputs[number], call.inputs[other]
        if value is None or array is None or value.rank or not array.rank:
            continue                        # a number of rank 1 may add an axis
        known = call.scalar(number)
        if known is not None and not (name == "Div" and not call.is_float()):
            return getattr(sym._internal, scalar)(call.sym(other), scalar=known)
    return function(call.sym(0), call.sym(1))


for _name, _function in _UNARY.items():
    CONVERTERS[_name] = functools.partial(_unary, _function)
for _name in _BINARY:
    CONVERTERS[_name] = functools.partial(_binary, _name)


@converts("Identity")
def _identity(call: Call) -> Symbol:
    return sym.identity(call.sym())


@converts("Dropout")
def _dropout(call: Call) -> Symbol:
    ratio = call.attr("ratio", 0.5)
    if call.has(1):
        ratio = call.constant(1, "ratio").item()
    if call.has(2) and bool(call.constant(2, "training_mode")):
        raise call.unsupported("training_mode must be false; a Dropout of mxlite drops in training "
                               "alone")
    call.ignore("seed")                     # of a generator that mxlite does not have
    return sym.Dropout(call.sym(), p=ratio)


@converts("Sum")
def _sum(call: Call) -> Symbol:
    inputs = call.syms()
    if len(inputs) > 1 and call.are_alike(*range(len(inputs))):
        return sym.add_n(*inputs)
    return functools.reduce(sym.broadcast_add, inputs) if len(inputs) > 1 else sym.identity(*inputs)


@converts("Mean")
def _mean(call: Call) -> Symbol:
    return functools.reduce(sym.broadcast_add, call.syms()) / len(call.inputs)


@converts("Max", "Min")
def _extreme(call: Call) -> Symbol:
    function = sym.broadcast_maximum if call.op_type == "Max" else sym.broadcast_minimum
    inputs = call.syms()
    return functools.reduce(function, inputs) if len(inputs) > 1 else sym.identity(*inputs)


@converts("Pow")
def _pow(call: Call) -> Symbol:
    base, exponent = call.sym(0), call.scalar(1)
    if exponent is not None and (call.is_float() or not call.is_float(1)) \
            and (exponent >= 0 or call.is_float()) and not _rank(call, 1):
        return base ** exponent
    if call.dtype(0) == call.dtype(1):
        return sym.broadcast_power(base, call.sym(1))
    wide = "float64" if 11 in (call.dtype(0), call.dtype(1)) else "float32"
    power = sym.broadcast_power(*(sym.Cast(item, dtype=wide) for item in (base, call.sym(1))))
    return sym.Cast(power, dtype=call.out_dtype())


@converts("Mod")
def _mod(call: Call) -> Symbol:
    if call.choice("fmod", 0, 0, 1):
        return sym._internal._npi_fmod(call.sym(0), call.sym(1))
    return sym.broadcast_mod(call.sym(0), call.sym(1))


@converts("Clip")
def _clip(call: Call) -> Symbol:
    data = call.sym()
    if call.opset < 11:
        low, high = call.attr("min", -_LARGEST), call.attr("max", _LARGEST)
        return sym.clip(data, a_min=low, a_max=high)
    numbers = [_bound(call, i) for i in (1, 2)]
    if None not in numbers:
        return sym.clip(data, a_min=numbers[0], a_max=numbers[1])
    if call.has(1):
        data = sym.broadcast_maximum(data, call.sym(1)) if numbers[0] is None \
            else sym.maximum(data, numbers[0])
    if call.has(2):
        data = sym.broadcast_minimum(data, call.sym(2)) if numbers[1] is None \
            else sym.minimum(data, numbers[1])
    return data if call.has(1) or call.has(2) else sym.identity(data)


def _bound(call: Call, i: int) -> Any:
    """A number that input i of Clip is known to hold."""
    value = call.inputs[i] if call.has(i) else None
    return None if value is None or value.constant is None \
        else call.constant(i, "the bound").item()


@converts("LeakyRelu")
def _leaky_relu(call: Call) -> Symbol:
    return sym.LeakyReLU(call.sym(), act_type="leaky", slope=call.attr("alpha", 0.01))


@converts("Elu")
def _elu(call: Call) -> Symbol:
    return sym.LeakyReLU(call.sym(), act_type="elu", slope=call.attr("alpha", 1.0))


@converts("Selu")
def _selu(call: Call) -> Symbol:
    alpha, gamma = call.attr("alpha", 1.6732632), call.attr("gamma", 1.050701)
    if abs(alpha - 1.6732632) < 1e-6 and abs(gamma - 1.050701) < 1e-6:
        return sym.LeakyReLU(call.sym(), act_type="selu")
    return sym.LeakyReLU(call.sym(), act_type="elu", slope=alpha) * gamma


@converts("Celu")
def _celu(call: Call) -> Symbol:
    alpha = call.attr("alpha", 1.0)
    return sym.LeakyReLU(call.sym() / alpha, act_type="elu", slope=1.0) * alpha


@converts("ThresholdedRelu")
def _thresholded_relu(call: Call) -> Symbol:
    data = call.sym()
    return sym.where(data > call.attr("alpha", 1.0), data, sym.zeros_like(data))


@converts("PRelu")
def _prelu(call: Call) -> Symbol:
    data, slope = call.sym(), call.sym(1)
    sizes, rank = call.shape(1), call.rank()
    per_channel = len(sizes) == rank - 1 and all(size == 1 for size in sizes[1:])
    if rank > 1 and (per_channel or np.prod([size or 0 for size in sizes]) == 1):
        return sym.LeakyReLU(data, sym.reshape(slope, shape=(-1,)), act_type="prelu")
    return sym.relu(data) - sym.broadcast_mul(slope, sym.relu(-data))


@converts("Gelu")
def _gelu(call: Call) -> Symbol:
    data = call.sym()
    if call.choice("approximate", "none", "none", "tanh") == "none":
        return sym.LeakyReLU(data, act_type="gelu")
    inner = 0.7978845608028654 * (data + 0.044715 * data * data * data)
    return 0.5 * data * (1 + sym.tanh(inner))


@converts("Mish")
def _mish(call: Call) -> Symbol:
    data = call.sym()
    return data * sym.tanh(sym.Activation(data, act_type="softrelu"))


@converts("Softplus")
def _softplus(call: Call) -> Symbol:
    return sym.Activation(call.sym(), act_type="softrelu")


@converts("HardSigmoid")
def _hard_sigmoid(call: Call) -> Symbol:
    return sym.hard_sigmoid(call.sym(), alpha=call.attr("alpha", 0.2), beta=call.attr("beta", 0.5))


@converts("HardSwish")
def _hard_swish(call: Call) -> Symbol:
    data = call.sym()
    return data * sym.hard_sigmoid(data, alpha=1 / 6, beta=0.5)


@converts("Swish")
def _swish(call: Call) -> Symbol:
    data = call.sym()
    return data * sym.sigmoid(data * call.attr("alpha", 1.0))


@converts("Shrink")
def _shrink(call: Call) -> Symbol:
    data, bias, edge = call.sym(), call.attr("bias", 0.0), call.attr("lambd", 0.5)
    return (data - bias) * (data > edge) + (data + bias) * (data < -edge)


def _rank(call: Call, i: int) -> int:
    value = call.inputs[i]
    return (value.rank or 0) if value is not None else 0

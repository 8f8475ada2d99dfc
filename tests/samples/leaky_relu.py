"""Samples of LeakyReLU."""

import math

import numpy as np

from .sample import Sample, Spread

SELU_SCALE, SELU_SLOPE = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717


def elu(x, slope=0.25):
    return np.where(x > 0, x, slope * np.expm1(np.minimum(x, 0)))


def gelu(x):
    return x * (1 + np.vectorize(math.erf, otypes="d")(x / math.sqrt(2))) / 2


def prelu(x, gamma):
    spread = gamma.reshape(-1, *[1] * (x.ndim - 2)) if x.ndim > 1 else gamma
    return np.where(x > 0, x, spread * x)


def rrelu(x, lower_bound=0.125, upper_bound=0.334):
    mean = (lower_bound + upper_bound) / 2
    return [np.where(x > 0, x, mean * x), np.full_like(x, mean)]


PLAIN = {"leaky": lambda x, slope=0.25: np.where(x > 0, x, slope * x), "elu": elu,
         "selu": lambda x: SELU_SCALE * elu(x, SELU_SLOPE), "gelu": gelu}


def leaky_relu(*inputs, act_type="leaky", **params):
    return {**PLAIN, "prelu": prelu, "rrelu": rrelu}[act_type](*inputs, **params)


X = Spread((2, 3, 4))
SAMPLES = [
    Sample("LeakyReLU", (X,), leaky_relu, second=True, slack=4),
    *[Sample("LeakyReLU", (X,), leaky_relu, {"act_type": kind}, second=True, slack=4,
             single=kind == "gelu", recorded=kind != "selu") for kind in PLAIN],
    # MXNet's gradient of selu is 1.05070 (1.67326 + y) below 0: not that of its output y
    Sample("LeakyReLU", (Spread((4, 4)),), leaky_relu, {"act_type": "selu"}, gradient="none",
           slack=4, single=True),
    *[Sample("LeakyReLU", (X,), leaky_relu, {"act_type": kind, "slope": 1.5}, second=True, slack=4)
      for kind in ("leaky", "elu")],
    *[Sample("LeakyReLU", (Spread(shape), gamma), leaky_relu, {"act_type": "prelu"}, second=True,
             slack=8) for shape, gamma in (
        ((2, 3, 4), (3,)), ((2, 3, 4), (1,)), ((4, 3), (3,)), ((6,), (6,)), ((2, 3, 2, 2), (3,)))],
    # MXNet leaves the second output as it finds it, and ends with a fault in training
    *[Sample("LeakyReLU", (X,), leaky_relu, {"act_type": "rrelu", **bounds}, second=True,
             recorded=False) for bounds in ({}, {"lower_bound": 0.25, "upper_bound": 0.75})],
]

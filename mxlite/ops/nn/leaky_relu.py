"""LeakyReLU: the rectifiers that let something through below 0."""

from __future__ import annotations

import math
from typing import Any

from ..binary import unbroadcast
from ..inference import common
from ..schema import Op, kernel, param, register, required
from ..trace import composed

KINDS = ("elu", "gelu", "leaky", "prelu", "rrelu", "selu")
SELU_SLOPE = 1.0507009873554805 * 1.6732632423543772


def leaky_kernel(name, data, gamma, slope):
    """The call of a kernel of csrc/cpu/leaky_relu.c; `gamma`: the shape of the slopes, or None."""
    N, C, S = 1, 1, data.size
    if gamma == data.shape:
        C, S = data.size, 1
    elif gamma is not None and len(gamma) == 2 and gamma[0] > 1:
        C = math.prod(gamma)
        S = math.prod(data.shape) // C if C else 0
    elif gamma not in (None, (1,), (1, 1)):
        N, C, S = data.shape[0], data.shape[1], math.prod(data.shape[2:])
    return kernel(name, data.dtype, N=N, C=C, S=S, has_gamma=int(gamma is not None),
                  slope=slope, work=2 * data.size)


@register("LeakyReLU", inputs="data gamma[act_type=prelu]")
class LeakyReLU(Op):
    """A rectifier that lets something through below 0, by name; shape and dtype stay.

    f(x) = x above 0 for all but selu and gelu. Below 0, leaky: slope x.
    prelu: gamma x, gamma (C,) along axis 1 of data (N, C, ...), (N, C), either 1, or (1,) (He et
    al., 2015, "Delving Deep into Rectifiers").
    elu: slope (e^x - 1) (Clevert, Unterthiner and Hochreiter, 2015, "Fast and Accurate Deep Network
    Learning by Exponential Linear Units"). rrelu: s x, in training with an s of its own, uniform
    over [lower_bound, upper_bound), for each element, otherwise with their mean; a second output,
    shaped like data, holds s (Xu et al., 2015, "Empirical Evaluation of Rectified Activations in
    Convolutional Network"). selu: elu with slope 1.67326, and all of it times 1.05070 (Klambauer et
    al., 2017, "Self-Normalizing Neural Networks"). gelu: x P(X <= x), X standard normal (Hendrycks
    and Gimpel, 2016, "Gaussian Error Linear Units").
    """

    dtype_rule = "F -> F"
    initializers = {"gamma": '["Constant", {"value": 0.25}]'}

    act_type: str = param("leaky", "which of them", choices=KINDS)
    slope: float = param(0.25, "of leaky and elu")
    lower_bound: float = param(0.125, "the least slope of rrelu")
    upper_bound: float = param(0.334, "the bound above the slopes of rrelu")

    def __init__(self, **values: Any) -> None:
        self.uses_train = self.random = values["act_type"] == "rrelu"
        super().__init__(**values)

    def check(self):
        if self.lower_bound > self.upper_bound:
            raise self.value_error("lower_bound", f"at most upper_bound, {self.upper_bound}",
                                   self.lower_bound)

    @property
    def num_outputs(self):
        return 2 if self.act_type == "rrelu" else 1

    @property
    def elementwise(self):
        return self.act_type != "prelu"

    def output_names(self):
        return ["output", "mask"][:self.num_outputs]

    def slopes(self, data):
        """The shape of a slope for each channel."""
        return data[1:2] or data[:1] or (1,)

    def fill_shapes(self, inputs, outputs):
        data = common(inputs[0], *outputs)
        gammas = inputs[1:]
        if gammas == [None] and data is not None:
            gammas = [self.slopes(data)]
        return [data, *gammas], [data] * len(outputs)

    def infer_shape(self, data, gamma=None):
        if gamma is not None and gamma not in ((1,), self.slopes(data)) and not (
                len(gamma) == 2 and len(data) > 1
                and all(m in (1, n) for m, n in zip(gamma, data[:2], strict=True))):
            rows = f", or {data[:2]} with 1 for either" if len(data) > 1 else ""
            raise self.shape_error("gamma", f"(1,) or {self.slopes(data)}{rows}", gamma)
        return [data] * self.num_outputs

    def prepare(self, inputs, outputs, train=False):
        data = inputs[0]
        if self.act_type == "rrelu":
            return composed(self.drawn if train else self.mean, inputs)
        prelu = self.act_type == "prelu"
        return leaky_kernel("leaky" if prelu else self.act_type, data,
                            inputs[1].shape if prelu else None, self.slope)

    def drawn(self, F, data):
        """rrelu in training: data times its derivative."""
        slopes = F._random_uniform(low=self.lower_bound, high=self.upper_bound, shape=data.shape,
                                   dtype=data.dtype)
        return [F._backward_LeakyReLU(data, data, slopes, act_type="leaky"), slopes]

    def mean(self, F, data):
        """rrelu in prediction."""
        mean = (self.lower_bound + self.upper_bound) / 2
        return [F.LeakyReLU(data, act_type="leaky", slope=mean),
                F._full(shape=data.shape, value=mean, dtype=data.dtype)]

    def grad(self, F, dy, inputs, outputs):
        data = inputs[0]
        if self.act_type == "rrelu":
            return [F._backward_LeakyReLU(dy[0], data, outputs[1], act_type="leaky")]
        if self.act_type != "prelu":
            return [F._backward_LeakyReLU(dy[0], data, act_type=self.act_type, slope=self.slope)]
        below = F._minimum_scalar(data, scalar=0.0)
        return [F._backward_LeakyReLU(dy[0], *inputs, act_type="leaky"),
                by_slope(F, dy[0] * below, inputs[1])]


def by_slope(F, gradient, gamma):
    """`gradient`, shaped like data, summed over what shares an entry of gamma."""
    if gradient.shape == gamma.shape:
        return gradient
    spread = gamma.shape
    if gradient.ndim > 1:
        leading = (1,) if len(gamma.shape) == 1 else ()
        spread = (*leading, *gamma.shape, *[1] * (gradient.ndim - 2))
    return unbroadcast(F, gradient, spread).reshape(gamma.shape)


@register("_backward_LeakyReLU", inputs="dy data gamma?")
class LeakyReLUGrad(Op):
    """dy f'(data): of leaky with a slope for all, for each channel or for each element; elu, ..."""

    act_type: str = required(choices=("leaky", "elu", "selu", "gelu"))
    slope: float = param(0.0)

    @property
    def elementwise(self):
        return self.act_type != "leaky"         # which may have slopes for each channel

    def prepare(self, inputs, outputs):
        return leaky_kernel("grad_" + self.act_type, inputs[1],
                            inputs[2].shape if len(inputs) == 3 else None, self.slope)

    def grad(self, F, dy, inputs, outputs):
        g, given, data = dy[0], inputs[0], inputs[1]
        first = F._backward_LeakyReLU(g, *inputs[1:], act_type=self.act_type, slope=self.slope)
        below = F._lesser_equal_scalar(data, scalar=0.0)
        if self.act_type == "leaky":
            if len(inputs) == 2:
                return [first, None]
            return [first, None, by_slope(F, g * given * below, inputs[2])]
        if self.act_type == "gelu":
            square = data * data
            density = F.exp(square * -0.5) * (1 / math.sqrt(2 * math.pi))
            return [first, g * given * density * (2.0 - square)]
        slope = self.slope if self.act_type == "elu" else SELU_SLOPE
        bend = F.exp(F._minimum_scalar(data, scalar=0.0)) * slope
        return [first, g * given * below * bend]

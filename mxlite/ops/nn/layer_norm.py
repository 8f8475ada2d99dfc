"""LayerNorm, InstanceNorm, GroupNorm and L2Normalization: one row kernel serves them.

The kernel sees data as (A, B, C). LayerNorm and L2Normalization's channels run along B (over=1),
the others along C (over=2); gamma and beta are (B,).
"""

from __future__ import annotations

import math

from ...base import Shape
from ..inference import common, output_like_data, text_of, with_length
from ..schema import Op, kernel, param, register, required


class _Norm(Op):
    """Base: out = (data - mean) / sqrt(var + eps) * gamma + beta."""

    over = 2
    dtype_rule = "F -> F"

    def view(self, data):
        """data as (A, B, C)."""
        raise NotImplementedError

    def rule(self):
        """What (B,) is, for messages."""
        raise NotImplementedError

    def fill_shapes(self, inputs, outputs):
        data = common(inputs[0], outputs[0])
        vector = data and self.vector(data)
        return [data, vector, vector], [data, *outputs[1:]]

    def vector(self, data):
        """The shape of gamma and beta for partially known data."""
        self.check_spatial(data)
        return (data[1],)

    def check_spatial(self, data):
        if len(data) < 3:
            raise self.shape_error("data", "of at least 3 axes, (N, C, *spatial)", text_of(data))

    def infer_shape(self, data, gamma, beta):
        vector = (self.view(data)[1],)
        for name, shape in (("gamma", gamma), ("beta", beta)):
            if shape != vector:
                raise self.shape_error(name, f"{vector}, {self.rule()}", shape)
        return [data]

    def prepare(self, inputs, outputs):
        A, B, C = self.view(inputs[0].shape)
        return kernel("layer_norm", inputs[0].dtype, A=A, B=B, C=C, over=self.over,
                      stats=int(len(outputs) == 3), eps=self.eps, work=2 * inputs[0].size)

    def grad(self, F, dy, inputs, outputs):
        data, gamma, _ = inputs
        return F._backward_LayerNorm(dy[0], data, gamma, view=self.view(data.shape),
                                     over=self.over, eps=self.eps)


class _NormWithStats(_Norm):
    """Base: mean and sqrt(var + eps) are outputs, too; they have no gradient."""

    num_outputs = 3

    @property
    def visible_outputs(self):
        return 3 if self.output_mean_var else 1


@register("LayerNorm", inputs="data gamma beta", outputs="output mean std")
class LayerNorm(_NormWithStats):
    """out = (data - mean) / sqrt(var + eps) * gamma + beta, mean and var along `axis`.

    gamma and beta: (n,), n the length of that axis. Outputs: out; with output_mean_var also mean
    and sqrt(var + eps), shaped like data with n = 1. Ba, Kiros and Hinton, 2016, "Layer
    Normalization".
    """

    over = 1
    axis: int = param(-1, "the axis that is normalised")
    eps: float = param(1e-5, "added to the variance", low=0)
    output_mean_var: bool = param(False, "return mean and sqrt(var + eps) as well")

    def view(self, data):
        axis = self.axis_in(self.axis, len(data))
        return math.prod(data[:axis]), data[axis], math.prod(data[axis + 1:])

    def vector(self, data):
        return (data[self.axis_in(self.axis, len(data))],)

    def rule(self):
        return f"the length of axis {self.axis} of data"

    def infer_shape(self, data, gamma, beta):
        axis = self.axis_in(self.axis, len(data))
        stats = (*data[:axis], 1, *data[axis + 1:])
        return [*super().infer_shape(data, gamma, beta), stats, stats]

    def fill_shapes(self, inputs, outputs):
        inputs, (data, *_) = super().fill_shapes(inputs, outputs)
        stats = data and with_length(data, self.axis_in(self.axis, len(data)), 1)
        return inputs, [data, stats, stats]


@register("InstanceNorm", inputs="data gamma beta", outputs="output mean var")
class InstanceNorm(_Norm):
    """out = (data - mean) / sqrt(var + eps) * gamma + beta, for each channel of each instance.

    data (N, C, *spatial), gamma and beta (C,); mean and var over the spatial axes, in training
    and prediction. Ulyanov, Vedaldi and Lempitsky, 2016, "Instance Normalization: The Missing
    Ingredient for Fast Stylization".
    """

    eps: float = param(1e-3, "added to the variance", low=0)

    def view(self, data):
        self.check_spatial(data)
        return data[0], data[1], math.prod(data[2:])

    def rule(self):
        return "the length of axis 1 of data"


@register("GroupNorm", inputs="data gamma beta", outputs="output mean std")
class GroupNorm(_NormWithStats):
    """out = (data - mean) / sqrt(var + eps) * gamma + beta, for each group of each instance.

    data (N, C, *spatial), of whose channels C / num_groups neighbours make a group; gamma and beta
    (num_groups,). Outputs: out; with output_mean_var also mean and sqrt(var + eps),
    (N, num_groups). Wu and He, 2018, "Group Normalization", has one gamma a channel instead.
    """

    num_groups: int = param(1, "how many groups", low=1)
    eps: float = param(1e-5, "added to the variance", low=0)
    output_mean_var: bool = param(False, "return mean and sqrt(var + eps) as well")

    def view(self, data):
        self.check_spatial(data)
        if data[1] % self.num_groups:
            raise self.value_error("num_groups", f"a divisor of {data[1]}, the length of axis 1",
                                   self.num_groups)
        return data[0], self.num_groups, data[1] // self.num_groups * math.prod(data[2:])

    def vector(self, data):
        self.check_spatial(data)
        return (self.num_groups,)

    def rule(self):
        return "one entry a group"

    def infer_shape(self, data, gamma, beta):
        stats = (data[0], self.num_groups)
        return [*super().infer_shape(data, gamma, beta), stats, stats]


@register("_backward_LayerNorm", inputs="dy data gamma")
class LayerNormGrad(Op):
    """d_data, d_gamma, d_beta of any of the three; `view`: data as (A, B, C)."""

    num_outputs = 3
    view: Shape = required()
    over: int = required()
    eps: float = required()

    def infer_shape(self, dy, data, gamma):
        return [data, gamma, gamma]

    def prepare(self, inputs, outputs):
        data = inputs[1]
        A, B, C = self.view
        return kernel("layer_norm_grad", data.dtype, A=A, B=B, C=C, over=self.over, stats=0,
                      eps=self.eps, work=4 * data.size)

    def grad(self, F, dy, inputs, outputs):
        """Of L = <g, d_data> + <a, d_gamma> + <b, d_beta>.

        With s = 1 / sqrt(var + eps), averages E over a row, x = s (data - E[data]) and
        P(u) = s (u - E[u] - x E[u x]): d_data = P(dy gamma), d_gamma = sum(dy x),
        d_beta = sum(dy). P is symmetric, and is the derivative of x by data.
        """
        shape = inputs[1].shape
        g, given, data = [ref.reshape(self.view) for ref in (dy[0], *inputs[:2])]
        gamma, a, b = [ref.reshape((1, self.view[1], 1)) for ref in (inputs[2], *dy[1:])]

        def mean(ref):
            return F.mean(ref, axis=self.over, keepdims=True)

        centred = data - mean(data)
        s = (mean(F.square(centred)) + self.eps) ** -0.5
        x = centred * s

        def projected(ref):
            return (ref - mean(ref) - x * mean(ref * x)) * s

        h = given * gamma
        along_g, along_h = mean(g * x), mean(h * x)
        alike = mean(g * h) - mean(g) * mean(h) - along_g * along_h
        by_g = projected(g)
        d_given = by_g * gamma + x * a + b
        d_data = projected(given * a - (g * along_h + h * along_g) * s) - x * alike * s * s
        d_gamma = F.sum(given * by_g, axis=(0, 2))
        return [d_given.reshape(shape), d_data.reshape(shape), d_gamma]


@register("L2Normalization", outputs="output norm")
class L2Normalization(Op):
    """out = data / sqrt(sum(data^2) + eps), shape and dtype stay.

    The sum is over all axes but the first (mode 'instance'), over axis 1 ('channel'), or over all
    axes from 2 on ('spatial').
    """

    dtype_rule = "F -> F"
    eps: float = param(1e-10, "added to the sum", low=0)
    mode: str = param("instance", "what is summed", choices=("channel", "instance", "spatial"))

    def view(self, data):
        """data as (A, B, C), and which of them is summed over."""
        if self.mode == "instance":
            return (data[0] if data else 1, math.prod(data[1:]), 1), 1
        return (data[0], data[1], math.prod(data[2:])), 1 if self.mode == "channel" else 2

    def fill_shapes(self, inputs, outputs):
        return output_like_data(inputs, outputs)

    def infer_shape(self, data):
        if self.mode != "instance" and len(data) < 3:
            raise self.shape_error("data", f"of at least 3 axes in mode {self.mode!r}", data)
        return [data]

    def prepare(self, inputs, outputs):
        (A, B, C), over = self.view(inputs[0].shape)
        return kernel("l2_norm", inputs[0].dtype, A=A, B=B, C=C, over=over, stats=0, eps=self.eps,
                      work=2 * inputs[0].size)

    def grad(self, F, dy, inputs, outputs):
        shape, over = self.view(inputs[0].shape)
        g, x, y = [ref.reshape(shape) for ref in (dy[0], inputs[0], outputs[0])]
        squares = F.sum(F.square(x), axis=over, keepdims=True)
        inverse = (squares + self.eps) ** -0.5
        projection = F.sum(g * y, axis=over, keepdims=True)
        return [((g - y * projection) * inverse).reshape(inputs[0].shape)]

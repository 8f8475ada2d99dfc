"""LRN: each value over a power of the squares of the channels around it."""

from __future__ import annotations

import math

from ..inference import output_like_data
from ..schema import Op, kernel, param, register, required
from ..trace import composed, composed_gradients


class _LRN(Op):
    """Base: the parameters, and what is computed, as operators that every device has."""

    dtype_rule = "F -> F"
    alpha: float = param(1e-4, "factor of the mean square")
    beta: float = param(0.75, "the power")
    knorm: float = param(2.0, "added to the mean square")
    nsize: int = required("number of channels to sum over, an odd number", low=1)

    def call(self, name, data, steps, inputs):
        """The kernel of this name, or the steps on devices that do not have it."""
        N, C, *rest = data.shape
        return kernel(name, data.dtype, work=data.size * (self.nsize + 4), N=N, C=C,
                      S=math.prod(rest), half=self.nsize // 2, scale=self.alpha / self.nsize,
                      beta=self.beta, knorm=self.knorm, elsewhere=lambda: composed(steps, inputs))

    def around(self, F, x):
        """The sums over neighbouring channels."""
        if not x.size:
            return x
        N, C, *rest = x.shape
        rows = x.reshape((N, 1, C, math.prod(rest)))
        sums = F.Pooling(rows, kernel=(self.nsize, 1), pad=(self.nsize // 2, 0), pool_type="sum")
        return sums.reshape(x.shape)

    def norm(self, F, data):
        return self.around(F, data * data) * (self.alpha / self.nsize) + self.knorm

    def steps(self, F, data):
        return data * self.norm(F, data) ** -self.beta

    def gradient(self, F, dy, data):
        norm = self.norm(F, data)
        scale = norm ** -self.beta
        rest = self.around(F, dy * data * scale / norm)
        return dy * scale - data * rest * (2 * self.beta * self.alpha / self.nsize)


@register("LRN", outputs="output tmp_norm")
class LRN(_LRN):
    """data / norm ** beta, norm = knorm + alpha / nsize * sum of data ** 2 over nsize channels.

    data (N, C, ...): the sum is over the channels around each one, as many as there are on either
    side (Krizhevsky, Sutskever and Hinton, 2012, "ImageNet Classification with Deep Convolutional
    Neural Networks").
    """

    def check(self):
        if self.nsize % 2 == 0:
            raise self.value_error("nsize", "odd", self.nsize)

    def infer_shape(self, data):
        if len(data) < 2:
            raise self.shape_error("data", "of at least 2 axes, (N, C, ...)", data)
        return [data]

    def fill_shapes(self, inputs, outputs):
        return output_like_data(inputs, outputs)

    def prepare(self, inputs, outputs):
        return self.call("lrn", inputs[0], self.steps, inputs)

    def grad(self, F, dy, inputs, outputs):
        return [F._backward_LRN(dy[0], inputs[0], alpha=self.alpha, beta=self.beta,
                                knorm=self.knorm, nsize=self.nsize)]


@register("_backward_LRN", inputs="dy data")
class LRNGrad(_LRN):
    """d_data."""

    dtype_rule = "F F -> F"

    def prepare(self, inputs, outputs):
        return self.call("lrn_grad", inputs[1], self.gradient, inputs)

    def grad(self, F, dy, inputs, outputs):
        return composed_gradients(F, self.gradient, inputs, dy)

"""Regression outputs: operators with the gradient of a loss, whatever comes from above."""

from __future__ import annotations

import math

from ..inference import common
from ..schema import Op, kernel, param, register


class _Regression(Op):
    """Base: d_data = loss_gradient(out, label) * grad_scale / (outputs of a sample)."""

    is_logistic = False

    def fill_shapes(self, inputs, outputs):
        data, label = common(inputs[0], outputs[0]), inputs[1]
        if label is None and data is not None:
            label = data[:1] if data[1:] == (1,) else data
        return [data, label], [data]

    def infer_shape(self, data, label):
        flat = data[:1] if data[1:] == (1,) else data
        if label not in (data, flat):
            raise self.shape_error("label", str(data), label)
        return [data]

    def prepare(self, inputs, outputs):
        return kernel("regression_output", inputs[0].dtype, n=inputs[0].size,
                      is_logistic=int(self.is_logistic), work=inputs[0].size)

    def grad(self, F, dy, inputs, outputs):
        out, label = outputs[0], inputs[1]
        if label.shape != out.shape:
            label = label.reshape(out.shape)
        width = max(math.prod(out.shape[1:]), 1)
        return [self.error(F, out, label) * (self.grad_scale / width), None]

    def error(self, F, out, label):
        return out - label


@register("LinearRegressionOutput", inputs="data label")
class LinearRegressionOutput(_Regression):
    """data, with the gradient of half the squared error, whatever dy is: (data - label)."""

    grad_scale: float = param(1.0, "factor of the gradient")


@register("LogisticRegressionOutput", inputs="data label")
class LogisticRegressionOutput(_Regression):
    """sigmoid(data), with the gradient of the cross entropy: (out - label)."""

    is_logistic = True
    grad_scale: float = param(1.0, "factor of the gradient")


@register("MAERegressionOutput", inputs="data label")
class MAERegressionOutput(_Regression):
    """data, with the gradient of the absolute error: 1 where data > label, else -1."""

    grad_scale: float = param(1.0, "factor of the gradient")

    def error(self, F, out, label):
        return (out > label) * 2.0 - 1.0

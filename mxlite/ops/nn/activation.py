"""Activation: the activations of networks by name."""

from __future__ import annotations

from ..schema import REGISTRY, Op, register, required


@register("Activation")
class Activation(Op):
    """An activation by name; the shape stays. softmax, over the last axis, is mxlite's addition.

    relu = max(x, 0); softrelu = ln(1 + e^x); softsign = x / (1 + |x|); mish = x tanh(softrelu(x)).
    """

    dtype_rule = "F -> F"
    act_type: str = required("the function", choices=(
        "relu", "sigmoid", "tanh", "softrelu", "softsign", "log_sigmoid", "mish", "softmax"))

    @property
    def elementwise(self):
        return self.act_type != "softmax"

    def prepare(self, inputs, outputs):
        return REGISTRY[self.act_type].make({}).prepare(inputs, outputs)

    def grad(self, F, dy, inputs, outputs):
        return REGISTRY[self.act_type].make({}).grad(F, dy, inputs, outputs)

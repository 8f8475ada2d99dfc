"""Operators that say that an array is a function of others, with a derivative of zero.

The gradient of `x * z` for x is z, in which x no longer stands; `autograd.grad(create_graph=True)`
joins its results with its variables by these, so that a further derivative for x is zeros.
"""

from __future__ import annotations

from ..base import Shape
from .schema import Op, kernel, register, view


@register("_anchor", inputs="*data")
class Anchor(Op):
    """One zero, which counts as a function of all inputs."""

    arity = ""

    def infer_shape(self, *shapes: Shape) -> list[Shape]:
        return [(1,)]

    def infer_dtype(self, *dtypes):
        return ["float32"]

    def prepare(self, inputs, outputs):
        out = outputs[0]
        return kernel("fill", "bytes", n=1, item=out.itemsize, value=0, output=len(inputs))

    def grad(self, F, dy, inputs, outputs):
        return [None] * len(inputs)


@register("_anchored", inputs="data anchor")
class Anchored(Op):
    """`data`, which counts as a function of what `anchor` stands for."""

    def infer_dtype(self, *dtypes):
        return [dtypes[0]]

    def prepare(self, inputs, outputs):
        return view()

    def grad(self, F, dy, inputs, outputs):
        return [dy[0], None]

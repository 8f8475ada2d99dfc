"""Copies between devices."""

from __future__ import annotations

from typing import Any

from ..device.context import as_context
from .schema import Op, register, required, transfer


@register("_CrossDeviceCopy")
class CrossDeviceCopy(Op):
    """A copy of data on the context `ctx`."""

    ctx: Any = required("where the copy is")

    def output_ctx(self, specs, ctx):
        return as_context(self.ctx)

    def prepare(self, inputs, outputs):
        return transfer()

    def grad(self, F, dy, inputs, outputs):
        return [F._CrossDeviceCopy(dy[0], ctx=inputs[0].spec.ctx)]

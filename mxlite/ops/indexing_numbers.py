"""Operators between the places of an array and their numbers in its flattened form."""

from __future__ import annotations

import math
from typing import Any

from ..base import Shape
from .inference import common
from .schema import KernelCall, Op, host, kernel, param, register, required


class _Numbering(Op):
    """Base: computed by NumPy; no gradients."""

    def grad(self, F, dy, inputs, outputs):
        return [None] * len(inputs)

    def call(self, name: str, dtype: str, n: int) -> KernelCall:
        """A kernel between n places in an array of `shape` and their numbers."""
        shape: Shape = self.shape       # type: ignore[attr-defined]
        return kernel(name, dtype, n=n, ndim=len(shape), shape=shape, work=4 * n)


@register("_ravel_multi_index", "ravel_multi_index")
class RavelMultiIndex(_Numbering):
    """The numbers, in a flattened array of `shape`, of the places data (D, N): (N,)."""

    shape: Shape = required("lengths of the axes")

    def fill_shapes(self, inputs, outputs):
        out = outputs[0]
        return [common(inputs[0], out and (len(self.shape), *out))], outputs

    def infer_shape(self, data):
        if len(data) < 1 or data[0] != len(self.shape):
            raise self.shape_error("data", f"({len(self.shape)}, ...), a row an axis", data)
        return [data[1:] or (1,)]

    def prepare(self, inputs, outputs):
        def write(data: Any, out: Any) -> None:
            total = 0
            for row, n in zip(data.astype("int64"), self.shape, strict=True):
                total = total * n + row
            out[...] = total

        return host(write, lambda: self.call("ravel", inputs[0].dtype, outputs[0].size))


@register("_unravel_index", "unravel_index")
class UnravelIndex(_Numbering):
    """The places of the numbers data (...) in an array of `shape`: (len(shape), ...)."""

    shape: Shape = required("lengths of the axes")

    def fill_shapes(self, inputs, outputs):
        out = outputs[0]
        return [common(inputs[0], out and out[1:])], outputs

    def infer_shape(self, data):
        return [(len(self.shape), *data)]

    def prepare(self, inputs, outputs):
        def write(data: Any, out: Any) -> None:
            rest = data.astype("int64")
            for axis in range(len(self.shape) - 1, 0, -1):
                above = rest // self.shape[axis]
                out[axis] = rest - above * self.shape[axis]
                rest = above
            out[0] = rest

        return host(write, lambda: self.call("unravel", inputs[0].dtype, inputs[0].size))


@register("_contrib_index_array")
class IndexArray(_Numbering):
    """Every item's own place: data.shape + (number of axes,), int64."""

    dtype_rule = "any -> int64"
    axes: Shape | None = param(None, "axes to tell the index on; None: all")

    def infer_shape(self, data):
        axes = range(len(data)) if self.axes is None else self.axes
        for axis in axes:
            self.axis_in(axis, len(data), "axes")
        return [(*data, len(axes))]

    def prepare(self, inputs, outputs):
        shape = inputs[0].shape

        def write(data: Any, out: Any) -> None:
            import numpy as np

            axes = range(len(shape)) if self.axes is None else self.axes
            grid = np.indices(shape)
            for i, axis in enumerate(axes):
                out[..., i] = grid[axis]

        def call() -> KernelCall:
            axes = range(len(shape)) if self.axes is None else self.axes
            return kernel("index_array", "int64", n=inputs[0].size, count=len(axes),
                          stride=[math.prod(shape[axis:][1:]) for axis in axes],
                          length=[shape[axis] for axis in axes])

        return host(write, call)

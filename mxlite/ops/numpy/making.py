"""Arrays of one value, of the very shape that is given: 0 is a length, () the shape of a number;
and other arrays of numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...base import MXNetValueError, Shape
from ..init import Full, Ones, Zeros
from ..schema import KernelCall, Op, host, kernel, param, register, required
from .base import NumpyOp

DType = str


class Exact:
    """Base, before an operator that completes its parameter `shape` in graphs: it does not."""

    completed_from_use = False
    shape: Shape

    def fill_shapes(self, inputs: Any, outputs: Any) -> Any:
        return [], [self.shape]


@register("_npi_zeros", inputs="")
class NumpyZeros(Exact, Zeros):
    """An array of zeros of this very shape."""


@register("_npi_ones", inputs="")
class NumpyOnes(Exact, Ones):
    """An array of ones of this very shape."""


@register("_np_full", inputs="", graph_name="_full")
class NumpyFull(Exact, Full):
    """An array of one value of this very shape."""


@register("_npi_full_like", inputs="a")
class FullLike(NumpyOp):
    """An array of the shape of a, filled with a number."""

    fill_value: float = required("the number")
    dtype: DType | None = param(None, "dtype of the result; None: that of a")

    def infer_dtype(self, a):
        return [self.dtype or a]

    def fill_dtypes(self, inputs, outputs):
        return inputs, [self.dtype or inputs[0] or outputs[0]]

    def steps(self, F, a):
        return F._full(shape=a.shape, value=self.fill_value, dtype=self.dtype or a.dtype)

    def grad(self, F, dy, inputs, outputs):
        return [F.zeros_like(inputs[0])]


class _Listed(Op):
    """Base: of numbers that NumPy computes."""

    dtype: DType = param("float32", "dtype of the output")

    def values(self) -> Any:
        raise NotImplementedError

    def elsewhere(self) -> KernelCall:
        """The kernel of devices other than the host."""
        raise NotImplementedError

    def infer_shape(self):
        return [np.shape(self.values())]

    def infer_dtype(self):
        return [self.dtype]

    def fill_dtypes(self, inputs, outputs):
        return [], [self.dtype]

    def prepare(self, inputs, outputs):
        values = self.values()
        return host(lambda y: np.copyto(y, values, casting="unsafe"), self.elsewhere)

    def grad(self, F, dy, inputs, outputs):
        return []


class _Window(_Listed):
    M: int = required("how many")
    dtype: DType = param("float32", "dtype of the output")
    function: Any

    parts: tuple[float, float, float]       # a constant, cosines of once and twice the angle

    def values(self):
        return type(self).function(self.M)

    def elsewhere(self):
        a, b, c = self.parts
        return kernel("window", self.dtype, n=max(self.M, 0), a=a, b=b, c=c)


for _name, _parts in (("hanning", (0.5, 0.5, 0.0)), ("hamming", (0.54, 0.46, 0.0)),
                      ("blackman", (0.42, 0.5, 0.08))):
    register(f"_npi_{_name}", inputs="")(type(_name, (_Window,), {
        "parts": _parts,
        "__doc__": f"The {_name} window of M numbers.",
        "function": staticmethod(getattr(np, _name))}))


@register("_npi_logspace", inputs="")
class LogSpace(_Listed):
    """Numbers whose logarithms are spread evenly."""

    start: float = required("logarithm of the first number")
    stop: float = required("logarithm of the last number, or of the one behind it")
    num: int = param(50, "how many", low=0)
    endpoint: bool = param(True, "whether stop belongs to the last number")
    base: float = param(10.0, "base of the logarithms")
    dtype: DType = param("float32", "dtype of the output")

    def values(self):
        return np.logspace(self.start, self.stop, self.num, self.endpoint, self.base)

    def elsewhere(self):
        gaps = self.num - 1 if self.endpoint else self.num
        return kernel("logspace", self.dtype, n=self.num, start=self.start, base=self.base,
                      step=(self.stop - self.start) / gaps if gaps > 0 else 0.0)


@register("_npi_indices", inputs="")
class Indices(_Listed):
    """The index of each element along each axis: (axes, *dimensions)."""

    dimensions: Shape = required("the shape")
    dtype: DType = param("int32", "dtype of the output")

    def values(self):
        if min(self.dimensions, default=0) < 0:
            raise MXNetValueError(f"indices: dimensions must be at least 0; got {self.dimensions}")
        return np.indices(self.dimensions)

    def elsewhere(self):
        return kernel("indices", self.dtype, n=math.prod(self.dimensions),
                      ndim=len(self.dimensions), shape=self.dimensions)


@register("_npx_constraint_check", inputs="input")
class ConstraintCheck(Op):
    """Whether all elements are other than 0, shape (); a ValueError with msg where they are not."""

    msg: str = param("Constraint violated.", "what the error says")
    dtype_rule = "any -> bool"

    def infer_shape(self, data):
        return [()]

    def prepare(self, inputs, outputs):
        def write(data: Any, y: Any) -> None:
            if not np.all(data):
                raise MXNetValueError(self.msg)
            y[...] = True

        return host(write, lambda: kernel("constraint", inputs[0].dtype, size=inputs[0].size,
                                          is_above=0, low=0.0, high=0.0))

    def grad(self, F, dy, inputs, outputs):
        return [None]

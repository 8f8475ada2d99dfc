"""Operators that make an array from nothing. Their context is given to the call."""

from __future__ import annotations

import math

from ..base import DTYPES, Shape
from .inference import lengths_in_graph, output_like_data
from .schema import Op, kernel, param, register, required
from .strided import item_bits
from .trace import composed

DType = str


class _Making(Op):
    """Base: no inputs, a dtype as parameter."""

    dtype_rule = "-> dtype"
    dtype: DType

    def grad(self, F, dy, inputs, outputs):
        return []

    def filled(self, out, value):
        bits = item_bits(value, out.dtype)
        return kernel("fill", "bytes", n=out.size, item=out.itemsize, value=bits, output=0,
                      work=out.nbytes / 8)


class _Filling(_Making):
    """Base: an array of one value."""

    completed_from_use = True
    shape: Shape

    def fill_shapes(self, inputs, outputs):
        return [], [lengths_in_graph(self.shape)]

    def infer_shape(self):
        if any(n < 0 for n in self.shape):
            raise self.value_error("shape", "of lengths of at least 0", self.shape)
        return [self.shape]


@register("_zeros", inputs="")
class Zeros(_Filling):
    """An array of zeros."""

    shape: Shape = param((), "shape of the output")
    dtype: DType = param("float32", "dtype of the output")

    def prepare(self, inputs, outputs):
        return self.filled(outputs[0], 0)


@register("_ones", inputs="")
class Ones(_Filling):
    """An array of ones."""

    shape: Shape = param((), "shape of the output")
    dtype: DType = param("float32", "dtype of the output")

    def prepare(self, inputs, outputs):
        return self.filled(outputs[0], 1)


@register("_full", inputs="")
class Full(_Filling):
    """An array of one value; integer dtypes truncate it."""

    shape: Shape = param((), "shape of the output")
    dtype: DType = param("float32", "dtype of the output")
    value: float = required("the value")

    def check(self):
        if not math.isfinite(self.value) and "int" in self.dtype:
            raise self.value_error("value", f"finite for dtype {self.dtype}", self.value)
        bits = {"int32": 31, "int64": 63}.get(self.dtype)
        if bits and not -1 << bits <= int(self.value) < 1 << bits:
            raise self.value_error(
                "value", f"between {-1 << bits} and {(1 << bits) - 1} for dtype {self.dtype}",
                self.value)

    def prepare(self, inputs, outputs):
        return self.filled(outputs[0], self.value)


class _Range(_Making):
    """Base: evenly spaced numbers."""

    def check(self):
        if self.dtype == "bool":
            raise self.dtype_error("dtype", "other than bool", self.dtype)


@register("_arange", inputs="")
class Arange(_Range):
    """The numbers from start towards stop, stop excluded, step apart, each `repeat` times.

    y[i] = start + (i // repeat) * step, every operation rounded to the dtype.
    """

    start: float = required("the first number; without stop: where to stop, from 0")
    stop: float | None = param(None, "where to stop")
    step: float = param(1.0, "distance of two numbers")
    repeat: int = param(1, "how often each number comes", low=1)
    infer_range: bool = param(False, "in graphs, without stop: the length follows from the use")
    dtype: DType = param("float32", "dtype of the output")

    def bounds(self) -> tuple[float, float]:
        return (0.0, self.start) if self.stop is None else (self.start, self.stop)

    @property
    def completed_from_use(self):
        return self.infer_range and self.stop is None

    def settled(self, shape):
        groups, rest = divmod(shape[0], self.repeat)
        if rest:
            raise self.value_error("repeat", f"a divisor of the length {shape[0]}", self.repeat)
        within = max(groups - 0.5, 0)           # between two numbers, where no rounding matters
        return type(self).make({"start": self.start, "stop": self.start + within * self.step,
                                "step": self.step, "repeat": self.repeat, "dtype": self.dtype})

    def fill_shapes(self, inputs, outputs):
        return [], [(None,)] if self.completed_from_use else self.infer_shape()

    def check(self):
        super().check()
        if self.completed_from_use and self.step and math.isfinite(self.step):
            return                                  # there is no stop to be reached
        start, stop = self.bounds()
        if self.step == 0 or not all(map(math.isfinite, (start, stop, self.step))):
            raise self.value_error("step", "finite and not 0, with finite start and stop",
                                   self.step)
        if (stop - start) * self.step < 0:
            raise self.value_error("step", f"such that it leads from {start} to {stop}", self.step)

    def infer_shape(self):
        start, stop = self.bounds()
        return [(math.ceil((stop - start) / self.step) * self.repeat,)]

    def prepare(self, inputs, outputs):
        n = outputs[0].size
        return kernel("arange", self.dtype, n=n, repeat=self.repeat, start=self.bounds()[0],
                      step=self.step, work=n)


@register("_contrib_arange_like")
class ArangeLike(Op):
    """start, start + step, ..., each `repeat` times, as many as data has, in its shape and dtype.

    With `axis` as many as data has along that axis: (data.shape[axis],).
    """

    start: float = param(0.0, "the first number")
    step: float = param(1.0, "distance of two numbers")
    repeat: int = param(1, "how often each number comes", low=1)
    ctx: str | None = param(None, "MXNet's; it is that of data")
    axis: int | None = param(None, "the axis whose length counts; None: all of data")

    def infer_shape(self, data):
        return [data if self.axis is None else (data[self.axis_in(self.axis, len(data))],)]

    def fill_shapes(self, inputs, outputs):
        if self.axis is None:
            return output_like_data(inputs, outputs)
        data = inputs[0]
        return inputs, outputs if data is None else self.infer_shape(data)

    def prepare(self, inputs, outputs):
        return composed(self.numbers, inputs)

    def numbers(self, F, data):
        """The operators that it consists of."""
        shape = self.infer_shape(data.shape)[0]
        count = math.prod(shape)
        stop = math.ceil(count / self.repeat)
        out = F._arange(start=0.0, stop=float(stop), repeat=self.repeat, dtype=data.dtype)
        out = F.slice_axis(out, axis=0, begin=0, end=count)
        return (out * self.step + self.start).reshape(shape)

    def grad(self, F, dy, inputs, outputs):
        return [F.zeros_like(inputs[0])]


@register("_linspace", inputs="")
class Linspace(_Range):
    """`num` evenly spaced numbers from start to stop; stop is one of them if endpoint.

    y[i] = start + i * step in float64, rounded once.
    """

    start: float = required("the first number")
    stop: float = required("the last number, or the one behind it")
    num: int = required("how many numbers", low=0)
    endpoint: bool = param(True, "whether stop is the last number")
    dtype: DType = param("float32", "dtype of the output")

    def infer_shape(self):
        return [(self.num,)]

    def prepare(self, inputs, outputs):
        gaps = self.num - 1 if self.endpoint else self.num
        step = (self.stop - self.start) / gaps if gaps > 0 else 0.0
        return kernel("linspace", self.dtype, n=self.num, repeat=1, start=self.start, step=step,
                      work=self.num)


@register("_eye", inputs="")
class Eye(_Making):
    """The N x M matrix with ones on its k-th diagonal; M = 0: N x N."""

    N: int = required("number of rows", low=0)
    M: int = param(0, "number of columns; 0: N", low=0)
    k: int = param(0, "which diagonal; above 0: over the main one")
    dtype: DType = param("float32", "dtype of the output")

    def infer_shape(self):
        return [(self.N, self.M or self.N)]

    def prepare(self, inputs, outputs):
        N, M = outputs[0].shape
        return kernel("eye", "bytes", N=N, M=M, k=self.k, item=DTYPES[self.dtype][1],
                      one=item_bits(1, self.dtype), work=outputs[0].nbytes / 8)

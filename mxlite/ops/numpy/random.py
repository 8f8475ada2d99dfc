"""Random numbers in the very shape that is given: 0 is a length, () the shape of a number."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...base import MXNetValueError, Shape
from ..binary import broadcast_shape
from ..random import RandomNormal, RandomRandint, RandomUniform
from ..random_sample import RandomGamma
from ..schema import Op, host, kernel, param, register, required
from .base import NumpyOp
from .making import Exact
from .shapes import broadcast


@register("_np_random_uniform", inputs="")
class NumpyUniform(Exact, RandomUniform):
    """Numbers spread evenly over [low, high), in this very shape."""


@register("_np_random_normal", inputs="")
class NumpyNormal(Exact, RandomNormal):
    """Normally distributed numbers, in this very shape."""


@register("_np_random_randint", inputs="")
class NumpyRandint(Exact, RandomRandint):
    """Integers of [low, high), in this very shape."""


@register("_np_random_gamma", inputs="")
class NumpyGamma(Exact, RandomGamma):
    """Gamma distributed numbers, in this very shape."""


@register("_np_broadcast_over", inputs="*data")
class BroadcastOver(NumpyOp):
    """The first array, repeated to the shape that all have together, or to `size`; batched: size
    stands before that shape."""

    arity = ""
    size: Shape | None = param(None, "the shape; None: that of the arrays")
    batched: bool = param(False, "whether size stands before the shape of the arrays")
    dtype_rule = "T any -> T"

    def steps(self, F, first, *others):
        shape = first.shape
        for other in others:
            shape = broadcast_shape(self, shape, other.shape)
        if self.batched:
            shape = (*(self.size or ()), *shape)
        elif self.size is not None:
            if broadcast_shape(self, self.size, shape) != self.size:
                raise self.value_error("size", f"a shape to which {shape} broadcasts", self.size)
            shape = self.size
        y = broadcast(F, first, shape)
        return F._copy(y) if y is first else y


@register("_np_checked")
class Checked(Op):
    """data itself; a ValueError where an element lies outside of the bounds."""

    elementwise = True
    what: str = required("function and argument, for the error")
    low: float = param(0.0, "the least value")
    high: float = param(math.inf, "the largest value")
    is_above: bool = param(False, "whether low itself is too small")

    def prepare(self, inputs, outputs):
        def write(data: Any, y: Any) -> None:
            wrong = (data <= self.low if self.is_above else data < self.low) | (data > self.high)
            if np.any(wrong):
                rule = f"above {self.low:g}" if self.is_above else f"at least {self.low:g}"
                if self.high < math.inf:
                    rule = f"between {self.low:g} and {self.high:g}"
                raise MXNetValueError(f"{self.what} must be {rule}; got {data[wrong].flat[0]:g}")
            y[...] = data

        return host(write, lambda: kernel("checked", inputs[0].dtype, size=inputs[0].size,
                                          is_above=int(self.is_above), low=self.low,
                                          high=self.high))

    def grad(self, F, dy, inputs, outputs):
        return [dy[0]]

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
from .base import NumpyOp, cast, common_dtype
from .making import Exact
from .shapes import broadcast


@register("_npi_exact_uniform", inputs="")
class NumpyUniform(Exact, RandomUniform):
    """Numbers spread evenly over [low, high), in this very shape."""


@register("_npi_exact_normal", inputs="")
class NumpyNormal(Exact, RandomNormal):
    """Normally distributed numbers, in this very shape."""


@register("_npi_exact_randint", inputs="", graph_name="_random_randint")
class NumpyRandint(Exact, RandomRandint):
    """Integers of [low, high), in this very shape."""


@register("_npi_exact_gamma", inputs="")
class NumpyGamma(Exact, RandomGamma):
    """Gamma distributed numbers, in this very shape."""


@register("_npi_broadcast_over", inputs="*data")
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


@register("_npi_places_of", inputs="u p")
class PlacesOf(NumpyOp):
    """For each u of [0, 1) the first place up to which the sum of p (n,), probabilities, is above
    it; the last place where none is. int64, of the shape of u."""

    dtype_rule = "any any -> int64"

    def steps(self, F, u, p):
        if p.ndim != 1 or not p.size:
            raise self.shape_error("p", "of one axis, with an item or more", p.shape)
        dtype = common_dtype([u.dtype, p.dtype])
        u, sums, last = cast(F, u, dtype), F.cumsum(cast(F, p, dtype), axis=0), p.shape[0] - 1
        places = F._zeros(shape=u.shape, dtype="int64")
        for bit in reversed(range(last.bit_length())):      # how many of the sums are not above u
            further = places + float(1 << bit)
            sum_there = F.take(sums, further - 1.0, axis=0, mode="clip")
            is_right = F.elemwise_mul(F.Cast(F.broadcast_lesser_equal(sum_there, u), dtype="int64"),
                                      F._lesser_equal_scalar(further, scalar=float(last)))
            places = places + is_right * float(1 << bit)
        return places


@register("_npi_checked")
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

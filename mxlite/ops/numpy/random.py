"""Random numbers in the very shape that is given: 0 is a length, () the shape of a number."""

from __future__ import annotations

from ...base import Shape
from ..binary import broadcast_shape
from ..random import RandomNormal, RandomRandint, RandomUniform
from ..random_sample import RandomGamma
from ..schema import param, register
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

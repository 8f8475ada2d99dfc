"""Random initializers: Uniform, Normal, Xavier, MSRAPrelu, Orthogonal."""

from __future__ import annotations

import math

import numpy as np

from .. import ndarray as nd
from ..base import MXNetValueError
from ..random import numpy_generator
from ..wording import listing
from .base import Initializer, register


def _draw(kind: str, scale: float, arr: nd.NDArray) -> None:
    """Fill with uniform(-scale, scale) or normal(0, scale)."""
    if kind == "uniform":
        nd.random.uniform(-scale, scale, dtype=arr.dtype, out=arr)
    else:
        nd.random.normal(0, scale, dtype=arr.dtype, out=arr)


@register
class Uniform(Initializer):
    """Weights spread evenly over [-scale, scale)."""

    def __init__(self, scale: float = 0.07) -> None:
        super().__init__(scale=scale)
        self.scale = scale

    def _init_weight(self, name: str, arr: nd.NDArray) -> None:
        _draw("uniform", self.scale, arr)


@register
class Normal(Initializer):
    """Weights normally distributed with mean 0 and standard deviation sigma."""

    def __init__(self, sigma: float = 0.01) -> None:
        super().__init__(sigma=sigma)
        self.sigma = sigma

    def _init_weight(self, name: str, arr: nd.NDArray) -> None:
        _draw("normal", self.sigma, arr)


@register
class Xavier(Initializer):
    """Weights of scale sqrt(magnitude / factor), so that signals keep their size.

    factor is the number of inputs ('in') or outputs ('out') of a unit, or their mean ('avg'):
    shape (out, in, *window). rnd_type 'uniform' draws from [-scale, scale), 'gaussian' normally.
    """

    def __init__(self, rnd_type: str = "uniform", factor_type: str = "avg",
                 magnitude: float = 3) -> None:
        super().__init__(rnd_type=rnd_type, factor_type=factor_type, magnitude=magnitude)
        _one_of("rnd_type", rnd_type, ["uniform", "gaussian"])
        _one_of("factor_type", factor_type, ["avg", "in", "out"])
        self.rnd_type = rnd_type
        self.factor_type = factor_type
        self.magnitude = float(magnitude)

    def _init_weight(self, name: str, arr: nd.NDArray) -> None:
        if arr.ndim < 2:
            raise MXNetValueError(f"{type(self).__name__}: {name} must have at least 2 dimensions, "
                                  f"(outputs, inputs, ...); got {arr.shape}")
        window = math.prod(arr.shape[2:])
        fan_in, fan_out = arr.shape[1] * window, arr.shape[0] * window
        factor = {"avg": (fan_in + fan_out) / 2, "in": fan_in, "out": fan_out}[self.factor_type]
        _draw(self.rnd_type, math.sqrt(self.magnitude / factor), arr)


@register
class MSRAPrelu(Xavier):
    """Normal weights for layers followed by PReLU or ReLU: magnitude 2 / (1 + slope ** 2)."""

    def __init__(self, factor_type: str = "avg", slope: float = 0.25) -> None:
        super().__init__("gaussian", factor_type, 2 / (1 + slope ** 2))
        self._kwargs = {"factor_type": factor_type, "slope": slope}


@register
class Orthogonal(Initializer):
    """Weights whose rows (or columns, where there are fewer) are orthogonal, of length `scale`."""

    def __init__(self, scale: float = 1.414, rand_type: str = "uniform") -> None:
        super().__init__(scale=scale, rand_type=rand_type)
        _one_of("rand_type", rand_type, ["uniform", "normal"])
        self.scale = scale
        self.rand_type = rand_type

    def _init_weight(self, name: str, arr: nd.NDArray) -> None:
        shape = (arr.shape[0], math.prod(arr.shape[1:]))
        generator = numpy_generator()
        if self.rand_type == "uniform":
            drawn = generator.uniform(-1, 1, shape)
        else:
            drawn = generator.standard_normal(shape)
        left, _, right = np.linalg.svd(drawn, full_matrices=False)
        basis = left if left.shape == shape else right
        arr[:] = self.scale * basis.reshape(arr.shape)


def _one_of(name: str, value: str, choices: list[str]) -> None:
    if value not in choices:
        raise MXNetValueError(f"{name} must be {listing(choices)}; got {value!r}")

"""What a sample of an operator is. NumPy only: the recorder runs these tables under MXNet, too."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

FLOATS = ("float16", "float32", "float64")


@dataclass(frozen=True)
class Ints:
    """An input of whole numbers in [low, high); `dtype` where the operator wants just that one."""

    shape: tuple[int, ...]
    low: int
    high: int
    dtype: str | None = None

    def draw(self, rng: np.random.Generator, domain: tuple[float, float]) -> np.ndarray:
        return rng.integers(self.low, self.high, self.shape).astype("float64")


@dataclass(frozen=True)
class Spread:
    """An input of values in -1..1 no two of which are near each other: no ties, no kinks."""

    shape: tuple[int, ...]

    def draw(self, rng: np.random.Generator, domain: tuple[float, float]) -> np.ndarray:
        count = int(np.prod(self.shape))
        values = (rng.permutation(count) + 0.5) / max(count, 1) * 2 - 1
        return values.reshape(self.shape)


@dataclass(frozen=True)
class Uniform:
    """An input of values in the sample's domain, and of one dtype in any call."""

    shape: tuple[int, ...]
    dtype: str

    def draw(self, rng: np.random.Generator, domain: tuple[float, float]) -> np.ndarray:
        return rng.uniform(*domain, self.shape)


@dataclass(frozen=True)
class Fixed:
    """An input of given values; `dtype` where the operator wants just that one."""

    values: Any
    dtype: str | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        return np.shape(self.values)

    def draw(self, rng: np.random.Generator, domain: tuple[float, float]) -> np.ndarray:
        return np.array(self.values, "float64")


@dataclass(frozen=True)
class Sample:
    """A call of an operator, with what is known of its result.

    inputs: shapes (uniform values in `domain`), Ints, Spread, Uniform or Fixed.
    oracle: the outputs from float64 inputs, None where only the recording from MXNet is compared.
    gradient: "checked" against differences of float64 values and against the recording,
        "recorded" (only that), or "none". second: the gradient has a gradient.
    wrt: which inputs have a gradient; None: the shapes and Spreads.
    slack: how many times the dtype's tolerance. aux: inputs that the call writes to.
    train: run in training mode. recorded: there is a recording from MXNet, in the dtypes
        `recorded_in`: those in which MXNet has the operator.
    single: MXNet has float32 constants in it, so that its float64 values agree to float32 only.
    """

    op: str
    inputs: tuple[Any, ...]
    oracle: Callable[..., Any] | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    domain: tuple[float, float] = (-2.0, 2.0)
    gradient: str = "checked"
    second: bool = False
    wrt: tuple[int, ...] | None = None
    dtypes: tuple[str, ...] = FLOATS
    slack: float = 1.0
    aux: tuple[int, ...] = ()
    train: bool = False
    recorded: bool = True
    recorded_in: tuple[str, ...] = ("float32", "float64")
    single: bool = False

    def __str__(self) -> str:
        shapes = "-".join("x".join(map(str, shape)) or "scalar" for shape in self.shapes)
        params = ",".join(f"{key}={value}" for key, value in self.params.items())
        return f"{self.op}-{shapes}-{params}".rstrip("-").replace(" ", "")

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """The shapes of the inputs."""
        return [entry if isinstance(entry, tuple) else entry.shape for entry in self.inputs]

    @property
    def variables(self) -> tuple[int, ...]:
        """The positions of the inputs that have a gradient."""
        if self.gradient == "none":
            return ()
        if self.wrt is not None:
            return self.wrt
        return tuple(i for i, entry in enumerate(self.inputs)
                     if isinstance(entry, (tuple, Spread)))

    @property
    def recordings(self) -> tuple[str, ...]:
        """The dtypes in which there is a recording from MXNet."""
        return self.recorded_in if self.recorded else ()

    def dtype_of(self, position: int, dtype: str) -> str:
        """The dtype of an input of a call in `dtype`."""
        return getattr(self.inputs[position], "dtype", None) or dtype

    def draw(self, rng: np.random.Generator) -> list[np.ndarray]:
        """The inputs' values in float64, exact in float16, so that all dtypes see the same."""
        values = [rng.uniform(*self.domain, entry) if isinstance(entry, tuple)
                  else entry.draw(rng, self.domain) for entry in self.inputs]
        return [value.astype("float16").astype("float64") for value in values]


def outputs_of(outputs: Any) -> list[Any]:
    """One output or several, as a list."""
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]

"""`mx.npx.random`: random numbers in shapes of batches; the seed."""

from typing import Any

from ..ndarray.numpy import random as _random
from ..random import seed as _seed

_NAMES = ("bernoulli", "normal_n", "uniform_n")


def seed(seed: int, ctx: Any = "all") -> None:
    """Seed the random numbers of a context, or of all: see mx.random.seed."""
    _seed(seed, ctx)


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(_random, name)


def __dir__() -> list[str]:
    return sorted([*_NAMES, "seed"])

"""One seed for everything random: `seed`, and the streams that operators and shuffles draw from."""

from __future__ import annotations

import os
import threading
from typing import Any

import numpy as np

from ..base import MXNetValueError

_MASK = (1 << 64) - 1


class _State(threading.local):
    """The seed and the number of keys drawn: a thread's own, so that threads do not mix streams."""

    def __init__(self) -> None:
        self.seed = int.from_bytes(os.urandom(8), "little")
        self.drawn = 0
        self.generator: np.random.Generator | None = None


_state = _State()


def seed(seed_state: int, ctx: Any = "all") -> None:
    """Seed this thread's random operators, initialisers, shuffles and samplers.

    seed_state: any integer. ctx is accepted for MXNet's sake: all devices draw from one stream.
    """
    if isinstance(seed_state, bool) or not hasattr(seed_state, "__index__"):
        raise MXNetValueError(f"seed: seed_state must be an integer; got {seed_state!r}")
    _state.seed = seed_state.__index__() & _MASK
    _state.drawn = 0
    _state.generator = None


def next_key() -> tuple[int, int]:
    """A 128-bit key for one random operator call: (seed, number of the call)."""
    _state.drawn += 1
    return _state.seed, _state.drawn


def numpy_generator() -> np.random.Generator:
    """The NumPy generator of this thread, for work on the host such as shuffling indices."""
    if _state.generator is None:
        _state.generator = np.random.Generator(np.random.Philox(key=_state.seed))
    return _state.generator

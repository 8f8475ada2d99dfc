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
        self.seed: int | None = None            # none yet
        self.is_chosen = False                  # by seed()
        self.drawn = 0
        self.generator: np.random.Generator | None = None


_state = _State()


def _seed() -> int:
    """The seed of this thread. Where none was set, the main thread's follows from the state of
    NumPy's global generator, so that programs that seed NumPy alone can be repeated."""
    if _state.seed is None:
        is_main = threading.current_thread() is threading.main_thread()
        state = np.random.get_state() if is_main else None
        if isinstance(state, tuple):
            words = np.random.SeedSequence([*state[1].tolist(), state[2]])
            _state.seed = int(words.generate_state(1, np.uint64)[0])
        else:
            _state.seed = int.from_bytes(os.urandom(8), "little")
    return _state.seed


def seed(seed_state: int, ctx: Any = "all") -> None:
    """Seed this thread's random operators, initialisers, shuffles and samplers.

    seed_state: any integer. ctx is accepted for MXNet's sake: all devices draw from one stream.
    """
    if isinstance(seed_state, bool) or not hasattr(seed_state, "__index__"):
        raise MXNetValueError(f"seed: seed_state must be an integer; got {seed_state!r}")
    _state.seed = seed_state.__index__() & _MASK
    _state.is_chosen = True
    _state.drawn = 0
    _state.generator = None


def next_key() -> tuple[int, int]:
    """A 128-bit key for one random operator call: (seed, number of the call)."""
    _state.drawn += 1
    return _seed() if _state.seed is None else _state.seed, _state.drawn


def numpy_generator() -> np.random.Generator:
    """The NumPy generator of this thread, for work on the host such as shuffling indices."""
    if _state.generator is None:
        _state.generator = np.random.Generator(np.random.Philox(key=_seed()))
    return _state.generator


def permutation(length: int) -> list[int]:
    """The numbers below `length` in a random order: by NumPy's global generator, as in MXNet, until
    this thread was seeded."""
    if _state.is_chosen:
        order = numpy_generator().permutation(length)
    else:
        order = np.arange(length)
        np.random.shuffle(order)
    numbers: list[int] = order.tolist()
    return numbers

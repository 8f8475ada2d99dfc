"""`mx.random`: one seed for everything random, and the distributions of `mx.nd.random`."""

from collections.abc import Iterator
from contextlib import contextmanager

from .device import rng
from .device.rng import next_key as next_key
from .device.rng import numpy_generator as numpy_generator
from .device.rng import seed as seed
from .ndarray.random import exponential as exponential
from .ndarray.random import gamma as gamma
from .ndarray.random import generalized_negative_binomial as generalized_negative_binomial
from .ndarray.random import multinomial as multinomial
from .ndarray.random import negative_binomial as negative_binomial
from .ndarray.random import normal as normal
from .ndarray.random import poisson as poisson
from .ndarray.random import randint as randint
from .ndarray.random import randn as randn
from .ndarray.random import shuffle as shuffle
from .ndarray.random import uniform as uniform

_MASK = (1 << 64) - 1


@contextmanager
def stream(*key: int) -> Iterator[None]:
    """Inside the block this thread draws from a stream that depends on these integers alone.

    After the block, the thread continues its previous stream. So numbered tasks draw the same
    numbers in any order, thread or process.
    """
    mixed = 0
    for word in key:                      # each bit of each word turns half the bits of the seed
        mixed = (mixed ^ (word & _MASK)) * 0x9E3779B97F4A7C15 + 0x632BE59BD9B4E019 & _MASK
        mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & _MASK
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & _MASK
        mixed ^= mixed >> 31
    state = rng._state
    before = state.seed, state.drawn, state.generator
    state.seed, state.drawn, state.generator = mixed, 0, None
    try:
        yield
    finally:
        state.seed, state.drawn, state.generator = before

"""Fixtures for all tests."""

import zlib

import numpy as np
import pytest

import mxlite as mx
from mxlite.device import core
from mxlite.ops import schema

NUM_OPERATORS = len(schema.REGISTRY)


@pytest.fixture
def rng(request):
    """A NumPy generator seeded from the test's own name, so that any test reproduces alone."""
    return np.random.default_rng(zlib.crc32(request.node.nodeid.encode()))


@pytest.fixture
def register():
    """`schema.register`, for an operator of one test: it leaves the table after the test."""
    known = set(schema.REGISTRY)
    yield schema.register
    for name in set(schema.REGISTRY) - known:
        del schema.REGISTRY[name]
        vars(mx.nd.op).pop(name, None)


@pytest.fixture(autouse=True)
def seeded(request):
    """Seed mxlite from the test's name; no test changes recording, training, threads, operators."""
    threads = core.num_threads()
    mx.random.seed(zlib.crc32(request.node.nodeid.encode()))
    yield
    core.set_num_threads(threads)
    assert len(schema.REGISTRY) == NUM_OPERATORS
    assert not mx.autograd.is_recording()
    assert not mx.autograd.is_training()

"""Fixtures for all tests."""

import zlib

import numpy as np
import pytest

import mxlite as mx


@pytest.fixture
def rng(request):
    """A NumPy generator seeded from the test's own name, so that any test reproduces alone."""
    return np.random.default_rng(zlib.crc32(request.node.nodeid.encode()))


@pytest.fixture(autouse=True)
def seeded(request):
    """Seed mxlite from the test's name; leave recording, training and threads as they were."""
    from mxlite.device import core

    threads = core.num_threads()
    mx.random.seed(zlib.crc32(request.node.nodeid.encode()))
    yield
    core.set_num_threads(threads)
    assert not mx.autograd.is_recording()
    assert not mx.autograd.is_training()

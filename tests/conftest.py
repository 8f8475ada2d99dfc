"""Fixtures for all tests."""

import importlib.util
import zlib
from pathlib import Path

import hypothesis
import numpy as np
import pytest

import mxlite as mx
from mxlite.device import host
from mxlite.ops import schema

assert mx.sym                   # which adds the operators of control flow
NUM_OPERATORS = len(schema.REGISTRY)

# Slow examples are no fault: other programs may have the processor.
hypothesis.settings.register_profile(
    "mxlite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("mxlite")


def pytest_collection_modifyitems(items):
    """The name of a test is the same in each run: its random numbers follow from it."""
    named = [item.nodeid for item in items if " at 0x" in item.nodeid]
    assert not named, f"names of tests hold addresses: {named}"


@pytest.fixture(scope="session")
def load_tool():
    """A function: name of a script in tools/ -> its module."""
    def load(name):
        path = Path(__file__).parent.parent / "tools" / f"{name}.py"
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


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
    threads = host.num_threads()
    mx.random.seed(zlib.crc32(request.node.nodeid.encode()))
    yield
    host.set_num_threads(threads)
    assert len(schema.REGISTRY) == NUM_OPERATORS
    assert not mx.autograd.is_recording()
    assert not mx.autograd.is_training()

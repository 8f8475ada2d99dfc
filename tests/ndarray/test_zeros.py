"""Zeros: of a large array the system makes the memory when it is written to."""

import gc
import resource

import numpy as np
import pytest

import mxlite as mx
from mxlite import nd
from mxlite.device import host

SIZES = [1, 63, 1000, (1 << 18) - 1, 1 << 18, 300_001, 1 << 20, 3_000_001]


def resident():
    """Bytes of this process's memory that are there."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


@pytest.fixture
def empty_pool():
    gc.collect()
    mx.cpu().empty_cache()


@pytest.mark.parametrize("size", SIZES)
def test_they_are_zeros(size, empty_pool):
    """Of new memory, and of memory that held something."""
    for _ in range(3):
        x = nd.zeros((size,))
        assert not x.asnumpy().any()
        x[:] = 7
        assert (x.asnumpy() == 7).all()
        del x


@pytest.mark.parametrize("dtype", ["float64", "int8", "bool"])
def test_of_any_dtype(dtype, empty_pool):
    for _ in range(2):
        x = nd.zeros((1 << 20,), dtype=dtype)
        assert np.dtype(x.dtype) == dtype and not x.asnumpy().any()
        x[:] = 1
        del x


def test_large_ones_take_no_memory_until_they_are_written_to(empty_pool):
    before = resident()
    arrays = [nd.zeros((1 << 20,)) for _ in range(50)]              # 200 MB
    assert resident() - before < 20e6
    for array in arrays[:25]:
        array[:] = 1
    assert 95e6 < resident() - before < 130e6
    del arrays, array
    mx.cpu().empty_cache()
    assert resident() - before < 20e6


def test_gradients_and_executors(empty_pool):
    """What is only there to be written to later."""
    x = nd.ones((1 << 22,))
    before = resident()
    x.attach_grad()
    symbol = mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=2000, name="fc")
    executor = symbol.simple_bind(mx.cpu(), data=(1, 4000))         # 32 MB, and its gradient
    assert resident() - before < 20e6
    assert not x.grad.asnumpy().any()
    assert not executor.grad_dict["fc_weight"].asnumpy().any()


def test_blocks_of_all_sizes_come_back(empty_pool):
    live = host.memory_info()["live"]
    arrays = [nd.zeros((size,)) for size in SIZES] + [nd.empty((size,)) for size in SIZES]
    assert host.memory_info()["live"] > live
    del arrays
    assert host.memory_info()["live"] == live
    assert all(not nd.zeros((size,)).asnumpy().any() for size in SIZES)

"""Order of work: copies, GPUs, the host, threads; with delayed streams a missing wait shows."""

import subprocess
import sys
import threading

import numpy as np
import pytest

import mxlite as mx
from mxlite import nd
from mxlite.cuda import gpu as gpu_module
from mxlite.cuda import pinned
from mxlite.device import memory

SHAPE = (300, 400)


def values(seed, shape=SHAPE):
    return np.random.default_rng(seed).standard_normal(shape).astype("f4")


def test_sources_in_the_hosts_memory_may_be_changed_at_once(delayed, gpu):
    x = nd.array(values(1))
    y = x.as_in_context(gpu)
    x[:] = 0
    z = y + 1
    del x, y
    other = nd.array(values(2)).as_in_context(gpu)
    np.testing.assert_array_equal(z.asnumpy(), values(1) + 1)
    np.testing.assert_array_equal(other.asnumpy(), values(2))


def test_copies_larger_than_what_is_staged(delayed, gpu, monkeypatch):
    monkeypatch.setattr(pinned, "STAGED", 100_000)
    monkeypatch.setattr(gpu_module, "PIECE", 70_000)
    arrays = [nd.array(values(seed)).as_in_context(gpu) for seed in range(4)]
    for seed, x in enumerate(arrays):
        np.testing.assert_array_equal(x.asnumpy(), values(seed))


@pytest.fixture(params=["peers", "staged"])
def path(request, monkeypatch):
    """How copies between GPUs go."""
    if request.param == "staged":
        monkeypatch.setenv("EMU_PEERS", "0")
    for number in range(4):
        monkeypatch.setattr(memory.device_of(mx.gpu(number)).gpu, "reached", {})
    return request.param


@pytest.mark.gpus(4)
def test_copies_between_gpus_wait_for_what_they_read(delayed, path):
    x = nd.array(values(1), ctx=mx.gpu(0))
    y = (x * 2).copyto(mx.gpu(1))
    x[:] = 7                                # after the copy has read what came from it
    z = (y + 1).copyto(mx.gpu(2)).copyto(mx.gpu(0))
    x += z
    np.testing.assert_allclose(x.asnumpy(), values(1) * 2 + 8, 1e-6)
    np.testing.assert_array_equal(y.asnumpy(), values(1) * 2)
    assert memory.device_of(mx.gpu(1)).gpu.reached == {0: path == "peers"}


@pytest.mark.gpus(4)
def test_a_block_is_not_used_again_before_another_gpu_has_read_it(delayed, path):
    y = []
    for seed in range(6):
        x = nd.array(values(seed), ctx=mx.gpu(0)) + 1
        y.append(x.copyto(mx.gpu(1)))
        del x                               # the next one takes its block
    for seed in range(6):
        np.testing.assert_array_equal(y[seed].asnumpy(), values(seed) + 1)


@pytest.mark.gpus(4)
def test_a_target_is_not_written_before_its_block_is_free(delayed, path):
    x, kept = nd.array(values(1), ctx=mx.gpu(0)), []
    for _ in range(4):
        y = nd.array(values(2), ctx=mx.gpu(1)) * 3
        kept.append(y + 1)
        del y                               # the copy takes its block
        kept.append(x.copyto(mx.gpu(1)))
    for number in range(0, 8, 2):
        np.testing.assert_array_equal(kept[number].asnumpy(), values(2) * 3 + 1)
        np.testing.assert_array_equal(kept[number + 1].asnumpy(), values(1))


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.emulated
def test_delayed_streams_show_a_missing_wait(number, delayed, monkeypatch):
    x = nd.array(values(1), ctx=mx.gpu(0)) + 1
    mx.nd.waitall()
    monkeypatch.setattr(memory.device_of(mx.gpu(number)).gpu, "follow", lambda event: None)
    x += 1
    y = x.copyto(mx.gpu(1))
    if number == 0:                         # nothing keeps gpu(0) from writing first
        x[:] = 0
        x.wait_to_read()
    assert (y.asnumpy() != values(1) + 2).any()


@pytest.mark.emulated
def test_waiting(delayed, gpu):
    x = nd.array(values(1), ctx=gpu)
    other = nd.array(values(1), ctx=mx.gpu(1)) + 1
    events = [memory.device_of(mx.gpu(number)).gpu.record() for number in (0, 1)]

    def are_done():
        return [event.is_done() for event in events]

    assert are_done() == [False, False]
    nd.ones(3).wait_to_read()
    assert are_done() == [False, False]
    x.wait_to_read()
    assert are_done() == [True, False]
    mx.nd.waitall()
    assert are_done() == [True, True]
    np.testing.assert_array_equal(other.asnumpy(), values(1) + 1)


def wrong_index(gpu):
    x = nd.array([[1, 2], [3, 4], [5, 6]], ctx=gpu)
    return nd.take(x, nd.array([0, 3], ctx=gpu), mode="raise")


@pytest.mark.gpus(2)
def test_waiting_raises_what_went_wrong(delayed, gpu):
    y = wrong_index(gpu)
    with pytest.raises(IndexError, match=r"^take, which ran on gpu\(0\) before, met an index outs"):
        y.wait_to_read()
    wrong_index(gpu)
    wrong_index(mx.gpu(1))
    with pytest.raises(IndexError, match=r"^take, which ran on gpu\([01]\) before, met an index"):
        mx.nd.waitall()
    mx.nd.waitall()                         # all GPUs have been waited for, each error is told once


@pytest.mark.emulated
def test_what_failed_on_a_stream_is_told_by_its_name(delayed, gpu):
    x = nd.ones((7, 3), ctx=gpu)
    device = memory.device_of(gpu)
    device.gpu.copy_in(8, pinned.MEMORY.take(256, device.gpu), 4)       # address 8 is nobody's
    with pytest.raises(mx.MXNetError, match=r"^cuStreamSynchronize: CUDA_ERROR_INVALID_VALUE, .* \("
                                            r"1\)$"):
        mx.nd.waitall()
    assert x.asnumpy().sum() == 21


NAIVE = """
import os
os.environ.update(EMU_ASYNC="1", MXNET_ENGINE_TYPE="NaiveEngine")
import conftest, mxlite as mx
from mxlite.device import memory
gpu = mx.gpu(0)
x = mx.nd.array([[1, 2], [3, 4], [5, 6]], ctx=gpu)
try:
    mx.nd.take(x, mx.nd.array([0, 3], ctx=gpu), mode="raise")
except IndexError as error:
    print(error)
mx.nd.waitall()
y = x + 1
os.environ["EMU_GUARD"] = "1"
large = mx.nd.ones((2000, 1000), ctx=gpu)
mx.nd.exp(large)          # whose block is kept for the next one
memory.device_of(gpu).gpu.release(large._address)
try:
    mx.nd.exp(large)
except mx.MXNetError as error:
    print(error)
"""


@pytest.mark.emulated
def test_the_naive_engine_names_the_operator():
    done = subprocess.run([sys.executable, "-c", NAIVE], capture_output=True, text=True,
                          cwd=__file__.rpartition("/")[0])
    first, second = done.stdout.splitlines()
    assert first.startswith("take: "), done.stderr
    assert second.startswith("exp: CUDA_ERROR_ILLEGAL_ADDRESS, an illegal memory access")


@pytest.mark.gpus(2)
def test_threads_on_two_gpus(delayed):
    results = {}

    def work(number):
        x = nd.array(values(number, (30, 30)), ctx=mx.gpu(number % 2))
        for _ in range(5):
            x = (x + 1).copyto(mx.gpu(1 - number % 2)).copyto(mx.gpu(number % 2))
        results[number] = x.asnumpy()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(4):
        np.testing.assert_allclose(results[number], values(number, (30, 30)) + 5, 1e-6)


@pytest.mark.parametrize("dtype, value", [("float64", 1), ("int64", 5), ("int64", -1)])
def test_items_of_8_bytes_are_filled(dtype, value, gpu):
    np.testing.assert_array_equal(nd.full((5, 3), value, ctx=gpu, dtype=dtype).asnumpy(),
                                  np.full((5, 3), value, dtype))
    assert nd.ones((7,), ctx=gpu, dtype=dtype).asnumpy().tolist() == [1] * 7

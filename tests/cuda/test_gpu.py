"""GPUs as devices: memory, copies, errors, threads, the end of the process."""

import os
import struct
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import mxlite as mx
from mxlite import nd
from mxlite.cuda.gpu import GpuDevice
from mxlite.cuda.launching import status_of_last_failure
from mxlite.device import core, memory

DTYPES = ["float32", "float64", "float16", "bfloat16", "int8", "uint8", "int32", "int64", "bool"]


@pytest.mark.emulated
def test_how_many_there_are():
    assert mx.num_gpus() == 4
    with pytest.raises(ValueError, match=r"gpu\(4\): this machine has 4 GPUs, numbered from 0"):
        nd.zeros(3, ctx=mx.gpu(4))
    assert mx.util.get_cuda_compute_capability(mx.gpu(1)) == 90


@pytest.mark.parametrize("dtype", DTYPES)
def test_values_go_in_and_out(dtype, gpu):
    x = nd.array([[1, 0, 3], [1, 5, 6]], dtype=dtype)
    y = x.as_in_context(gpu)
    assert y.ctx == gpu and y.dtype == x.dtype
    np.testing.assert_array_equal(y.asnumpy(), x.asnumpy())
    np.testing.assert_array_equal(y.T.asnumpy(), x.T.asnumpy())
    np.testing.assert_array_equal((y + y).asnumpy(), (x + x).asnumpy())
    assert nd.ones((2, 3), ctx=gpu, dtype=dtype).asnumpy().astype("f4").sum() == 6
    assert nd.zeros((0, 3), ctx=gpu, dtype=dtype).asnumpy().shape == (0, 3)


@pytest.mark.parametrize("to", DTYPES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_casts(dtype, to, gpu):
    x = nd.array([0, 1.5, -2.25, 100.75, 3e9], dtype="float64").astype(dtype)
    np.testing.assert_array_equal(x.as_in_context(gpu).astype(to).asnumpy(), x.astype(to).asnumpy())


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64", "int8", "uint8", "int64"])
def test_dtypes_compute_as_on_the_cpu(dtype, gpu):
    x, y = nd.array([[7, 2, 3], [4, 5, 6]], dtype=dtype), nd.array([[2, 3, 4]], dtype=dtype)

    def compute(x, y):
        return [x * y, x / y, x % y, x ** 2, x > y, nd.sqrt(x), nd.sum(x, axis=0), nd.max(x),
                nd.norm(x, axis=1), nd.dot(x, x.T), nd.broadcast_maximum(x, y), 1 - x]

    for found, expected in zip(compute(x.as_in_context(gpu), y.as_in_context(gpu)), compute(x, y),
                               strict=True):
        np.testing.assert_allclose(found.asnumpy().astype("f8"), expected.asnumpy().astype("f8"),
                                   1e-6 if dtype == "float64" else 1e-2)


@pytest.mark.parametrize("shape, axis", [((3, 5000), 1), ((5000, 3), 0), ((20, 7, 30), (0, 2)),
                                         ((2, 3, 4, 5), (1, 3)), ((70000,), 0), ((4, 0), 1),
                                         ((30000, 2), 0), ((3, 40000), 1), ((300, 3, 70), (0, 2)),
                                         ((300, 5, 70), (0, 1))])
def test_long_lines(shape, axis, gpu, rng):
    x = rng.standard_normal(shape).astype("f4")
    y = nd.array(x, ctx=gpu)
    np.testing.assert_allclose(nd.sum(y, axis=axis).asnumpy(), x.sum(axis), 1e-4, 1e-4)
    if x.size:
        np.testing.assert_array_equal(nd.max(y, axis=axis).asnumpy(), x.max(axis))
        last = nd.softmax(y, axis=-1).asnumpy().sum(-1)
        np.testing.assert_allclose(last, np.ones_like(last), 1e-5)


@pytest.mark.parametrize("M, N, K", [(1, 1, 1), (17, 33, 40), (64, 16, 16), (5, 70, 3)])
@pytest.mark.parametrize("trans_a", [False, True])
@pytest.mark.parametrize("trans_b", [False, True])
def test_products(M, N, K, trans_a, trans_b, gpu, rng):
    a, b = rng.standard_normal((2, M, K)).astype("f4"), rng.standard_normal((2, K, N)).astype("f4")
    found = nd.batch_dot(nd.array(a.transpose(0, 2, 1) if trans_a else a, ctx=gpu),
                         nd.array(b.transpose(0, 2, 1) if trans_b else b, ctx=gpu),
                         transpose_a=trans_a, transpose_b=trans_b)
    np.testing.assert_allclose(found.asnumpy(), a @ b, 1e-5, 1e-5)


@pytest.mark.parametrize("dtype", ["float32", "float16", "float64", "int8", "int64", "bool"])
def test_truths_of_mx_np(gpu, dtype):
    a = np.array([[0, 1, 1], [1, 0, 1]], dtype)
    b = np.array([1, 0, 1], dtype)
    x, y = mx.np.array(a, ctx=gpu), mx.np.array(b, ctx=gpu)
    for name in ("equal", "not_equal", "greater", "less_equal", "logical_and", "logical_xor"):
        truths = getattr(mx.np, name)(x, y)
        assert truths.ctx == gpu and truths.dtype == bool
        np.testing.assert_array_equal(truths.asnumpy(), getattr(np, name)(a, b))
    for number in (1, 300, -300):
        np.testing.assert_array_equal((x < number).asnumpy(), a.astype("float64") < number)
        np.testing.assert_array_equal((x == number).asnumpy(), a.astype("float64") == number)


def test_indexing_and_writes(gpu):
    x = nd.array(np.arange(12, dtype="f4").reshape(3, 4), ctx=gpu)
    expected = np.arange(12, dtype="f4").reshape(3, 4)
    np.testing.assert_array_equal(x[1:, ::2].asnumpy(), expected[1:, ::2])
    x[1, 2:] = 7
    x[:, 0] = nd.array([1, 2, 3], ctx=gpu)
    expected[1, 2:], expected[:, 0] = 7, [1, 2, 3]
    np.testing.assert_array_equal(x.asnumpy(), expected)


@pytest.mark.gpus(2)
def test_copies_between_gpus_and_the_host():
    x = nd.array([1, 2, 3], ctx=mx.gpu(0))
    y = x.copyto(mx.gpu(1))
    assert y.ctx == mx.gpu(1)
    np.testing.assert_array_equal((y * 2).asnumpy(), [2, 4, 6])
    with pytest.raises(ValueError, match=r"on one device; lhs is on gpu\(0\), rhs on gpu\(1\)"):
        x + y


def test_memory_is_kept_for_the_next_array(gpu):
    device = memory.device_of(gpu)
    x = nd.zeros((1000, 1000), ctx=gpu)
    live, taken = device.live, device.taken
    del x
    assert device.live < live and device.taken == taken
    x = nd.zeros((1000, 1000), ctx=gpu)
    assert device.live == live and device.taken == taken
    del x
    gpu.empty_cache()
    assert device.taken <= taken - 4000000
    free, total = mx.context.gpu_memory_info(0)
    assert 0 < free <= total


UNPOOLED = """
import conftest
import mxlite as mx
from mxlite.device import memory
x = mx.nd.ones((3,), ctx=mx.gpu(0))
device = memory.device_of(x.ctx)
taken = device.taken
y = mx.nd.ones((5,), ctx=mx.gpu(0)) + 1
assert device.taken == taken + 20 == device.live, (device.taken, device.live)
kept = y.__dlpack__()
del kept
assert y.asnumpy().tolist() == [2] * 5
del y
mx.gpu(0).empty_cache()
assert device.taken == taken and x.asnumpy().tolist() == [1] * 3
"""


def test_without_a_pool():
    done = subprocess.run([sys.executable, "-c", UNPOOLED], capture_output=True, text=True,
                          cwd=Path(__file__).parent,
                          env={**os.environ, "MXNET_GPU_MEM_POOL_TYPE": "Unpooled"})
    assert done.returncode == 0 and not done.stderr, done.stderr


@pytest.fixture
def limited(gpu):
    mx.context.set_gpu_memory_limit(memory.device_of(gpu).taken + 10_000_000)
    yield gpu
    mx.context.set_gpu_memory_limit(0)


def test_a_limit_and_too_large_an_array(limited):
    x = nd.ones((1000, 1000), ctx=limited)
    with pytest.raises(MemoryError, match=r"no memory for an array float32.*gpu\(0\), 8000000 b"):
        nd.zeros((2000, 1000), ctx=limited)
    assert (x + 1).asnumpy().sum() == 2000000
    del x
    assert nd.zeros((2000, 1000), ctx=limited).shape == (2000, 1000)    # kept blocks are given back
    with pytest.raises(MemoryError, match="no memory for an array"):
        nd.zeros((1 << 40,), ctx=limited)
    with pytest.raises(ValueError, match="set_gpu_memory_limit: nbytes must be"):
        mx.context.set_gpu_memory_limit(-1)


@pytest.mark.parametrize("nbytes", [100, 1 << 20, 3_000_000])
def test_kept_blocks_go_back_to_the_driver_for_any_block(nbytes):
    device = GpuDevice(0)
    device.free(device.allocate(4_000_000), 4_000_000)
    device.limit = device.taken
    address = device.allocate(nbytes)
    assert address and device.live >= nbytes
    assert device.taken < 4_000_000
    device.free(address, nbytes)


def test_the_rest_of_a_chunk_is_used():
    device, large = GpuDevice(0), 1 << 20
    at = device.allocate(large) + large
    assert device.allocate(320) == at
    at += 320
    device.allocate(large)                          # begins the second chunk of 2 MiB
    assert device.taken == 4 << 20
    for size in (7 << 17, 7 << 14, 7 << 11, 6 << 8):        # 192 bytes less than 1 MiB - 320
        assert device.allocate(size) == at
        at += size
    assert device.taken == 4 << 20


def test_a_wrong_index_is_reported_with_the_next_values(gpu):
    x = nd.array([[1, 2], [3, 4], [5, 6]], ctx=gpu)
    y = nd.take(x, nd.array([0, 3], ctx=gpu), mode="raise")
    with pytest.raises(IndexError, match=r"take, which ran on gpu\(0\) before, met an ind"):
        y.asnumpy()
    y = nd.take(x, nd.array([2, 0], ctx=gpu), mode="raise")
    assert y.asnumpy().tolist() == [[5, 6], [1, 2]]


def test_a_launch_that_fails(gpu):
    x = nd.ones((3,), ctx=gpu)
    device = memory.device_of(gpu)
    nd.exp(x)
    known = device.kernels["exp_f32"]
    call = mx.ops.schema.REGISTRY["exp"].make({}).prepared([memory.spec((3,), "float32", gpu)])
    head = bytearray(call.desc_owner[:-8])          # without the field `size`
    struct.pack_into("@q", head, 11 * 8 + 3 * 8, 5000)   # more threads than a block may have
    device.kernels["exp_f32"] = core.headed_kernel(
        "exp_f32", "size", call.addresses[0],
        lambda fields: bytes(head))
    try:
        with pytest.raises(mx.MXNetError, match=r"exp: CUDA_ERROR_INVALID_VALUE, .* \(1\)"):
            nd.exp(nd.ones((4321,), ctx=gpu))     # its call stays in a cache
        assert status_of_last_failure() == 1
        with ThreadPoolExecutor(1) as other:        # whose own calls may be failing meanwhile
            assert other.submit(status_of_last_failure).result() == 0
    finally:
        device.kernels["exp_f32"] = known
    assert nd.exp(x * 0).asnumpy().tolist() == [1, 1, 1]


@pytest.mark.gpus(2)
def test_threads():
    results = {}

    def work(number):
        x = nd.full((50, 50), number, ctx=mx.gpu(number % 2))
        for _ in range(20):
            x = nd.dot(x, x) * 0.02 / number
        results[number] = x.asnumpy()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(1, 5):
        np.testing.assert_allclose(results[number], np.full((50, 50), number), 1e-4)


@pytest.mark.gpus(2)
def test_a_process_ends_with_arrays_alive():
    code = ("import conftest, mxlite as mx, threading\n"
            "x = mx.nd.ones((3, 3), ctx=mx.gpu(0)); y = mx.nd.ones(9, ctx=mx.gpu(1)) + 1\n"
            "threading.Thread(target=lambda: globals().update(z=x + x)).start()\n"
            "raise SystemExit(7)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                          cwd=__file__.rpartition("/")[0])
    assert (done.returncode, done.stderr) == (7, "")

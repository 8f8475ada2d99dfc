"""Products of matrices: by cuBLAS (a stand-in that checks arguments), and by our own kernel."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import mxlite as mx
from mxlite import nd
from mxlite.cuda import blas
from mxlite.device import core, memory

TOLERANCE = {"float32": 1e-5, "float64": 1e-12, "float16": 1e-2, "bfloat16": 5e-2, "int32": 0}
SIZES = [(1, 1, 1), (17, 33, 40), (64, 16, 16), (5, 70, 3), (3, 2, 0), (0, 2, 3)]


def draw(rng, shape, dtype):
    values = rng.integers(-9, 9, shape) if dtype == "int32" else rng.standard_normal(shape)
    return nd.array(values, dtype=dtype)


@pytest.mark.parametrize("M, N, K", SIZES)
@pytest.mark.parametrize("trans_a", [False, True])
@pytest.mark.parametrize("trans_b", [False, True])
@pytest.mark.parametrize("batch", [1, 3])
def test_all_layouts(M, N, K, trans_a, trans_b, batch, gpu, rng):
    for dtype in TOLERANCE:
        a, b = draw(rng, (batch, M, K), dtype), draw(rng, (batch, K, N), dtype)
        found = nd.batch_dot((a.swapaxes(1, 2) if trans_a else a).as_in_context(gpu),
                             (b.swapaxes(1, 2) if trans_b else b).as_in_context(gpu),
                             transpose_a=trans_a, transpose_b=trans_b)
        expected = a.astype("float64").asnumpy() @ b.astype("float64").asnumpy()
        np.testing.assert_allclose(found.astype("float64").asnumpy(), expected, TOLERANCE[dtype],
                                   TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16"])
def test_a_bias_is_added_once(dtype, gpu, rng):
    x, w, b = draw(rng, (5, 7), dtype), draw(rng, (4, 7), dtype), draw(rng, (4,), dtype)
    found = nd.FullyConnected(*[y.as_in_context(gpu) for y in (x, w, b)], num_hidden=4)
    x, w, b = [y.astype("float64").asnumpy() for y in (x, w, b)]
    np.testing.assert_allclose(found.astype("float64").asnumpy(), x @ w.T + b, TOLERANCE[dtype],
                               TOLERANCE[dtype])


@pytest.mark.gpus(2)
def test_delayed_products_are_in_order(delayed, gpu, rng):
    x = rng.standard_normal((20, 20)).astype("f4")
    y, expected = nd.array(x, ctx=gpu), x
    for _ in range(4):
        y, expected = nd.dot(y, y) * 0.1, expected @ expected * np.float32(0.1)
    np.testing.assert_allclose(y.copyto(mx.gpu(1)).asnumpy(), expected, 1e-4, 1e-4)


def test_tf32(gpu, rng):
    x = rng.standard_normal((30, 40)).astype("f4")
    exact = x.astype("f8") @ x.T.astype("f8")

    def error():
        y = nd.array(x, ctx=gpu)
        return np.abs(nd.dot(y, y.T).asnumpy() - exact).max()

    assert error() < 1e-5
    assert mx.context.set_gpu_tf32(True) is False
    try:
        assert 1e-4 < error() < 1e-1
        y = nd.array(x, dtype="float64", ctx=gpu)
        assert np.abs(nd.dot(y, y.T).asnumpy() - exact).max() < 1e-10
    finally:
        assert mx.context.set_gpu_tf32(False) is True
    assert error() < 1e-5


@pytest.mark.emulated
def test_convolutions_go_by_cublas(gpu, rng):
    x, w = rng.standard_normal((2, 4, 6, 6)), rng.standard_normal((6, 2, 3, 3))
    settings = {"kernel": (3, 3), "num_filter": 6, "num_group": 2, "no_bias": True}
    exact = nd.Convolution(nd.array(x, dtype="float64"), nd.array(w, dtype="float64"), **settings)

    def error():
        y = nd.Convolution(nd.array(x, ctx=gpu), nd.array(w, ctx=gpu), **settings)
        return np.abs(y.asnumpy() - exact.asnumpy()).max()

    assert error() < 1e-5
    mx.context.set_gpu_tf32(True)
    try:
        assert 1e-4 < error() < 1e-1
    finally:
        mx.context.set_gpu_tf32(False)


def test_what_cublas_refuses_is_told(gpu, monkeypatch):
    device = memory.device_of(gpu)
    x = nd.ones((7, 9), ctx=gpu)
    nd.dot(x, x.T)
    known = device.kernels["gemm_f32"]
    call = mx.ops.schema.REGISTRY["dot"].make({}).prepared(
        [memory.spec((7, 9), "float32", gpu), memory.spec((9, 7), "float32", gpu)])
    desc = bytearray(call.desc_owner[:-7 * 8])
    desc[11 * 8] = 3                             # the type of the first stage
    device.kernels["gemm_f32"] = core.headed_kernel(
        "gemm_f32", known.fields, call.addresses[0], lambda fields: bytes(desc))
    try:
        with pytest.raises(mx.MXNetError, match=r"dot: cublasGemmEx: CUBLAS_STATUS_NOT_SUPPORTED \("
                                                r"15\)"):
            nd.dot(nd.ones((41, 9), ctx=gpu), x.T)
    finally:
        device.kernels["gemm_f32"] = known
    with pytest.raises(mx.MXNetError, match=r"cublasSetStream_v2: CUBLAS_STATUS_NOT_INITIALIZED"):
        monkeypatch.setattr(device.open_blas().library, "cublasSetStream_v2", lambda *args: 1)
        blas.Blas(device.gpu, device.open_blas().library, 0)


OWN = """
import conftest, pytest, sys
from mxlite.cuda import blas
assert blas.library() is None
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "test_products.py",
                      "test_convolution.py", "-k",
                      "layouts or bias or delayed or large_tiles or few_images"]))
"""


def test_our_own_kernel():
    done = subprocess.run([sys.executable, "-c", OWN], capture_output=True, text=True,
                          cwd=Path(__file__).parent, env={**os.environ, "MXLITE_CUBLAS": "0"})
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_library_is_no_error(monkeypatch):
    monkeypatch.setattr(blas, "SONAMES", ("libabsent.so.1",))
    assert blas.library.__wrapped__() is None

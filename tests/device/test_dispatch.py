"""The device seam: kernels are looked up by (operator, device)."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

import mxlite as mx
from mxlite import nd
from mxlite.device import core
from mxlite.device.context import Context


def test_a_gpu_without_cuda_says_so():
    with pytest.raises(mx.MXNetError, match=r"gpu\(0\): this machine has no GPU that can "
                                           r"be used, libcuda"):
        nd.zeros((2,), ctx=mx.gpu())


def test_gpu_memory_info_says_that_there_is_none():
    with pytest.raises(NotImplementedError, match=r"gpu\(1\): this machine has no GPU"):
        mx.gpu_memory_info(1)


def test_kernels_of_users_need_a_gpu():
    with pytest.raises(NotImplementedError, match=r"gpu\(0\): this machine has no GPU"):
        mx.rtc.CudaModule("")


def test_engine_bulk_restores_the_size():
    before = mx.engine.set_bulk_size(7)
    with mx.engine.bulk(3):
        assert mx.engine.set_bulk_size(3) == 3
    assert mx.engine.set_bulk_size(before) == 7


def test_context_names_and_equality():
    assert mx.cpu() == mx.Context("cpu", 0) and mx.cpu(1) != mx.cpu(0)
    assert str(mx.gpu(2)) == "gpu(2)" and hash(mx.cpu(1)) == hash(Context(mx.cpu(1)))
    assert (mx.cpu().device_typeid, mx.gpu().device_typeid) == (1, 2)
    assert mx.num_gpus() == 0
    with mx.Context("cpu", 3):
        assert mx.current_context() == mx.cpu(3)
        assert nd.zeros((1,)).ctx == mx.cpu(3)
    assert mx.current_context() == mx.cpu()


def test_the_default_context_is_assigned_to_until_a_block_ends():
    try:
        mx.Context.default_ctx = mx.cpu(2)
        assert mx.Context.default_ctx == mx.current_context() == nd.zeros((1,)).ctx == mx.cpu(2)
        with mx.cpu(1) as ctx:
            assert mx.Context.default_ctx is ctx
            mx.Context.default_ctx = "cpu(3)"
            assert mx.current_context() == mx.cpu(3)
        assert mx.current_context() == mx.cpu(2)
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(mx.current_context).result() == mx.cpu()
        with pytest.raises(TypeError, match=r"ctx must be a Context such as mx.cpu\(\); got 3"):
            mx.Context.default_ctx = 3
    finally:
        mx.Context.default_ctx = mx.cpu()


def test_context_errors():
    with pytest.raises(ValueError, match=r"device_type must be .* got 'cqu'; did you mean 'cpu'"):
        mx.Context("cqu")
    with pytest.raises(ValueError, match="device_id must be an integer of at least 0; got -1"):
        mx.cpu(-1)
    with pytest.raises(TypeError, match="ctx must be a Context"):
        nd.zeros((1,), ctx=3)


def test_a_forced_instruction_set_that_was_not_built_is_named():
    code = """
import os, sys
from mxlite.device import core
wanted = core.instruction_sets()[0]
module = "avx512" if wanted == "amx" else wanted
sys.modules[f"mxlite._kernels.cpu_{module}"] = None
os.environ["MXLITE_CPU"] = wanted
try:
    core.load_cpu_kernels()
except (ValueError, ModuleNotFoundError) as error:
    print(wanted, type(error).__name__, error)
"""
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                            check=True).stdout
    assert (output.startswith("baseline ModuleNotFoundError")
            or "which this build of mxlite has not; it has" in output)


def test_a_kernel_is_run_on_addresses_that_it_has_room_for():
    kernel = core.find_kernel("copy", "copy", "bytes", mx.cpu())
    with pytest.raises(ValueError, match="kernel copy_bytes: run takes a compiled kernel and at"):
        kernel.run(b"", [0] * 65, 0)

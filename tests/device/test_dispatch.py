"""The device seam: kernels are looked up by (operator, device)."""

import pytest

import mxlite as mx
from mxlite import nd
from mxlite.device.context import Context


def test_a_gpu_without_cuda_says_so():
    with pytest.raises(mx.MXNetError, match=r"gpu\(0\): .* has no gpu devices; it has cpu, "):
        nd.zeros((2,), ctx=mx.gpu())


def test_gpu_memory_info_says_that_there_is_none():
    with pytest.raises(NotImplementedError, match=r"gpu_memory_info: there is no gpu\(1\)"):
        mx.gpu_memory_info(1)


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


def test_context_errors():
    with pytest.raises(ValueError, match=r"device_type must be .* got 'cqu'; did you mean 'cpu'"):
        mx.Context("cqu")
    with pytest.raises(ValueError, match="device_id must be an integer of at least 0; got -1"):
        mx.cpu(-1)
    with pytest.raises(TypeError, match="ctx must be a Context"):
        nd.zeros((1,), ctx=3)

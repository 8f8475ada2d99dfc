"""Memory of GPUs shared with other libraries: DLPack and __cuda_array_interface__, both ways."""

import ctypes
import gc

import numpy as np
import pytest

import mxlite as mx
from mxlite import nd
from mxlite.device import memory
from mxlite.ndarray import sharing

DTYPES = ["float32", "float64", "float16", "bfloat16", "int8", "uint8", "int32", "int64", "bool"]
ROWS = np.arange(12, dtype="f4").reshape(3, 4)


class Other:
    """Another library's array: its memory is ours, used on a stream of its own."""

    def __init__(self, values, number=0, interface=None):
        self.gpu = memory.device_of(mx.gpu(number)).gpu
        self.gpu.enter()
        stream = ctypes.c_void_p()
        self.gpu.driver.check("cuStreamCreate", ctypes.byref(stream), 1)
        self.stream = stream.value
        self.host = np.array(values)
        self.address = self.gpu.allocate(values.nbytes)
        self.copy("cuMemcpyHtoDAsync_v2", self.address, self.host.ctypes.data)
        self.interface = {
            "shape": values.shape, "typestr": values.dtype.str, "version": 3, "strides": None,
            "data": (self.address, False), "stream": self.stream, **(interface or {})}

    def copy(self, name, target, source):
        self.gpu.enter()
        self.gpu.driver.check(name, ctypes.c_void_p(target), ctypes.c_void_p(source),
                              ctypes.c_size_t(self.host.nbytes), ctypes.c_void_p(self.stream))

    @property
    def __cuda_array_interface__(self):
        return self.interface

    def read(self, address):
        """The values at an address, as work on the library's stream finds them."""
        self.copy("cuMemcpyDtoHAsync_v2", self.host.ctypes.data, address)
        return self.host.copy()


class Relay:
    """Hands on the DLPack of an array, and notes the stream it is asked for."""

    def __init__(self, array):
        self.array, self.streams = array, []

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()

    def __dlpack__(self, *, stream):
        self.streams.append(stream)
        return self.array.__dlpack__(stream=stream)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(2, 3), (0, 3), (1,), (2, 1, 2)])
@pytest.mark.gpus(2)
def test_there_and_back(dtype, shape, gpu):
    x = nd.ones(shape, ctx=gpu, dtype=dtype)
    relay = Relay(x)
    y = nd.from_dlpack(relay)
    assert relay.streams == [memory.device_of(gpu).stream]
    assert (y.shape, y.dtype, y.ctx, y._address) == (x.shape, x.dtype, gpu, x._address)
    y *= 0
    assert x.astype("float32").asnumpy().sum() == 0
    assert x.__dlpack_device__() == (2, 0) and x.copyto(mx.gpu(1)).__dlpack_device__() == (2, 1)


@pytest.mark.emulated
def test_capsules(delayed, gpu):
    x = nd.array(ROWS, ctx=gpu) + 1
    event = memory.device_of(gpu).gpu.record()
    capsule = x.to_dlpack_for_read()
    assert event.is_done()                  # nobody can say for which stream it is
    y = mx.nd.from_dlpack(capsule)
    np.testing.assert_array_equal(y.asnumpy(), ROWS + 1)
    with pytest.raises(TypeError, match="from_dlpack: a capsule named 'dltensor' that nobody h"):
        sharing.imported(capsule, "from_dlpack")
    np.testing.assert_array_equal(nd.from_dlpack(mx.nd.to_dlpack_for_write(x)).asnumpy(), ROWS + 1)


@pytest.mark.emulated
def test_another_stream_waits_for_our_values(delayed, gpu):
    other = Other(ROWS * 0)
    x = nd.array(ROWS, ctx=gpu) + 1
    capsule = x.__dlpack__(stream=other.stream)
    np.testing.assert_array_equal(other.read(x._address), ROWS + 1)
    del capsule
    x = nd.array(ROWS, ctx=gpu) + 2         # without a wait it would not be there:
    address = x.__cuda_array_interface__["data"][0]
    assert (other.read(address) != ROWS + 2).any()
    x.__dlpack__()                          # the default stream, which work is done on at once
    other.stream = 0
    np.testing.assert_array_equal(other.read(x._address), ROWS + 2)


def test_the_interface(gpu):
    x = nd.array(ROWS, ctx=gpu)
    assert x.__cuda_array_interface__ == {
        "shape": (3, 4), "typestr": "<f4", "version": 3, "strides": None,
        "data": (x._address, False), "stream": memory.device_of(gpu).stream}
    assert nd.zeros((0, 2), ctx=gpu).__cuda_array_interface__["data"] == (0, False)
    for absent in (nd.ones(3), nd.ones(3, ctx=gpu, dtype="bfloat16")):
        assert not hasattr(absent, "__cuda_array_interface__")


@pytest.mark.gpus(2)
def test_arrays_of_others_by_the_interface(delayed):
    other = Other(ROWS, number=1)
    x = nd.from_dlpack(other)
    assert x.ctx == mx.gpu(1) and x._address == other.address
    y = x * 2                               # waits for the other's stream
    np.testing.assert_array_equal(y.asnumpy(), ROWS * 2)
    x += 1
    x.wait_to_read()
    np.testing.assert_array_equal(other.read(other.address), ROWS + 1)
    only_read = nd.from_dlpack(Other(ROWS, 1, {"data": (other.address, True)}))
    with pytest.raises(ValueError, match="cannot be written to"):
        only_read[:] = 0
    empty = Other(ROWS, interface={"shape": (0, 4), "data": (0, False)})
    assert nd.from_dlpack(empty).shape == (0, 4)


@pytest.mark.emulated
def test_memory_is_given_back_when_our_work_is_done(delayed, gpu):
    other = Other(ROWS)
    x = nd.from_dlpack(other)
    event = memory.device_of(gpu).gpu.record()
    del other
    gc.collect()
    assert not event.is_done()
    del x
    assert event.is_done()


def test_lent_blocks_wait_for_all_streams(delayed, gpu):
    other, device = Other(ROWS * 0), memory.device_of(gpu)
    device.empty_cache()
    x = nd.array(np.broadcast_to(ROWS, (100_000, 3, 4)), ctx=gpu)
    address, first = x._address, nd.from_dlpack(Relay(x))[0]
    capsule = x.__dlpack__(stream=other.stream)
    seen = np.zeros_like(ROWS)
    block, nbytes = device.gpu.allocate_host(256), ROWS.nbytes
    other.copy("cuMemcpyDtoHAsync_v2", block, address)          # is queued, not done
    del x, capsule, first
    y = nd.ones((100_000, 3, 4), ctx=gpu)       # takes the block once the other is done
    y.wait_to_read()
    assert y._address == address and device.lent == []
    ctypes.memmove(seen.ctypes.data, block, nbytes)
    np.testing.assert_array_equal(seen, ROWS)


@pytest.mark.parametrize("interface, message", [
    ({"typestr": "<c8"}, "from_dlpack: no dtype for '<c8'"),
    ({"typestr": ">f4"}, "from_dlpack: no dtype for '>f4'"),
    ({"strides": (4, 12)}, r"must be C-contiguous; got strides \(1, 3\) for shape \(3, 4\)"),
])
def test_what_cannot_be_shared(interface, message):
    with pytest.raises((TypeError, ValueError), match=message):
        nd.from_dlpack(Other(ROWS, interface=interface))


@pytest.mark.emulated
def test_errors(gpu):
    x = nd.ones((2, 3), ctx=gpu)
    for options in ({"copy": True}, {"dl_device": (1, 0)}):
        with pytest.raises(BufferError, match=r"an array on gpu\(0\) is shared as it is; copy it"):
            x.__dlpack__(**options)
    assert x.__dlpack__(max_version=(1, 0), dl_device=(2, 0), copy=False)
    assert nd.from_dlpack(Relay(x.reshape((3, 2)).T)).shape == (2, 3)
    with pytest.raises(mx.MXNetError, match="cuPointerGetAttribute: CUDA_ERROR_INVALID_VALUE"):
        nd.from_dlpack(Other(ROWS, interface={"data": (4096, False)}))

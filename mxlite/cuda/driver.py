"""The CUDA driver: devices with their primary context and a stream, memory, copies, modules.

PyCUDA gives contexts and the devices' memory where it is installed; all else, and everything where
it is not, goes to the driver's library through ctypes. Both work in the device's primary context,
so memory is shared with other libraries in the process. Work is queued on a stream of our own,
which no other work of the process waits for, nor it for others, but by events.
"""

from __future__ import annotations

import ctypes
import functools
from ctypes import byref, c_char_p, c_int, c_size_t, c_uint, c_uint64, c_void_p
from typing import Any

from ..base import MXNetError, MXNetNotImplementedError, MXNetValueError

OUT_OF_MEMORY, NOT_READY, PEER_ALREADY_ENABLED = 2, 600, 704
MAJOR, MINOR = 75, 76       # attributes of a device: its compute capability
PLAIN_SHARED = 48 << 10     # bytes of shared memory that a block has without being allowed more,
MAX_DYNAMIC_SHARED = 8      # by this attribute of a kernel
DEVICE_ORDINAL = 9          # an attribute of an address
NON_BLOCKING = 1            # of a stream: it does not wait for the default stream
RELAXED = 2                 # a mode of capturing: other calls of the driver are as ever
DISABLE_TIMING = 2          # of an event
PORTABLE, MAPPED = 1, 2     # of page-locked memory: of all contexts; kernels may write to it


class Driver:
    """The driver's library, initialized. Raises OSError where there is none."""

    def __init__(self) -> None:
        self.library = ctypes.CDLL("libcuda.so.1")
        status = self.library.cuInit(0)
        if status:
            raise OSError(f"cuInit: {self.describe(status)}")
        number = c_int()
        self.check("cuDeviceGetCount", byref(number))
        self.num_devices = number.value

    def describe(self, status: int) -> str:
        """What a status of the driver means: its name, the driver's words, its number."""
        name, text = c_char_p(), c_char_p()
        self.library.cuGetErrorName(status, byref(name))
        self.library.cuGetErrorString(status, byref(text))
        words = (text.value or b"unknown error").decode()
        return f"{(name.value or b'CUDA_ERROR').decode()}, {words} ({status})"

    def check(self, name: str, *arguments: Any) -> None:
        """Call a function of the driver; raises MXNetError where it fails."""
        status = getattr(self.library, name)(*arguments)
        if status:
            raise MXNetError(f"{name}: {self.describe(status)}")

    def address(self, name: str) -> int:
        """The address of one of the driver's functions."""
        return ctypes.cast(getattr(self.library, name), c_void_p).value or 0

    def open(self, number: int) -> Gpu:
        """Device `number` with its primary context, by PyCUDA where it is installed."""
        try:
            import pycuda.driver as pycuda
        except ImportError:
            return Gpu(self, number)
        return PyCudaGpu(self, number, pycuda)


@functools.cache
def driver() -> Driver:
    """The driver; raises OSError where this machine has none that works."""
    return Driver()


def num_gpus() -> int:
    """How many GPUs can be used."""
    try:
        return driver().num_devices
    except OSError:
        return 0


def open_gpu(number: int) -> Gpu:
    """Device `number`; raises MXNetNotImplementedError where there is no GPU at all, and
    MXNetValueError where there are fewer."""
    try:
        known = driver()
    except OSError as error:
        raise MXNetNotImplementedError(
            f"gpu({number}): this machine has no GPU that can be used, {error}: leave ctx out, or "
            "give mx.cpu()") from None
    if number >= known.num_devices:
        raise MXNetValueError(f"gpu({number}): this machine has {known.num_devices} GPUs, numbered "
                              "from 0")
    return known.open(number)


class Event:
    """A point in a stream's work. Its handle goes back to its device when nobody holds it."""

    def __init__(self, gpu: Gpu, handle: int) -> None:
        self.gpu, self.handle = gpu, handle

    def __del__(self) -> None:
        self.gpu.events.append(self.handle)

    def is_done(self) -> bool:
        """Whether the work before it is done; failed work counts as done, and is reported by the
        next call that waits."""
        status: int = self.gpu.driver.library.cuEventQuery(c_void_p(self.handle))
        return status != NOT_READY

    def wait(self) -> None:
        """Return when the work before it is done."""
        self.gpu.enter()
        self.gpu.driver.check("cuEventSynchronize", c_void_p(self.handle))


class Graph:
    """Work of a device that is queued by one call."""

    def __init__(self, gpu: Gpu, handle: c_void_p) -> None:
        self.gpu, self.handle = gpu, handle

    def __del__(self) -> None:
        self.gpu.driver.library.cuGraphExecDestroy(self.handle)     # once it does not run any more

    def run(self) -> None:
        """Queue it on the device's stream."""
        self.gpu.queue("cuGraphLaunch", self.handle)


class Gpu:
    """One device with a stream for all its work, by the driver alone."""

    def __init__(self, driver: Driver, number: int) -> None:
        self.driver, self.number = driver, number
        self.handle = c_int()
        driver.check("cuDeviceGet", byref(self.handle), number)
        self.context = self.retain()
        self.enter()
        values = []
        for attribute in (MAJOR, MINOR):
            value = c_int()
            driver.check("cuDeviceGetAttribute", byref(value), attribute, self.handle)
            values.append(value.value)
        self.arch = values[0] * 10 + values[1]
        self.stream, self.captured_stream = self._new_stream(), self._new_stream()
        self.events: list[int] = []             # handles that nobody uses
        self.reached: dict[int, bool] = {}      # whether a device's memory can be reached from here

    def _new_stream(self) -> int:
        stream = c_void_p()
        self.driver.check("cuStreamCreate", byref(stream), NON_BLOCKING)
        return stream.value or 0

    def retain(self) -> int:
        """The address of the primary context, which stays to the end of the process."""
        context = c_void_p()
        self.driver.check("cuDevicePrimaryCtxRetain", byref(context), self.handle)
        return context.value or 0

    def enter(self) -> None:
        """Make the context the one of this thread."""
        self.driver.check("cuCtxSetCurrent", c_void_p(self.context))

    def queue(self, name: str, *arguments: Any) -> None:
        """Queue what a function of the driver does, whose last argument is the stream."""
        self.enter()
        self.driver.check(name, *arguments, c_void_p(self.stream))

    # Memory --------------------------------------------------------------------------------------

    def allocate(self, nbytes: int) -> int:
        """The address of new memory; 0: there is not enough."""
        self.enter()
        address = c_size_t()
        return self._address("cuMemAlloc_v2", address, byref(address), c_size_t(nbytes))

    def allocate_host(self, nbytes: int) -> int:
        """The address of new page-locked memory, which all devices can reach; 0: as above."""
        self.enter()
        address = c_size_t()
        return self._address("cuMemHostAlloc", address, byref(address), c_size_t(nbytes),
                             c_uint(PORTABLE | MAPPED))

    def _address(self, name: str, address: c_size_t, *arguments: Any) -> int:
        status = getattr(self.driver.library, name)(*arguments)
        if status and status != OUT_OF_MEMORY:
            raise MXNetError(f"{name}: {self.driver.describe(status)}")
        return 0 if status else address.value

    def release(self, address: int) -> None:
        """Give memory back to the driver."""
        self.enter()
        self.driver.check("cuMemFree_v2", c_size_t(address))

    def release_host(self, address: int) -> None:
        """Give page-locked memory back to the driver."""
        self.enter()
        self.driver.check("cuMemFreeHost", c_void_p(address))

    def memory_info(self) -> tuple[int, int]:
        """(free, total) bytes."""
        self.enter()
        free, total = c_size_t(), c_size_t()
        self.driver.check("cuMemGetInfo_v2", byref(free), byref(total))
        return free.value, total.value

    def device_of(self, address: int) -> int:
        """The number of the device that memory is of; raises MXNetError for the host's."""
        self.enter()
        number = c_int()
        self.driver.check("cuPointerGetAttribute", byref(number), DEVICE_ORDINAL,
                          c_size_t(address))
        return number.value

    # Copies, all queued --------------------------------------------------------------------------

    def copy_in(self, target: int, source: int, nbytes: int) -> None:
        """Copy from page-locked memory."""
        self.queue("cuMemcpyHtoDAsync_v2", c_size_t(target), c_void_p(source), c_size_t(nbytes))

    def copy_out(self, target: int, source: int, nbytes: int) -> None:
        """Copy to the host; to memory that is not page-locked it is done on return."""
        self.queue("cuMemcpyDtoHAsync_v2", c_void_p(target), c_size_t(source), c_size_t(nbytes))

    def copy_within(self, target: int, source: int, nbytes: int) -> None:
        """Copy within the device."""
        self.queue("cuMemcpyDtoDAsync_v2", c_size_t(target), c_size_t(source), c_size_t(nbytes))

    def copy_from(self, other: Gpu, target: int, source: int, nbytes: int) -> None:
        """Copy from another device that can be reached."""
        self.queue("cuMemcpyPeerAsync", c_size_t(target), c_void_p(self.context), c_size_t(source),
                   c_void_p(other.context), c_size_t(nbytes))

    def fill(self, address: int, count: int, itemsize: int, item: int) -> None:
        """Write `count` items of 1, 2 or 4 bytes."""
        self.queue(f"cuMemsetD{8 * itemsize}Async", c_size_t(address), c_uint(item),
                   c_size_t(count))

    def fill_words(self, address: int, count: int, word: int) -> None:
        """Write every second one of 2 * `count` words of 4 bytes."""
        self.queue("cuMemsetD2D32Async", c_size_t(address), c_size_t(8), c_uint(word), c_size_t(1),
                   c_size_t(count))

    def reaches(self, other: Gpu) -> bool:
        """Whether another device's memory can be reached from this one, which is then allowed."""
        if other.number not in self.reached:
            can = c_int()
            self.driver.check("cuDeviceCanAccessPeer", byref(can), self.handle, other.handle)
            if can.value:
                self.enter()
                status = self.driver.library.cuCtxEnablePeerAccess(c_void_p(other.context), 0)
                can.value = status in (0, PEER_ALREADY_ENABLED)
            self.reached[other.number] = bool(can.value)
        return self.reached[other.number]

    # Order ---------------------------------------------------------------------------------------

    def record(self, stream: int | None = None) -> Event:
        """An event after all work that is queued now on our stream, or on another of this
        context."""
        self.enter()
        if self.events:
            event = Event(self, self.events.pop())
        else:
            handle = c_void_p()
            self.driver.check("cuEventCreate", byref(handle), DISABLE_TIMING)
            event = Event(self, handle.value or 0)
        self.driver.check("cuEventRecord", c_void_p(event.handle),
                          c_void_p(self.stream if stream is None else stream))
        return event

    def follow(self, event: Event, stream: int | None = None) -> None:
        """Let what is queued from now on wait for an event of any device."""
        self.enter()
        self.driver.check("cuStreamWaitEvent",
                          c_void_p(self.stream if stream is None else stream),
                          c_void_p(event.handle), 0)

    def synchronize(self) -> None:
        """Wait for all work of our stream; raises MXNetError where some of it failed."""
        self.queue("cuStreamSynchronize")

    def synchronize_all(self) -> None:
        """Wait for all work of the device, other libraries' too; raises as `synchronize`."""
        self.enter()
        self.driver.check("cuCtxSynchronize")

    # Graphs --------------------------------------------------------------------------------------

    def begin_capture(self) -> bool:
        """Keep what is queued on `captured_stream` from now on; False where that cannot be."""
        self.enter()
        return not self.driver.library.cuStreamBeginCapture_v2(c_void_p(self.captured_stream),
                                                               RELAXED)

    def end_capture(self) -> Graph | None:
        """What was queued since `begin_capture`; None where the driver cannot keep it."""
        self.enter()
        graph, executable = c_void_p(), c_void_p()
        library = self.driver.library
        if library.cuStreamEndCapture(c_void_p(self.captured_stream), byref(graph)):
            return None
        status = library.cuGraphInstantiateWithFlags(byref(executable), graph, c_uint64(0))
        library.cuGraphDestroy(graph)
        return None if status else Graph(self, executable)

    # Kernels -------------------------------------------------------------------------------------

    def load(self, image: bytes) -> int:
        """The handle of a compiled module, which stays to the end of the process."""
        self.enter()
        module = c_void_p()
        self.driver.check("cuModuleLoadData", byref(module), image)
        return module.value or 0

    def launch(self, function: int, grid: tuple[int, int, int], block: tuple[int, int, int],
               shared: int, values: list[Any]) -> None:
        """Queue a kernel with these arguments, objects of ctypes; shared: bytes of dynamic shared
        memory."""
        self.enter()
        if shared > PLAIN_SHARED:
            self.driver.check("cuFuncSetAttribute", c_void_p(function), MAX_DYNAMIC_SHARED, shared)
        pointers = (c_void_p * (len(values) + 1))(*[ctypes.addressof(value) for value in values])
        self.driver.check("cuLaunchKernel", c_void_p(function), *map(c_uint, (*grid, *block)),
                          c_uint(shared), c_void_p(self.stream), pointers, None)

    def function(self, module: int, name: str) -> int:
        """The handle of one of a module's kernels."""
        self.enter()
        function = c_void_p()
        self.driver.check("cuModuleGetFunction", byref(function), c_void_p(module), name.encode())
        return function.value or 0


class PyCudaGpu(Gpu):
    """One device, whose context and memory PyCUDA gives."""

    def __init__(self, driver: Driver, number: int, pycuda: Any) -> None:
        self.pycuda = pycuda
        self.blocks: dict[int, Any] = {}
        pycuda.init()
        super().__init__(driver, number)

    def retain(self) -> int:
        self.pycuda_context = self.pycuda.Device(self.number).retain_primary_context()
        return int(self.pycuda_context.handle)

    def _inside(self, function: Any, *arguments: Any) -> Any:
        """Call with the context on PyCUDA's stack of this thread, and nothing left there."""
        self.pycuda_context.push()
        try:
            return function(*arguments)
        except self.pycuda.Error as error:
            if isinstance(error, self.pycuda.MemoryError):
                raise
            raise MXNetError(str(error)) from None
        finally:
            self.pycuda.Context.pop()

    def allocate(self, nbytes: int) -> int:
        try:
            block = self._inside(self.pycuda.mem_alloc, nbytes)
        except self.pycuda.MemoryError:
            return 0
        self.blocks[int(block)] = block
        return int(block)

    def release(self, address: int) -> None:
        self._inside(self.blocks.pop(address).free)

    def memory_info(self) -> tuple[int, int]:
        free, total = self._inside(self.pycuda.mem_get_info)
        return free, total

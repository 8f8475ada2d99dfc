"""The CUDA driver: devices with their primary context, memory, copies, modules.

PyCUDA does what it can where it is installed; all else, and everything where it is not, goes to the
driver's library through ctypes. Both work in the device's primary context, so memory and streams
are shared with other libraries in the process. All work is queued on the context's default stream.
"""

from __future__ import annotations

import ctypes
import functools
from ctypes import byref, c_char, c_char_p, c_int, c_size_t, c_uint, c_void_p
from typing import Any

from ..base import MXNetError, MXNetNotImplementedError, MXNetValueError

OUT_OF_MEMORY = 2
MAJOR, MINOR = 75, 76       # attributes of a device: its compute capability


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
        """What a status of the driver means."""
        text = c_char_p()
        self.library.cuGetErrorString(status, byref(text))
        return (text.value or b"unknown error").decode() + f" ({status})"

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


class Gpu:
    """One device, by the driver alone."""

    def __init__(self, driver: Driver, number: int) -> None:
        self.driver, self.number = driver, number
        self.handle = c_int()
        driver.check("cuDeviceGet", byref(self.handle), number)
        self.context = self.retain()
        values = []
        for attribute in (MAJOR, MINOR):
            value = c_int()
            driver.check("cuDeviceGetAttribute", byref(value), attribute, self.handle)
            values.append(value.value)
        self.arch = values[0] * 10 + values[1]

    def retain(self) -> int:
        """The address of the primary context, which stays to the end of the process."""
        context = c_void_p()
        self.driver.check("cuDevicePrimaryCtxRetain", byref(context), self.handle)
        return context.value or 0

    def enter(self) -> None:
        """Make the context the one of this thread."""
        self.driver.check("cuCtxSetCurrent", c_void_p(self.context))

    def allocate(self, nbytes: int) -> int:
        """The address of new memory; 0: there is not enough."""
        self.enter()
        address = c_size_t()
        status = self.driver.library.cuMemAlloc_v2(byref(address), c_size_t(nbytes))
        if status and status != OUT_OF_MEMORY:
            raise MXNetError(f"cuMemAlloc: {self.driver.describe(status)}")
        return 0 if status else address.value

    def release(self, address: int) -> None:
        """Give memory back to the driver."""
        self.enter()
        self.driver.check("cuMemFree_v2", c_size_t(address))

    def memory_info(self) -> tuple[int, int]:
        """(free, total) bytes."""
        self.enter()
        free, total = c_size_t(), c_size_t()
        self.driver.check("cuMemGetInfo_v2", byref(free), byref(total))
        return free.value, total.value

    def copy_in(self, target: int, source: int, nbytes: int) -> None:
        """Copy from the host; the host's memory may be changed afterwards."""
        self.enter()
        self.driver.check("cuMemcpyHtoD_v2", c_size_t(target), c_void_p(source), c_size_t(nbytes))

    def copy_out(self, target: int, source: int, nbytes: int) -> None:
        """Copy to the host, after all work that was queued before."""
        self.enter()
        self.driver.check("cuMemcpyDtoH_v2", c_void_p(target), c_size_t(source), c_size_t(nbytes))

    def copy_within(self, target: int, source: int, nbytes: int) -> None:
        """Queue a copy within the device."""
        self.enter()
        self.driver.check("cuMemcpyDtoD_v2", c_size_t(target), c_size_t(source), c_size_t(nbytes))

    def fill(self, address: int, count: int, itemsize: int, item: int) -> None:
        """Queue writing `count` items of 1, 2 or 4 bytes."""
        self.enter()
        self.driver.check(f"cuMemsetD{8 * itemsize}_v2", c_size_t(address), c_uint(item),
                          c_size_t(count))

    def synchronize(self) -> None:
        """Wait for all work that was queued; raises MXNetError where some of it failed."""
        self.enter()
        self.driver.check("cuCtxSynchronize")

    def load(self, image: bytes) -> int:
        """The handle of a compiled module, which stays to the end of the process."""
        self.enter()
        module = c_void_p()
        self.driver.check("cuModuleLoadData", byref(module), image)
        return module.value or 0

    def function(self, module: int, name: str) -> int:
        """The handle of one of a module's kernels."""
        self.enter()
        function = c_void_p()
        self.driver.check("cuModuleGetFunction", byref(function), c_void_p(module), name.encode())
        return function.value or 0


class PyCudaGpu(Gpu):
    """One device, by PyCUDA: its context, memory and copies. PyCUDA gives no handles of kernels, so
    modules are the driver's."""

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

    def copy_in(self, target: int, source: int, nbytes: int) -> None:
        self._inside(self.pycuda.memcpy_htod, target, (c_char * nbytes).from_address(source))

    def copy_out(self, target: int, source: int, nbytes: int) -> None:
        self._inside(self.pycuda.memcpy_dtoh, (c_char * nbytes).from_address(target), source)

    def copy_within(self, target: int, source: int, nbytes: int) -> None:
        self._inside(self.pycuda.memcpy_dtod, target, source, nbytes)

    def fill(self, address: int, count: int, itemsize: int, item: int) -> None:
        self._inside(getattr(self.pycuda, f"memset_d{8 * itemsize}"), address, item, count)

    def synchronize(self) -> None:
        self._inside(self.pycuda.Context.synchronize)

# cython: language_level=3, boundscheck=False, wraparound=False
"""The CPU as a device: its memory, from csrc/runtime/pool.c, and the threads of its kernels."""

import importlib

cimport cython
from cpython.pycapsule cimport PyCapsule_New
from libc.stdint cimport int64_t, uint64_t

from .memory cimport Device

from ..base import MXNetValueError
from .context import num_gpus
from .memory import register_device

cdef extern from "mx_pool.h" nogil:
    void *mx_pool_alloc(size_t size, int *is_zero)
    void mx_pool_free(void *memory, size_t size)
    void mx_pool_clear()
    size_t mx_pool_live()
    size_t mx_pool_cached()

cdef extern from "mx_threads.h" nogil:
    void mx_parallel_for(int64_t count, void (*task)(void *, int64_t) noexcept,
                         void *context) noexcept
    int mx_num_threads() noexcept
    void mx_set_num_threads(int count)

cdef extern from "mx_memory.h" nogil:
    void mx_copy_memory(void *target, const void *source, size_t nbytes)
    void mx_fill_memory(void *target, int64_t count, int itemsize, uint64_t item)

cdef extern from "mx_kernel.h" nogil:
    ctypedef struct mx_runtime:
        void (*parallel_for)(int64_t, void (*)(void *, int64_t) noexcept nogil,
                             void *) noexcept nogil
        int (*num_threads)() noexcept nogil

cdef enum:
    LARGE = 1 << 17            # bytes from which on other Python threads may run meanwhile


@cython.final
cdef class HostDevice(Device):
    """The CPU's memory, shared by all contexts of the CPU; core.load_cpu_kernels adds kernels."""

    cpdef size_t allocate(self, size_t nbytes) except? 0:
        cdef int is_zero
        return <size_t>mx_pool_alloc(nbytes, &is_zero)

    cpdef size_t allocate_zeros(self, size_t nbytes) except? 0:
        cdef int is_zero
        cdef size_t address = <size_t>mx_pool_alloc(nbytes, &is_zero)
        if address and not is_zero:
            self.fill(address, <int64_t>nbytes, 1, 0)
        return address

    cpdef object free(self, size_t address, size_t nbytes):
        mx_pool_free(<void *>address, nbytes)

    cpdef object copy_in(self, size_t target, size_t source, size_t nbytes):
        self.copy_within(target, source, nbytes)

    cpdef object copy_out(self, size_t target, size_t source, size_t nbytes):
        self.copy_within(target, source, nbytes)

    cpdef object copy_within(self, size_t target, size_t source, size_t nbytes):
        if nbytes < LARGE:
            mx_copy_memory(<void *>target, <const void *>source, nbytes)
        else:
            with nogil:
                mx_copy_memory(<void *>target, <const void *>source, nbytes)

    cpdef object fill(self, size_t address, int64_t count, int itemsize, uint64_t item):
        if count * itemsize < LARGE:
            mx_fill_memory(<void *>address, count, itemsize, item)
        else:
            with nogil:
                mx_fill_memory(<void *>address, count, itemsize, item)

    cpdef object empty_cache(self):
        mx_pool_clear()


HOST_DEVICE = HostDevice("cpu", is_host=True)
for name in ("cpu", "cpu_shared"):
    register_device(name, lambda ctx: HOST_DEVICE)


def make_pinned(ctx):
    """The Device of page-locked memory, or where no such GPU is, the CPU's."""
    if ctx.device_id >= num_gpus():
        return HOST_DEVICE
    return importlib.import_module("mxlite.cuda.pinned").PinnedDevice(ctx.device_id)


GPUS = {}


def make_gpu(ctx):
    """A GPU's Device; what it is made of is imported at its first use."""
    device = importlib.import_module("mxlite.cuda.gpu").GpuDevice(ctx.device_id)
    return GPUS.setdefault(ctx.device_id, device)       # threads may come here at once


register_device("cpu_pinned", make_pinned)
register_device("gpu", make_gpu)


# ---------------------------------------------------------------- memory

def memory_info():
    """{'live': bytes in use by arrays, 'cached': bytes held for reuse}."""
    return {"live": mx_pool_live(), "cached": mx_pool_cached()}


# ---------------------------------------------------------------- threads

cdef mx_runtime RUNTIME
RUNTIME.parallel_for = mx_parallel_for
RUNTIME.num_threads = mx_num_threads


def runtime_capsule():
    """What the modules of kernels take from the process: see mx_runtime in mx_kernel.h."""
    return PyCapsule_New(&RUNTIME, "mxlite.runtime", NULL)


def num_threads():
    """How many threads kernels run on."""
    return mx_num_threads()


def set_num_threads(int count):
    """Run kernels on this many threads; results do not depend on it."""
    if count < 1:
        raise MXNetValueError(f"the number of threads must be at least 1; got {count}")
    mx_set_num_threads(count)

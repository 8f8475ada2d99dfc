# cython: language_level=3, boundscheck=False, wraparound=False
"""A GPU as a `Device`: its memory pool, its copies, and how its kernels are found."""

import os
from ctypes import c_void_p
from struct import pack
from threading import Lock

cimport cython
from libc.stdint cimport int64_t, uint64_t

from ..device.core cimport MX_BAD_VALUE
from ..device.memory cimport Device

from ..base import MXNetIndexError, MXNetMemoryError, MXNetValueError
from ..device.core import headed_kernel
from ..device.host import HOST_DEVICE
from .blas import TYPES, WORKSPACE, Blas, library
from .compiler import compiled
from .driver import open_gpu
from .kernels import ROWS, bias_of, is_for_blas, launch_of
from .launching import (
    BLAS_STATUS, HEAD, KERNEL, LAUNCH, MOST_OWN, STAGE, WAITS, capture, is_tf32_allowed,
    status_of_last_failure, use_blas, use_driver,
)
from .pinned import ARRAYS, MEMORY, PIECE

cdef enum:
    LEAST = 256                # bytes of a block
    SMALL = 1 << 20            # bytes; smaller blocks are cut from chunks
    CHUNK = 2 << 20
    CUDA = 2                   # a DLDeviceType
    FIRST_STICKY = 700         # errors from which on work that ran before may be what failed

NAMES = ["", "an operator"]    # of kernels, by their numbers


@cython.final
cdef class GpuDevice(Device):
    """A GPU. All its work is queued on one stream. Blocks that are given back are kept for the next
    array of about their size, and can be used again at once: whoever writes there does so after the
    last reader; with MXNET_GPU_MEM_POOL_TYPE=Unpooled each goes back to the driver, so that tools
    see accesses outside. Copies to other GPUs make the streams of both wait."""
    cdef readonly object gpu    # driver.Gpu
    cdef bint is_pooled
    cdef dict unused            # size -> addresses of blocks that nobody uses
    cdef readonly list lent     # (address, nbytes) of blocks that other libraries may still use
    cdef dict modules           # (source, dtype) -> handle
    cdef dict functions         # ((source, dtype), kernel) -> handle
    cdef object blas            # blas.Blas; None: not asked for yet, or not there
    cdef object lock            # of whoever compiles
    cdef object capturing       # of the thread that captures
    cdef size_t chunk, chunk_end
    cdef int *status            # page-locked: not 0 once a kernel met a wrong index
    cdef readonly size_t taken  # bytes taken from the driver
    cdef readonly size_t live   # bytes that arrays use
    cdef public size_t limit    # most bytes to take from the driver; 0: none

    def __init__(self, int number):
        self.gpu = open_gpu(number)
        super().__init__("gpu", number)
        self.dlpack_type = CUDA
        self.is_pooled = os.environ.get("MXNET_GPU_MEM_POOL_TYPE") != "Unpooled"
        self.has_graphs = (os.environ.get("MXNET_ENABLE_CUDA_GRAPHS") == "1" and not WAITS
                           and self.is_pooled)
        self.lent = []
        self.unused, self.modules, self.functions = {}, {}, {}
        self.lock, self.capturing = Lock(), Lock()
        self.status = <int *><size_t>self.gpu.allocate_host(64)
        if self.status == NULL:
            raise MXNetMemoryError(f"gpu({number}): no page-locked memory")
        self.status[0] = 0
        use_driver(self.gpu.driver.address)

    cdef size_t ask(self, size_t nbytes) except? 0:
        """New memory of the driver, within the limit; 0: there is none."""
        cdef size_t address
        if self.limit and self.taken + nbytes > self.limit:
            return 0
        address = self.gpu.allocate(nbytes)
        if address:
            self.taken += nbytes
        return address

    cdef size_t take(self, size_t nbytes) except? 0:
        """New memory of the driver, if need be after it got back what is kept; 0: there is none."""
        cdef size_t address = self.ask(nbytes)
        if not address:
            self.empty_cache()
            address = self.ask(nbytes)
        return address

    cpdef size_t allocate(self, size_t nbytes) except? 0:
        cdef size_t size = block_size(nbytes, self.is_pooled), address = 0
        cdef list blocks = self.unused.get(size)
        if not blocks and self.lent:
            self.take_back()
            blocks = self.unused.get(size)
        if blocks:
            address = blocks.pop()
        elif size > SMALL or not self.is_pooled:
            address = self.take(size)
        elif self.chunk_end - self.chunk >= size:
            address, self.chunk = self.chunk, self.chunk + size
        else:
            address = self.take(CHUNK)
            if address:
                self.keep_rest()
                self.chunk, self.chunk_end = address + size, address + CHUNK
        if address:
            self.live += size
        return address

    cpdef object free(self, size_t address, size_t nbytes):
        self.live -= block_size(nbytes, self.is_pooled)
        self.keep(address, nbytes)

    cdef object keep(self, size_t address, size_t nbytes):
        """Let the next array of about its size have a block that nobody uses."""
        cdef size_t size = block_size(nbytes, self.is_pooled)
        if self.is_pooled:
            self.unused.setdefault(size, []).append(address)
        else:
            self.settle()
            self.gpu.release(address)
            self.taken -= size

    cdef object keep_rest(self):
        """Keep the rest of the chunk as blocks, as large as can be, but small: large ones are taken
        for the driver's, to which they go back."""
        cdef size_t size
        while self.chunk_end - self.chunk >= LEAST:
            size = min(size_within(self.chunk_end - self.chunk), <size_t>SMALL)
            self.keep(self.chunk, size)
            self.chunk += size

    cpdef object free_lent(self, size_t address, size_t nbytes):
        self.live -= block_size(nbytes, self.is_pooled)
        self.lent.append((address, nbytes))

    def take_back(self):
        """Wait for all work of the device, after which nobody uses blocks that had been lent."""
        blocks, self.lent = self.lent, []
        self.gpu.synchronize_all()
        for address, nbytes in blocks:
            self.keep(address, nbytes)

    cpdef object empty_cache(self):
        self.take_back()
        for size in [size for size in self.unused if size > SMALL]:
            for address in self.unused.pop(size):
                self.gpu.release(address)
                self.taken -= <size_t>size

    @property
    def stream(self):
        """The handle of the stream of all its work."""
        return self.gpu.stream

    def show(self, stream):
        """Let another stream of the device wait for the work that is queued now."""
        self.gpu.follow(self.gpu.record(), stream)

    def see(self, stream):
        """Wait, with the work that is queued from now on, for another stream of the device."""
        self.gpu.follow(self.gpu.record(stream))

    def settle(self):
        """Return when all work that was queued is done; what failed is told by others."""
        self.gpu.enter()
        self.gpu.driver.library.cuEventSynchronize(c_void_p(self.gpu.record().handle))

    def number_of(self, size_t address):
        """Which GPU memory is of."""
        return self.gpu.device_of(address)

    @property
    def arch(self):
        """The compute capability, 90 for sm_90."""
        return self.gpu.arch

    def memory_info(self):
        """(free, total) bytes, as the driver counts them."""
        return self.gpu.memory_info()

    cpdef object copy_in(self, size_t target, size_t source, size_t nbytes):
        """Queue a copy from the host, whose memory may be changed afterwards: it is read at once,
        or, where it is that of an array of cpu_pinned(), writes to it wait."""
        cdef size_t part, done = 0
        start = ARRAYS.start_of(source) if nbytes else None
        if start is not None:
            self.gpu.copy_in(target, source, nbytes)
            ARRAYS.note_reader(start, self.gpu.record())
            return
        while done < nbytes:
            part = min(nbytes - done, <size_t>PIECE)
            block = MEMORY.stage(part, self.gpu)
            HOST_DEVICE.copy_in(block, source + done, part)
            self.gpu.copy_in(target + done, block, part)
            MEMORY.give(block, part, [self.gpu.record()])
            done += part

    cpdef object copy_out(self, size_t target, size_t source, size_t nbytes):
        if nbytes:
            self.gpu.copy_out(target, source, nbytes)
        self.synchronize()

    cpdef object copy_within(self, size_t target, size_t source, size_t nbytes):
        if nbytes and target != source:
            self.gpu.copy_within(target, source, nbytes)

    cpdef object copy_from(self, Device other, size_t target, size_t source, size_t nbytes):
        """Queue a copy from another GPU, directly or by way of page-locked memory."""
        cdef size_t part, done = 0
        if not isinstance(other, GpuDevice):
            Device.copy_from(self, other, target, source, nbytes)
            return
        mine, theirs = self.gpu, (<GpuDevice>other).gpu
        if nbytes and mine.reaches(theirs):
            mine.follow(theirs.record())        # once the source is written,
            mine.copy_from(theirs, target, source, nbytes)
            theirs.follow(mine.record())        # and before it is written again
            return
        while done < nbytes:
            part = min(nbytes - done, <size_t>PIECE)
            block = MEMORY.stage(part, theirs)
            theirs.copy_out(block, source + done, part)
            mine.follow(theirs.record())
            mine.copy_in(target + done, block, part)
            MEMORY.give(block, part, [mine.record()])
            done += part

    cpdef object fill(self, size_t address, int64_t count, int itemsize, uint64_t item):
        if count and itemsize < 8:
            self.gpu.fill(address, count, itemsize, item)
        elif count and item >> 32 == item & 0xffffffff:
            self.gpu.fill(address, 2 * count, 4, item & 0xffffffff)
        elif count:
            self.gpu.fill_words(address, count, item & 0xffffffff)
            self.gpu.fill_words(address + 4, count, item >> 32)

    cpdef object synchronize(self):
        self.gpu.synchronize()
        cdef int status = self.status[0]
        if status:
            self.status[0] = 0
            met = f"{NAMES[status // 4]}, which ran on {self.kind}({self.number}) before, met"
            if status % 4 == MX_BAD_VALUE:
                raise MXNetValueError(f"{met} a value that it does not take")
            raise MXNetIndexError(f"{met} an index outside its axis")

    @property
    def graph_state(self):
        """What graphs depend on beside addresses and values."""
        return b"tf32" if is_tf32_allowed() else b""

    cpdef bint begin_capture(self) except -1:
        if not self.capturing.acquire(blocking=False):
            return False
        if not self.gpu.begin_capture():
            self.capturing.release()
            return False
        capture(self.gpu.captured_stream)
        return True

    cpdef object end_capture(self):
        capture(0)
        graph = self.gpu.end_capture()
        self.capturing.release()
        return graph

    cpdef object run_graph(self, object graph):
        graph.run()

    cpdef object failure(self):
        status = status_of_last_failure()
        if status >= BLAS_STATUS:
            return f"cublasGemmEx: {self.blas.describe(status - BLAS_STATUS)}"
        text = self.gpu.driver.describe(status)
        if WAITS or status < FIRST_STICKY:
            return text
        return (f"{text}, in this call or one before it: MXNET_ENGINE_TYPE=NaiveEngine tells in "
                "which")

    cpdef object find_kernel(self, str name):
        """The kernel, compiled at its first use; None: there is no GPU kernel of this name."""
        if name not in self.kernels:
            self.kernels[name] = self.make_kernel(name)
        return self.kernels[name]

    def make_kernel(self, str name):
        """The kernel `name` of kernels.ROWS, or None."""
        base, _, dtype = name.rpartition("_")
        row = ROWS.get(base)
        if row is None or dtype not in row.dtypes.split():
            return None
        if base not in NAMES:
            NAMES.append(base)
        number = NAMES.index(base)
        return headed_kernel(
            name, row.fields, LAUNCH[0],
            lambda fields: self.head(launch_of(row, base, fields, dtype), dtype, number), LAUNCH[1])

    def head(self, call, dtype, number):
        """The head of a descriptor, for a kernels.Launch of the kernel of this number."""
        launches = [one for stage in call.stages for one in self.launches(stage, dtype)]
        at = HEAD.size + STAGE.size * len(launches)
        stages, own = [], []
        has_blas = any([type != KERNEL for _, type, _ in launches])
        blas = self.open_blas() if has_blas else None
        for stage, type, function in launches:
            pointers, offsets = zip(*stage.pointers, strict=True) if stage.pointers else ((), ())
            more = (0,) * (MOST_OWN - len(pointers))
            stages.append(STAGE.pack(type, function, stage.grid, stage.block,
                                     at if stage.fields else 0, len(pointers), *pointers, *more,
                                     *offsets, *more))
            if stage.fields:
                fields = packed(stage.fields)
                own.append(fields)
                at += len(fields)
        return HEAD.pack(
            self.gpu.context, self.gpu.stream, blas.handle if blas else 0,
            blas.captured_handle if blas else 0, <size_t>self.status, number, call.pointers,
            call.scalars, len(launches), at, call.scratch) + b"".join(stages + own)

    def launches(self, stage, dtype):
        """(kernels.Stage, KERNEL or the type of a product of cuBLAS, kernel) of what is queued."""
        is_product = stage.name == "product" and dtype in TYPES and library() is not None
        if not is_product or not is_for_blas(stage):
            yield stage, KERNEL, self.function(stage.source, dtype, stage.name)
            return
        before = bias_of(stage)
        if before is not None:
            yield before, KERNEL, self.function(before.source, dtype, before.name)
        yield stage, TYPES[dtype], 0

    def open_blas(self):
        """cuBLAS on this device."""
        with self.lock:
            if self.blas is None:
                workspace = self.allocate(WORKSPACE)
                if not workspace:
                    raise MXNetMemoryError(f"gpu({self.number}): no memory for cuBLAS")
                self.blas = Blas(self.gpu, library(), workspace)
                use_blas(self.blas.address)
        return self.blas

    def function(self, source, dtype, name):
        """The handle of a kernel of csrc/cuda/<source>.cu, which threads may ask for at once."""
        key = source, dtype
        with self.lock:
            if key not in self.modules:
                self.modules[key] = self.gpu.load(compiled(source, dtype, self.gpu.arch))
            if (key, name) not in self.functions:
                self.functions[key, name] = self.gpu.function(self.modules[key], f"kernel_{name}")
            return self.functions[key, name]


def packed(fields):
    """Fields of a descriptor: ints and floats, and tuples of them."""
    flat = [x for field in fields for x in (field if isinstance(field, tuple) else (field,))]
    return pack("@" + "".join(["d" if isinstance(x, float) else "q" for x in flat]), *flat)


cdef size_t block_size(size_t nbytes, bint is_pooled) noexcept:
    """What is taken for `nbytes`: one of four sizes for each power of 2, at least LEAST; just so
    many without a pool."""
    cdef size_t step = 64
    if not is_pooled:
        return nbytes if nbytes else 1
    if nbytes <= LEAST:
        return LEAST
    while step * 8 < nbytes:
        step *= 2
    return (nbytes + step - 1) // step * step


cdef size_t size_within(size_t nbytes) noexcept:
    """The largest block_size that is not more than `nbytes`, which are at least LEAST."""
    cdef size_t step = 64
    while step * 8 <= nbytes:
        step *= 2
    return nbytes // step * step

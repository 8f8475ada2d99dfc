# cython: language_level=3, boundscheck=False, wraparound=False
"""Devices and their memory: `Device`, the type of an array (`Spec`), blocks of memory."""

import numpy as np

cimport cython
from cpython.buffer cimport (
    PyBUF_SIMPLE, PyBuffer_FillInfo, PyBuffer_Release, PyObject_GetBuffer,
)
from libc.stdint cimport int64_t, uint64_t
from libc.stdlib cimport free as c_free, malloc

from ..base import (
    DTYPES, MXNetError, MXNetMemoryError, MXNetNotImplementedError, MXNetValueError,
    numpy_bfloat16,
)
from .context import add_device_type

# ---------------------------------------------------------------- devices

cdef class Device:
    """Memory, and the kernels that work on it. All addresses are the device's own.

    A subclass overrides `allocate`, `free`, `copy_in`, `copy_out`, `copy_within` and `fill`, and
    has its kernels in `kernels` or overrides `find_kernel`. The CPU's is host.HostDevice.

    kind: its name in messages. number: which of its kind. is_host: the CPU may read and write its
    memory through an address. watches: it must hear of writes by the CPU, see `before_write`.
    dlpack_type: its DLDeviceType; 0: its memory is not shared with other libraries. One of CUDA has
    `stream`, `show(stream)`, which lets a stream wait for its work, `see(stream)`, which waits
    for one, and `settle()`. has_graphs: what a Program queues can be captured, to be run at once.
    """

    def __init__(self, str kind, int number=0, *, bint is_host=False, bint watches=False,
                 dict kernels=None):
        self.kind, self.number, self.is_host = kind, number, is_host
        self.watches = watches
        self.kernels = {} if kernels is None else kernels

    def __repr__(self):
        return f"<device {self.kind}({self.number})>"

    cpdef size_t allocate(self, size_t nbytes) except? 0:
        """The address of a block of `nbytes`, a multiple of 64; 0: no memory is left."""
        raise NotImplementedError

    cpdef size_t allocate_zeros(self, size_t nbytes) except? 0:
        """The address of a block that holds zeros; 0: no memory is left."""
        cdef size_t address = self.allocate(nbytes)
        if address:
            self.fill(address, <int64_t>nbytes, 1, 0)
        return address

    cpdef object free(self, size_t address, size_t nbytes):
        """Take back a block; nbytes as it was allocated."""
        raise NotImplementedError

    cpdef object free_lent(self, size_t address, size_t nbytes):
        """Take back a block that other libraries may still use, in ways that the device cannot see.
        """
        self.free(address, nbytes)

    cpdef object copy_in(self, size_t target, size_t source, size_t nbytes):
        """Copy from `source` in the host's memory to `target` on the device."""
        raise NotImplementedError

    cpdef object copy_out(self, size_t target, size_t source, size_t nbytes):
        """Copy from `source` on the device to `target` in the host's memory."""
        raise NotImplementedError

    cpdef object copy_within(self, size_t target, size_t source, size_t nbytes):
        """Copy between two blocks of the device, which do not overlap."""
        raise NotImplementedError

    cpdef object copy_from(self, Device other, size_t target, size_t source, size_t nbytes):
        """Copy from `source` on another device to `target` on this one; by way of the host."""
        cdef char *staging = <char *>malloc(nbytes + 1)
        if staging == NULL:
            raise MXNetMemoryError(f"no host memory for {nbytes} bytes on their way from {other} "
                                   f"to {self}")
        try:
            other.copy_out(<size_t>staging, source, nbytes)
            self.copy_in(target, <size_t>staging, nbytes)
        finally:
            c_free(staging)

    cpdef object fill(self, size_t address, int64_t count, int itemsize, uint64_t item):
        """Write `count` items of 1, 2, 4 or 8 bytes, each with the bits of `item`."""
        raise NotImplementedError

    cpdef object before_write(self, size_t address, bint is_open):
        """Of a device that `watches`: the CPU will write to the block that `address` lies in, now,
        or, with is_open, at any time."""

    cpdef object synchronize(self):
        """Return when all work that was queued is done; raises MXNetError where some failed."""

    cpdef bint begin_capture(self) except -1:
        """Keep what this thread queues from now on, instead of running it; False: it cannot be."""
        return False

    cpdef object end_capture(self):
        """What was queued since `begin_capture`; None: it cannot be kept."""

    cpdef object run_graph(self, object graph):
        """Queue again what `end_capture` gave."""

    cpdef object find_kernel(self, str name):
        """The kernel of this name, such as "softmax_f32", or None."""
        return self.kernels.get(name)

    cpdef object failure(self):
        """Why this thread's last kernel could not be started."""
        return "the device failed"

    cpdef object empty_cache(self):
        """Give the memory that is held for reuse back to the system."""


cdef dict DEVICES = {}                  # Context -> Device
cdef dict SPECS = {}                    # (shape, dtype, Context) -> Spec
cdef dict MAKERS = {}                   # device type of a Context -> function(Context) -> Device


def register_device(str device_type, maker):
    """Make Context accept a device type; maker(context) gives its Device, at the first use."""
    unregister_device(device_type)
    add_device_type(device_type)
    MAKERS[device_type] = maker


def unregister_device(str device_type):
    """Forget a device type; arrays that are there keep their device."""
    MAKERS.pop(device_type, None)
    for ctx in [ctx for ctx in DEVICES if ctx.device_type == device_type]:
        del DEVICES[ctx]
    SPECS.clear()


def device_of(ctx):
    """The Device of a Context; raises MXNetNotImplementedError where this build has none."""
    device = DEVICES.get(ctx)
    if device is None:
        maker = MAKERS.get(ctx.device_type)
        if maker is None:
            raise MXNetNotImplementedError(
                f"{ctx}: this build of mxlite has no {ctx.device_type} devices; it has "
                f"{', '.join(MAKERS)}: leave ctx out, or give mx.cpu()")
        device = DEVICES[ctx] = maker(ctx)
    return device


def synchronize_all():
    """Wait for the work of all devices; raises the first error once all have been waited for."""
    errors = []
    for device in set(DEVICES.values()):
        try:
            device.synchronize()
        except MXNetError as error:
            errors.append(error)
    if errors:
        raise errors[0]


cdef int copy_memory(Device to, void *target, Device come_from, const void *source,
                     size_t nbytes) except -1:
    """Copy between blocks of any two devices."""
    if to is come_from:
        to.copy_within(<size_t>target, <size_t>source, nbytes)
    elif come_from.is_host:
        to.copy_in(<size_t>target, <size_t>source, nbytes)
    elif to.is_host:
        come_from.copy_out(<size_t>target, <size_t>source, nbytes)
    else:
        to.copy_from(come_from, <size_t>target, <size_t>source, nbytes)
    return 0


# ---------------------------------------------------------------- specs

MAX_NDIM = 32


@cython.no_gc
cdef class Spec:
    """An array's type: shape, dtype and context. Interned: equal ones are mostly one object."""

    def __repr__(self):
        return f"{self.dtype}{list(self.shape)} on {self.ctx}"

    def __reduce__(self):
        return spec, (self.shape, self.dtype, self.ctx)


cdef Spec make_spec(tuple shape, str dtype, object ctx):
    cdef Spec self = <Spec>SPECS.get((shape, dtype, ctx))
    cdef int64_t size = 1
    if self is not None:
        return self
    if len(shape) > MAX_NDIM:
        raise MXNetValueError(f"an array has at most {MAX_NDIM} axes; got {len(shape)}: {shape}")
    for length in shape:
        if length < 0:
            raise MXNetValueError(f"shape must not hold negative lengths; got {shape}")
        if length and size > (<int64_t>1 << 58) // <int64_t>length:
            raise MXNetMemoryError(f"an array of shape {shape} is larger than any memory")
        size *= <int64_t>length
    shape = tuple([int(length) for length in shape])    # NumPy's are equal, and would stay
    self = Spec.__new__(Spec)
    self.shape, self.dtype, self.ctx = shape, dtype, ctx
    self.device = device_of(ctx)
    self.ndim = len(shape)
    self.itemsize = DTYPES[dtype][1]
    self.size = size
    self.nbytes = size * self.itemsize
    if len(SPECS) > 100000:      # a cache: losing it costs time, nothing else
        SPECS.clear()
    SPECS[shape, dtype, ctx] = self
    return self


def spec(shape, dtype, ctx):
    """The Spec of these; shape a tuple of ints, dtype a name of `base.DTYPES`."""
    return make_spec(tuple([int(length) for length in shape]), dtype, ctx)


# ---------------------------------------------------------------- blocks

@cython.freelist(64)
@cython.no_gc
cdef class Storage:
    """A block of a device's memory, given back when the last array that uses it goes."""

    def __dealloc__(self):
        if self.writes != NULL:
            c_free(self.writes)
        if self.owner is None and self.data != NULL:
            if self.is_lent:
                self.device.free_lent(<size_t>self.data, self.nbytes)
            else:
                self.device.free(<size_t>self.data, self.nbytes)


cdef int raise_no_memory(object user, int64_t nbytes) except -1:
    need = (f"no memory for an array {user}" if isinstance(user, Spec)
            else f"{user.name}: no memory for its work space")
    raise MXNetMemoryError(f"{need}, {nbytes} bytes")


cdef Storage new_storage(Device device, int64_t nbytes, object user, bint zeros=False):
    """A block of `nbytes`; user: the Spec of the array or the operator that it is for. zeros: what
    it holds; else whatever was there."""
    cdef Storage self = Storage.__new__(Storage)
    self.device = device
    self.data = <char *>(device.allocate_zeros(<size_t>nbytes) if zeros
                         else device.allocate(<size_t>nbytes))
    if self.data == NULL:
        raise_no_memory(user, nbytes)
    self.nbytes = <size_t>nbytes
    return self


# ---------------------------------------------------------------- writes in place

cdef enum:
    NOTED = 8                   # writes that a block remembers apart; older ones are joined
    OLD_BYTES = 1 << 20         # of blocks that copies are kept of, of so many writes at most:
    MOST_OLD = 4                # a loop that trains inside one record() makes one a step

cdef uint64_t write_clock = 0


cdef int note_write(Storage self, const char *begin, const char *end) except -1:
    """Note that the bytes from `begin` to `end` are written now."""
    global write_clock
    cdef Write *writes = self.writes
    cdef int i, kept = 0
    write_clock += 1
    if end <= begin:
        return 0
    if writes == NULL:
        writes = self.writes = <Write *>malloc(NOTED * sizeof(Write))
        if writes == NULL:
            raise MXNetMemoryError("no memory to note a write")
    for i in range(self.num_writes):        # those that are covered now need no note of their own
        if writes[i].begin < begin or end < writes[i].end:
            writes[kept] = writes[i]
            kept += 1
    if kept == NOTED:
        writes[1].begin = min(writes[0].begin, writes[1].begin)
        writes[1].end = max(writes[0].end, writes[1].end)
        for i in range(1, NOTED):
            writes[i - 1] = writes[i]
        kept -= 1
    writes[kept] = Write(write_clock, begin, end)
    self.num_writes = kept + 1
    return 0


cdef bint changed_since(Storage self, uint64_t time, const char *begin, const char *end) noexcept:
    """Whether a noted write after `time` touched the bytes from `begin` to `end`."""
    cdef int i
    for i in range(self.num_writes):
        if self.writes[i].time > time and self.writes[i].begin < end and begin < self.writes[i].end:
            return True
    return False


cdef class OldValues:
    pass


cdef int keep_old(Storage self, uint64_t section) except -1:
    """Copy a small block, all of which is about to be overwritten, for the graphs that saved it:
    those of this section of the thread; what was kept in earlier ones goes, and the oldest."""
    cdef OldValues kept
    cdef int i
    if self.nbytes > OLD_BYTES:
        return 0
    kept = OldValues.__new__(OldValues)
    for i in range(self.num_writes):
        kept.since = max(kept.since, self.writes[i].time)
    kept.until, kept.section = write_clock, section
    kept.copy = new_storage(self.device, <int64_t>self.nbytes, self.device)
    copy_memory(self.device, kept.copy.data, self.device, self.data, self.nbytes)
    old = [each for each in self.old or () if (<OldValues>each).section == section]
    self.old = [*old[1 - MOST_OLD:], kept]
    self.is_watched = False     # nothing saved what is written now
    return 0


cdef Storage old_at(Storage self, uint64_t time):
    """A copy of the block as it was at that time, by write_clock; None: there is none."""
    cdef OldValues kept
    if self.old is not None:
        for kept in self.old:
            if kept.since <= time <= kept.until:
                return kept.copy
    return None


# ---------------------------------------------------------------- NumPy

# Through the buffer protocol, so that nothing depends on the C structs of one NumPy version.

cdef dict NUMPY_TYPES = {name: np.dtype("uint16" if name == "bfloat16" else name)
                         for name in DTYPES}
cdef object new_numpy = np.ndarray, empty_numpy = np.empty


@cython.no_gc
cdef class HostMemory:
    """Some of the host's memory, for NumPy arrays over it, which keep `owner` alive."""
    cdef void *data
    cdef Py_ssize_t nbytes
    cdef bint is_read_only
    cdef object owner

    def __getbuffer__(self, Py_buffer *buffer, int want):
        PyBuffer_FillInfo(buffer, self, self.data, self.nbytes, self.is_read_only, want)


cdef object of_dtype(Spec spec, object array):
    return array.view(numpy_bfloat16()) if spec.dtype == "bfloat16" else array


cdef object host_view(Spec spec, void *data, object owner, bint is_read_only=False):
    """A NumPy array over host memory that `owner` keeps alive; None: the caller does."""
    if not spec.device.is_host:
        raise MXNetValueError(f"an array on {spec.ctx} has no host memory; copy it with "
                              "as_in_context(mx.cpu())")
    return of_dtype(spec, host_items(spec, data, owner, is_read_only))


cdef object host_items(Spec spec, void *data, object owner, bint is_read_only=False):
    """The same, of items; those of bfloat16 are the uint16 of the same bits."""
    cdef HostMemory memory = HostMemory.__new__(HostMemory)
    memory.data, memory.nbytes = data, spec.nbytes
    memory.owner, memory.is_read_only = owner, is_read_only
    return new_numpy(spec.shape, NUMPY_TYPES[spec.dtype], memory)


cdef object numpy_items(Spec spec, void *data):
    """A new NumPy array of the items in the memory of spec's device; as for host_items."""
    array = empty_numpy(spec.shape, NUMPY_TYPES[spec.dtype])
    spec.device.copy_out(<size_t>numpy_data(array), <size_t>data, <size_t>spec.nbytes)
    return array


cdef object numpy_copy(Spec spec, void *data):
    """A new NumPy array with values in the memory of spec's device."""
    return of_dtype(spec, numpy_items(spec, data))


cdef void *numpy_data(object array) except? NULL:
    """The address of the first item of a C-contiguous NumPy array."""
    cdef Py_buffer buffer
    PyObject_GetBuffer(array, &buffer, PyBUF_SIMPLE)
    PyBuffer_Release(&buffer)      # the array keeps its memory while it lives
    return buffer.buf

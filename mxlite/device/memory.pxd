from libc.stdint cimport int64_t, uint64_t


cdef class Device:
    cdef readonly str kind
    cdef readonly int number
    cdef readonly bint is_host
    cdef readonly bint watches
    cdef readonly int dlpack_type
    cdef public bint has_graphs
    cdef readonly dict kernels
    cpdef size_t allocate(self, size_t nbytes) except? 0
    cpdef size_t allocate_zeros(self, size_t nbytes) except? 0
    cpdef object free(self, size_t address, size_t nbytes)
    cpdef object free_lent(self, size_t address, size_t nbytes)
    cpdef object copy_in(self, size_t target, size_t source, size_t nbytes)
    cpdef object copy_out(self, size_t target, size_t source, size_t nbytes)
    cpdef object copy_within(self, size_t target, size_t source, size_t nbytes)
    cpdef object copy_from(self, Device other, size_t target, size_t source, size_t nbytes)
    cpdef object fill(self, size_t address, int64_t count, int itemsize, uint64_t item)
    cpdef object before_write(self, size_t address, bint is_open)
    cpdef object synchronize(self)
    cpdef bint begin_capture(self) except -1
    cpdef object end_capture(self)
    cpdef object run_graph(self, object graph)
    cpdef object find_kernel(self, str name)
    cpdef object failure(self)
    cpdef object empty_cache(self)


cdef class Spec:
    cdef readonly tuple shape
    cdef readonly str dtype
    cdef readonly object ctx
    cdef readonly Device device
    cdef readonly int ndim
    cdef readonly int itemsize
    cdef readonly int64_t size
    cdef readonly int64_t nbytes


cdef struct Write:
    uint64_t time              # of write_clock
    const char *begin
    const char *end


cdef class Storage:
    cdef char *data
    cdef size_t nbytes
    cdef Device device
    cdef object owner          # keeps foreign memory alive; None: the device's
    cdef bint is_grad          # a variable's gradient buffer
    cdef bint is_lent          # other libraries may use it on streams of their own
    cdef bint is_read_only     # foreign memory that must not be written to
    cdef bint is_watched       # a node saved an array of it: all writes are noted
    cdef int num_writes
    cdef Write *writes         # the last ones, in order
    cdef list graph_writes     # weak references to tape.GraphWrite; None: none
    cdef list old              # OldValues, in order; None: none


cdef class OldValues:
    """What was in a block before all of it was overwritten inside autograd.record()."""
    cdef Storage copy
    cdef uint64_t since, until  # of write_clock: when it was there
    cdef uint64_t section       # of the thread that wrote: the outermost record() it was in


cdef uint64_t write_clock       # counts the writes that were noted

cdef int note_write(Storage self, const char *begin, const char *end) except -1
cdef bint changed_since(Storage self, uint64_t time, const char *begin, const char *end) noexcept
cdef int keep_old(Storage self, uint64_t section) except -1
cdef Storage old_at(Storage self, uint64_t time)
cdef Spec make_spec(tuple shape, str dtype, object ctx)
cdef Storage new_storage(Device device, int64_t nbytes, object user, bint zeros=*)
cdef int copy_memory(Device to, void *target, Device come_from, const void *source,
                     size_t nbytes) except -1
cdef object host_view(Spec spec, void *data, object owner, bint is_read_only=*)
cdef object host_items(Spec spec, void *data, object owner, bint is_read_only=*)
cdef object numpy_copy(Spec spec, void *data)
cdef object numpy_items(Spec spec, void *data)
cdef void *numpy_data(object array) except? NULL

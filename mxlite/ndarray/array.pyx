# cython: language_level=3, boundscheck=False, wraparound=False
"""ArrayBase: memory, shape and dtype, and the node that remembers how it was made."""

cimport cython
from cpython.buffer cimport PyBUF_FORMAT, PyBUF_ND, PyBUF_STRIDES, PyBUF_WRITABLE
from cpython.object cimport PyObject
from libc.stdint cimport int64_t, uint64_t
from libc.stdlib cimport free, malloc

from ..device.memory cimport (
    Spec, Storage, copy_memory, host_items, host_view, keep_old, make_spec, new_storage,
    note_write, numpy_copy, numpy_data, numpy_items,
)

from ..base import MXNetMemoryError, MXNetTypeError, MXNetValueError
from ..wording import no_array

cdef extern from *:
    """
    static _Thread_local mx_flags thread_flags;
    static mx_flags *mx_thread_flags(void) { return &thread_flags; }
    static inline PyObject *mx_blank(PyObject *base, PyObject *type, PyObject *no_args) {
      return ((PyTypeObject *)base)->tp_new((PyTypeObject *)type, no_args, NULL);
    }
    static inline PyObject *mx_type(PyObject *array) { return (PyObject *)Py_TYPE(array); }
    static inline Py_ssize_t mx_references(void *object) { return Py_REFCNT((PyObject *)object); }
    """
    object mx_blank(PyObject *base, PyObject *type, object no_args)
    PyObject *mx_type(PyObject *array) noexcept nogil
    Py_ssize_t mx_references(void *thing) noexcept
    Flags *mx_thread_flags() noexcept nogil

cdef Flags *flags() noexcept nogil:
    """This thread's switches, and where it is among record() and pause()."""
    return mx_thread_flags()


cdef tuple NO_ARGS = ()
cdef type DENSE = ArrayBase
cdef type NUMPY = ArrayBase
cdef dict FORMATS = {
    "float32": b"f", "float64": b"d", "float16": b"e", "uint8": b"B", "int32": b"i", "int8": b"b",
    "int64": b"q", "bool": b"?",
}


# ---------------------------------------------------------------- kinds of arrays

def set_dense_kind(type kind):
    """Called once by the package: the class of arrays that no other array determines."""
    global DENSE
    DENSE = kind


def set_numpy_kind(type kind):
    """Called once by the package: the class of the arrays of `mx.np`."""
    global NUMPY
    NUMPY = kind


cdef type kind_of(void **inputs, int count):
    """The class of an operator's results: the `_result_kind` of its first array with another class
    than NDArray; NDArray if there is none."""
    cdef int i
    cdef PyObject *kind
    for i in range(count):
        kind = mx_type(<PyObject *>inputs[i])
        if kind != <PyObject *>DENSE:
            return NUMPY if kind == <PyObject *>NUMPY else (<object>kind)._result_kind
    return DENSE


cdef bint is_numpy(ArrayBase array):
    """Whether the array is one of `mx.np`."""
    cdef PyObject *kind = mx_type(<PyObject *>array)
    return kind != <PyObject *>DENSE and (kind == <PyObject *>NUMPY or isinstance(array, NUMPY))


cdef bint are_dense(ArrayBase a, ArrayBase b):
    """Whether both are of the class of most arrays, of none derived from it either."""
    return (mx_type(<PyObject *>a) == <PyObject *>DENSE
            and mx_type(<PyObject *>b) == <PyObject *>DENSE)


cdef bint are_numpy(ArrayBase a, ArrayBase b):
    """Whether both are of the class of `mx.np`, of none derived from it."""
    return (mx_type(<PyObject *>a) == <PyObject *>NUMPY
            and mx_type(<PyObject *>b) == <PyObject *>NUMPY)


cdef bint are_alike(ArrayBase a, ArrayBase b):
    """Whether both are arrays of `mx.np`, or none is."""
    return (mx_type(<PyObject *>a) == mx_type(<PyObject *>b)
            or isinstance(a, NUMPY) == isinstance(b, NUMPY))


cdef type kind_like(ArrayBase array):
    """The class of arrays made from this one."""
    cdef void *pointer = <void *>array
    return kind_of(&pointer, 1)


@cython.freelist(64)
@cython.trashcan(True)
cdef class Node:
    def __cinit__(self):
        self.index = self.inline_index
        self.scalars = self.inline_scalars

    def __dealloc__(self):
        if self.index != self.inline_index:
            free(self.index)
        if self.scalars != self.inline_scalars:
            free(self.scalars)


@cython.no_gc
cdef class GraphWrite:
    pass


cpdef ArrayBase need_array(object value, str function, str argument):
    """`value` if it is an array; raises MXNetTypeError, naming function and argument, otherwise."""
    if not isinstance(value, ArrayBase):
        raise MXNetTypeError(f"{function}: {argument} must be an NDArray; got {no_array(value)}")
    return <ArrayBase>value


# ---------------------------------------------------------------- making arrays

cdef inline ArrayBase blank(type kind):
    return <ArrayBase>mx_blank(<PyObject *>ArrayBase, <PyObject *>kind, NO_ARGS)


cdef ArrayBase new_array(type kind, Spec spec, bint zeros=False):
    """An array of this spec; its values are zeros, or whatever the memory held."""
    cdef ArrayBase self = blank(kind)
    self.storage = new_storage(spec.device, spec.nbytes, spec, zeros)
    self.data = self.storage.data
    self.spec = spec
    return self


cdef ArrayBase share(ArrayBase base, Spec spec, int64_t offset):
    """An array over the memory of `base`, `offset` bytes into it."""
    cdef ArrayBase self = blank(kind_like(base))
    self.storage = base.storage
    self.data = base.data + offset
    self.spec = spec
    return self


def of_kind(ArrayBase array not None, type kind):
    """The array as one of another class: over the same memory, with the same history."""
    cdef ArrayBase self
    if array.is_sparse:
        raise MXNetTypeError("a sparse array has no memory of its shape; "
                             "use its tostype('default')")
    self = blank(kind)
    self.storage, self.data, self.spec = array.storage, array.data, array.spec
    self.node, self.index = array.node, array.index
    return self


cdef dict ONE_BITS = {         # the bits of 1 where they are not those of the integer 1
    "float32": 0x3F800000, "float64": 0x3FF0000000000000, "float16": 0x3C00, "bfloat16": 0x3F80,
}


cdef ArrayBase filled(type kind, Spec spec, int value):
    """A new array of zeros or of ones."""
    cdef ArrayBase self
    if value == 0:
        return new_array(kind, spec, True)
    self = new_array(kind, spec)
    spec.device.fill(<size_t>self.data, spec.size, spec.itemsize, ONE_BITS.get(spec.dtype, 1))
    return self


cdef int will_write(ArrayBase array, Prepared call, bint in_place) except -1:
    """To be called before memory is written that was there before: by `call`, or by a copy if that
    is None. in_place: the array is the one that an assigning operator changes."""
    cdef Storage storage = array.storage
    cdef const char *begin = array.data
    cdef const char *end = array.data + array.spec.nbytes
    if storage.device.watches:
        storage.device.before_write(<size_t>begin, False)
    if not (storage.is_watched or storage.is_read_only) and (
            array.node is None and storage.graph_writes is None and not flags().recording):
        return 0                    # no graph has to do with the memory
    if storage.is_read_only:
        raise MXNetValueError(
            f"{'copy' if call is None else call.op.title}: an array of shape {array.spec.shape} "
            "cannot be written to: it lies in memory of NumPy that is read-only; use its copy()")
    if in_place and call.end_written > 0:
        begin, end = begin + call.first_written, begin + call.end_written
    if (array.node is not None and array.node.freed and not flags().recording
            and begin == array.data and end == array.data + array.spec.nbytes):
        array.node = None           # a spent graph made what was there
    if storage.graph_writes is not None and not flags().recording:
        replace(array, begin, end)              # while recording, the tape asks for them first
    if storage.is_watched or flags().recording:
        if (storage.is_watched and (flags().recording or flags().paused)
                and begin == storage.data and end == begin + storage.nbytes):
            keep_old(storage, flags().section)
        note_write(storage, begin, end)
    return 0


cdef int replace(ArrayBase array, const char *begin, const char *end) except -1:
    """Mark what graphs wrote between `begin` and `end`, to where `array` is written now without a
    gradient; the very array that a graph wrote may be changed so."""
    cdef GraphWrite write
    for ref in array.storage.graph_writes:
        write = ref()
        if (write is not None and write.begin < end and begin < write.end
                and (array.node is None or array.node.seq != write.seq)):
            if is_covered(write, begin, end):
                write.is_replaced = True
            else:               # no array is whole any more
                write.seq = <uint64_t>-1
    return 0


cdef int forget_covered(Storage storage, const char *begin, const char *end) except -1:
    """Forget the writes of graphs that lie between `begin` and `end`, which are overwritten."""
    storage.graph_writes = [ref for ref in storage.graph_writes
                            if not is_covered(<GraphWrite>ref(), begin, end)] or None
    return 0


cdef bint is_covered(GraphWrite write, const char *begin, const char *end) noexcept:
    return write is None or (begin <= write.begin and write.end <= end)


cdef int copy_into(ArrayBase target, ArrayBase source) except -1:
    """Copy the bytes of `source` to `target`, of the same shape and dtype, on any device."""
    if target.is_sparse or source.is_sparse:
        raise MXNetTypeError("a sparse array has no memory of its shape; "
                             "use its tostype('default')")
    will_write(target, None, False)
    if target.data != source.data:
        copy_memory(target.spec.device, target.data, source.spec.device, source.data,
                    <size_t>target.spec.nbytes)
    return 0


def empty_array(shape, str dtype, ctx, type kind=None):
    """An array with uninitialised values; kind: its class, NDArray if None."""
    return new_array(DENSE if kind is None else kind, make_spec(tuple(shape), dtype, ctx))


def zero_array(shape, str dtype, ctx):
    """An NDArray of zeros; of a large one the system makes the memory when it is written to."""
    return new_array(DENSE, make_spec(tuple(shape), dtype, ctx), True)


def sparse_array(type kind, shape, str dtype, ctx):
    """An array without memory of its own, whose values the class `kind` keeps elsewhere."""
    cdef ArrayBase self = blank(kind)
    self.spec = make_spec(tuple(shape), dtype, ctx)
    self.storage = Storage.__new__(Storage)
    self.storage.device = self.spec.device
    self.is_sparse = True
    return self


def will_write_to(ArrayBase array not None):
    """To be called before a kernel that no operator calls writes to the array."""
    will_write(array, None, False)


def zeros_like(ArrayBase array not None):
    """Zeros of the same shape and dtype on the same device; not recorded."""
    return filled(kind_like(array), array.spec, 0)


def share_array(ArrayBase base not None, shape, int64_t offset=0):
    """An array of another shape over the memory of `base`, without a gradient's history."""
    cdef Spec spec = make_spec(tuple(shape), base.spec.dtype, base.spec.ctx)
    cdef ArrayBase view
    if base.is_sparse:
        raise MXNetTypeError("a sparse array has no memory of its shape; "
                             "use its tostype('default')")
    if offset < 0 or offset + spec.nbytes > base.spec.nbytes:
        raise MXNetValueError(f"a view of shape {shape} does not fit into {base.spec}")
    view = share(base, spec, offset)
    if base.node is not None:
        view.index = -1
    return view


def are_held_elsewhere(list arrays not None):
    """Whether anything but the list refers to one of its arrays, or to the memory of one."""
    cdef ArrayBase array
    for i in range(len(arrays)):
        array = arrays[i]                   # a second reference
        if array.is_sparse or mx_references(<void *>array) > 2 or (
                mx_references(<void *>array.storage) > 1):
            return True
    return False


def on_context(ArrayBase array not None, ctx):
    """The values on `ctx`, without a gradient's history: over the same memory where contexts share
    their device, as those of the CPU do; else a copy."""
    cdef Spec spec
    cdef ArrayBase result
    if array.is_sparse:
        raise MXNetTypeError("a sparse array has no memory of its shape; "
                             "use its tostype('default')")
    if array.node is None and (array.spec.ctx is ctx or array.spec.ctx == ctx):
        return array
    spec = make_spec(array.spec.shape, array.spec.dtype, ctx)
    if spec.device is not array.spec.device:
        result = new_array(kind_like(array), spec)
        copy_into(result, array)
        return result
    result = share(array, spec, 0)
    if array.node is not None:
        result.index = -1
    return result


def wrap_numpy(array, ctx, str dtype, bint is_read_only=False):
    """An array with the values of a C-contiguous NumPy array: over its memory, which the array
    keeps alive, where `ctx` is the host; else a copy on the device. is_read_only: writes to the
    memory raise."""
    cdef void *source = numpy_data(array)
    cdef Spec spec = make_spec(tuple(array.shape), dtype, ctx)
    cdef ArrayBase self
    if not spec.device.is_host:
        self = new_array(DENSE, spec)
        spec.device.copy_in(<size_t>self.data, <size_t>source, spec.nbytes)
        return self
    return over_memory(<size_t>source, spec, array, is_read_only)


cdef ArrayBase wrap_memory(size_t address, ctx, shape, str dtype, owner, bint is_read_only):
    """An array over memory of a device, which `owner` keeps alive."""
    return over_memory(address, make_spec(shape, dtype, ctx), owner, is_read_only)


cdef ArrayBase over_memory(size_t address, Spec spec, owner, bint is_read_only):
    cdef ArrayBase self = blank(DENSE)
    self.storage = Storage.__new__(Storage)
    self.storage.data = <char *>address
    self.storage.nbytes = <size_t>spec.nbytes
    self.storage.device = spec.device
    self.storage.owner = owner
    self.storage.is_read_only = is_read_only
    self.data = self.storage.data
    self.spec = spec
    return self


cdef object numpy_view(ArrayBase self):
    if self.spec.device.watches:
        self.spec.device.before_write(<size_t>self.data, True)
    return host_view(self.spec, self.data, self, self.storage.is_read_only)


@cython.no_gc
cdef class ArrayBase:
    """An array without operators: memory, spec, and the node that made it."""

    def __init__(self, *args, **kwargs):
        raise MXNetTypeError(f"{type(self).__name__} cannot be called; mx.nd.array(values), "
                             "mx.nd.zeros(shape) and kin make arrays")

    def __len__(self):
        if self.spec.ndim == 0:
            raise MXNetTypeError("an array of no dimensions has no length")
        return self.spec.shape[0]

    @property
    def shape(self):
        """The lengths of the axes."""
        return self.spec.shape

    @property
    def ndim(self):
        """The number of axes."""
        return self.spec.ndim

    @property
    def size(self):
        """The number of elements."""
        return self.spec.size

    @property
    def context(self):
        """The device that holds the array."""
        return self.spec.ctx

    @property
    def ctx(self):
        """The device that holds the array."""
        return self.spec.ctx

    @property
    def _dtype_name(self):
        return self.spec.dtype

    @property
    def _spec(self):
        return self.spec

    @property
    def _address(self):
        return <size_t>self.data

    def _numpy_view(self):
        """A NumPy array over the same memory, which must be the host's."""
        return numpy_view(self)

    def _values(self):
        """The values for reading: a NumPy array over the same memory, or a copy from a device."""
        return numpy_view(self) if self.spec.device.is_host else numpy_copy(self.spec, self.data)

    def asnumpy(self):
        """A NumPy copy of the values."""
        return numpy_copy(self.spec, self.data)

    def _items(self):
        """The items as a NumPy array, over the array's own memory if that is the host's; those of
        bfloat16 are the uint16 of the same bits."""
        if self.spec.device.is_host:
            return host_items(self.spec, self.data, self.storage)
        return numpy_items(self.spec, self.data)

    def _bytes(self):
        """The bytes of the items."""
        return self._items().tobytes()

    def _copy_from(self, ArrayBase source not None):
        """Copy the bytes of an array of the same shape and dtype, on any device; not recorded."""
        if source.spec.shape != self.spec.shape or source.spec.dtype != self.spec.dtype:
            raise MXNetValueError(f"an array {source.spec} cannot be copied to one {self.spec}")
        copy_into(self, source)

    def _become(self, ArrayBase other not None):
        """Be the memory, shape and dtype of another array, without a gradient's history."""
        self.storage, self.data, self.spec = other.storage, other.data, other.spec
        self.is_sparse, self.node = other.is_sparse, None

    def _shares_memory(self, ArrayBase other not None):
        return self.storage is other.storage

    @property
    def _storage_id(self):
        return id(self.storage)

    @property
    def writable(self):
        """Whether the memory may be written to; not that of NumPy arrays that are read-only."""
        return not self.storage.is_read_only

    def __getbuffer__(self, Py_buffer *buffer, int want):
        cdef int i
        cdef Py_ssize_t stride = self.spec.itemsize
        cdef Py_ssize_t *sizes
        if self.is_sparse:
            raise BufferError("a sparse array has no memory of its shape; copy it with asnumpy()")
        if not self.spec.device.is_host:
            raise BufferError(f"an array on {self.spec.ctx} has no host memory; copy it with "
                              "as_in_context(mx.cpu())")
        if self.spec.dtype not in FORMATS:
            raise BufferError(f"the buffer protocol has no format for {self.spec.dtype}")
        if self.storage.is_read_only and want & PyBUF_WRITABLE:
            raise BufferError("the memory of the array is read-only; use its copy()")
        if self.spec.device.watches:
            self.spec.device.before_write(<size_t>self.data, True)
        sizes = <Py_ssize_t *>malloc(sizeof(Py_ssize_t) * 2 * (self.spec.ndim + 1))
        if sizes == NULL:
            raise MXNetMemoryError(f"no memory for a buffer of {self.spec}")
        for i in range(self.spec.ndim - 1, -1, -1):
            sizes[i] = self.spec.shape[i]
            sizes[self.spec.ndim + i] = stride
            stride *= sizes[i]
        buffer.buf, buffer.obj, buffer.len = self.data, self, self.spec.nbytes
        buffer.itemsize, buffer.ndim = self.spec.itemsize, self.spec.ndim
        buffer.readonly = self.storage.is_read_only
        buffer.format = <char *>FORMATS[self.spec.dtype] if want & PyBUF_FORMAT else NULL
        buffer.shape = sizes if want & PyBUF_ND else NULL
        buffer.strides = sizes + self.spec.ndim if want & PyBUF_STRIDES == PyBUF_STRIDES else NULL
        buffer.suboffsets, buffer.internal = NULL, sizes

    def __releasebuffer__(self, Py_buffer *buffer):
        free(buffer.internal)

# cython: language_level=3, boundscheck=False, wraparound=False
"""ArrayBase: memory, shape and dtype, and the node that remembers how it was made."""

cimport cython
cimport numpy as np
from cpython.buffer cimport PyBUF_FORMAT, PyBUF_ND, PyBUF_STRIDES
from cpython.object cimport PyObject
from libc.stdint cimport int64_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memset

from ..device.core cimport Spec, Storage, make_spec, new_storage

from ..base import MXNetTypeError, MXNetValueError

np.import_array()

cdef extern from *:
    """
    static _Thread_local mx_flags thread_flags;
    static mx_flags *mx_thread_flags(void) { return &thread_flags; }
    static inline PyObject *mx_blank(PyObject *type, PyObject *no_args) {
      return ((PyTypeObject *)type)->tp_new((PyTypeObject *)type, no_args, NULL);
    }
    """
    object mx_blank(PyObject *type, object no_args)
    Flags *mx_thread_flags() noexcept nogil

cdef Flags *flags() noexcept nogil:
    """This thread's switches: recording, training."""
    return mx_thread_flags()


cdef tuple NO_ARGS = ()
cdef PyObject *ARRAY_TYPE = <PyObject *>ArrayBase
cdef dict NUMPY_TYPES = {
    "float32": np.NPY_FLOAT32, "float64": np.NPY_FLOAT64, "float16": np.NPY_FLOAT16,
    "uint8": np.NPY_UINT8, "int32": np.NPY_INT32, "int8": np.NPY_INT8, "int64": np.NPY_INT64,
    "bool": np.NPY_BOOL, "bfloat16": np.NPY_UINT16,
}
cdef dict FORMATS = {
    "float32": b"f", "float64": b"d", "float16": b"e", "uint8": b"B", "int32": b"i", "int8": b"b",
    "int64": b"q", "bool": b"?",
}


def set_array_type(type array_type):
    """Called once by the package: the class of all new arrays, a subclass of ArrayBase."""
    global ARRAY_TYPE
    ARRAY_TYPE = <PyObject *>array_type


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


# ---------------------------------------------------------------- making arrays

cdef inline ArrayBase blank():
    return <ArrayBase>mx_blank(ARRAY_TYPE, NO_ARGS)


cdef ArrayBase new_array(Spec spec):
    """An array of this spec; its values are whatever the memory held."""
    cdef ArrayBase self = blank()
    self.storage = new_storage(spec.nbytes, spec)
    self.data = self.storage.data
    self.spec = spec
    return self


cdef ArrayBase share(ArrayBase base, Spec spec, int64_t offset):
    """An array over the memory of `base`, `offset` bytes into it."""
    cdef ArrayBase self = blank()
    self.storage = base.storage
    self.data = base.data + offset
    self.spec = spec
    return self


cdef dict ONE_BITS = {         # the bits of 1 where they are not those of the integer 1
    "float32": 0x3F800000, "float64": 0x3FF0000000000000, "float16": 0x3C00, "bfloat16": 0x3F80,
}


cdef ArrayBase filled(Spec spec, int value):
    """A new array of zeros or of ones."""
    cdef ArrayBase self = new_array(spec)
    cdef uint64_t bits
    cdef int64_t i
    if value == 0:
        memset(self.data, 0, spec.nbytes)
        return self
    bits = ONE_BITS.get(spec.dtype, 1)
    if spec.itemsize == 1:
        memset(self.data, 1, spec.nbytes)
    elif spec.itemsize == 2:
        for i in range(spec.size):
            (<uint16_t *>self.data)[i] = <uint16_t>bits
    elif spec.itemsize == 4:
        for i in range(spec.size):
            (<uint32_t *>self.data)[i] = <uint32_t>bits
    else:
        for i in range(spec.size):
            (<uint64_t *>self.data)[i] = bits
    return self


def empty_array(shape, str dtype, ctx):
    """An array with uninitialised values."""
    return new_array(make_spec(tuple(shape), dtype, ctx))


def share_array(ArrayBase base, shape, int64_t offset=0):
    """An array of another shape over the memory of `base`, without a gradient's history."""
    cdef Spec spec = make_spec(tuple(shape), base.spec.dtype, base.spec.ctx)
    if offset < 0 or offset + spec.nbytes > base.spec.nbytes:
        raise MXNetValueError(f"a view of shape {shape} does not fit into {base.spec}")
    return share(base, spec, offset)


def wrap_numpy(array, ctx, str dtype):
    """An array over the memory of a C-contiguous NumPy array, which it keeps alive."""
    cdef np.ndarray source = array
    cdef ArrayBase self = blank()
    self.storage = Storage.__new__(Storage)
    self.storage.data = <char *>np.PyArray_DATA(source)
    self.storage.nbytes = np.PyArray_NBYTES(source)
    self.storage.owner = source
    self.data = self.storage.data
    self.spec = make_spec(tuple(array.shape), dtype, ctx)
    return self


cdef object numpy_view(ArrayBase self):
    cdef np.npy_intp dims[64]
    cdef int i
    if not self.spec.ctx.is_host:
        raise MXNetValueError(f"an array on {self.spec.ctx} has no host memory; copy it with "
                              "as_in_context(mx.cpu())")
    for i in range(self.spec.ndim):
        dims[i] = self.spec.shape[i]
    view = np.PyArray_SimpleNewFromData(self.spec.ndim, dims, NUMPY_TYPES[self.spec.dtype],
                                        self.data)
    np.set_array_base(view, self)
    if self.spec.dtype == "bfloat16":
        import ml_dtypes
        view = view.view(ml_dtypes.bfloat16)
    return view


@cython.no_gc
cdef class ArrayBase:
    """An array without operators: memory, spec, and the node that made it."""

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
        """A NumPy array over the same memory."""
        return numpy_view(self)

    def _shares_memory(self, ArrayBase other):
        return self.storage is other.storage

    def __getbuffer__(self, Py_buffer *buffer, int want):
        cdef int i
        cdef Py_ssize_t stride = self.spec.itemsize
        cdef Py_ssize_t *sizes
        if self.spec.dtype not in FORMATS:
            raise BufferError(f"the buffer protocol has no format for {self.spec.dtype}")
        sizes = <Py_ssize_t *>malloc(sizeof(Py_ssize_t) * 2 * (self.spec.ndim + 1))
        for i in range(self.spec.ndim - 1, -1, -1):
            sizes[i] = self.spec.shape[i]
            sizes[self.spec.ndim + i] = stride
            stride *= sizes[i]
        buffer.buf, buffer.obj, buffer.len = self.data, self, self.spec.nbytes
        buffer.itemsize, buffer.readonly, buffer.ndim = self.spec.itemsize, 0, self.spec.ndim
        buffer.format = <char *>FORMATS[self.spec.dtype] if want & PyBUF_FORMAT else NULL
        buffer.shape = sizes if want & PyBUF_ND else NULL
        buffer.strides = sizes + self.spec.ndim if want & PyBUF_STRIDES == PyBUF_STRIDES else NULL
        buffer.suboffsets, buffer.internal = NULL, sizes

    def __releasebuffer__(self, Py_buffer *buffer):
        free(buffer.internal)

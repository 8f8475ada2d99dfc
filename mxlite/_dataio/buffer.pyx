# cython: language_level=3, boundscheck=False, wraparound=False
"""Contiguous memory of Python objects, held while C uses it; no NumPy."""

from cpython.buffer cimport (
    PyBUF_C_CONTIGUOUS, PyBUF_FORMAT, PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer,
)

from ..base import MXNetTypeError, MXNetValueError

# Of a dtype: the struct module's letters for it ("l" where a C long has 8 bytes), bytes of an item.
cdef dict ITEMS = {"uint8": (("B",), 1), "float32": (("f",), 4), "float64": (("d",), 8),
                   "int64": (("q", "l"), 8), "uint64": (("Q", "L"), 8)}


cdef class Buffer:
    """What `buffer_of` gives; the memory cannot move or go while this lives."""

    cdef void *data(self) noexcept:
        return self.view.buf if self.view.len else NULL

    cdef Py_ssize_t length(self, int axis) noexcept:
        return self.view.shape[axis]

    def __dealloc__(self):
        if self.is_held:
            PyBuffer_Release(&self.view)


cdef Buffer buffer_of(memory, str dtype, int ndim, bint writable=False):
    """The contiguous memory of an object with the buffer interface.

    dtype, ndim: of its items and how many axes it must have; None and -1: any. Raises
    MXNetTypeError for what gives no such memory or has other items, MXNetValueError for another
    number of axes.
    """
    cdef Buffer buffer = Buffer()
    cdef Py_buffer *view = &buffer.view
    cdef int flags = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (PyBUF_WRITABLE if writable else 0)
    kind = "memory" if dtype is None else f"memory of {dtype}"
    try:
        PyObject_GetBuffer(memory, view, flags)
    except (BufferError, TypeError, ValueError) as error:
        raise MXNetTypeError(f"contiguous {kind} is needed; got {type(memory).__name__} "
                             f"({error})") from None
    buffer.is_held = True
    if dtype is not None:
        letters, size = ITEMS[dtype]
        letter = "B" if view.format is NULL else (<bytes>view.format).decode().lstrip("<=@")
        if letter not in letters or view.itemsize != size:
            raise MXNetTypeError(f"contiguous {kind} is needed; got items of the format "
                                 f"{letter!r}, {view.itemsize} bytes each")
    if ndim not in (-1, view.ndim):
        raise MXNetValueError(f"{kind} with {ndim} axes is needed; got {view.ndim}")
    return buffer

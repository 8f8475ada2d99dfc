"""Contiguous memory of Python objects: Cython's memoryviews are 20,000 lines of C each."""

from cpython.buffer cimport Py_buffer


cdef class Buffer:
    cdef Py_buffer view
    cdef bint is_held

    cdef void *data(self) noexcept       # NULL where it has no items
    cdef Py_ssize_t length(self, int axis) noexcept


cdef Buffer buffer_of(memory, str dtype, int ndim, bint writable=*)

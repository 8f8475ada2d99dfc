"""What readers and writers of data files share."""

from cpython.pythread cimport PyThread_type_lock
from libc.stdint cimport int64_t

from .mx_recordio cimport mx_rec_error

cdef bint is_damage(int status)
cdef object error_of(str path, str doing, int status, const mx_rec_error *error)
cdef object system_error(str path, str doing, int64_t reason)

cdef class PythonFile:
    cdef object file, failure
    cdef int64_t size, position

    cdef int64_t read(self, void *buffer, int64_t size, int64_t offset) except -1
    cdef int write(self, const void *data, int64_t size) except -1

cdef int64_t read_python(void *context, void *buffer, int64_t size,
                         int64_t offset) noexcept with gil
cdef int64_t size_python(void *context) noexcept with gil
cdef int write_python(void *context, const void *head, int64_t head_size, const void *body,
                      int64_t body_size) noexcept with gil

cdef class RecordFile:
    cdef readonly str path
    cdef PythonFile python
    cdef PyThread_type_lock lock
    cdef int pid
    cdef readonly bint closed
    cdef bint busy

    cdef int enter(self) except -1
    cdef void begin(self) noexcept
    cdef void end(self) noexcept
    cdef object failure(self, str doing, int status, const mx_rec_error *error)

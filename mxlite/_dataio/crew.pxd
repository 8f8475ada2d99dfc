from libc.stdint cimport int64_t

from .mx_crew cimport mx_crew, mx_crew_error, mx_crew_work


cdef class Batch:
    cdef void *data
    cdef int64_t tasks
    cdef readonly object tag             # what the owner likes


cdef class Crew:
    cdef mx_crew *crew
    cdef mx_crew_work work               # set by a subclass
    cdef int threads, capacity
    cdef int pid                         # of the process whose threads these are
    cdef object waiting                  # Batches handed in, the oldest first
    cdef bint closed
    cdef object __weakref__

    cdef void stop(self) noexcept
    cdef int check_open(self) except -1
    cdef int start(self) except -1
    cdef object failure(self, Batch batch, const mx_crew_error *error)

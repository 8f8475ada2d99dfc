from libc.stdint cimport uint64_t

from ..device.core cimport Prepared, mx_scalar
from .array cimport Node


cdef int record(Prepared call, void **inputs, int count, list outputs, const mx_scalar *scalars,
                uint64_t time, list given) except -1
cdef int check_gradient(Node node) except -1

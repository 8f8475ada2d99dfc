from ..device.core cimport Operator, Prepared, mx_scalar
from .array cimport ArrayBase

cdef bint has_graph(ArrayBase array) noexcept
cdef int fill_key(mx_scalar *key) except -1
cdef object run(Prepared call, void **inputs, int count, const mx_scalar *scalars, object out,
                bint record)
cdef object invoke(Operator op, void **inputs, int count, const mx_scalar *scalars, object out)

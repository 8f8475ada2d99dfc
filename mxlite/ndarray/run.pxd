from ..device.core cimport Operator, Prepared, mx_scalar

ctypedef int (*record_function)(Prepared call, void **inputs, int count, list outputs,
                                const mx_scalar *scalars) except -1
cdef record_function record_hook

cdef object run(Prepared call, void **inputs, int count, const mx_scalar *scalars, object out,
                bint record)
cdef int execute(Prepared call, list inputs, list outputs, const mx_scalar *scalars) except -1
cdef object invoke(Operator op, void **inputs, int count, const mx_scalar *scalars, object out)

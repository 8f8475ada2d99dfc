from libc.stdint cimport int64_t, uint64_t

from ..device.core cimport Prepared, Spec, Storage, mx_scalar


cdef class Node:
    """What made an array: a leaf (a variable), an operator call, or a Python function."""
    cdef Prepared call
    cdef object plan               # tape.Plan: the traced gradient
    cdef object function           # a Python function's backward, else None
    cdef list parents              # Nodes; None: no gradient goes there
    cdef int *index                # which output of each parent
    cdef int inline_index[6]
    cdef list saved                # the arrays that the plan reads
    cdef list out_grads            # gradients that have arrived; None between backwards
    cdef tuple out_specs
    cdef mx_scalar *scalars
    cdef mx_scalar inline_scalars[2]
    cdef uint64_t seq, mark
    cdef int pending               # a leaf: contributions still to come
    cdef bint explicit, is_leaf, freed, hazard, train
    cdef int req                   # a leaf: 0 null, 1 write, 2 add
    cdef bint fresh                # a leaf: its gradient has been written and not yet consumed
    cdef ArrayBase grad            # a leaf: its gradient buffer


cdef class ArrayBase:
    cdef Storage storage
    cdef char *data
    cdef Spec spec
    cdef Node node
    cdef int index
    cdef object __weakref__


cdef extern from *:
    """
    #ifndef MX_FLAGS
    #define MX_FLAGS
    typedef struct { int recording, training; } mx_flags;
    #endif
    """
    ctypedef struct Flags "mx_flags":
        bint recording
        bint training

cdef Flags *flags() noexcept nogil

cdef ArrayBase new_array(Spec spec)
cdef ArrayBase share(ArrayBase base, Spec spec, int64_t offset)
cdef ArrayBase filled(Spec spec, int value)
cdef object numpy_view(ArrayBase self)

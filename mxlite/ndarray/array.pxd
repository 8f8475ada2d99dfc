from libc.stdint cimport int64_t, uint64_t

from ..device.core cimport Prepared, mx_scalar
from ..device.memory cimport Spec, Storage


cdef class Node:
    """What made an array: a variable (variable.Leaf), an operator call, or a Python function."""
    cdef Prepared call
    cdef object gradient           # gradient.Gradient: how to go backward over the call
    cdef object function           # a Python function's backward, else None
    cdef list parents              # Nodes; None: no gradient goes there
    cdef int *index                # which output of each parent
    cdef int inline_index[6]
    cdef list saved                # the arrays that the gradient reads
    cdef tuple out_specs
    cdef type kind                 # the class of the arrays it made
    cdef mx_scalar *scalars
    cdef mx_scalar inline_scalars[2]
    cdef uint64_t seq              # nodes are numbered as they are made
    cdef uint64_t inputs_at        # when its inputs were read, by write_clock,
    cdef uint64_t outputs_at       # and when its outputs had been written
    cdef list graph_writes         # tape.GraphWrite of outputs that `out=` gave; None: none
    cdef bint is_leaf
    cdef bint explicit             # below it is a variable that attach_grad() made
    cdef bint freed                # walked; what it saved is gone
    cdef bint hazard               # it saved a gradient buffer, which a walk may write to


cdef class GraphWrite:
    """Bytes of a storage that a node wrote, by which gradients flow to the node."""
    cdef const char *begin
    cdef const char *end
    cdef uint64_t seq              # of the node
    cdef bint is_replaced          # by values without a gradient, through another array
    cdef object __weakref__


cdef class ArrayBase:
    cdef Storage storage
    cdef char *data
    cdef Spec spec
    cdef Node node
    cdef int index                 # which output of the node; without one, -1: detached from one
    cdef bint is_sparse            # its values are in other arrays (sparse/); `data` is NULL
    cdef object __weakref__


cdef extern from *:
    """
    #ifndef MX_FLAGS
    #define MX_FLAGS
    typedef struct { int recording, training, paused; uint64_t section; } mx_flags;
    #endif
    """
    ctypedef struct Flags "mx_flags":
        bint recording
        bint training
        bint paused                # recording stops, by pause(), inside record()
        uint64_t section           # which outermost record() this is

cdef Flags *flags() noexcept nogil

cpdef ArrayBase need_array(object value, str function, str argument)
cdef type kind_of(void **inputs, int count)
cdef type kind_like(ArrayBase array)
cdef bint is_numpy(ArrayBase array)
cdef bint are_dense(ArrayBase a, ArrayBase b)
cdef bint are_numpy(ArrayBase a, ArrayBase b)
cdef bint are_alike(ArrayBase a, ArrayBase b)
cdef ArrayBase new_array(type kind, Spec spec, bint zeros=*)
cdef ArrayBase share(ArrayBase base, Spec spec, int64_t offset)
cdef ArrayBase wrap_memory(size_t address, ctx, shape, str dtype, owner, bint is_read_only)
cdef ArrayBase filled(type kind, Spec spec, int value)
cdef int will_write(ArrayBase array, Prepared call, bint in_place) except -1
cdef int forget_covered(Storage storage, const char *begin, const char *end) except -1
cdef int copy_into(ArrayBase target, ArrayBase source) except -1
cdef object numpy_view(ArrayBase self)

from libc.stdint cimport uint64_t

from .array cimport ArrayBase, Node


cdef class Leaf(Node):
    cdef int req                   # 0 null, 1 write, 2 add
    cdef ArrayBase grad            # its gradient buffer; None: made when a gradient arrives
    cdef bint fresh                # the gradient was written and nobody has asked for it since
    cdef bint busy                 # a walk writes to `grad`
    cdef object hook               # called when a walk has written to `grad`, or None
    cdef int arrive(self, ArrayBase total) except -1
    cdef int miss(self) except -1
    cdef int arrive_sparse(self, ArrayBase total) except -1
    cdef void lock(self) noexcept
    cdef void unlock(self) noexcept


cdef uint64_t next_seq() noexcept
cdef Leaf new_leaf(ArrayBase array, ArrayBase grad, int req, bint explicit)
cdef ArrayBase sum_of_sparse(ArrayBase lhs, ArrayBase rhs)
cdef int add_into(ArrayBase target, ArrayBase lhs, ArrayBase rhs) except -1

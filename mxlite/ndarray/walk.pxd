from libc.stdint cimport uint64_t

from .array cimport Node


cdef enum:
    FEW = 16               # nodes of a graph for which a walk allocates nothing
    FEW_SLOTS = 32

cdef struct Place:
    uint64_t seq
    void *node             # kept by Walk.nodes
    int first              # where in Walk.held the gradients of its outputs are
    int pending            # contributions still to come
    bint arrived           # whether one has come


cdef class Walk:
    cdef list nodes            # in the order in which they were met
    cdef list held             # the gradients of their outputs so far, None where none has come
    cdef Place *places         # of each node
    cdef int *table            # hash table: node -> number + 1
    cdef Place few_places[FEW]
    cdef int few_slots[FEW_SLOTS]
    cdef size_t table_size
    cdef int count, capacity
    cdef size_t slot_of(self, void *node) noexcept
    cdef int number_of(self, Node node) noexcept
    cdef int enter(self, Node node) except -1
    cdef int grow(self) except -1
    cdef int collect(self, list heads) except -1
    cdef list in_order(self)


cdef int num_outputs(Node node) except -1

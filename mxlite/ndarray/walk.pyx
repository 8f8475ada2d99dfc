# cython: language_level=3, boundscheck=False, wraparound=False
"""The nodes below some heads, and what one walk backward knows of each.

It is kept here, not on the nodes, so that several threads may walk over the same ones.
"""

cimport cython
from libc.stdint cimport uint64_t, uintptr_t
from libc.stdlib cimport calloc, free, malloc, qsort
from libc.string cimport memcpy, memset

from .array cimport Node

from ..base import MXNetError, MXNetMemoryError

cdef struct Turn:
    uint64_t seq
    int number             # of the node


cdef int later_first(const void *a, const void *b) noexcept nogil:
    cdef uint64_t left = (<const Turn *>a).seq, right = (<const Turn *>b).seq
    return (left < right) - (left > right)


cdef int num_outputs(Node node) except -1:
    return 1 if node.is_leaf else len(node.out_specs)


@cython.no_gc
cdef class Walk:
    """The nodes of one walk, numbered as they were met."""

    def __cinit__(self):
        self.nodes, self.held = [], []
        self.places, self.capacity = self.few_places, FEW
        self.table, self.table_size = self.few_slots, FEW_SLOTS
        memset(self.few_slots, 0, sizeof(self.few_slots))

    def __dealloc__(self):
        if self.places != self.few_places:
            free(self.places)
        if self.table != self.few_slots:
            free(self.table)

    cdef size_t slot_of(self, void *node) noexcept:
        """Where the node is in the table, or would be."""
        cdef size_t slot = (<uintptr_t>node >> 5) * <size_t>0x9E3779B97F4A7C15
        slot = (slot >> 20) & (self.table_size - 1)
        while self.table[slot] != 0 and self.places[self.table[slot] - 1].node != node:
            slot = (slot + 1) & (self.table_size - 1)
        return slot

    cdef int number_of(self, Node node) noexcept:
        return self.table[self.slot_of(<void *>node)] - 1

    cdef int enter(self, Node node) except -1:
        """Note a contribution to a node, and the node if it is new."""
        cdef size_t slot = self.slot_of(<void *>node)
        if self.table[slot] != 0:
            self.places[self.table[slot] - 1].pending += 1
            return 0
        if node.freed:
            raise MXNetError(
                "backward: this graph has been walked already and what it saved is released; "
                "pass retain_graph=True to the first backward to walk it twice")
        if self.count == self.capacity:
            self.grow()
            slot = self.slot_of(<void *>node)
        self.nodes.append(node)
        self.places[self.count] = Place(node.seq, <void *>node, len(self.held), 1, False)
        self.held.append(None)
        if not node.is_leaf:
            for _ in range(1, len(node.out_specs)):
                self.held.append(None)
        self.count += 1
        self.table[slot] = self.count
        return 0

    cdef int grow(self) except -1:
        """Room for four times as many nodes."""
        cdef Place *places = <Place *>malloc(sizeof(Place) * 4 * self.capacity)
        cdef int *table = <int *>calloc(4 * self.table_size, sizeof(int))
        cdef int number
        if places == NULL or table == NULL:
            free(places)
            free(table)
            raise MXNetMemoryError(f"backward: no memory for a graph of {self.count} nodes")
        memcpy(places, self.places, sizeof(Place) * self.count)
        if self.places != self.few_places:
            free(self.places)
        if self.table != self.few_slots:
            free(self.table)
        self.places, self.table = places, table
        self.capacity *= 4
        self.table_size *= 4
        for number in range(self.count):
            self.table[self.slot_of(places[number].node)] = number + 1
        return 0

    cdef int collect(self, list heads) except -1:
        """Find all nodes below the heads, and count what each will receive."""
        cdef Node node, parent
        cdef int number = 0
        for node in heads:
            self.enter(node)
        while number < self.count:
            node = <Node>self.places[number].node
            number += 1
            if node.parents is not None:
                for parent in node.parents:
                    if parent is not None:
                        self.enter(parent)
        return 0

    cdef list in_order(self):
        """The numbers of the nodes, those made last first."""
        cdef Turn few[FEW]
        cdef Turn *order = few
        cdef int i
        if self.count > FEW:
            order = <Turn *>malloc(sizeof(Turn) * self.count)
            if order == NULL:
                raise MXNetMemoryError(f"backward: no memory for a graph of {self.count} nodes")
        for i in range(self.count):
            order[i] = Turn(self.places[i].seq, i)
        qsort(order, self.count, sizeof(Turn), later_first)
        numbers = [order[i].number for i in range(self.count)]
        if order != few:
            free(order)
        return numbers

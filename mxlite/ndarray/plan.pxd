from libc.stdint cimport uint64_t

from ..device.core cimport Operator, Prepared, mx_scalar


cdef class PlanStep:
    cdef readonly Operator op
    cdef readonly Prepared call
    cdef readonly list inputs, outputs, drop
    cdef readonly list scalars     # None: all are constants
    cdef mx_scalar *constants


cdef class Plan:
    cdef readonly list steps, grads, direct, saved
    cdef readonly int num_slots, num_inputs, num_outputs
    cdef readonly str error


cdef Plan plan_for(Prepared call, uint64_t mask, int count, bint train)

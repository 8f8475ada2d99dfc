from libc.stdint cimport int64_t, uint64_t

from ..device.core cimport Prepared
from ..device.program cimport Program


cdef struct Source:
    int result             # which of the program's results is this input's gradient; -1: none
    int place, index       # where the result lies: in a buffer or in an input of the program
    int64_t offset
    bint is_alone          # a whole buffer, and of no other result


cdef class Gradient:
    cdef readonly Program program      # its inputs: what the node saved, then gradients of outputs
    cdef Program plain                 # of the steps as they were traced; None: not made yet
    cdef object traced                 # ops.trace.GradTrace
    cdef list inputs                   # slots of the program's inputs
    cdef readonly list saved           # slots: inputs of the call, then its outputs
    cdef readonly list checked         # which of them must be as they were saved
    cdef readonly list written         # and which the program writes to, by their numbers in saved
    cdef int num_saved, num_output_grads
    cdef int *output_grads             # which outputs' gradients are the program's other inputs
    cdef Source *sources               # of each input of the call
    cdef readonly list results         # slots of the program's results
    cdef readonly list steps           # (call, inputs, outputs, first scalar), for create_graph
    cdef readonly str error            # why there is no gradient; "" if there is one


cdef Gradient gradient_for(Prepared call, uint64_t mask, int count, object wanted)
cdef Gradient gradient_of_all(Prepared call, list wanted)
cdef Program plain_program(Gradient self, Prepared call)

# cython: language_level=3, boundscheck=False, wraparound=False
"""How to go backward over a prepared call: its traced gradient (ops/trace.py) as a Program."""

from collections import Counter

from libc.stdint cimport uint64_t
from libc.stdlib cimport free, malloc

from ..device.core cimport Prepared
from ..device.program cimport BUFFER

from ..base import MXNetMemoryError
from ..device.program import make_program
from ..ops.passes import optimized
from ..ops.trace import trace


cdef class Gradient:
    """The gradients of some inputs of a call. Slots are those of the trace: the call's inputs, its
    outputs, the gradients of its visible outputs, then what the steps make."""

    def __dealloc__(self):
        free(self.output_grads)
        free(self.sources)


cdef Gradient make_gradient(Prepared call, list wanted, bint hidden):
    cdef Gradient self = Gradient.__new__(Gradient)
    cdef int num_grads = call.num_outputs if hidden else call.num_visible
    traced = trace(call, wanted, call.train, hidden)
    first = call.num_inputs + call.num_outputs
    read = {slot for step in traced.steps for slot in step.inputs}.union(traced.grads)
    output_grads = [i for i in range(num_grads) if first + i in read]
    self.error = traced.error
    self.saved = traced.saved
    note_states(self, traced.steps, traced.grads)
    self.results = sorted({slot for slot in traced.grads if slot >= 0})
    self.inputs = [*traced.saved, *[first + i for i in output_grads]]
    self.traced = traced
    steps, results = traced.steps, self.results
    if call.op.is_graph:
        steps, results = optimized(steps, results)
    self.program = program_of(self, call, steps, results)
    self.steps, first_scalar = [], 0
    for step in traced.steps:
        self.steps.append((step.call, step.inputs, step.outputs, first_scalar))
        first_scalar += len(step.scalars) + 2 * step.op.needs_key
    pack_lists(self, output_grads, traced.grads)
    return self


cdef Program program_of(Gradient self, Prepared call, list steps, list results):
    """A program of these steps, which are the traced ones or do the same."""
    cdef Program program = make_program(
        self.traced.num_slots, [(step.call, step.inputs, step.outputs, step.scalars)
                                for step in steps], self.inputs, results)
    program.op, program.device = call.op, call.device       # for its errors and memory
    return program


cdef Program plain_program(Gradient self, Prepared call):
    """The program of the steps as they were traced, which `create_graph` runs one by one."""
    if self.plain is None:
        self.plain = (program_of(self, call, self.traced.steps, self.results)
                      if call.op.is_graph else self.program)
    return self.plain


cdef int note_states(Gradient self, list steps, list grads) except -1:
    """What the steps write to of what is saved; if they do nothing else, it may have changed."""
    cdef set read = set(grads), written = set()
    cdef Prepared call
    cdef int i
    for step in steps:
        call = step.call
        for i, slot in enumerate(step.inputs):
            (written if call.op.writes_to(i) else read).add(slot)
    self.checked = [slot in read for slot in self.saved]
    self.written = [i for i, slot in enumerate(self.saved) if slot in written]
    return 0


cdef int pack_lists(Gradient self, list output_grads, list grads) except -1:
    cdef int i
    self.num_saved, self.num_output_grads = len(self.saved), len(output_grads)
    self.output_grads = <int *>malloc(sizeof(int) * (self.num_output_grads + 1))
    self.sources = <Source *>malloc(sizeof(Source) * (len(grads) + 1))
    if self.output_grads == NULL or self.sources == NULL:
        raise MXNetMemoryError("no memory for a gradient")
    for i in range(self.num_output_grads):
        self.output_grads[i] = output_grads[i]
    places = self.program.results
    numbers = {slot: number for number, slot in enumerate(self.results)}
    shared = Counter([other[:2] for other in places])       # how many results lie in one buffer
    uses = Counter(grads)
    for i, slot in enumerate(grads):
        self.sources[i] = Source(-1, 0, 0, 0, False)
        if slot >= 0:
            result = numbers[slot]
            place, index, offset = places[result]
            self.sources[i] = Source(result, place, index, offset, place == BUFFER and (
                offset == 0 and shared[place, index] == 1 and uses[slot] == 1))
    return 0


cdef Gradient gradient_for(Prepared call, uint64_t mask, int count, object wanted):
    """The Gradient for the inputs in `mask`; for more than 64, for those in the bytes `wanted`."""
    cdef object key
    if wanted is None and call.last_gradient is not None and call.last_mask == mask:
        return <Gradient>call.last_gradient
    key = mask if wanted is None else wanted
    gradient = call.gradients.get(key)
    if gradient is None:
        if wanted is None:
            gradient = make_gradient(call, [bool(mask >> i & 1) for i in range(count)], False)
        else:
            gradient = make_gradient(call, [bool(flag) for flag in wanted], False)
        call.gradients[key] = gradient
    if wanted is None:
        call.last_gradient, call.last_mask = gradient, mask
    return <Gradient>gradient


cdef Gradient gradient_of_all(Prepared call, list wanted):
    """The Gradient into which gradients of hidden outputs come, too, as second order needs."""
    key = ("hidden", *wanted)
    gradient = call.gradients.get(key)
    if gradient is None:
        gradient = call.gradients[key] = make_gradient(call, wanted, True)
    return <Gradient>gradient

from libc.stdint cimport int64_t

from .core cimport Prepared, mx_kernel, mx_scalar


cdef enum Place:
    UNUSED = 0
    INPUT = 1          # given by the caller: an input
    BUFFER = 2         # given by the caller: memory for results
    ARENA = 3          # in the block that a run takes for its temporary arrays
    ALIAS = 4          # in the memory of another slot

cdef struct Slot:
    Place place
    int index          # of the input, the buffer, or the slot that it aliases
    int64_t offset     # into the arena or the slot, in bytes

cdef struct Step:
    mx_kernel fn       # NULL: `call` runs it, with the GIL
    const void *desc
    void *call         # a Prepared, kept by Program.calls
    int first_arg, num_inputs, num_args
    int first_scalar

cdef struct Instruction:
    int code           # of SCALAR_CODE
    double operand


cdef class Stops:
    """Of one run: where it stops for a moment, and what is done then."""
    cdef int step          # the next stop, before this step; none: as many as there are steps
    cdef int reach(self) except -1


cdef class Program(Prepared):
    cdef readonly list calls
    cdef Step *steps
    cdef readonly int num_steps
    cdef int *args
    cdef Slot *slots
    cdef readonly int num_slots
    cdef readonly int64_t arena_size
    cdef readonly tuple buffers        # Specs of what the caller gives memory for
    cdef readonly tuple results        # an output: (Place, index of input or buffer, offset)
    cdef readonly tuple overlapping    # which outputs are views of inputs or of other outputs
    cdef mx_scalar *scalars            # of all steps, those that are constant filled in
    cdef int num_scalars, max_args
    cdef Instruction *instructions     # "store" ends each expression
    cdef int num_instructions
    cdef object replays                # graphs.Replays, of a device that has graphs; else None
    cdef list random_steps             # where in `scalars` the keys of random steps are
    cdef int run_all(self, char **slots, void **args, const mx_scalar *values, bint by_step,
                     Stops stops) except -1
    cdef int fail(self, Prepared call, int status, void **args) except -1
    cdef bint replay(self, char **slots, void **args, const mx_scalar *values) except -1
    cdef void place_slots(self, char **slots, void **given, char *arena) noexcept
    cdef int fill_scalars(self, mx_scalar *values, const mx_scalar *given) except -1
    cdef int execute_with(self, void **ptr, const mx_scalar *scalars, Stops stops) except -1
    cdef list last_uses(self)

from libc.stdint cimport int64_t, uint64_t

from .memory cimport Device, Spec


cdef extern from "mx_kernel.h" nogil:
    ctypedef union mx_scalar:
        double f
        int64_t i
        uint64_t u
    ctypedef int (*mx_kernel)(const void *desc, void *const *ptr, const mx_scalar *scalars)
    ctypedef int64_t (*mx_scratch_size)(const void *desc)
    int MX_OK, MX_BAD_INDEX, MX_BAD_VALUE, MX_FAILED


cdef enum:
    MAX_ARGS = 64          # addresses of a call for which nothing has to be allocated
    MAX_SCALARS = 16       # run-time parameters of one operator
    CACHE_SLOTS = 2048

cdef enum Kind:
    KERNEL = 0             # a C function
    LAUNCH = 1             # a kernel that is a Python function of raw addresses
    VIEW = 2               # nothing to run: the output shares the memory of input 0
    HOST = 3               # a Python function of NumPy arrays
    TRANSFER = 4           # a copy between devices
    PROGRAM = 5            # program.Program


cdef class Kernel:
    cdef readonly str name
    cdef readonly str fields
    cdef mx_kernel fn
    cdef object launch         # a Python function instead of fn,
    cdef object launched_scratch   # and one instead of scratch
    cdef mx_scratch_size scratch   # NULL: the kernel takes none
    cdef object head           # a function of the fields: what stands before them
    cdef object packer
    cdef tuple layout


cdef class Prepared:
    cdef mx_kernel fn
    cdef const void *desc
    cdef readonly bytes desc_owner
    cdef readonly Kernel kernel
    cdef Kind kind
    cdef readonly int64_t scratch
    cdef readonly int64_t offset   # of a view
    cdef int64_t first_written     # of an assigning operator: which bytes of input 0 it replaces;
    cdef int64_t end_written       # 0: all
    cdef readonly bint is_shared       # a view that the caller gets as it is, not copied
    cdef bint release_gil
    cdef readonly bint train
    cdef object host
    cdef readonly Operator op
    cdef readonly tuple in_specs
    cdef readonly tuple out_specs
    cdef Device device             # of the outputs
    cdef int num_inputs
    cdef int num_outputs
    cdef int num_visible
    cdef void **spec_keys
    cdef dict gradients            # which inputs need a gradient -> ndarray.gradient.Gradient
    cdef object last_gradient
    cdef uint64_t last_mask
    cdef int execute(self, void **ptr, const mx_scalar *scalars) except -1


cdef class Operator:
    cdef dict calls
    cdef readonly bint needs_train
    cdef readonly bint needs_key
    cdef readonly int num_runtime
    cdef bint is_elementwise
    cdef bint is_assigning
    cdef bint by_storage           # dense inputs, too, go to what looks at storage types
    cdef uint64_t written          # which inputs it writes to, a bit each;
    cdef int written_period        # the bits go for so many inputs, and again; 0: for the first 64
    cdef bint writes_to(self, int i) noexcept


cdef bint timing           # whether calls are timed, for mx.profiler
cdef int note_call(Operator op, int64_t start) except -1
cdef int64_t now() except -1
cdef Prepared find(Operator op, void **specs, int count, bint train)
cdef Prepared prepare_for(Operator op, tuple specs, bint train, object ctx)
cdef int raise_status(Prepared call, int status, void **ptr) except -1

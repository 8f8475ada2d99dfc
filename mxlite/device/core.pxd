from libc.stdint cimport int64_t, uint64_t


cdef extern from "mx_kernel.h" nogil:
    ctypedef union mx_scalar:
        double f
        int64_t i
        uint64_t u
    ctypedef int (*mx_kernel)(const void *desc, void *const *ptr, const mx_scalar *scalars)
    ctypedef int64_t (*mx_scratch_size)(const void *desc)
    int MX_OK, MX_BAD_INDEX, MX_BAD_VALUE


cdef enum:
    MAX_ARGS = 64          # inputs, outputs and scratch of one kernel call
    MAX_SCALARS = 16       # run-time parameters of one operator
    CACHE_SLOTS = 2048

cdef enum Kind:
    KERNEL = 0
    VIEW = 1
    HOST = 2


cdef class Spec:
    cdef readonly tuple shape
    cdef readonly str dtype
    cdef readonly object ctx
    cdef readonly int ndim
    cdef readonly int itemsize
    cdef readonly int64_t size
    cdef readonly int64_t nbytes


cdef class Storage:
    cdef char *data
    cdef size_t nbytes
    cdef object owner          # keeps foreign memory alive; None: the pool's
    cdef bint is_grad          # a variable's gradient buffer


cdef class Kernel:
    cdef readonly str name
    cdef readonly str fields
    cdef mx_kernel fn
    cdef mx_scratch_size scratch   # NULL: the kernel takes none
    cdef object packer
    cdef tuple layout


cdef class Prepared:
    cdef mx_kernel fn
    cdef const void *desc
    cdef object desc_owner
    cdef Kind kind
    cdef readonly int64_t scratch
    cdef int64_t offset
    cdef bint release_gil
    cdef bint train
    cdef object host
    cdef readonly Operator op
    cdef readonly tuple in_specs
    cdef readonly tuple out_specs
    cdef int num_inputs
    cdef int num_outputs
    cdef int num_visible
    cdef void **spec_keys
    cdef public dict plans     # which inputs need a gradient -> Plan
    cdef public object last_plan
    cdef public uint64_t last_mask


cdef class Operator:
    cdef dict calls
    cdef readonly bint needs_train
    cdef readonly bint needs_key
    cdef readonly int num_runtime
    cdef bint is_elementwise


cdef Spec make_spec(tuple shape, str dtype, object ctx)
cdef Storage new_storage(int64_t nbytes, object user)
cdef Prepared find(Operator op, void **specs, int count, bint train)
cdef Prepared prepare_for(Operator op, tuple specs, bint train, object ctx)
cdef int raise_status(Prepared call, int status) except -1

# cython: language_level=3, boundscheck=False, wraparound=False
"""The C function that launches kernels and products of matrices: an `mx_kernel`.

A descriptor is a `launch_head`, a `launch_stage` for each kernel or product that is queued, the
fields that are those stages' own, and then the call's fields. A kernel gets its own fields, or else
the call's, as its first argument; the second one is an `mx_args`: the addresses of arrays and the
runtime parameters.
"""

import os
import struct

from cpython.pythread cimport (
    PyThread_acquire_lock, PyThread_allocate_lock, PyThread_release_lock, PyThread_type_lock,
    WAIT_LOCK,
)
from libc.stdint cimport int64_t
from libc.string cimport memcpy, memset

from ..device.core cimport MX_FAILED, MX_OK, mx_scalar

cdef enum:
    MAX_POINTERS = 68          # as in csrc/cuda/prelude.cuh
    MAX_VALUES = 8
    MAX_OWN = 6                # pointers of a stage
    R_32F = 0                  # a cudaDataType
    R_64F = 1
    COMPUTE_F32 = 68           # cublasComputeType_t
    COMPUTE_F64 = 70
    COMPUTE_F32_FAST_TF32 = 77
    ANY_ALGORITHM = -1
    NOT_A_PRODUCT = -1

BLAS_STATUS = 1 << 20          # where a `status_of_last_failure` of cuBLAS begins

cdef struct launch_head:
    void *context
    void *stream
    void *handle               # of cuBLAS; NULL: there are only kernels
    void *captured_handle      # the one whose stream is captured
    int *status                # in the host's memory: what a kernel met, see csrc/cuda/prelude.cuh
    int64_t number             # of this kernel
    int64_t num_pointers
    int64_t num_scalars
    int64_t num_stages
    int64_t fields             # bytes from here to the call's fields
    int64_t scratch            # bytes

cdef struct launch_stage:
    int64_t type               # NOT_A_PRODUCT, or a cudaDataType: a product of cuBLAS
    void *function
    int64_t grid
    int64_t block
    int64_t fields             # bytes from the head to its own fields; 0: the call's
    int64_t num_own            # pointers of its own; 0: all of the call's
    int64_t pointer[MAX_OWN]   # each: which of the call's,
    int64_t offset[MAX_OWN]    # and bytes into it

cdef struct product_dims:      # as in csrc/cuda/gemm.cu
    int64_t batch, groups, M, N, K, trans_a, trans_b, ldc, bias, is_wide, tile
    int64_t a_outer, a_inner, b_outer, b_inner, c_outer, c_inner

cdef struct mx_args:
    int *status
    int64_t number
    void *ptr[MAX_POINTERS]
    mx_scalar scalar[MAX_VALUES]

HEAD, STAGE = struct.Struct("@11q"), struct.Struct(f"@{6 + 2 * MAX_OWN}q")

ctypedef int (*set_current_type)(void *) noexcept nogil
ctypedef int (*launch_type)(
    void *, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void *, void **,
    void **) noexcept nogil
ctypedef int (*synchronize_type)(void *) noexcept nogil
ctypedef int (*multiply_type)(
    void *, int, int, int, int, int, const void *, const void *, int, int, const void *, int, int,
    const void *, void *, int, int, int, int) noexcept nogil
ctypedef int (*multiply_batch_type)(
    void *, int, int, int, int, int, const void *, const void *, int, int, long long, const void *,
    int, int, long long, const void *, void *, int, int, long long, int, int, int) noexcept nogil

cdef extern from *:
    """
    static _Thread_local void *captured_stream;
    static void **mx_captured_stream(void) { return &captured_stream; }
    static _Thread_local int last_status;
    static int *mx_last_status(void) { return &last_status; }
    """
    void **mx_captured_stream() noexcept nogil
    int *mx_last_status() noexcept nogil       # of the driver, or as BLAS_STATUS and that of cuBLAS

cdef set_current_type set_current = NULL
cdef launch_type launch_kernel = NULL
cdef synchronize_type synchronize_stream = NULL
cdef multiply_type multiply = NULL
cdef multiply_batch_type multiply_batch = NULL
cdef PyThread_type_lock blas_lock = PyThread_allocate_lock()    # a handle serves one thread at once
cdef bint waits = os.environ.get("MXNET_ENGINE_TYPE") == "NaiveEngine"     # for each launch


cdef bint tf32 = os.environ.get("MXNET_CUDA_TENSOR_OP_MATH_ALLOW_CONVERSION") == "1"


def allow_tf32(bint allowed):
    """Let cuBLAS round the inputs of float32 products to TF32, or no longer; returns what was."""
    global tf32
    before, tf32 = tf32, allowed
    return before


def is_tf32_allowed():
    return tf32


cdef int multiply_matrices(void *handle, int type, const product_dims *d, const char *a,
                           const char *b, char *c, int count, int64_t a_step, int64_t b_step,
                           int64_t c_step) noexcept nogil:
    """Queue `count` products, `*_step` items apart; returns cuBLAS's status.

    Row by row, C = A B is, column by column, the transposed C = B A.
    """
    cdef int M = <int>d.M, N = <int>d.N, K = <int>d.K, ldc = <int>d.ldc
    cdef int lda = M if d.trans_a else K, ldb = K if d.trans_b else N
    cdef int compute = COMPUTE_F32_FAST_TF32 if tf32 and type == R_32F else COMPUTE_F32
    cdef int type_of_c = R_32F if d.is_wide and type != R_64F else type
    cdef float one = 1, beta = d.bias != 0
    cdef double one_f64 = 1, beta_f64 = d.bias != 0
    cdef const void *factor = &one
    cdef const void *factor_of_c = &beta
    if type == R_64F:
        compute, factor, factor_of_c = COMPUTE_F64, &one_f64, &beta_f64
    if count == 1:
        return multiply(handle, d.trans_b != 0, d.trans_a != 0, N, M, K, factor, b, type, ldb, a,
                        type, lda, factor_of_c, c, type_of_c, ldc, compute, ANY_ALGORITHM)
    return multiply_batch(
        handle, d.trans_b != 0, d.trans_a != 0, N, M, K, factor, b, type, ldb, b_step, a, type, lda,
        a_step, factor_of_c, c, type_of_c, ldc, c_step, count, compute, ANY_ALGORITHM)


cdef int64_t size_of(int type) noexcept nogil:
    return 8 if type == R_64F else 4 if type == R_32F else 2


cdef int launch_product(void *handle, int type, const product_dims *d,
                        void *const *ptr) noexcept nogil:
    """Queue the products of a stage, by as few calls as their steps allow."""
    cdef const char *a = <const char *>ptr[0]
    cdef const char *b = <const char *>ptr[1]
    cdef char *c = <char *>ptr[2]
    cdef int64_t item = size_of(type), of_c = 4 if d.is_wide and type != R_64F else item, g
    cdef int status = 0
    PyThread_acquire_lock(blas_lock, WAIT_LOCK)
    if d.groups == d.batch:
        status = multiply_matrices(handle, type, d, a, b, c, <int>d.batch, d.a_inner, d.b_inner,
                                   d.c_inner)
    else:
        for g in range(d.groups):
            if not status:
                status = multiply_matrices(
                    handle, type, d, a + g * d.a_inner * item, b + g * d.b_inner * item,
                    c + g * d.c_inner * of_c, <int>(d.batch // d.groups), d.a_outer, d.b_outer,
                    d.c_outer)
    PyThread_release_lock(blas_lock)
    return (1 << 20) + status if status else 0


cdef int launch(const void *desc, void *const *ptr, const mx_scalar *scalars) noexcept nogil:
    """An mx_kernel: queue what the head names on the device's stream."""
    cdef const launch_head *head = <const launch_head *>desc
    cdef const launch_stage *stage = <const launch_stage *>(head + 1)
    cdef mx_args args
    cdef void *arguments[2]
    cdef void *stream = mx_captured_stream()[0]
    cdef void *handle = head.handle if stream == NULL else head.captured_handle
    cdef int status, met
    cdef int64_t k
    if stream == NULL:
        stream = head.stream
    memset(&args, 0, sizeof(args))
    if head.num_scalars:
        memcpy(args.scalar, scalars, head.num_scalars * sizeof(mx_scalar))
    args.status, args.number = head.status, head.number
    arguments[1] = &args
    status = set_current(head.context)
    for _ in range(head.num_stages):
        if status:
            break
        arguments[0] = <char *>head + (stage.fields or head.fields)
        if not stage.num_own:
            memcpy(args.ptr, ptr, head.num_pointers * sizeof(void *))
        for k in range(stage.num_own):
            args.ptr[k] = <char *>ptr[stage.pointer[k]] + stage.offset[k]
        if stage.type != NOT_A_PRODUCT:
            status = launch_product(handle, <int>stage.type, <const product_dims *>arguments[0],
                                    args.ptr)
        elif stage.grid:
            status = launch_kernel(stage.function, <unsigned>stage.grid, 1, 1,
                                   <unsigned>stage.block, 1, 1, 0, stream, arguments, NULL)
        stage += 1
    if not status and waits:
        status = synchronize_stream(head.stream)
        met = head.status[0] % 4
        if not status and met:
            head.status[0] = 0
            return met
    if status:
        mx_last_status()[0] = status
        return MX_FAILED
    return MX_OK


cdef int64_t scratch_of(const void *desc) noexcept nogil:
    """The mx_scratch_size of all GPU kernels."""
    return (<const launch_head *>desc).scratch


# ---------------------------------------------------------------- for gpu.pyx

# (an mx_kernel, its mx_scratch_size)
LAUNCH = <size_t>&launch, <size_t>&scratch_of
WAITS, MOST_OWN, KERNEL = waits, <int>MAX_OWN, <int>NOT_A_PRODUCT


def use_driver(address_of):
    """Take the driver's functions; address_of(name) is where one is."""
    global set_current, launch_kernel, synchronize_stream
    set_current = <set_current_type><size_t>address_of("cuCtxSetCurrent")
    launch_kernel = <launch_type><size_t>address_of("cuLaunchKernel")
    synchronize_stream = <synchronize_type><size_t>address_of("cuStreamSynchronize")


def use_blas(address_of):
    """Take those of cuBLAS."""
    global multiply, multiply_batch
    multiply = <multiply_type><size_t>address_of("cublasGemmEx")
    multiply_batch = <multiply_batch_type><size_t>address_of("cublasGemmStridedBatchedEx")


def capture(size_t stream):
    """Queue what this thread launches on another stream, which is captured; 0: no longer."""
    mx_captured_stream()[0] = <void *>stream


def status_of_last_failure():
    """What the driver answered in this thread, or BLAS_STATUS and more: what cuBLAS did."""
    return mx_last_status()[0]

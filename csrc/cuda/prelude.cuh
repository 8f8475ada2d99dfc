/* What all GPU kernels start from.  A file is compiled once for each dtype, with -DDTYPE_<dtype>:
 *   real  the stored type    wide  the type it computes in    LOAD(x)  real -> wide    STORE(x)  back
 * A kernel `name` is the function kernel_<name>(descriptor, mx_args). */
#ifndef MX_PRELUDE_CUH
#define MX_PRELUDE_CUH
#ifndef __CUDA_EMULATOR__
typedef signed char int8_t;
typedef unsigned char uint8_t;
typedef unsigned short uint16_t;
typedef int int32_t;
typedef unsigned int uint32_t;
typedef long long int64_t;
typedef unsigned long long uint64_t;
#define INT32_MIN (-2147483647 - 1)
#define INT64_MAX 9223372036854775807LL
#define UINT32_MAX 4294967295u
#define UINT64_MAX 18446744073709551615ull
#define INT64_MIN (-INT64_MAX - 1)
#define INFINITY __int_as_float(0x7f800000)
#define NAN __int_as_float(0x7fc00000)
#endif
#include "mx_dtype.h"
#include "mx_math.h"
#include "special.c"

#define MX_MAX_NDIM 12
#define MX_MOST_ARRAYS 64
typedef union { double f; int64_t i; uint64_t u; } mx_scalar;
/* status: in the host's memory; set by a kernel that meets an index outside its axis, or a value that it
 * does not take, to 4 times its number and what it met (WRONG); read with the next values. */
enum { MX_OK, MX_BAD_INDEX, MX_BAD_VALUE };     /* as in mx_kernel.h */
struct mx_args { int *status; int64_t number; void *ptr[68]; mx_scalar scalar[8]; };
#define WRONG(args, what) (*(volatile int *)(args).status = 4 * (int)(args).number + (what))
#define WRONG_INDEX(args) WRONG(args, MX_BAD_INDEX)

/* Kernels are started with as many threads as there are elements, up to a limit: see mxlite/cuda/kernels.
 * Most threads do one; unrolled, loops take twice the time to compile. */
#define EACH(i, n)                                                                     \
  _Pragma("unroll 1")                                                                  \
  for (int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x; i < (n);            \
       i += (int64_t)gridDim.x * blockDim.x)
#define KERNEL(name, dims) KERNEL_(name, dims)
#define KERNEL_(name, dims) extern "C" __global__ void kernel_##name(dims d, mx_args args)
/* A KERNEL whose blocks have more than 256 threads, up to MOST_THREADS: told so, the compiler gives
 * each no more registers than there are for so many; else it may give 255, and the launch fails. */
enum { MOST_THREADS = 1024 };
#define LARGE_KERNEL(name, dims) \
  extern "C" __global__ void __launch_bounds__(MOST_THREADS) kernel_##name(dims d, mx_args args)
#define IN(k) ((const real *)args.ptr[k])
#define OUT(k) ((real *)args.ptr[k])

#if defined(DTYPE_f16)
#define real mx_f16
#define wide float
#define LOAD(x) mx_f16_to_float(x)
#define STORE(x) mx_float_to_f16(x)
#elif defined(DTYPE_bf16)
#define real mx_bf16
#define wide float
#define LOAD(x) mx_bf16_to_float(x)
#define STORE(x) mx_float_to_bf16(x)
#elif defined(DTYPE_f32)
#define real float
#define wide float
#elif defined(DTYPE_f64)
#define real double
#define wide double
#elif defined(DTYPE_i8)
#define real int8_t
#elif defined(DTYPE_u8)
#define real uint8_t
#elif defined(DTYPE_i32)
#define real int32_t
#elif defined(DTYPE_i64)
#define real int64_t
#elif defined(DTYPE_b8)
#define real mx_b8
#define STORE(x) ((mx_b8)((x) != 0))
#endif

#if defined(DTYPE_i8) || defined(DTYPE_u8) || defined(DTYPE_i32) || defined(DTYPE_i64) || \
    defined(DTYPE_b8)
#define IS_INTEGER 1
#define wide int64_t
#define F_(name) name
#define V_(name) mx_##name
#else
#define IS_INTEGER 0
#if defined(DTYPE_f64)
#define F_(name) name
#define V_(name) mx_##name
#else
#define F_(name) name##f
#define V_(name) mx_##name##f
#endif
#endif
#ifndef LOAD
#define LOAD(x) (x)
#endif
#ifndef STORE
#define STORE(x) ((real)(x))
#endif
#endif

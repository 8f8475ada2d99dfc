/* The matrix product by its definition: the oracle of gemm.c, and `gemm` of the integer dtypes. */
#include "gemm.h"
#include "mx_kernel.h"

enum { TASK_WORK = 1 << 21 };    /* multiply-adds that are worth waking other threads */

#define MX_BODY "gemm_naive_impl.h"
#define sum_type double
#include "mx_each_float.h"
#undef sum_type
#undef FN
#undef MX_JOIN
#undef MX_JOIN_
#define sum_type uint64_t
#include "mx_each_integer.h"

#define NAIVE(dtype) MX_ENTRY(gemm_naive, dtype, gemm_dims, GEMM_FIELDS)
#define INTEGER(dtype) \
  {"gemm_" #dtype, gemm_naive_##dtype, NULL, (int64_t)sizeof(gemm_dims), GEMM_FIELDS}
const mx_kernel_entry mx_table_gemm_naive[] = {
    NAIVE(f32), NAIVE(f64), NAIVE(f16), NAIVE(bf16), NAIVE(i8), NAIVE(u8), NAIVE(i32), NAIVE(i64),
    INTEGER(i8), INTEGER(u8), INTEGER(i32), INTEGER(i64), {0}};

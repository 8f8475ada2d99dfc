/* The matrix products gemm and gemm_naive: their descriptor, and the product that kernels share. */
#ifndef GEMM_H
#define GEMM_H
#include <stdint.h>

#include "row_finish.h"

/* C[b] (M, N) = op(A[b]) (M, K) @ op(B[b]) (K, N) + bias (N), row-major.  trans_a: A is stored
 * (K, M); trans_b: B is stored (N, K).  ptr: A, B, bias if has_bias, C, scratch. */
typedef struct {
  int64_t batch, M, N, K, trans_a, trans_b, has_bias;
} gemm_dims;

#define GEMM_FIELDS "batch M N K trans_a trans_b has_bias"

/* A product with its operands.  shares_a: there is one A for all of the batch.  bias: NULL, or (N),
 * or (M) if bias_of_rows.  finish: of the rows of each matrix of C, in f32
 * and f64; or NULL. */
typedef struct {
  int64_t batch, M, N, K, trans_a, trans_b, shares_a, bias_of_rows;
  const void *a, *b, *bias;
  void *c;
  const row_finish *finish;
} gemm_product;

/* gemm_run: the product; gemm_scratch_size: the bytes of scratch it takes, which depend on its
 * sizes alone. */
#define GEMM_OF(dtype)                                        \
  int64_t gemm_scratch_size_##dtype(const gemm_product *p);   \
  void gemm_run_##dtype(const gemm_product *p, void *scratch);
GEMM_OF(f32)
GEMM_OF(f64)
GEMM_OF(f16)
GEMM_OF(bf16)
#endif

/* The descriptor of the matrix products gemm and gemm_naive. */
#ifndef GEMM_H
#define GEMM_H
#include <stdint.h>

/* C[b] (M, N) = op(A[b]) (M, K) @ op(B[b]) (K, N) + bias, row-major.  trans_a: A is stored (K, M);
 * trans_b: B is stored (N, K).  swapped: B is the first input, A the second.  x_batch: elements from
 * one matrix of x to the next; 0: the same for all.  has_bias: 1 of columns (N), 2 of rows (M).
 * tasks: how many the work is shared out to; each has its slice of the scratch block. */
typedef struct {
  int64_t batch, M, N, K, trans_a, trans_b, has_bias, swapped, a_batch, b_batch, c_batch, tasks;
} gemm_dims;

#define GEMM_FIELDS "batch M N K trans_a trans_b has_bias swapped a_batch b_batch c_batch tasks"
#endif

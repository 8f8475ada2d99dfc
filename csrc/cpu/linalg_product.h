/* Products of blocks of one dtype, for the bodies of the linalg_*.c kernels; behind linalg_rows.h. */

/* Scratch of a product of blocks: the operands, contiguous; the result; what gemm takes. */
typedef struct {
  wide *a, *b, *c;
  void *gemm;
} FN(block_product);

static FN(block_product) FN(take_product)(int64_t M, int64_t N, int64_t K, mx_scratch *scratch) {
  const gemm_product p = {.batch = 1, .M = M, .N = N, .K = K};
  FN(block_product) x = {.a = mx_take(scratch, mx_product(M, K), sizeof(wide))};
  x.b = mx_take(scratch, mx_product(N, K), sizeof(wide));
  x.c = mx_take(scratch, mx_product(M, N), sizeof(wide));
  x.gemm = mx_take(scratch, FN(gemm_scratch_size)(&p), 1);
  return x;
}

/* c (M, N; rows `step` apart) -= x->a (M, K) @ x->b, which is (K, N), or (N, K) if trans_b. */
static void FN(less_product)(const FN(block_product) *x, int64_t M, int64_t N, int64_t K,
                             int trans_b, wide *c, int64_t step) {
  if (!M || !N || !K) return;
  const gemm_product p = {.batch = 1, .M = M, .N = N, .K = K, .trans_b = trans_b, .a = x->a,
                          .b = x->b, .c = x->c};
  FN(gemm_run)(&p, x->gemm);
  for (int64_t i = 0; i < M; i++) FN(row_less)(c + i * step, x->c + i * N, 1, N);
}

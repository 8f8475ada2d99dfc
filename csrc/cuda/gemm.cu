/* Products of matrices, row-major.  A block makes a tile of the result, from tiles of both factors in
 * shared memory; each of its 16 x 16 threads makes REPEAT x REPEAT items of it, 16 apart. */
#include "prelude.cuh"

/* For b < batch, with inner = b % groups and outer = b / groups:
 *   C (M, N) = op(A) (M, K) @ op(B) (K, N) [+ bias]
 * each of A, B, C at outer * x_outer + inner * x_inner items, C's rows ldc items apart.
 * bias: 0 none, 1 an item a row, 2 an item a column, behind those of the groups before.
 * is_wide: C is of the type that sums have.  tile: 16 * REPEAT.  ptr: A B C bias? */
struct product_dims {
  int64_t batch, groups, M, N, K, trans_a, trans_b, ldc, bias, is_wide, tile;
  int64_t a_outer, a_inner, b_outer, b_inner, c_outer, c_inner;
};

template <int REPEAT> static void product(const product_dims &d, const mx_args &args) {
  enum { TILE = 16 * REPEAT, DEEP = 16, THREADS = 256 };
  __shared__ wide left[DEEP][TILE + 1], right[DEEP][TILE + 1];
  const int64_t rows = (d.M + TILE - 1) / TILE, columns = (d.N + TILE - 1) / TILE;
  const int t = threadIdx.x, row = t / 16, column = t % 16;
  for (int64_t task = blockIdx.x; task < d.batch * rows * columns; task += gridDim.x) {
    const int64_t b = task / (rows * columns), outer = b / d.groups, inner = b % d.groups;
    const int64_t first_m = task / columns % rows * TILE, first_n = task % columns * TILE;
    const real *A = IN(0) + outer * d.a_outer + inner * d.a_inner;
    const real *B = IN(1) + outer * d.b_outer + inner * d.b_inner;
    wide sum[REPEAT][REPEAT];
    for (int i = 0; i < REPEAT; i++)
      for (int j = 0; j < REPEAT; j++) sum[i][j] = 0;
    for (int64_t first_k = 0; first_k < d.K; first_k += DEEP) {
      /* neighbouring threads read neighbouring items, however the matrix is stored */
      for (int at = t; at < TILE * DEEP; at += THREADS) {
        const int am = d.trans_a ? at % TILE : at / DEEP, ak = d.trans_a ? at / TILE : at % DEEP;
        const int bn = d.trans_b ? at / DEEP : at % TILE, bk = d.trans_b ? at % DEEP : at / TILE;
        const int64_t m = first_m + am, n = first_n + bn, ka = first_k + ak, kb = first_k + bk;
        left[ak][am] = m < d.M && ka < d.K ? LOAD(A[d.trans_a ? ka * d.M + m : m * d.K + ka]) : 0;
        right[bk][bn] = n < d.N && kb < d.K ? LOAD(B[d.trans_b ? n * d.K + kb : kb * d.N + n]) : 0;
      }
      __syncthreads();
      for (int k = 0; k < DEEP; k++) {
        wide x[REPEAT], y[REPEAT];
        for (int i = 0; i < REPEAT; i++) x[i] = left[k][row + 16 * i];
        for (int j = 0; j < REPEAT; j++) y[j] = right[k][column + 16 * j];
        for (int i = 0; i < REPEAT; i++)
          for (int j = 0; j < REPEAT; j++) sum[i][j] += x[i] * y[j];
      }
      __syncthreads();
    }
    for (int i = 0; i < REPEAT; i++)
      for (int j = 0; j < REPEAT; j++) {
        const int64_t m = first_m + row + 16 * i, n = first_n + column + 16 * j;
        if (m >= d.M || n >= d.N) continue;
        if (d.bias == 1) sum[i][j] += LOAD(IN(3)[inner * d.M + m]);
        if (d.bias == 2) sum[i][j] += LOAD(IN(3)[inner * d.N + n]);
        const int64_t at = outer * d.c_outer + inner * d.c_inner + m * d.ldc + n;
        if (d.is_wide) ((wide *)args.ptr[2])[at] = sum[i][j];
        else OUT(2)[at] = STORE(sum[i][j]);
      }
  }
}

/* The bias in C, for a product of cuBLAS that adds to it. */
KERNEL(product_bias, product_dims) {
  EACH(i, d.batch * d.M * d.N) {
    const int64_t n = i % d.N, m = i / d.N % d.M, outer = i / d.N / d.M / d.groups;
    const int64_t inner = i / d.N / d.M % d.groups;
    const int64_t at = outer * d.c_outer + inner * d.c_inner + m * d.ldc + n;
    OUT(2)[at] = IN(3)[d.bias == 1 ? inner * d.M + m : inner * d.N + n];
  }
}

KERNEL(product, product_dims) {
  if (d.tile == 16) product<1>(d, args);
  else product<4>(d, args);
}

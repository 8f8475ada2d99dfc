/* C[b] (M, N) = op(A[b]) (M, K) @ op(B[b]) (K, N) + bias (N), row-major; see csrc/cpu/gemm.h.
 * A block makes a tile of C, from tiles of A and B in shared memory. */
#include "prelude.cuh"

enum { TILE = 16 };
struct gemm_dims { int64_t batch, M, N, K, trans_a, trans_b, has_bias; };

/* The bias in each row of C, for a product that adds to it. */
KERNEL(gemm_bias, gemm_dims) {
  EACH(i, d.batch * d.M * d.N) OUT(3)[i] = IN(2)[i % d.N];
}

KERNEL(gemm, gemm_dims) {
  __shared__ wide left[TILE][TILE + 1], right[TILE][TILE + 1];
  const int64_t rows = (d.M + TILE - 1) / TILE, columns = (d.N + TILE - 1) / TILE;
  const int row = threadIdx.x / TILE, column = threadIdx.x % TILE;
  for (int64_t tile = blockIdx.x; tile < d.batch * rows * columns; tile += gridDim.x) {
    const int64_t b = tile / (rows * columns);
    const int64_t first_m = tile / columns % rows * TILE, first_n = tile % columns * TILE;
    const real *A = IN(0) + b * d.M * d.K, *B = IN(1) + b * d.K * d.N;
    wide sum = 0;
    for (int64_t first_k = 0; first_k < d.K; first_k += TILE) {
      /* neighbouring threads read neighbouring items, however the matrix is stored */
      const int am = d.trans_a ? column : row, ak = d.trans_a ? row : column;
      const int bk = d.trans_b ? column : row, bn = d.trans_b ? row : column;
      const int64_t m = first_m + am, n = first_n + bn, ka = first_k + ak, kb = first_k + bk;
      left[am][ak] = m < d.M && ka < d.K ? LOAD(A[d.trans_a ? ka * d.M + m : m * d.K + ka]) : 0;
      right[bk][bn] = n < d.N && kb < d.K ? LOAD(B[d.trans_b ? n * d.K + kb : kb * d.N + n]) : 0;
      __syncthreads();
      for (int k = 0; k < TILE; k++) sum += left[row][k] * right[k][column];
      __syncthreads();
    }
    const int64_t m = first_m + row, n = first_n + column;
    if (m < d.M && n < d.N)
      OUT(2 + d.has_bias)[(b * d.M + m) * d.N + n] = STORE(d.has_bias ? sum + LOAD(IN(2)[n]) : sum);
  }
}

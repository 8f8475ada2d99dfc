/* Kernels of matrices, each of which a block of threads works on. */
#ifndef MX_MATRIX_CUH
#define MX_MATRIX_CUH
#include "block.cuh"

#define EACH_MATRIX(b) for (int64_t b = blockIdx.x; b < d.batch; b += gridDim.x)

enum { MOST_SWEEPS = 60 };      /* over all pairs of rows, by rotations; about 10 are usual */

static double block_most(double x) {
  return block_merge(x, [](double a, double b) { return b > a ? b : a; });
}

/* Multiplies n items by a power of 2, which rounds none that counts, so that the largest lies in
 * [1/2, 1): squares do not overflow, nor do all underflow.  Returns the power for the way back; NaN
 * and infinities stay.  A thread changes its own items, as SHARED deals them; the caller waits
 * before threads read those of others. */
static int scale_down(double *x, int64_t n) {
  double most = 0;
  int power = 0;
  SHARED(i, n) most = fabs(x[i]) > most ? fabs(x[i]) : most;
  frexp(block_most(most), &power);
  SHARED(i, n) x[i] = ldexp(x[i], -power);
  return power;
}
#endif

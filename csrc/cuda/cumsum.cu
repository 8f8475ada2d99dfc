/* cumsum: y[o, i, c] = x[o, 0, c] + ... + x[o, i, c].  A thread a line, in the order of i; or, where lines are long, a
 * block, whose threads have a run of neighbouring items each. */
#include "block.cuh"

struct line_dims { int64_t outer, axis, inner; };
enum { LONG = 1024, THREADS = 256 };      /* as in mxlite/cuda/kernels/reductions.py */

static void run_of(const real *x, real *y, int64_t begin, int64_t end, int64_t step, wide sum) {
  for (int64_t i = begin; i < end; i++) {
    sum = (wide)(sum + LOAD(x[i * step]));
    y[i * step] = STORE(sum);
  }
}

KERNEL(cumsum, line_dims) {
  if (d.axis < LONG) {
    EACH(line, d.outer * d.inner) {
      const int64_t start = line / d.inner * d.axis * d.inner + line % d.inner;
      run_of(IN(0) + start, OUT(1) + start, 0, d.axis, d.inner, 0);
    }
    return;
  }
  const int64_t size = (d.axis + THREADS - 1) / THREADS, begin = size * threadIdx.x;
  const int64_t end = begin + size < d.axis ? begin + size : d.axis;
  for (int64_t line = blockIdx.x; line < d.outer * d.inner; line += gridDim.x) {
    const int64_t start = line / d.inner * d.axis * d.inner + line % d.inner;
    wide sum = 0;
    for (int64_t i = begin; i < end; i++) sum = (wide)(sum + LOAD(IN(0)[start + i * d.inner]));
    run_of(IN(0) + start, OUT(1) + start, begin, end, d.inner, sum_before<THREADS>(sum));
  }
}

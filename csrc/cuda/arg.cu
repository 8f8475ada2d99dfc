/* argmax, argmin: (outer, axis, inner) -> (outer, inner), the first best item's place in the data's dtype;
 * the first NaN, if there is one.  A block a line, its threads side by side on it. */
#include "prelude.cuh"

struct line_dims { int64_t outer, axis, inner; };

struct best { wide value; int64_t at; };   /* at < 0: none */

template <bool IS_MAX> static bool beats(const best &a, const best &b) {
  if (a.at < 0 || b.at < 0) return a.at >= 0;
  const bool a_nan = a.value != a.value, b_nan = b.value != b.value;
  if (a_nan || b_nan) return a_nan && (!b_nan || a.at < b.at);
  if (a.value == b.value) return a.at < b.at;
  return IS_MAX ? a.value > b.value : a.value < b.value;
}

template <bool IS_MAX> static void find(const line_dims &d, const real *x, real *y) {
  __shared__ best parts[32];
  for (int64_t line = blockIdx.x; line < d.outer * d.inner; line += gridDim.x) {
    const int64_t start = line / d.inner * d.axis * d.inner + line % d.inner;
    best mine = {0, -1};
    for (int64_t i = threadIdx.x; i < d.axis; i += blockDim.x) {
      const best other = {LOAD(x[start + i * d.inner]), i};
      if (beats<IS_MAX>(other, mine)) mine = other;
    }
    for (int lane = 16; lane; lane /= 2) {
      const best other = {__shfl_xor_sync(0xffffffffu, mine.value, lane),
                          __shfl_xor_sync(0xffffffffu, mine.at, lane)};
      if (beats<IS_MAX>(other, mine)) mine = other;
    }
    if (blockDim.x > 32) {
      if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = mine;
      __syncthreads();
      if (threadIdx.x == 0)
        for (unsigned w = 1; w < blockDim.x / 32; w++)
          if (beats<IS_MAX>(parts[w], mine)) mine = parts[w];
    }
    if (threadIdx.x == 0) y[line] = STORE((wide)mine.at);
    __syncthreads();
  }
}

KERNEL(argmax, line_dims) { find<true>(d, IN(0), OUT(1)); }
KERNEL(argmin, line_dims) { find<false>(d, IN(0), OUT(1)); }

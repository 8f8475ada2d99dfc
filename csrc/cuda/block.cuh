/* Sums, ... of what all threads of a block have. */
#ifndef MX_BLOCK_CUH
#define MX_BLOCK_CUH
#include "prelude.cuh"

template <typename T, typename Merge> static T block_merge(T value, Merge merge) {
  __shared__ T parts[32];
  for (int lane = 16; lane; lane /= 2)
    value = merge(value, __shfl_xor_sync(0xffffffffu, value, lane));
  if (blockDim.x == 32) return value;
  if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = value;
  __syncthreads();
  value = parts[0];
  for (unsigned w = 1; w < blockDim.x / 32; w++) value = merge(value, parts[w]);
  __syncthreads();
  return value;
}
static double block_sum(double x) {
  return block_merge(x, [](double a, double b) { return a + b; });
}

/* Two sums at once, of threads that stand in rows of `lanes`: each lane gets those of its column.
 * blockDim.x / lanes must be a power of 2.  At most 1024 threads. */
template <typename T> static void column_sums(T &first, T &second, int lanes) {
  __shared__ T parts[2][1024];
  const int t = threadIdx.x, lane = t % lanes;
  parts[0][t] = first;
  parts[1][t] = second;
  __syncthreads();
  for (int half = blockDim.x / 2; half >= lanes; half /= 2) {
    if (t < half) {
      parts[0][t] += parts[0][t + half];
      parts[1][t] += parts[1][t + half];
    }
    __syncthreads();
  }
  first = parts[0][lane];
  second = parts[1][lane];
  __syncthreads();
}
#endif

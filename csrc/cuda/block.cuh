/* Loops that the threads of a block share, and sums, ... of what all of them have. */
#ifndef MX_BLOCK_CUH
#define MX_BLOCK_CUH
#include "prelude.cuh"

/* Each number below n is for one thread of the block. */
#define SHARED(i, n) for (int64_t i = threadIdx.x; i < (n); i += blockDim.x)

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

/* The sum of what threads with a lower number have, 0 for the first; at most `room` threads.  It is
 * not the sum up to this thread, less its own part: of floats that would be another number. */
template <int room, typename T> static T sum_before(T mine) {
  __shared__ T sums[room];
  T before = 0;
  sums[threadIdx.x] = mine;
  __syncthreads();
  for (unsigned step = 1; step < blockDim.x; step *= 2) {
    const T other = threadIdx.x >= step ? sums[threadIdx.x - step] : (T)0;
    __syncthreads();
    before = (T)(before + other);
    sums[threadIdx.x] = (T)(mine + before);
    __syncthreads();
  }
  return before;
}

/* Two sums at once, of threads that stand in rows of `lanes`: each lane gets those of its column.
 * blockDim.x / lanes must be a power of 2. */
template <typename T> static void column_sums(T &first, T &second, int lanes) {
  __shared__ T parts[2][MOST_THREADS];
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

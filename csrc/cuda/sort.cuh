/* A stable sort of keys with their places by one block of threads, in global memory: three bits of the keys at
 * a time.  Each thread has a run of neighbouring items, and the counts of all threads, digit by digit, say where
 * its items go. */
#ifndef MX_SORT_CUH
#define MX_SORT_CUH
#include "block.cuh"

enum { DIGIT_BITS = 3, DIGITS = 1 << DIGIT_BITS };

template <typename Key> struct sort_list {
  Key *keys;
  uint32_t *places;
};

#define DIGIT_OF(key) ((uint32_t)((key) >> shift) & (DIGITS - 1))

/* Sorts n items by the lowest `bits` of their keys; `other` has room for them.  Returns where they are. */
template <typename Key>
static sort_list<Key> block_sort(sort_list<Key> items, sort_list<Key> other, int64_t n, int bits) {
  __shared__ uint32_t counts[DIGITS * MOST_THREADS];     /* of digit and thread, then where they go */
  const int64_t run = (n + blockDim.x - 1) / blockDim.x, begin = run * threadIdx.x;
  const int64_t end = begin + run < n ? begin + run : n;
  for (int shift = 0; shift < bits; shift += DIGIT_BITS) {
    for (int digit = 0; digit < DIGITS; digit++) counts[digit * blockDim.x + threadIdx.x] = 0;
    for (int64_t i = begin; i < end; i++) counts[DIGIT_OF(items.keys[i]) * blockDim.x + threadIdx.x]++;
    __syncthreads();
    uint32_t *mine = counts + threadIdx.x * DIGITS, sum = 0;
    for (int k = 0; k < DIGITS; k++) sum += mine[k];
    uint32_t place = sum_before<MOST_THREADS>(sum);
    for (int k = 0; k < DIGITS; k++) {
      const uint32_t count = mine[k];
      mine[k] = place;
      place += count;
    }
    __syncthreads();
    for (int64_t i = begin; i < end; i++) {
      const uint32_t to = counts[DIGIT_OF(items.keys[i]) * blockDim.x + threadIdx.x]++;
      other.keys[to] = items.keys[i];
      other.places[to] = items.places[i];
    }
    __syncthreads();
    const sort_list<Key> sorted = other;
    other = items;
    items = sorted;
  }
  return items;
}
#endif

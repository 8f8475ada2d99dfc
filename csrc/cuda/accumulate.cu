/* The adjoint of take: dy (outer, M, inner), rows (M) int64 -> y (outer, K, inner),
 *
 *   y[o, k, c] = sum of dy[o, m, c] over the m with rows[m] = k.
 *
 * The m are sorted by row first, so that a thread sums each item of y in the order of m, wide, as on the
 * CPU: no atomic sums, whose order changes from run to run.  scratch: rows and their m, twice. */
#include "sort.cuh"

struct accumulate_dims { int64_t outer, K, M, inner; };

#if IS_INTEGER
typedef uint64_t total;     /* wraps round, where int64_t must not */
#define FROM_TOTAL(x) ((real)(x))
#else
typedef double total;
#define FROM_TOTAL(x) STORE((wide)(x))
#endif

static int bits_of(int64_t K) {
  int bits = 0;
  while (bits < 32 && K >> bits) bits++;
  return bits;
}

LARGE_KERNEL(accumulate_rows_first, accumulate_dims) {
  uint32_t *block = (uint32_t *)args.ptr[3];
  const sort_list<uint32_t> items = {block, block + d.M}, other = {block + 2 * d.M, block + 3 * d.M};
  for (int64_t m = threadIdx.x; m < d.M; m += blockDim.x) {
    const int64_t row = ((const int64_t *)args.ptr[1])[m];
    const bool is_there = row >= 0 && row < d.K;
    if (!is_there) WRONG_INDEX(args);
    items.keys[m] = (uint32_t)(is_there ? row : d.K);
    items.places[m] = (uint32_t)m;
  }
  __syncthreads();
  const sort_list<uint32_t> sorted = block_sort(items, other, d.M, bits_of(d.K));
  if (sorted.keys == items.keys) return;
  for (int64_t m = threadIdx.x; m < d.M; m += blockDim.x) {
    items.keys[m] = sorted.keys[m];
    items.places[m] = sorted.places[m];
  }
}

LARGE_KERNEL(accumulate_rows, accumulate_dims) {
  const uint32_t *rows = (const uint32_t *)args.ptr[3], *order = rows + d.M;
  EACH(i, d.outer * d.K * d.inner) {
    const int64_t k = i / d.inner % d.K;
    const real *dy = IN(0) + i / d.inner / d.K * d.M * d.inner + i % d.inner;
    int64_t low = 0, high = d.M;                  /* the first m of row k */
    while (low < high) {
      const int64_t middle = (low + high) / 2;
      if (rows[middle] < k) low = middle + 1;
      else high = middle;
    }
    total sum = 0;
    for (; low < d.M && rows[low] == k; low++) sum += (total)LOAD(dy[order[low] * d.inner]);
    OUT(2)[i] = FROM_TOTAL(sum);
  }
}

/* order: which k items along an axis come first when they are sorted, stably, NaN last: a block a line.
 * data -> values (outer, k, inner), where they come from along the axis, and in all the data; scratch: two
 * lists for each block.  See csrc/cpu/order.c. */
#include "sort.cuh"
#include "mx_order_key.h"

struct order_dims { int64_t outer, axis, inner, k, is_ascend; };

#if defined(DTYPE_f64)
#define KEY(x, is_ascend) order_key_f64(x, is_ascend)
typedef uint64_t order_key;
#elif defined(DTYPE_i64)
#define KEY(x, is_ascend) order_key_i64(x, is_ascend)
typedef uint64_t order_key;
#elif IS_INTEGER
#define KEY(x, is_ascend) order_key_i32(x, is_ascend)
typedef uint32_t order_key;
#else
#define KEY(x, is_ascend) order_key_f32(x, is_ascend)
typedef uint32_t order_key;
#endif

LARGE_KERNEL(order, order_dims) {
  const int64_t item = sizeof(order_key) + sizeof(uint32_t);
  char *block = (char *)args.ptr[4] + blockIdx.x * 2 * d.axis * item;
  order_key *keys = (order_key *)block;
  uint32_t *places = (uint32_t *)(keys + 2 * d.axis);
  for (int64_t line = blockIdx.x; line < d.outer * d.inner; line += gridDim.x) {
    const int64_t outer = line / d.inner, c = line % d.inner;
    const real *x = IN(0) + outer * d.axis * d.inner + c;
    for (int64_t i = threadIdx.x; i < d.axis; i += blockDim.x) {
      keys[i] = KEY(LOAD(x[i * d.inner]), d.is_ascend != 0);
      places[i] = (uint32_t)i;
    }
    __syncthreads();
    const sort_list<order_key> first = {keys, places}, second = {keys + d.axis, places + d.axis};
    const uint32_t *sorted = block_sort(first, second, d.axis, 8 * (int)sizeof(order_key)).places;
    for (int64_t i = threadIdx.x; i < d.k; i += blockDim.x) {
      const int64_t to = (outer * d.k + i) * d.inner + c;
      OUT(1)[to] = x[sorted[i] * d.inner];
      ((int64_t *)args.ptr[2])[to] = sorted[i];
      ((int64_t *)args.ptr[3])[to] = (outer * d.axis + sorted[i]) * d.inner + c;
    }
    __syncthreads();
  }
}

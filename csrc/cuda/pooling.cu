/* Max, average, sum and Lp pooling in one to three dimensions, and the gradients; see csrc/cpu/pooling.h.
 * A thread makes an item of the result, from all that it depends on, in the CPU's order. */
#include "mx_size.h"
#include "window.cuh"

/* data (outer, D, H, W, inner) -> out (outer, OD, OH, OW, inner); each [3] is d, h, w. */
struct pool_dims {
  int64_t outer, inner, size[3], out[3], kernel[3], stride[3], pad[3], is_average, count_pad;
};

/* Item i of an array (outer, *size, inner). */
struct place { int64_t outer, at[3], inner; };
static place place_of(const pool_dims &d, const int64_t *size, int64_t i) {
  place p;
  p.inner = i % d.inner;
  i /= d.inner;
  for (int axis = 2; axis >= 0; axis--) {
    p.at[axis] = i % size[axis];
    i /= size[axis];
  }
  p.outer = i;
  return p;
}
static int64_t index_of(const pool_dims &d, const int64_t *size, const place &p, const int64_t *at) {
  return (((p.outer * size[0] + at[0]) * size[1] + at[1]) * size[2] + at[2]) * d.inner + p.inner;
}

/* What of data the window of an output covers: [low, high). */
static void window_of(const pool_dims &d, const int64_t *out, int64_t *low, int64_t *high) {
  for (int axis = 0; axis < 3; axis++) {
    const int64_t begin = out[axis] * d.stride[axis] - d.pad[axis];
    low[axis] = mx_greater(begin, 0);
    high[axis] = mx_lesser(begin + d.kernel[axis], d.size[axis]);
  }
}
/* The outputs whose windows cover an item of data: [low, high). */
static void outputs_of(const pool_dims &d, const int64_t *at, int64_t *low, int64_t *high) {
  for (int axis = 0; axis < 3; axis++) {
    const int64_t end = at[axis] + d.pad[axis], begin = end - d.kernel[axis] + d.stride[axis];
    low[axis] = begin < 0 ? 0 : begin / d.stride[axis];
    high[axis] = mx_lesser(end / d.stride[axis] + 1, d.out[axis]);
  }
}
#define EACH_IN(at, low, high)                                        \
  for (at[0] = low[0]; at[0] < high[0]; at[0]++)                      \
    for (at[1] = low[1]; at[1] < high[1]; at[1]++)                    \
      for (at[2] = low[2]; at[2] < high[2]; at[2]++)

/* What the sum of a window is multiplied by. */
static wide share_of(const pool_dims &d, const int64_t *out) {
  if (!d.is_average) return 1;
  int64_t count = 1;
  for (int axis = 0; axis < 3; axis++) {
    int64_t begin = out[axis] * d.stride[axis] - d.pad[axis];
    const int64_t most = d.size[axis] + (d.count_pad ? d.pad[axis] : 0);
    const int64_t end = mx_lesser(begin + d.kernel[axis], most);
    if (!d.count_pad) begin = mx_greater(begin, 0);
    count *= mx_greater(end - begin, 0);
  }
  return count ? (wide)(1 / (double)count) : 0;
}

/* The first of a window's largest items, from x on; NaN never is; -1: the window is empty. */
static int64_t place_of_most(const pool_dims &d, const real *x, const place &p, wide &most) {
  int64_t low[3], high[3], at[3], where = -1;
  most = -INFINITY;
  window_of(d, p.at, low, high);
  EACH_IN(at, low, high) {
    const int64_t k = index_of(d, d.size, p, at);
    const wide value = LOAD(x[k]);
    if (where < 0 || value > most) where = k;
    if (value > most) most = value;
  }
  return where;
}

KERNEL(pool_max, pool_dims) {
  EACH(i, d.outer * volume(d.out) * d.inner) {
    wide most;
    place_of_most(d, IN(0), place_of(d, d.out, i), most);
    OUT(1)[i] = STORE(most);
  }
}

/* Sums of POWER(x), then ROOT. */
#define SUMS(name, POWER, ROOT)                                                   \
  KERNEL(name, pool_dims) {                                                       \
    EACH(i, d.outer * volume(d.out) * d.inner) {                                  \
      const place p = place_of(d, d.out, i);                                      \
      int64_t low[3], high[3], at[3];                                             \
      wide sum = 0;                                                               \
      window_of(d, p.at, low, high);                                              \
      EACH_IN(at, low, high) {                                                    \
        const wide x = LOAD(IN(0)[index_of(d, d.size, p, at)]);                   \
        sum += POWER;                                                             \
      }                                                                           \
      sum *= share_of(d, p.at);                                                   \
      OUT(1)[i] = STORE((wide)(ROOT));                                            \
    }                                                                             \
  }
SUMS(pool_sum, x, sum)
SUMS(pool_lp2, x * x, sqrt((double)sum))
SUMS(pool_lp3, x * x * x, cbrt((double)sum))

/* Before pool_max_grad, dy data -> dx: where each output's maximum is, in the scratch. */
KERNEL(pool_max_where, pool_dims) {
  EACH(i, d.outer * volume(d.out) * d.inner) {
    wide most;
    ((int64_t *)args.ptr[3])[i] = place_of_most(d, IN(1), place_of(d, d.out, i), most);
  }
}
KERNEL(pool_max_grad, pool_dims) {
  const int64_t *where = (const int64_t *)args.ptr[3];
  EACH(i, d.outer * volume(d.size) * d.inner) {
    const place p = place_of(d, d.size, i);
    int64_t low[3], high[3], at[3];
    wide sum = 0;
    outputs_of(d, p.at, low, high);
    EACH_IN(at, low, high) {
      const int64_t k = index_of(d, d.out, p, at);
      if (where[k] == i) sum += LOAD(IN(0)[k]);
    }
    OUT(2)[i] = STORE(sum);
  }
}

/* dy -> dx */
KERNEL(pool_sum_grad, pool_dims) {
  EACH(i, d.outer * volume(d.size) * d.inner) {
    const place p = place_of(d, d.size, i);
    int64_t low[3], high[3], at[3];
    wide sum = 0;
    outputs_of(d, p.at, low, high);
    EACH_IN(at, low, high) sum += LOAD(IN(0)[index_of(d, d.out, p, at)]) * share_of(d, at);
    OUT(1)[i] = STORE(sum);
  }
}

/* g data -> out */
KERNEL(pool_max_gather, pool_dims) {
  EACH(i, d.outer * volume(d.out) * d.inner) {
    wide most;
    const int64_t k = place_of_most(d, IN(1), place_of(d, d.out, i), most);
    OUT(2)[i] = k < 0 ? STORE((wide)0) : IN(0)[k];
  }
}

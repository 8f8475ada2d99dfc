/* The maximum of each window and where it is, one dtype.  The first of equal maxima counts, and
 * a NaN never does, as in MXNet. */

static inline __attribute__((always_inline)) void FN(max_row)(const real *p, int64_t at,
                                                              int64_t low, int64_t high,
                                                              int64_t K, int64_t S, real *best,
                                                              int32_t *where, int placed) {
  for (int64_t l = low; l < high; l++) {
    real most = best[l];
    int32_t place = placed ? where[l] : 0;
    for (int64_t k = 0; k < K; k++) {
      const real value = p[l * S + k];
      if (placed) place = value > most ? (int32_t)(at + l * S + k) : place;
      most = value > most ? value : most;
    }
    best[l] = most;
    if (placed) where[l] = place;
  }
}

/* best, and if placed where (from walk->base on; -1: an empty window), of the walk's lanes. */
static inline __attribute__((always_inline)) void FN(max_run)(const pool_dims *d, const real *x,
                                                              pool_walk *walk, real *best,
                                                              int32_t *where, int placed) {
  int is_first = placed;
  for (int64_t l = 0; l < walk->n; l++) {
    best[l] = -(real)INFINITY;
    if (placed) where[l] = -1;
  }
  for (; pool_next(d, walk); is_first = 0) {
    const int64_t at = walk->at, low = walk->low, high = walk->high;
    const real *p = x + walk->base + at;
    for (int64_t l = low; l < high && is_first; l++) where[l] = (int32_t)(at + l * walk->S);
    if (walk->K == 1 && walk->S == 1) FN(max_row)(p, at, low, high, 1, 1, best, where, placed);
    else if (walk->K == 2 && walk->S == 2) FN(max_row)(p, at, low, high, 2, 2, best, where, placed);
    else if (walk->K == 3 && walk->S == 2) FN(max_row)(p, at, low, high, 3, 2, best, where, placed);
    else FN(max_row)(p, at, low, high, walk->K, walk->S, best, where, placed);
    for (int64_t l = 0, first; l < walk->n; l++) {
      if (l == low) l = high;
      if (l >= walk->n) break;
      const int64_t last = pool_edge(d, walk, l, &first);
      if (first < last && placed && where[l] < 0) where[l] = (int32_t)(at + l * walk->S + first);
      if (first < last)
        FN(max_row)(p + l * walk->S + first, at + l * walk->S + first, 0, 1, last - first, 1,
                    best + l, where + l, placed);
    }
  }
}

static void FN(max_values)(const pool_dims *d, const real *x, const int64_t *o, int64_t channel,
                           int64_t n, real *y) {
  real best[POOL_LANES];
  pool_walk walk = pool_begin(d, o, channel, n);
  FN(max_run)(d, x, &walk, best, NULL, 0);
  for (int64_t l = 0; l < n; l++) y[l] = best[l];
}

#define RUN FN(max_values)
#define TASK FN(pool_max_task)
#include "pooling_rows_impl.h"

static int FN(pool_max)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  return FN(pool_forward)(desc, ptr, FN(pool_max_task));
}

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

/* The maximum of a long row, or `most`. */
static real FN(max_of)(const real *p, int64_t K, real most) {
  real lane[POOL_LONG];
  for (int l = 0; l < POOL_LONG; l++) lane[l] = most;
  int64_t k = 0;
  for (; k + POOL_LONG <= K; k += POOL_LONG)
    for (int l = 0; l < POOL_LONG; l++) lane[l] = p[k + l] > lane[l] ? p[k + l] : lane[l];
  for (int half = POOL_LONG / 2; half; half /= 2)
    for (int l = 0; l < half; l++) lane[l] = lane[l + half] > lane[l] ? lane[l + half] : lane[l];
  most = lane[0];
  for (; k < K; k++) most = p[k] > most ? p[k] : most;
  return most;
}

/* The same of one tap of `width` channels; inlined with a constant width where that is common. */
static inline __attribute__((always_inline)) void FN(max_tap)(const real *p, int64_t at,
                                                              const pool_walk *walk, int64_t width,
                                                              real *best, int32_t *where,
                                                              int placed) {
  for (int64_t j = walk->low; j < walk->high; j++)
    for (int64_t c = 0; c < width; c++) {
      const int64_t l = j * width + c;
      const real value = p[j * walk->hop + c];
      if (placed) {
        const int is_place = (value > best[l]) | (where[l] < 0);
        where[l] = is_place ? (int32_t)(at + j * walk->hop + c) : where[l];
      }
      best[l] = value > best[l] ? value : best[l];
    }
}

static void FN(max_channels)(const pool_dims *d, const real *x, pool_walk *walk, real *best,
                             int32_t *where) {
  while (pool_next(d, walk)) {
    const real *p = x + walk->base + walk->at;
    const int64_t at = walk->at, width = walk->width;
    if (where && width == 3) FN(max_tap)(p, at, walk, 3, best, where, 1);
    else if (where) FN(max_tap)(p, at, walk, width, best, where, 1);
    else if (width == 3) FN(max_tap)(p, at, walk, 3, best, where, 0);
    else FN(max_tap)(p, at, walk, width, best, where, 0);
  }
}

/* best, and if placed where (from walk->base on; -1: an empty window), of the walk's lanes. */
static inline __attribute__((always_inline)) void FN(max_run)(const pool_dims *d, const real *x,
                                                              pool_walk *walk, real *best,
                                                              int32_t *where, int placed) {
  int is_first = placed;
  for (int64_t l = 0; l < walk->n * walk->width; l++) {
    best[l] = -(real)INFINITY;
    if (placed) where[l] = -1;
  }
  if (d->inner > 1) {
    FN(max_channels)(d, x, walk, best, where);
    return;
  }
  for (; pool_next(d, walk); is_first = 0) {
    const int64_t at = walk->at, low = walk->low, high = walk->high;
    const real *p = x + walk->base + at;
    for (int64_t l = low; l < high && is_first; l++) where[l] = (int32_t)(at + l * walk->S);
    if (!placed && walk->K >= POOL_LONG && walk->K > high - low) {
      for (int64_t l = low; l < high; l++) best[l] = FN(max_of)(p + l * walk->S, walk->K, best[l]);
    } else if (walk->S == 1 && walk->K <= high - low) {
      for (int64_t k = 0; k < walk->K; k++)
        FN(max_row)(p + k, at + k, low, high, 1, 1, best, where, placed);
    } else if (walk->K == 2 && walk->S == 2) FN(max_row)(p, at, low, high, 2, 2, best, where, placed);
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
                           int64_t n, int64_t width, real *y) {
  real best[POOL_LANES];
  pool_walk walk = pool_begin(d, o, channel, n, width);
  FN(max_run)(d, x, &walk, best, NULL, 0);
  for (int64_t l = 0; l < n * width; l++) y[l] = best[l];
}

#define RUN FN(max_values)
#define TASK FN(pool_max_task)
#include "pooling_rows_impl.h"

static int FN(pool_max_rows)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  return FN(pool_forward)(desc, ptr, FN(pool_max_task));
}

/* Sums of powers over windows, one dtype: acc += POWER(x); y = ROOT(acc * share). */
#define PFN(part) MX_JOIN_(MX_JOIN_(NAME, part), DT)

/* One row of data; inlined with constant K and S where those are common. */
static inline __attribute__((always_inline)) void PFN(row)(const real *p, int64_t low,
                                                           int64_t high, int64_t K, int64_t S,
                                                           real *acc) {
  for (int64_t l = low; l < high; l++) {
    real sum = acc[l];
    for (int64_t k = 0; k < K; k++) sum += POWER(p[l * S + k]);
    acc[l] = sum;
  }
}

/* One tap of `width` channels; inlined with a constant width where that is common. */
static inline __attribute__((always_inline)) void PFN(tap)(const real *restrict p,
                                                           const pool_walk *walk, int64_t width,
                                                           real *restrict acc) {
  for (int64_t j = walk->low; j < walk->high; j++)
    for (int64_t c = 0; c < width; c++)
      acc[j * width + c] += POWER(p[j * walk->hop + c]);
}

static void PFN(run)(const pool_dims *d, const real *x, const int64_t *o, int64_t channel,
                     int64_t n, int64_t width, real *y) {
  real acc[POOL_LANES], share[POOL_LANES];
  pool_walk walk = pool_begin(d, o, channel, n, width);
  FN(pool_shares)(d, &walk, o, share);
  for (int64_t l = 0; l < n * width; l++) acc[l] = 0;
  while (d->inner > 1 && pool_next(d, &walk)) {
    const real *p = x + walk.base + walk.at;
    if (width == 3) PFN(tap)(p, &walk, 3, acc);
    else PFN(tap)(p, &walk, width, acc);
  }
  while (d->inner == 1 && pool_next(d, &walk)) {
    const real *p = x + walk.base + walk.at;
    if (walk.K == 3 && walk.S == 1) PFN(row)(p, walk.low, walk.high, 3, 1, acc);
    else if (walk.S == 1 && walk.K <= walk.high - walk.low) {
      for (int64_t k = 0; k < walk.K; k++) PFN(row)(p + k, walk.low, walk.high, 1, 1, acc);
    } else if (walk.K == 2 && walk.S == 2) PFN(row)(p, walk.low, walk.high, 2, 2, acc);
    else if (walk.K == 3 && walk.S == 2) PFN(row)(p, walk.low, walk.high, 3, 2, acc);
    else PFN(row)(p, walk.low, walk.high, walk.K, walk.S, acc);
    for (int64_t l = 0, first; l < n; l++) {
      if (l == walk.low) l = walk.high;
      if (l >= n) break;
      const int64_t last = pool_edge(d, &walk, l, &first);
      for (int64_t k = first; k < last; k++) acc[l] += POWER(p[l * walk.S + k]);
    }
  }
  if (d->is_average && width == 1)
    for (int64_t j = 0; j < n; j++) acc[j] *= share[j];
  else if (d->is_average)
    for (int64_t j = 0; j < n; j++)
      for (int64_t c = 0; c < width; c++) acc[j * width + c] *= share[j];
  for (int64_t l = 0; l < n * width; l++) y[l] = ROOT(acc[l]);
}

#define RUN PFN(run)
#define TASK PFN(task)
#include "pooling_rows_impl.h"

static int FN(NAME)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  return FN(pool_forward)(desc, ptr, PFN(task));
}

#undef PFN
#undef NAME
#undef POWER
#undef ROOT

/* The kernels of pooling.c, for one dtype. */

/* One task is some rows (OW, inner) of the output. */
static int FN(pool_forward)(const pool_dims *d, void *const *ptr,
                            void (*task)(void *, int64_t)) {
  const int64_t work = d->out[2] * d->inner * d->kernel[0] * d->kernel[1] * d->kernel[2];
  return pool_run(d, ptr, d->outer * d->out[0] * d->out[1], work, task);
}

/* share[j]: what the sum of neighbour j of output o is multiplied by, 1 / count for an average, else
 * 1.  The walk is at its beginning. */
static void FN(pool_shares)(const pool_dims *d, const pool_walk *walk, const int64_t *o,
                            real *share) {
  if (!d->is_average) {
    for (int64_t j = 0; j < walk->n; j++) share[j] = 1;
    return;
  }
  const int64_t area = pool_extent(d, 0, o[0]) * pool_extent(d, 1, o[1]);
  const int64_t whole = area * d->kernel[2];
  const real inside = whole ? (real)(1 / (double)whole) : 0;
  for (int64_t j = walk->low; j < walk->high; j++) share[j] = inside;
  for (int64_t j = 0; j < walk->n; j++) {
    if (j == walk->low && d->inner == 1) j = walk->high;    /* whose windows are not cut off */
    if (j >= walk->n) break;
    const int64_t count = area * pool_extent(d, 2, o[2] + j);
    share[j] = count ? (real)(1 / (double)count) : 0;
  }
}

#include "pooling_max_impl.h"

#define NAME pool_sum_rows
#define POWER(x) (x)
#define ROOT(a) (a)
#include "pooling_sum_impl.h"

#define NAME pool_lp2
#define POWER(x) ((x) * (x))
#define ROOT(a) (real)sqrt(a)
#include "pooling_sum_impl.h"

#define NAME pool_lp3
#define POWER(x) ((x) * (x) * (x))
#define ROOT(a) (real)cbrt(a)
#include "pooling_sum_impl.h"

#include "pooling_grad_impl.h"
#include "pooling_box_impl.h"
#include "pooling_depth_impl.h"

static int FN(run_boxes)(const pool_dims *d, void *const *ptr, void (*task)(void *, int64_t)) {
  return pool_run(d, ptr, d->outer, pool_plane(d) + pool_outputs(d), task);
}

static int FN(pool_sum)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  if (!FN(is_box)(desc, FN(BOX_SUM))) return FN(pool_sum_rows)(desc, ptr, scalars);
  return FN(run_boxes)(desc, ptr, FN(pool_sum_box));
}

static int FN(pool_sum_grad)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  if (!FN(is_box)(desc, FN(BOX_SUM_GRAD))) return FN(pool_sum_grad_rows)(desc, ptr, scalars);
  return FN(run_boxes)(desc, ptr, FN(pool_sum_grad_box));
}

static int FN(pool_max)(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  const pool_dims *d = desc;
  if (FN(is_box)(d, FN(BOX_MAX))) return FN(run_boxes)(d, ptr, FN(pool_max_box));
  if (!FN(depth_rows)(d)) return FN(pool_max_rows)(desc, ptr, scalars);
  const int64_t work = d->kernel[0] * d->size[1] * d->size[2] +
                       d->kernel[1] * d->kernel[2] * d->out[1] * d->out[2];
  return pool_run(d, ptr, d->outer * d->out[0], work, FN(depth_task));
}

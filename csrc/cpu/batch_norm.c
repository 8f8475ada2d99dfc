/* BatchNorm: data (N, C, S), everything else (C).  Parameters and statistics of 16-bit data are
 * float32; of other data they have its dtype.  `train` is set only where there is data. */
#include <math.h>

#include "mx_kernel.h"
#include "mx_loops.h"
#include "mx_size.h"

typedef struct {
  int64_t N, C, S, train, fix_gamma;
  double eps, momentum;
} norm_dims;

typedef struct {
  const norm_dims *d;
  void *const *ptr;
  int64_t group;   /* channels to a task */
} norm_job;

enum { NORM_LANES = 32, NORM_TILE = 64, NORM_WORK = 1 << 14 };

/* From sum(x - pivot) and sum((x - pivot)^2) to mean - pivot and 1 / sqrt(var + eps). */
static void norm_finish(const norm_dims *d, double count, double sum, double squares,
                        double *mean, double *inv_std) {
  const double middle = sum / count, variance = squares / count - middle * middle;
  *mean = middle;
  *inv_std = 1 / sqrt((variance < 0 ? 0 : variance) + d->eps);
}

/* Channels are shared out whole; with S == 1, in tiles of neighbours. */
static int norm_run(const norm_dims *d, void *const *ptr, void (*task)(void *, int64_t)) {
  norm_job job = {d, ptr, 1};
  if (!d->C) return MX_OK;
  if (d->S == 1) job.group = NORM_TILE;
  else if (d->N * d->S < NORM_WORK) job.group = 1 + NORM_WORK / (1 + d->N * d->S);
  const int64_t count = mx_ceil_div(d->C, job.group);
  if (count > 1 && d->N * d->C * d->S > NORM_WORK) mx_rt->parallel_for(count, task, &job);
  else for (int64_t i = 0; i < count; i++) task(&job, i);
  return MX_OK;
}

#define MX_BODY "batch_norm_impl.h"
#include "mx_each_float.h"

#define FIELDS "N C S train fix_gamma eps:d momentum:d"
#define ENTRIES(dtype)                               \
  MX_ENTRY(batch_norm, dtype, norm_dims, FIELDS),    \
      MX_ENTRY(batch_norm_grad, dtype, norm_dims, FIELDS)

const mx_kernel_entry mx_table_batch_norm[] = {
    ENTRIES(f16), ENTRIES(bf16), ENTRIES(f32), ENTRIES(f64), {0}};

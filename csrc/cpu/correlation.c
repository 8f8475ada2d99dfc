/* Correlation: patches of one map with moved patches of another.
 *
 *   correlation        x1, x2 (N, C, H, W) -> y (N, moves^2, OH, OW)
 *   correlation_grad   dy, x1, x2 -> dx1, or dx2 if which is 1
 *
 * y[n, m, i, j] is the mean, over the channels and a window of both maps, of their products, or of
 * their distances.  Both maps are padded with zeros. */
#include <string.h>

#include "mx_kernel.h"
#include "mx_loops.h"
#include "mx_scratch.h"

/* radius: moves go from -radius to radius steps of stride2 along each axis. */
typedef struct {
  int64_t N, C, H, W, OH, OW, kernel, most, stride1, stride2, pad, radius, is_product, which;
} correlation_dims;
#define FIELDS "N C H W OH OW kernel most stride1 stride2 pad radius is_product which"

enum { CORRELATION_LANES = 64, CORRELATION_TASKS = 64 };

typedef struct {
  const correlation_dims *d;
  void *const *ptr;
  void *padded1, *padded2;     /* (N, C, H + 2 pad, W + 2 pad) */
  char *sums;                  /* of each task: a padded plane */
  int64_t units, tasks, part;
} correlation_job;

static int64_t padded_size(const correlation_dims *d) {
  return mx_product(mx_sum(d->H, 2 * d->pad), mx_sum(d->W, 2 * d->pad));
}

static int64_t moves(const correlation_dims *d) { return 2 * d->radius + 1; }

static int64_t task_count(int64_t units) {
  return units < CORRELATION_TASKS ? units : CORRELATION_TASKS;
}

/* Where unit `task` begins. */
static int64_t task_begin(const correlation_job *job, int64_t task) {
  return job->units * task / job->tasks;
}

static void run_units(correlation_job *job, int64_t units, void (*task)(void *, int64_t)) {
  job->units = units;
  job->tasks = task_count(units);
  if (job->tasks > 1) mx_rt->parallel_for(job->tasks, task, job);
  else if (job->tasks) task(job, 0);
}

/* In doubles, so that the size does not depend on the dtype. */
static void lay_out(correlation_job *job, mx_scratch *scratch, int has_sums) {
  const correlation_dims *d = job->d;
  const int64_t planes = mx_product(d->N, d->C), size = padded_size(d);
  job->padded1 = mx_take(scratch, mx_product(planes, size), sizeof(double));
  job->padded2 = mx_take(scratch, mx_product(planes, size), sizeof(double));
  job->part = mx_lines(mx_product(size, sizeof(double)));
  if (has_sums) job->sums = mx_take(scratch, task_count(planes), job->part);
}

static int64_t correlation_scratch(const void *desc) {
  correlation_job job = {.d = desc};
  mx_scratch scratch = {0};
  lay_out(&job, &scratch, 0);
  return scratch.size;
}

static int64_t correlation_grad_scratch(const void *desc) {
  correlation_job job = {.d = desc};
  mx_scratch scratch = {0};
  lay_out(&job, &scratch, 1);
  return scratch.size;
}

#define MX_BODY "correlation_impl.h"
#include "mx_each_float.h"

#define KERNELS(dtype)                                                                          \
  static int correlation_##dtype(const void *desc, void *const *ptr, const mx_scalar *scalars) { \
    correlation_job job = {.d = desc, .ptr = ptr};                                              \
    (void)scalars;                                                                              \
    lay_out(&job, &(mx_scratch){.base = ptr[3]}, 0);                                            \
    run_units(&job, job.d->N * job.d->C, pad_task_##dtype);                                     \
    run_units(&job, job.d->N * moves(job.d) * moves(job.d), correlation_task_##dtype);          \
    return MX_OK;                                                                               \
  }                                                                                             \
  static int correlation_grad_##dtype(const void *desc, void *const *ptr,                       \
                                      const mx_scalar *scalars) {                               \
    correlation_job job = {.d = desc, .ptr = ptr + 1};                                          \
    (void)scalars;                                                                              \
    lay_out(&job, &(mx_scratch){.base = ptr[4]}, 1);                                            \
    run_units(&job, job.d->N * job.d->C, pad_task_##dtype);                                     \
    job.ptr = ptr;                                                                              \
    run_units(&job, job.d->N * job.d->C, correlation_grad_task_##dtype);                        \
    return MX_OK;                                                                               \
  }
KERNELS(f16)
KERNELS(bf16)
KERNELS(f32)
KERNELS(f64)

#define ENTRIES(dtype)                                                                    \
  MX_ENTRY_SCRATCH(correlation, dtype, correlation_scratch, correlation_dims, FIELDS),    \
      MX_ENTRY_SCRATCH(correlation_grad, dtype, correlation_grad_scratch, correlation_dims, FIELDS)
const mx_kernel_entry mx_table_correlation[] = {
    ENTRIES(f16), ENTRIES(bf16), ENTRIES(f32), ENTRIES(f64), {0}};

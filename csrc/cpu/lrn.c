/* Local response normalisation: data / norm^beta, norm = knorm + scale * the sum of data^2 over the
 * channels around each one, `half` on either side.  data is (N, C, S).
 *
 *   lrn        x -> y
 *   lrn_grad   dy, x -> dx */
#include <math.h>

#include "mx_kernel.h"
#include "mx_scratch.h"
#include "mx_size.h"

typedef struct {
  int64_t N, C, S, half;
  double scale, beta, knorm;
} lrn_dims;
#define LRN_FIELDS "N C S half scale:d beta:d knorm:d"

/* LRN_BLOCK: neighbours of a channel that are computed together; LRN_TASKS: at most so many. */
enum { LRN_BLOCK = 128, LRN_TASKS = 64, LRN_WORK = 1 << 14 };

typedef struct {
  const lrn_dims *d;
  void *const *ptr;
  void *parts;                /* of the gradient: (2, C, LRN_BLOCK) a task */
  int64_t blocks, group, part_bytes;      /* blocks: of an image; group: blocks to a task */
} lrn_job;

static lrn_job lrn_plan(const lrn_dims *d, void *const *ptr) {
  lrn_job job = {.d = d, .ptr = ptr, .blocks = mx_ceil_div(d->S, LRN_BLOCK)};
  const int64_t width = d->S < LRN_BLOCK ? d->S : LRN_BLOCK;
  const int64_t units = mx_product(d->N, job.blocks), elements = mx_product(d->C, width);
  const int64_t share = mx_ceil_div(units, LRN_TASKS), least = 1 + LRN_WORK / (1 + elements);
  job.group = share > least ? share : least;
  return job;
}

static int64_t lrn_tasks(const lrn_job *job) {
  return mx_ceil_div(mx_product(job->d->N, job->blocks), job->group);
}

static void lrn_cut(lrn_job *job, mx_scratch *scratch, int64_t item) {
  job->part_bytes = mx_lines(mx_product(mx_product(job->d->C, 2 * LRN_BLOCK), item));
  job->parts = mx_take(scratch, mx_product(lrn_tasks(job), job->part_bytes), 1);
}

static int lrn_run(lrn_job *job, void (*task)(void *, int64_t)) {
  const int64_t count = lrn_tasks(job);
  if (count > 1) mx_rt->parallel_for(count, task, job);
  else if (count) task(job, 0);
  return MX_OK;
}

/* Where block u begins in the arrays, at its first channel; n: how many neighbours it has. */
static inline int64_t lrn_start(const lrn_job *job, int64_t u, int64_t *n) {
  const lrn_dims *d = job->d;
  const int64_t at = u % job->blocks * LRN_BLOCK;
  *n = d->S - at < LRN_BLOCK ? d->S - at : LRN_BLOCK;
  return u / job->blocks * d->C * d->S + at;
}

/* The block behind the last one of a task. */
static inline int64_t lrn_end(const lrn_job *job, int64_t task) {
  const int64_t units = job->d->N * job->blocks, end = (task + 1) * job->group;
  return end < units ? end : units;
}

/* The first and the last channel around c. */
static inline int64_t lrn_first(const lrn_dims *d, int64_t c) {
  return c < d->half ? 0 : c - d->half;
}
static inline int64_t lrn_last(const lrn_dims *d, int64_t c) {
  return c + d->half < d->C ? c + d->half : d->C - 1;
}

#define MX_BODY "lrn_impl.h"
#include "mx_each_float.h"

#define ENTRIES(dtype)                                \
  MX_ENTRY(lrn, dtype, lrn_dims, LRN_FIELDS),         \
      MX_ENTRY_SCRATCH(lrn_grad, dtype, lrn_grad_scratch_##dtype, lrn_dims, LRN_FIELDS)

const mx_kernel_entry mx_table_lrn[] = {ENTRIES(f16), ENTRIES(bf16), ENTRIES(f32), ENTRIES(f64), {0}};

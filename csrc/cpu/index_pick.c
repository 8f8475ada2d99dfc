/* One item of an axis for each place of the other axes, and one-hot vectors.
 *
 *   pick       x (outer, K, inner), index (outer, inner) -> y[o, i] = x[o, index[o, i], i]
 *   pick_grad  dy (outer, inner), index -> dx (outer, K, inner): dy at its item, 0 elsewhere
 *   one_hot    indices (M) -> y (M, depth): `on` at the index, `off` elsewhere
 */
#include "index_common.h"

typedef struct { int64_t outer, K, inner, item, mode, index_flag; } pick_dims;
#define FIELDS "outer K inner item mode index_flag"

typedef struct { int64_t M, depth, item, on, off, index_flag; } one_hot_dims;

typedef struct {
  const void *d, *indices;
  const char *x;
  char *y;
  int64_t num_tasks;
  int is_grad;
  int *status;
} pick_job;

/* Task i goes over its share of the outer * inner places. */
static void pick_task(void *context, int64_t i) {
  const pick_job *job = context;
  const pick_dims *d = job->d;
  const int64_t total = d->outer * d->inner, end = total * (i + 1) / job->num_tasks;
  int64_t index[INDEX_BLOCK];
  int status = MX_OK;
  for (int64_t at = total * i / job->num_tasks; at < end; at += INDEX_BLOCK) {
    const int64_t n = end - at < INDEX_BLOCK ? end - at : INDEX_BLOCK;
    load_indices(d->index_flag, job->indices, at, n, index);
    for (int64_t b = 0; b < n; b++) {
      const int64_t o = (at + b) / d->inner, c = (at + b) % d->inner;
      const int64_t k = index_in_axis(index[b], d->K, d->mode, &status);
      const int64_t picked = ((o * d->K + k) * d->inner + c) * d->item;
      const int64_t place = (at + b) * d->item;
      if (job->is_grad) copy_row(job->y + picked, job->x + place, d->item);
      else copy_row(job->y + place, job->x + picked, d->item);
    }
  }
  if (status != MX_OK) __atomic_store_n(job->status, status, __ATOMIC_RELAXED);
}

static void zero_task(void *context, int64_t i) {
  const pick_job *job = context;
  const pick_dims *d = job->d;
  const int64_t nbytes = d->outer * d->K * d->inner * d->item;
  const int64_t begin = nbytes * i / job->num_tasks;
  memset(job->y + begin, 0, (size_t)(nbytes * (i + 1) / job->num_tasks - begin));
}

static int run_pick(const pick_dims *d, void *const *ptr, int is_grad) {
  int status = MX_OK;
  pick_job job = {.d = d, .x = ptr[0], .indices = ptr[1], .y = ptr[2], .is_grad = is_grad,
                  .status = &status};
  const int64_t places = d->outer * d->inner;
  if (is_grad && places * d->K > 0)
    run_tasks(zero_task, &job, places * d->K * d->item / 8, INDEX_TASKS, &job.num_tasks);
  if (places > 0) run_tasks(pick_task, &job, 4 * places, places, &job.num_tasks);
  return status;
}

static int pick_bytes(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  return run_pick(desc, ptr, 0);
}

static int pick_grad_bytes(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  return run_pick(desc, ptr, 1);
}

/* Task i fills its share of the rows. */
static void one_hot_task(void *context, int64_t i) {
  const pick_job *job = context;
  const one_hot_dims *d = job->d;
  const int64_t row_bytes = d->depth * d->item;
  const int64_t begin = d->M * i / job->num_tasks, end = d->M * (i + 1) / job->num_tasks;
  char *y = job->y;
  if (d->off == 0) {
    memset(y + begin * row_bytes, 0, (size_t)((end - begin) * row_bytes));
  } else {
    for (int64_t at = begin * d->depth; at < end * d->depth; at++)
      copy_row(y + at * d->item, (const char *)&d->off, d->item);
  }
  for (int64_t m = begin; m < end; m++) {
    int64_t k;
    load_indices(d->index_flag, job->indices, m, 1, &k);
    if (k >= 0 && k < d->depth)
      copy_row(y + m * row_bytes + k * d->item, (const char *)&d->on, d->item);
  }
}

/* on and off hold the bits of their items in the low bytes (all our targets are little-endian). */
static int one_hot_bytes(const void *desc, void *const *ptr, const mx_scalar *scalars) {
  (void)scalars;
  const one_hot_dims *d = desc;
  pick_job job = {.d = d, .indices = ptr[0], .y = ptr[1]};
  if (d->M * d->depth > 0)
    run_tasks(one_hot_task, &job, d->M * (4 + d->depth / 4), d->M, &job.num_tasks);
  return MX_OK;
}

const mx_kernel_entry mx_table_index_pick[] = {
    MX_ENTRY(pick, bytes, pick_dims, FIELDS), MX_ENTRY(pick_grad, bytes, pick_dims, FIELDS),
    MX_ENTRY(one_hot, bytes, one_hot_dims, "M depth item on off index_flag"), {0}};

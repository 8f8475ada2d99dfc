/* Padding by repeating the edge or by reflection; pad_4 is for items of 4 bytes.
 *
 * y[i] = x[source(i - before)] on every axis.  Reflection needs pads smaller than the axis.
 */
#include <string.h>

#include "mx_kernel.h"

typedef struct {
  int64_t ndim, x_shape[MX_MAX_NDIM], y_shape[MX_MAX_NDIM], before[MX_MAX_NDIM], is_reflect;
} pad_dims;
#define FIELDS "ndim x_shape:12 y_shape:12 before:12 is_reflect"

enum { GRAIN = 1 << 15, MOST_TASKS = 64 };

typedef struct {
  const pad_dims *d;
  const void *x;
  void *y;
  int64_t num_rows, num_tasks;
} pad_job;

/* The place on an axis of n items that place i, perhaps outside of it, reads. */
static inline int64_t source(int64_t i, int64_t n, int64_t is_reflect) {
  if (i < 0) return is_reflect ? -i : 0;
  if (i >= n) return is_reflect ? 2 * n - 2 - i : n - 1;
  return i;
}

/* The row of x (all axes but the last) that row `row` of y reads. */
static int64_t source_row(const pad_dims *d, int64_t row) {
  int64_t from = 0, scale = 1;
  for (int64_t axis = d->ndim - 2; axis >= 0; axis--) {
    const int64_t i = row % d->y_shape[axis] - d->before[axis];
    row /= d->y_shape[axis];
    from += source(i, d->x_shape[axis], d->is_reflect) * scale;
    scale *= d->x_shape[axis];
  }
  return from;
}

static int run_pad(const void *desc, void *const *ptr, void (*task)(void *context, int64_t i)) {
  pad_job job = {.d = desc, .x = ptr[0], .y = ptr[1], .num_rows = 1};
  for (int64_t axis = 0; axis < job.d->ndim - 1; axis++) job.num_rows *= job.d->y_shape[axis];
  const int64_t size = job.num_rows * job.d->y_shape[job.d->ndim - 1];
  job.num_tasks = mx_task_count(size, GRAIN, MOST_TASKS);
  if (job.num_tasks > job.num_rows) job.num_tasks = job.num_rows;
  if (size && job.num_tasks == 1) task(&job, 0);
  else if (size) mx_rt->parallel_for(job.num_tasks, task, &job);
  return MX_OK;
}

#define PAD(item, T)                                                                             \
  static void pad_task_##item(void *context, int64_t i) {                                        \
    const pad_job *job = context;                                                                \
    const pad_dims *d = job->d;                                                                  \
    const int64_t last = d->ndim - 1, n = d->x_shape[last], m = d->y_shape[last];                \
    const int64_t before = d->before[last], end = job->num_rows * (i + 1) / job->num_tasks;      \
    for (int64_t row = job->num_rows * i / job->num_tasks; row < end; row++) {                   \
      const T *x = (const T *)job->x + source_row(d, row) * n;                                   \
      T *y = (T *)job->y + row * m;                                                              \
      for (int64_t w = 0; w < before; w++) y[w] = x[source(w - before, n, d->is_reflect)];       \
      memcpy(y + before, x, (size_t)n * sizeof(T));                                              \
      for (int64_t w = before + n; w < m; w++) y[w] = x[source(w - before, n, d->is_reflect)];   \
    }                                                                                            \
  }                                                                                              \
  static int pad_##item(const void *desc, void *const *ptr, const mx_scalar *scalars) {          \
    (void)scalars;                                                                               \
    return run_pad(desc, ptr, pad_task_##item);                                                  \
  }

PAD(1, uint8_t)
PAD(2, uint16_t)
PAD(4, uint32_t)
PAD(8, uint64_t)

const mx_kernel_entry mx_table_pad[] = {
    MX_ENTRY(pad, 1, pad_dims, FIELDS), MX_ENTRY(pad, 2, pad_dims, FIELDS),
    MX_ENTRY(pad, 4, pad_dims, FIELDS), MX_ENTRY(pad, 8, pad_dims, FIELDS), {0}};

/* Copies between strided arrays: transposing, slicing, broadcasting, flipping, tiling.
 *
 *   strided_copy           y = x
 *   strided_place          y = value everywhere, then x into its place
 *   strided_assign         y = base, then x into its place
 *   strided_assign_scalar  y = base, then the runtime scalar, as dtype `value`, into its place
 *
 * Only the size of an item matters, so the kernels are named by it: strided_copy_4.
 * ptr: base, x, as far as there are any; at y_at, y (an operator may have inputs not read here).
 */
#include <string.h>

#include "mx_dtype.h"
#include "mx_kernel.h"
#include "mx_size.h"
#include "transpose_four.h"

/* Strides and offsets count items; a stride of 0 repeats.  ndim is at least 2; the last two axes
 * are the plane that the inner loops copy (ops/strided.py chooses them). */
typedef struct {
  int64_t ndim, shape[MX_MAX_NDIM], x_stride[MX_MAX_NDIM], y_stride[MX_MAX_NDIM];
  int64_t x_offset, y_offset, y_size, y_at, value;
} strided_copy_dims;
#define FIELDS "ndim shape:12 x_stride:12 y_stride:12 x_offset y_offset y_size y_at value"

static void *output(const strided_copy_dims *d, void *const *ptr) { return ptr[d->y_at]; }

enum { ROW_BLOCK = 64, COL_BLOCK = 1 << 15, GRAIN = 1 << 15, MOST_TASKS = 64 };

typedef struct { int64_t x_row, x_col, y_row, y_col; } plane_strides;

typedef struct {
  const strided_copy_dims *d;
  const void *x;
  void *y;
  plane_strides stride;
  int64_t R, C, row_blocks, col_blocks, num_blocks, num_tasks;
  int64_t item;    /* bytes, for base_task */
} copy_job;

/* Where a task stands: the block within the plane, the outer axes, and their offsets in x and y. */
typedef struct {
  int64_t row_block, col_block, index[MX_MAX_NDIM], x, y;
} walk;

static walk walk_start(const copy_job *job, int64_t block) {
  const strided_copy_dims *d = job->d;
  walk at = {.x = d->x_offset, .y = d->y_offset};
  at.col_block = block % job->col_blocks;
  block /= job->col_blocks;
  at.row_block = block % job->row_blocks;
  block /= job->row_blocks;
  for (int64_t axis = d->ndim - 3; axis >= 0; axis--) {
    at.index[axis] = block % d->shape[axis];
    block /= d->shape[axis];
    at.x += at.index[axis] * d->x_stride[axis];
    at.y += at.index[axis] * d->y_stride[axis];
  }
  return at;
}

static inline void walk_step(const copy_job *job, const strided_copy_dims *d, walk *at) {
  if (++at->col_block < job->col_blocks) return;
  at->col_block = 0;
  if (++at->row_block < job->row_blocks) return;
  at->row_block = 0;
  for (int64_t axis = d->ndim - 3; axis >= 0; axis--) {
    at->x += d->x_stride[axis];
    at->y += d->y_stride[axis];
    if (++at->index[axis] < d->shape[axis]) return;
    at->x -= d->shape[axis] * d->x_stride[axis];
    at->y -= d->shape[axis] * d->y_stride[axis];
    at->index[axis] = 0;
  }
}

typedef void (*copy_function)(void *context, int64_t i);

static void run(copy_job *job, copy_function task) {
  if (job->num_tasks == 1) task(job, 0);
  else mx_rt->parallel_for(job->num_tasks, task, job);
}

static void run_copy(const strided_copy_dims *d, const void *x, void *y, copy_function task) {
  const int64_t last = d->ndim - 1;
  copy_job job = {.d = d, .x = x, .y = y, .R = d->shape[last - 1], .C = d->shape[last]};
  job.stride = (plane_strides){d->x_stride[last - 1], d->x_stride[last],
                               d->y_stride[last - 1], d->y_stride[last]};
  int64_t outer = 1;
  for (int64_t axis = 0; axis < last - 1; axis++) outer *= d->shape[axis];
  job.row_blocks = mx_ceil_div(job.R, ROW_BLOCK);
  job.col_blocks = mx_ceil_div(job.C, COL_BLOCK);
  job.num_blocks = outer * job.row_blocks * job.col_blocks;
  if (!job.num_blocks) return;
  job.num_tasks = mx_task_count(outer * job.R * job.C, GRAIN, MOST_TASKS);
  run(&job, task);
}

/* Run a task that goes over all of y: filling it, or copying its base. */
static void run_over_output(const strided_copy_dims *d, const void *base, void *y, int64_t item,
                            copy_function task) {
  copy_job job = {.d = d, .x = base, .y = y, .item = item};
  job.num_tasks = mx_task_count(d->y_size, GRAIN, MOST_TASKS);
  run(&job, task);
}

static void base_task(void *context, int64_t i) {
  const copy_job *job = context;
  const int64_t n = job->d->y_size;
  const int64_t begin = n * i / job->num_tasks, end = n * (i + 1) / job->num_tasks;
  if (begin == end) return;
  memcpy((char *)job->y + begin * job->item, (const char *)job->x + begin * job->item,
         (size_t)((end - begin) * job->item));
}

#define FN(name) name##_1
#define T uint8_t
#include "strided_copy_impl.h"
#define FN(name) name##_2
#define T uint16_t
#include "strided_copy_impl.h"
#define FN(name) name##_4
#define T uint32_t
#define LANE int32_t
#include "strided_copy_impl.h"
#define FN(name) name##_8
#define T uint64_t
#define LANE int64_t
#include "strided_copy_impl.h"

#define ENTRIES(kernel)                                     \
  MX_ENTRY(kernel, 1, strided_copy_dims, FIELDS),           \
      MX_ENTRY(kernel, 2, strided_copy_dims, FIELDS),       \
      MX_ENTRY(kernel, 4, strided_copy_dims, FIELDS),       \
      MX_ENTRY(kernel, 8, strided_copy_dims, FIELDS)

const mx_kernel_entry mx_table_strided_copy[] = {
    ENTRIES(strided_copy), ENTRIES(strided_place), ENTRIES(strided_assign),
    ENTRIES(strided_assign_scalar), {0}};

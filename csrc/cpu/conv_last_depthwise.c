/* Convolution of images whose channels come last, with a filter for each channel, and the gradient of
 * its weight: nothing is summed over channels, so that loops run along them.
 *
 * data (N, *size, C), weight (C, *kernel) -> (N, *out, C).  A unit is a row of the result. */
#include <string.h>

#include "conv_plan.h"

enum { MOST_PARTS = 16, UNIT_WORK = 1 << 16 };

/* A row of the result, and the rows of data and of the window that it meets: `pairs` of them, each
 * at `data` and from tap `tap` on. */
typedef struct {
  int64_t image, pairs, *data, *tap;
} last_row;

typedef struct {
  const conv_dims *d;
  void *const *ptr;
  void *weight, *parts;        /* scratch: (taps, C); sums of the weight's gradient, (parts, taps, C) */
  int64_t *lists;              /* scratch: of the tasks, for their rows */
  int64_t units, tasks;
} last_depthwise_job;

/* The rows that unit u meets. */
static inline last_row row_of(const last_depthwise_job *job, int64_t task, int64_t u) {
  const conv_dims *d = job->d;
  const int64_t most = d->kernel[0] * d->kernel[1], line = d->size[2] * d->groups;
  const int64_t v = u % d->out[1], z = u / d->out[1] % d->out[0];
  last_row row = {.image = u / d->out[1] / d->out[0], .data = job->lists + task * 2 * most};
  row.tap = row.data + most;
  for (int64_t i = 0; i < most; i++) {
    const int64_t kz = i / d->kernel[1], kv = i % d->kernel[1];
    const int64_t at_z = z * d->stride[0] + kz * d->dilate[0] - d->pad[0];
    const int64_t at_v = v * d->stride[1] + kv * d->dilate[1] - d->pad[1];
    if (at_z < 0 || at_v < 0 || at_z >= d->size[0] || at_v >= d->size[1]) continue;
    row.data[row.pairs] = ((row.image * d->size[0] + at_z) * d->size[1] + at_v) * line;
    row.tap[row.pairs++] = i * d->kernel[2];
  }
  return row;
}

/* The taps [first, end) along the row that lie in data for output x. */
static inline void taps_of(const conv_dims *d, int64_t x, int64_t *first, int64_t *end) {
  const int64_t begin = x * d->stride[2] - d->pad[2], D = d->dilate[2];
  const int64_t left = d->size[2] - begin;
  *first = begin < 0 ? mx_ceil_div(-begin, D) : 0;
  *end = left <= 0 ? 0 : mx_lesser(mx_ceil_div(left, D), d->kernel[2]);
}

static last_depthwise_job plan_last_depthwise(const conv_dims *d, conv_pass pass, int64_t item,
                                              mx_scratch *scratch) {
  last_depthwise_job job = {.d = d, .units = d->N * d->out[0] * d->out[1]};
  const int64_t window = mx_product(volume(d->kernel), d->groups);
  const int64_t work = mx_product(mx_product(job.units, d->out[2]), window);
  job.tasks = mx_task_count(work, UNIT_WORK, mx_lesser(job.units < 1 ? 1 : job.units, MOST_PARTS));
  job.lists = mx_take(scratch, job.tasks * 2 * d->kernel[0] * d->kernel[1], sizeof *job.lists);
  if (pass == CONV_FORWARD) job.weight = mx_take(scratch, window, item);
  else job.parts = mx_take(scratch, mx_product(job.tasks, window), item);
  return job;
}

#define MX_BODY "conv_last_depthwise_impl.h"
#include "mx_each_wide.h"

#define ENTRY(name, dtype) \
  MX_ENTRY_SCRATCH(name, dtype, name##_scratch_##dtype, conv_dims, CONV_FIELDS)

const mx_kernel_entry mx_table_conv_last_depthwise[] = {
    ENTRY(last_depthwise, f32), ENTRY(last_depthwise, f64), ENTRY(last_depthwise_weight, f32),
    ENTRY(last_depthwise_weight, f64), {0}};

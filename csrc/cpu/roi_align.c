/* ROIAlign: the mean of bilinear samples in each bin of a region.
 *
 *   roi_align        x (N, C', H, W), rois (R, columns) -> y (R, C, PH, PW)
 *   roi_align_grad   dy, rois -> dx
 *
 * A bin's samples lie on a grid, and their weights are products of one for the row and one for the
 * column.  So each axis is worked out alone: for a bin of rows, rows are added up by their weights
 * into a line, and the line is read by the weights of each bin of columns. */
#include <math.h>
#include <string.h>

#include "mx_kernel.h"
#include "mx_scratch.h"
#include "mx_size.h"
#include "roi_align.h"

#define FIELDS "N C H W R PH PW columns ratio sensitive aligned scale:d"

/* ROI_CHANNELS: of a region, or of an image, in one unit of work. */
enum { ROI_TASKS = 32, ROI_CHANNELS = 16 };

typedef struct {
  const roi_align_dims *d;
  const void *x, *rois;
  void *y;                  /* forward: y; backward: dx, of which x is dy */
  char *scratch;
  void *sums;               /* backward, 16 bits */
  int64_t part, units, tasks;
  int status;
} roi_align_job;

static int64_t channel_blocks(const roi_align_dims *d) {
  return mx_ceil_div(d->C, ROI_CHANNELS);
}

static int64_t task_count(int64_t units) { return units < ROI_TASKS ? units : ROI_TASKS; }

static int64_t map_size(const roi_align_dims *d) {
  const int64_t plane = mx_product(d->H, d->W), channels = mx_product(d->N, d->C);
  const int64_t bins = d->sensitive ? mx_product(d->PH, d->PW) : 1;
  return mx_product(mx_product(plane, channels), bins);
}

#define MX_BODY "roi_align_impl.h"
#include "mx_each_float.h"

static int64_t align_part(const roi_align_dims *d) {
  mx_scratch scratch = {0};
  take_room_f32(&scratch, d);
  return mx_lines(scratch.size);
}

static int64_t align_scratch(const void *desc) {
  const roi_align_dims *d = desc;
  return mx_product(task_count(mx_product(d->R, channel_blocks(d))), align_part(d));
}

static int64_t align_grad_scratch(const void *desc) {
  const roi_align_dims *d = desc;
  return mx_product(task_count(mx_product(d->N, channel_blocks(d))), align_part(d));
}

static int64_t align_grad_half_scratch(const void *desc) {
  return mx_sum(align_grad_scratch(desc), mx_product(map_size(desc), sizeof(float)));
}

static int run(roi_align_job *job, void (*task)(void *, int64_t)) {
  job->part = align_part(job->d);
  job->tasks = task_count(job->units);
  if (job->tasks > 1) mx_rt->parallel_for(job->tasks, task, job);
  else if (job->tasks) task(job, 0);
  return job->status;
}

#define KERNELS(dtype)                                                                           \
  static int roi_align_##dtype(const void *desc, void *const *ptr, const mx_scalar *scalars) {   \
    const roi_align_dims *d = desc;                                                              \
    (void)scalars;                                                                               \
    roi_align_job job = {.d = d, .x = ptr[0], .rois = ptr[1], .y = ptr[2], .scratch = ptr[3],    \
                         .units = d->R * channel_blocks(d)};                                     \
    return run(&job, align_task_##dtype);                                                        \
  }                                                                                              \
  static int roi_align_grad_##dtype(const void *desc, void *const *ptr,                          \
                                    const mx_scalar *scalars) {                                  \
    const roi_align_dims *d = desc;                                                              \
    (void)scalars;                                                                               \
    roi_align_job job = {.d = d, .x = ptr[0], .rois = ptr[1], .y = ptr[2], .scratch = ptr[3],    \
                         .units = d->N * channel_blocks(d)};                                     \
    job.sums = job.scratch + align_grad_scratch(d);                                              \
    return run(&job, align_grad_task_##dtype);                                                   \
  }
KERNELS(f16)
KERNELS(bf16)
KERNELS(f32)
KERNELS(f64)

#define ENTRIES(dtype, grad_scratch)                                              \
  MX_ENTRY_SCRATCH(roi_align, dtype, align_scratch, roi_align_dims, FIELDS),      \
      MX_ENTRY_SCRATCH(roi_align_grad, dtype, grad_scratch, roi_align_dims, FIELDS)
const mx_kernel_entry mx_table_roi_align[] = {
    ENTRIES(f16, align_grad_half_scratch), ENTRIES(bf16, align_grad_half_scratch),
    ENTRIES(f32, align_grad_scratch), ENTRIES(f64, align_grad_scratch), {0}};

/* Windows of images as columns of a matrix, and the sum of such columns back into images. */
#include <string.h>

#include "mx_kernel.h"
#include "mx_scratch.h"
#include "mx_size.h"

/* image (planes, *size), columns (planes, volume(kernel), volume(out)): tap k of position o of an
 * axis is the image's item o * stride + k * dilate - pad; outside the image it is 0. */
typedef struct {
  int64_t planes, size[3], out[3], kernel[3], stride[3], dilate[3], pad[3];
} im2col_dims;

typedef struct {
  const im2col_dims *d;
  const void *from;
  void *to, *sums;              /* sums: scratch of 16-bit col2im, a plane for a task */
  int64_t group;                /* planes to a task */
} im2col_job;

enum { IM2COL_WORK = 1 << 14, IM2COL_TASKS = 64 };

static int64_t im2col_group(const im2col_dims *d) {
  int64_t columns = 1;
  for (int i = 0; i < 3; i++) columns = mx_product(columns, d->kernel[i] * d->out[i]);
  const int64_t group = 1 + IM2COL_WORK / (1 + columns), most = 1 + d->planes / IM2COL_TASKS;
  return group > most ? group : most;
}

static int64_t im2col_tasks(const im2col_dims *d) {
  const int64_t group = im2col_group(d);
  return mx_ceil_div(d->planes, group);
}

static int im2col_run(im2col_job *job, void (*task)(void *, int64_t)) {
  const int64_t count = im2col_tasks(job->d);
  job->group = im2col_group(job->d);
  if (count > 1) mx_rt->parallel_for(count, task, job);
  else if (count) task(job, 0);
  return MX_OK;
}

/* Where the last axis of outputs meets the image with tap k: outputs low .. high - 1. */
static void inside(const im2col_dims *d, int64_t k, int64_t *low, int64_t *high) {
  const int64_t first = k * d->dilate[2] - d->pad[2], stride = d->stride[2];
  const int64_t end = first >= d->size[2] ? 0 : mx_ceil_div(d->size[2] - first, stride);
  *low = first < 0 ? mx_ceil_div(-first, stride) : 0;
  *high = end < d->out[2] ? end : d->out[2];
  if (*low > *high) *low = *high;
}

/* The rows of one plane: (row of the image or -1, row of the columns, tap of the last axis). */
#define EACH_ROW(d)                                                                        \
  for (int64_t a = 0; a < (d)->kernel[0]; a++)                                             \
    for (int64_t b = 0; b < (d)->kernel[1]; b++)                                           \
      for (int64_t c = 0; c < (d)->kernel[2]; c++)                                         \
        for (int64_t z = 0; z < (d)->out[0]; z++)                                          \
          for (int64_t y = 0; y < (d)->out[1]; y++)

static int64_t image_row(const im2col_dims *d, int64_t a, int64_t b, int64_t z, int64_t y) {
  const int64_t at0 = z * d->stride[0] + a * d->dilate[0] - d->pad[0];
  const int64_t at1 = y * d->stride[1] + b * d->dilate[1] - d->pad[1];
  if (at0 < 0 || at1 < 0 || at0 >= d->size[0] || at1 >= d->size[1]) return -1;
  return at0 * d->size[1] + at1;
}

#define MX_BODY "im2col_impl.h"
#include "mx_each_float.h"

#define FIELDS "planes size:3 out:3 kernel:3 stride:3 dilate:3 pad:3"
#define ENTRIES(dtype)                                                                        \
  MX_ENTRY(im2col, dtype, im2col_dims, FIELDS),                                               \
      MX_ENTRY_SCRATCH(col2im, dtype, col2im_scratch_##dtype, im2col_dims, FIELDS)

const mx_kernel_entry mx_table_im2col[] = {
    ENTRIES(f16), ENTRIES(bf16), ENTRIES(f32), ENTRIES(f64), {0}};

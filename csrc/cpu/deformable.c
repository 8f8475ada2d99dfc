/* Columns of windows whose taps were moved by offsets (deformable convolution), and the gradients.
 *
 * data (N, C, *size), offset (N, groups * 2 * taps, *out): tap k = (i, j) of output (h, w) reads the
 * image at y = h * stride + i * dilate - pad + offset[2k], and x likewise with offset[2k + 1], by
 * bilinear interpolation; C / groups channels share offsets.  mask (N, groups * taps, *out) is
 * multiplied with what is read.  columns (N, C * taps, *out).
 *
 * Positions outside the image read 0.  has_mask: within one pixel around it the image fades out;
 * otherwise positions after the last pixel's centre have its value. */
#include "deformable_place.h"
#include "mx_kernel.h"
#include "mx_scratch.h"

typedef struct {
  const deformable_dims *d;
  void *const *ptr;
  char *block;
  int64_t task_bytes;
} deformable_job;

static int64_t deformable_pixels(const deformable_dims *d) { return d->out[0] * d->out[1]; }
static int64_t deformable_taps(const deformable_dims *d) { return d->kernel[0] * d->kernel[1]; }

/* A task is an image's group of channels. */
static int deformable_run(const deformable_dims *d, void *const *ptr, void *block,
                          int64_t task_bytes, void (*task)(void *, int64_t)) {
  deformable_job job = {d, ptr, block, task_bytes};
  const int64_t count = d->N * d->groups;
  if (count > 1) mx_rt->parallel_for(count, task, &job);
  else if (count) task(&job, 0);
  return MX_OK;
}

#define MX_BODY "deformable_impl.h"
#include "mx_each_float.h"

#define FIELDS "N C groups size:2 out:2 kernel:2 stride:2 dilate:2 pad:2 has_mask"
#define ENTRIES(dtype)                                                                          \
  MX_ENTRY_SCRATCH(deformable, dtype, deformable_scratch_##dtype, deformable_dims, FIELDS),     \
      MX_ENTRY_SCRATCH(deformable_grad, dtype, deformable_grad_scratch_##dtype, deformable_dims, \
                       FIELDS)

const mx_kernel_entry mx_table_deformable[] = {
    ENTRIES(f16), ENTRIES(bf16), ENTRIES(f32), ENTRIES(f64), {0}};

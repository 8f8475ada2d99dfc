/* Convolution of images whose channels come last, as matrix products that read the image where it
 * lies: out (pixels, filters) = windows (pixels, K) @ weight (K, filters).
 *
 * data (N, *size, groups * C), weight (groups * F, *kernel, C) -> (N, *out, groups * F).  The window
 * of a pixel is a few lines of the image, each of them contiguous: a row of taps, where its taps
 * touch, or one tap.  They are the same for all pixels, but for where the window begins.  Only with
 * padding the images are copied.  The weight is packed once, in panels of filters. */
#include <string.h>

#include "conv_plan.h"

enum {
  LAST_TILES = 32,       /* tiles of pixels that meet one panel of filters, which stays in L1 */
  LAST_BLOCK = 256,      /* elements of a window at a time */
  LAST_COPY_BYTES = 4 << 20,
};

typedef struct {
  const conv_dims *d;
  void *const *ptr;
  void *weight, *image;          /* scratch: panels of the weight; padded copies */
  int64_t *line;                 /* scratch: where the lines of a window begin, behind its start */
  int64_t lines, length;         /* of a window; elements */
  int64_t width[3];              /* of the images that are read */
  int64_t channels, K, panels;   /* of a pixel; of a window; of a group */
  int64_t batch, first, images, chunks;
} last_job;

static int is_padded(const conv_dims *d) { return d->pad[0] || d->pad[1] || d->pad[2]; }

/* The plan; lines are listed where there is room for them. */
static last_job plan_last(const conv_dims *d, int64_t cols, int64_t item, mx_scratch *scratch) {
  const int touches = d->groups == 1 && d->dilate[2] == 1 && d->kernel[2] * d->C <= LAST_BLOCK;
  last_job job = {.d = d, .channels = d->groups * d->C, .K = volume(d->kernel) * d->C,
                  .panels = mx_ceil_div(d->F, cols)};
  const int64_t steps = touches ? 1 : d->kernel[2];
  for (int i = 0; i < 3; i++)
    job.width[i] = is_padded(d) ? (d->out[i] - 1) * d->stride[i] +
                                      (d->kernel[i] - 1) * d->dilate[i] + 1 : d->size[i];
  job.length = touches ? d->kernel[2] * d->C : d->C;
  job.lines = d->kernel[0] * d->kernel[1] * steps;
  job.line = mx_take(scratch, job.lines, sizeof *job.line);
  job.weight = mx_take(scratch, mx_product(d->groups * job.panels * cols, job.K), item);
  if (is_padded(d)) {
    const int64_t image = mx_product(size_product(job.width), job.channels);
    const int64_t fit = LAST_COPY_BYTES / (1 + mx_product(image, item));
    job.batch = mx_lesser(fit < 1 ? 1 : fit, d->N < 1 ? 1 : d->N);
    job.image = mx_take(scratch, mx_product(job.batch, image), item);
  } else {
    job.batch = d->N;
  }
  for (int64_t i = 0; job.line && i < job.lines; i++) {
    const int64_t z = i / steps / d->kernel[1], y = i / steps % d->kernel[1], x = i % steps;
    job.line[i] = ((z * d->dilate[0] * job.width[1] + y * d->dilate[1]) * job.width[2] +
                   x * d->dilate[2]) * job.channels;
  }
  return job;
}

#define MX_BODY "conv_last_impl.h"
#include "mx_each_wide.h"

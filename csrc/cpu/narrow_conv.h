/* What the passes of a convolution of narrow numbers share: copies of images, and columns as runs. */
#ifndef NARROW_CONV_H
#define NARROW_CONV_H
#include <string.h>

#include "conv_plan.h"
#include "narrow_pack.h"
#include "narrow_product.h"

/* The image of conv_plan.h, bare or copied.  The columns of a product are the outputs of a part, of all
 * images worked on. */
typedef struct {
  conv_plan plan;
  conv_part part;
  narrow_dtype dtype;
  const conv_arrays *arrays;
  const void *image;         /* of the images worked on: the first */
  void *copy;                /* scratch: of these images; NULL: the bare ones do */
  int64_t item;              /* bytes of a number */
  int64_t *offset;           /* scratch: of the taps of a channel's window, channel by channel */
  int64_t batch, first, images;
} narrow_conv;

/* Columns that lie side by side: number l of those that `mask` has is number at + l. */
typedef struct {
  __mmask32 mask;
  int64_t at;
} narrow_run;

typedef int64_t (*narrow_place)(const narrow_conv *job, int64_t column);

/* The runs of `count` columns from `first` on, at most 32, of which `length` lie side by side. */
static inline int64_t narrow_list_runs(const narrow_conv *job, int64_t first, int64_t count,
                                       int64_t length, narrow_place place, narrow_run *runs) {
  int64_t n = 0;
  for (int64_t j = 0; j < count; n++) {
    const int64_t run = mx_lesser(count - j, length - (first + j) % length);
    runs[n] = (narrow_run){narrow_first(run) << j, place(job, first + j) - j};
    j += run;
  }
  return n;
}

/* Where the window of a column begins in the images, and how many columns' lie side by side. */
static inline int64_t narrow_window(const narrow_conv *job, int64_t column) {
  const conv_plan *p = &job->plan;
  const conv_part *part = &job->part;
  const int64_t *count = part->count, x = column % count[2], y = column / count[2] % count[1];
  const int64_t z = column / count[2] / count[1] % count[0], image = column / volume(count);
  return image * p->d->groups * p->in * p->channel + part->start[2] + x +
         ((part->start[0] + z) * p->length[1] + part->start[1] + y) * p->length[2];
}

static inline int64_t narrow_windows_in_line(const narrow_conv *job) {
  const int64_t *count = job->part.count, *length = job->plan.length;
  if (length[2] != count[2]) return count[2];
  return length[1] == count[1] ? volume(count) : count[1] * count[2];
}

/* A tile: `steps` steps of TILE_LINES columns; a step's numbers lie at its offset of the image, side
 * by side as the `count` runs say.  how: what the function makes of them. */
typedef void (*narrow_pack_tile)(void *how, const void *image, const narrow_run *runs,
                                 int64_t count, const int64_t *offset, int64_t steps, mx_bf16 *to);

/* The columns of a part in panels, by tiles of `tile_steps` steps that take tile_items in a panel. */
ALWAYS void narrow_pack_columns(const narrow_conv *job, const narrow_part *part, int64_t tile_steps,
                                int64_t tile_items, narrow_pack_tile pack, void *how,
                                mx_bf16 *to) {
  const conv_plan *p = &job->plan;
  const char *image = (const char *)job->image + part->entry * p->in * p->channel * job->item;
  const int64_t *offset = job->offset + job->part.taps_before * p->in + part->k0;
  const int64_t panel = mx_ceil_div(part->steps, tile_steps) * tile_items;
  for (int64_t j = 0; j < part->count; j += TILE_LINES) {
    narrow_run runs[TILE_LINES];
    const int64_t columns = mx_lesser(TILE_LINES, part->count - j);
    const int64_t count = narrow_list_runs(job, part->first + j, columns,
                                           narrow_windows_in_line(job), narrow_window, runs);
    mx_bf16 *tile = to + j / PANEL_LINES * panel + j % PANEL_LINES * TILE_STEPS;
    for (int64_t k = 0; k < part->steps; k += tile_steps, tile += tile_items) {
      const int64_t steps = part->steps - k;
      if (steps >= tile_steps && count == 1)          /* most tiles: no loops over runs */
        pack(how, image, runs, 1, offset + k, tile_steps, tile);
      else if (steps >= tile_steps && count == 2)
        pack(how, image, runs, 2, offset + k, tile_steps, tile);
      else pack(how, image, runs, count, offset + k, steps, tile);
    }
  }
}

/* The steps of a product: channels, and taps of the part. */
static inline int64_t narrow_conv_steps(const narrow_conv *job) {
  return job->plan.in * job->part.taps;
}

/* The scratch of the images and the offsets. */
static inline narrow_conv narrow_begin(int64_t item, const conv_dims *d, int is_grad,
                                       mx_scratch *scratch) {
  enum { COPY_BYTES = 4 << 20 };      /* of copies at a time, at most, or of one image */
  narrow_conv job = {.plan = plan_convolution(d, is_grad, TILE_LINES), .item = item, .batch = d->N};
  const conv_plan *p = &job.plan;
  int is_bare = 1;
  for (int i = 0; i < 3; i++)
    is_bare = is_bare && p->phases[i] == 1 && p->low[i] == 0 && p->length[i] == p->size[i];
  job.offset = mx_take(scratch, p->in * volume(d->kernel), sizeof *job.offset);
  if (is_bare) return job;
  const int64_t image = mx_product(d->groups * p->in, p->channel);
  const int64_t fit = COPY_BYTES / mx_product(image, item);
  job.batch = mx_lesser(fit < 1 ? 1 : fit, d->N);
  job.copy = mx_take(scratch, mx_product(job.batch, image), item);
  return job;
}

/* Let the job go on to the images from `first` on. */
void narrow_take_images(narrow_conv *job, int64_t first);

/* How many images are left for the last time, which are fewer. */
static inline int64_t narrow_rest(const narrow_conv *job) {
  return job->batch > 0 ? job->plan.d->N % job->batch : 0;
}

/* CONV_GRAD_WEIGHT; whether it is good, as narrow_multiply says. */
int64_t narrow_weight_scratch(narrow_dtype dtype, const conv_dims *d);
int narrow_run_weight(narrow_dtype dtype, const conv_dims *d, const conv_arrays *arrays);
#endif

/* How a convolution becomes matrix products without a matrix of columns.
 *
 * The image is copied once, padded, each channel split into stride[0] * stride[1] * stride[2]
 * phases: phase r of an axis holds the positions j * stride + r - pad.  Then a tap of the window is
 * a plain shift within one phase, the same for all outputs: with outputs numbered q = y * width + x
 * in rows as wide as the copy's, row k of the column matrix is copy[offset[k] + q], contiguous. The
 * microkernel reads it there.  Numbers q past the end of an output row are computed and dropped.
 *
 * The gradient of the data is the same: dy is the image (one phase), and each phase of the data's
 * positions gets its products with the taps that reach it: a `part`.  The forward pass has one. */
#ifndef CONV_PLAN_H
#define CONV_PLAN_H
#include "conv.h"
#include "gemm_micro.h"
#include "mx_kernel.h"
#include "mx_scratch.h"
#include "mx_size.h"

typedef struct {
  const conv_dims *d;
  int is_grad;                  /* from dy to dx */
  int64_t in, out;              /* channels a group, of the image and of the result */
  const int64_t *size, *result; /* the image's axes and the result's */
  int64_t phases[3], low[3], length[3];
  int64_t plane, channel;       /* elements of the copy, of a phase, of a channel; or INT64_MAX */
  int64_t num_parts, weights, cols;
} conv_plan;

/* Results first + step * t, t < count, along each axis; t = 0 lies at `start` in the copy. */
typedef struct {
  int64_t phase[3], count[3], start[3], first[3], step[3];
  int64_t taps, taps_before;    /* per input channel; in the parts before this one */
} conv_part;

/* The volume, saturated: strides and paddings can make a copy larger than any memory. */
static inline int64_t size_product(const int64_t *size) {
  return mx_product(mx_product(size[0], size[1]), size[2]);
}

static inline conv_plan plan_convolution(const conv_dims *d, int is_grad, int64_t cols) {
  conv_plan p = {.d = d, .is_grad = is_grad, .in = is_grad ? d->F : d->C,
                 .out = is_grad ? d->C : d->F, .size = is_grad ? d->out : d->size,
                 .result = is_grad ? d->size : d->out, .num_parts = 1, .cols = cols};
  for (int i = 0; i < 3; i++) {
    const int64_t reach = (d->kernel[i] - 1) * d->dilate[i] / d->stride[i];
    p.phases[i] = is_grad ? 1 : d->stride[i];
    p.low[i] = is_grad ? reach : d->pad[i];
    p.length[i] = reach + (is_grad ? (d->size[i] - 1 + d->pad[i]) / d->stride[i] + 1 : d->out[i]);
    if (is_grad) p.num_parts = mx_product(p.num_parts, d->stride[i]);
  }
  p.plane = size_product(p.length);
  p.channel = mx_product(p.plane, size_product(p.phases));
  p.weights = d->C * d->F * volume(d->kernel);
  return p;
}

/* Does any tap meet the phase of the axis?  The others are not copied. */
static inline int is_read(const conv_plan *p, int axis, int64_t phase) {
  for (int64_t k = 0; k < p->d->kernel[axis]; k++)
    if (k * p->d->dilate[axis] % p->phases[axis] == phase) return 1;
  return 0;
}

/* Does tap k of the axis reach the part, and by which shift in the copy? */
static inline int tap_reaches(const conv_plan *p, const conv_part *part, int axis, int64_t k) {
  const int64_t at = k * p->d->dilate[axis];
  return !p->is_grad || at % p->d->stride[axis] == part->phase[axis];
}

static inline int64_t tap_shift(const conv_plan *p, const conv_part *part, int axis, int64_t k) {
  const int64_t at = k * p->d->dilate[axis], stride = p->d->stride[axis];
  return p->is_grad ? p->low[axis] - (at - part->phase[axis]) / stride : at / stride;
}

/* Part `index`: parts follow each other as their phases do, those of the last axis first. */
static inline conv_part part_at(const conv_plan *p, int64_t index) {
  const conv_dims *d = p->d;
  conv_part part = {.taps = 1};
  int64_t behind = 1;         /* taps of the axes behind this one, of all phases */
  for (int i = 2; i >= 0; i--) {
    const int64_t stride = d->stride[i];
    int64_t taps = 0, before = 0;       /* those of the phase; of the phases before it */
    part.phase[i] = p->is_grad ? index % stride : 0;
    part.step[i] = p->is_grad ? stride : 1;
    if (p->is_grad) {
      index /= stride;
      const int64_t from = mx_ceil_div(d->pad[i] - part.phase[i], stride);
      part.start[i] = from > 0 ? from : 0;
      part.first[i] = stride * part.start[i] + part.phase[i] - d->pad[i];
    }
    part.count[i] = part.first[i] < p->result[i]
                        ? mx_ceil_div(p->result[i] - part.first[i], part.step[i]) : 0;
    for (int64_t k = 0; k < d->kernel[i]; k++) {
      taps += tap_reaches(p, &part, i, k);
      before += p->is_grad && k * d->dilate[i] % stride < part.phase[i];
    }
    part.taps_before = before * behind + taps * part.taps_before;
    part.taps *= taps;
    behind *= d->kernel[i];
  }
  return part;
}

/* The part's taps, channel by channel: where each lies in the copy; its number in the window. */
static inline int64_t list_taps(const conv_plan *p, const conv_part *part, int64_t *offset,
                                int64_t *number) {
  const conv_dims *d = p->d;
  int64_t n = 0, k[3];
  for (int64_t c = 0; c < (offset ? p->in : 1); c++)
    for (k[0] = 0; k[0] < d->kernel[0]; k[0]++) {
      if (!tap_reaches(p, part, 0, k[0])) continue;
      for (k[1] = 0; k[1] < d->kernel[1]; k[1]++) {
        if (!tap_reaches(p, part, 1, k[1])) continue;
        for (k[2] = 0; k[2] < d->kernel[2]; k[2]++) {
          if (!tap_reaches(p, part, 2, k[2])) continue;
          int64_t phase = 0, shift = 0;
          for (int i = 0; i < 3; i++) {
            phase = phase * p->phases[i] + k[i] * d->dilate[i] % p->phases[i];
            shift = shift * p->length[i] + tap_shift(p, part, i, k[i]);
          }
          if (offset) offset[n] = c * p->channel + phase * p->plane + shift;
          if (number) number[n] = (k[0] * d->kernel[1] + k[1]) * d->kernel[2] + k[2];
          n++;
        }
      }
    }
  return n;
}

/* Share `count` tasks out if there is `work` (in multiply-adds) enough to wake other threads. */
static inline void run_tasks(int64_t count, int64_t work, void (*task)(void *, int64_t),
                             void *job) {
  if (count > 1 && work >= 1 << 18) mx_rt->parallel_for(count, task, job);
  else for (int64_t i = 0; i < count; i++) task(job, i);
}
#endif

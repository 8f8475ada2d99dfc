/* What the ways to resize share. */
#ifndef MX_IMAGE_RESIZE_H
#define MX_IMAGE_RESIZE_H

#include "image.h"

#include <stddef.h>

/* One axis of a resize: `from` pixels become `to`, of which `count` from `first` on are wanted. */
typedef struct resize_axis {
  int64_t from, to, first, count;
  double scale;            /* source pixels to a pixel */
  double inverse;          /* to / from */
} resize_axis;

typedef struct resize_job {
  mx_image src, dst;
  resize_axis across, down;
  int interp;
} resize_job;

enum { MOST_TAPS = 8, WEIGHT_BITS = 11 };

/* A row's or column's pixels as weighted sums of `taps` neighbours. */
typedef struct resize_taps {
  int taps;
  int64_t count;
  int32_t *start;          /* (count,): source pixel of the first tap; it may lie outside */
  float *weight;           /* (count, taps) */
  int16_t *fixed;          /* (count, taps): the weights in 1 / 2^WEIGHT_BITS */
  int64_t inner, outer;    /* the taps of pixels inner <= x < outer lie inside the source */
} resize_taps;

/* is_across: columns, where two taps of which one lies outside become one. */
int taps_new(resize_taps *table, const resize_axis *axis, int interp, int is_across);
void taps_free(resize_taps *table);

/* A way to resize by weighted neighbours: source rows to rows of sums, those to a row. */
typedef struct resize_passes {
  int64_t element;         /* bytes of a sum */
  void (*across)(void *sums, const void *row, const resize_taps *table, int64_t width,
                 int64_t channels);
  /* y: the row's number in the table. at, all: where in the whole row of elements `out` begins, and
     how many that row has. */
  void (*down)(void *out, void *const *sums, const resize_taps *table, int64_t y, int64_t count,
               int64_t at, int64_t all);
} resize_passes;

extern const resize_passes resize_passes_linear_u8, resize_passes_cubic_u8,
    resize_passes_lanczos_u8, resize_passes_linear_f32, resize_passes_cubic_f32,
    resize_passes_lanczos_f32;

int resize_by_taps(const resize_job *job, const resize_passes *passes);

int resize_nearest(const resize_job *job);
int resize_area(const resize_job *job);                          /* only to shrink both ways */
int resize_area_whole(const resize_job *job, int64_t y, int64_t x);   /* by whole factors y, x */

static inline int64_t clip(int64_t value, int64_t count) {
  return value < 0 ? 0 : value < count ? value : count - 1;
}

#endif

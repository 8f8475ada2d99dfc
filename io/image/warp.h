/* What the ways to warp share. */
#ifndef MX_IMAGE_WARP_H
#define MX_IMAGE_WARP_H

#include "image.h"

enum { PLACE_BITS = 10, STEP_BITS = 5, STEPS = 1 << STEP_BITS, SHARE_BITS = 15 };

typedef struct warp_job {
  mx_image src, dst;
  double matrix[6];        /* from dst to src */
  int interp, border;
  const uint8_t *values;   /* (channels,) */
} warp_job;

/* Where the pixels of a row of dst lie in src, in 1 / 2^PLACE_BITS pixel. */
typedef struct warp_row {
  const int64_t *dx, *dy;  /* (dst.width,): from the row's first pixel */
  int64_t x, y;            /* of the row's first pixel, rounding included */
} warp_row;

void warp_nearest(const warp_job *job, const warp_row *row, uint8_t *out);
void warp_linear(const warp_job *job, const warp_row *row, uint8_t *out);

/* shares: (STEPS, STEPS, taps, taps) of warp_shares. */
void warp_taps(const warp_job *job, const warp_row *row, const int16_t *shares, int taps,
               uint8_t *out);

/* Pixels from `first` on that lie inside src, as long as there are instructions for them; gives the
   first one not done. */
int64_t warp_taps_x86(const warp_job *job, const warp_row *row, const int16_t *shares, int taps,
                      int64_t first, uint8_t *out);

typedef struct warp_place {
  int64_t top, left;       /* the first of the pixels around the place */
  int64_t share;           /* which of the weights */
} warp_place;

static inline warp_place place_of(const warp_row *row, int64_t index, int taps) {
  const int64_t x = (row->x + row->dx[index]) >> (PLACE_BITS - STEP_BITS);
  const int64_t y = (row->y + row->dy[index]) >> (PLACE_BITS - STEP_BITS);
  const warp_place found = {(y >> STEP_BITS) - taps / 2 + 1, (x >> STEP_BITS) - taps / 2 + 1,
                            (y & (STEPS - 1)) * STEPS + (x & (STEPS - 1))};
  return found;
}

/* The weights, in 1 / 2^SHARE_BITS, of the pixels around a place that lies (y, x) / STEPS behind a
   pixel; NULL: no memory. */
int16_t *warp_shares(int taps);

#endif

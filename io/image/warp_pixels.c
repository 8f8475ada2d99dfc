/* The pixels of one row of a warp. */
#include "border.h"
#include "rounding.h"
#include "warp.h"

enum { MOST_TAPS = 8, HALF = 1 << (SHARE_BITS - 1) };

/* Pixel (y, x), or the pixel that stands for it outside. */
INLINE const uint8_t *pixel_at(const warp_job *job, int64_t y, int64_t x) {
  const int64_t row = border_pixel(y, job->src.height, job->border);
  const int64_t column = border_pixel(x, job->src.width, job->border);
  return row < 0 || column < 0 ? job->values : row_of(&job->src, row) + column * job->src.channels;
}

INLINE int is_inside(const warp_job *job, int64_t y, int64_t x, int64_t taps) {
  return y >= 0 && x >= 0 && y + taps <= job->src.height && x + taps <= job->src.width;
}

void warp_nearest(const warp_job *job, const warp_row *row, uint8_t *out) {
  const int64_t channels = job->src.channels;
  for (int64_t i = 0; i < job->dst.width; i++, out += channels) {
    const int64_t x = (row->x + row->dx[i]) >> PLACE_BITS, y = (row->y + row->dy[i]) >> PLACE_BITS;
    const uint8_t *pixel = pixel_at(job, y, x);
    for (int64_t c = 0; c < channels; c++) out[c] = pixel[c];
  }
}

INLINE void linear(const warp_job *job, const warp_row *row, uint8_t *restrict out,
                   const int64_t channels) {
  for (int64_t i = 0; i < job->dst.width; i++, out += channels) {
    const warp_place at = place_of(row, i, 2);
    const int64_t left = at.left, top = at.top;
    const int32_t right = (int32_t)(at.share % STEPS), low = (int32_t)(at.share / STEPS);
    const uint8_t *a, *b, *c, *d;
    if (is_inside(job, top, left, 2)) {
      a = row_of(&job->src, top) + left * channels;
      b = a + channels;
      c = a + job->src.stride;
      d = c + channels;
    } else {
      a = pixel_at(job, top, left);
      b = pixel_at(job, top, left + 1);
      c = pixel_at(job, top + 1, left);
      d = pixel_at(job, top + 1, left + 1);
    }
    for (int64_t k = 0; k < channels; k++) {       /* the shares are whole in 2^-10 */
      const int32_t upper = a[k] * (STEPS - right) + b[k] * right;
      const int32_t lower = c[k] * (STEPS - right) + d[k] * right;
      out[k] = (uint8_t)((upper * (STEPS - low) + lower * low + (1 << (2 * STEP_BITS - 1))) >>
                         (2 * STEP_BITS));
    }
  }
}

MULTIVERSION static void any_linear(const warp_job *job, const warp_row *row, uint8_t *out) {
  switch (job->src.channels) {
    case 1: linear(job, row, out, 1); return;
    case 3: linear(job, row, out, 3); return;
    default: linear(job, row, out, job->src.channels);
  }
}

INLINE int is_outside(const warp_job *job, int64_t y, int64_t x, int64_t taps) {
  return y + taps <= 0 || x + taps <= 0 || y >= job->src.height || x >= job->src.width;
}

INLINE void gather(const warp_job *job, int64_t top, int64_t left, const int16_t *share,
                   const int taps, uint8_t *out) {
  const uint8_t *pixel[MOST_TAPS * MOST_TAPS];
  if (job->border == MX_IMAGE_CONSTANT && is_outside(job, top, left, taps)) {
    for (int64_t c = 0; c < job->src.channels; c++) out[c] = job->values[c];
    return;
  }
  for (int j = 0; j < taps; j++) {
    for (int i = 0; i < taps; i++) pixel[j * taps + i] = pixel_at(job, top + j, left + i);
  }
  for (int64_t c = 0; c < job->src.channels; c++) {
    int32_t sum = HALF;
    for (int k = 0; k < taps * taps; k++) sum += share[k] * pixel[k][c];
    out[c] = saturated(sum >> SHARE_BITS);
  }
}

INLINE void taps_inside(const warp_job *job, int64_t top, int64_t left, const int16_t *share,
                        const int64_t channels, const int taps, uint8_t *out) {
  const uint8_t *pixel = row_of(&job->src, top) + left * channels;
  for (int64_t c = 0; c < channels; c++) {
    int32_t sum = HALF;
    for (int j = 0; j < taps; j++) {
      for (int i = 0; i < taps; i++) {
        sum += share[j * taps + i] * pixel[j * job->src.stride + i * channels + c];
      }
    }
    out[c] = saturated(sum >> SHARE_BITS);
  }
}

INLINE void taps_row(const warp_job *job, const warp_row *row, const int16_t *shares,
                     const int64_t channels, const int taps, uint8_t *restrict out) {
  for (int64_t i = 0; i < job->dst.width; i++) {
    i = warp_taps_x86(job, row, shares, taps, i, out);
    if (i == job->dst.width) break;
    const warp_place at = place_of(row, i, taps);
    const int16_t *share = shares + at.share * taps * taps;
    if (is_inside(job, at.top, at.left, taps)) {
      taps_inside(job, at.top, at.left, share, channels, taps, out + i * channels);
    } else {
      gather(job, at.top, at.left, share, taps, out + i * channels);
    }
  }
}

MULTIVERSION static void any_taps(const warp_job *job, const warp_row *row, const int16_t *shares,
                                  int taps, uint8_t *out) {
  const int64_t channels = job->src.channels;
  if (taps == 4 && channels == 3) taps_row(job, row, shares, 3, 4, out);
  else if (taps == 4) taps_row(job, row, shares, channels, 4, out);
  else if (channels == 3) taps_row(job, row, shares, 3, 8, out);
  else taps_row(job, row, shares, channels, 8, out);
}

/* What is compiled more than once is seen from other libraries, unless it is static. */
void warp_linear(const warp_job *job, const warp_row *row, uint8_t *out) {
  any_linear(job, row, out);
}

void warp_taps(const warp_job *job, const warp_row *row, const int16_t *shares, int taps,
               uint8_t *out) {
  any_taps(job, row, shares, taps, out);
}

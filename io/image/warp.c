/* Affine maps: each pixel of the result is looked up where the inverse map says. */
#include "warp.h"
#include "rounding.h"

#include <math.h>
#include <stdlib.h>

/* Within what a short can hold once it is in pixels, so that no sum leaves an int64_t. */
static int64_t place(double value) {
  const double scaled = value * (1 << PLACE_BITS);
  if (!(scaled > INT32_MIN)) return INT32_MIN;
  return scaled < INT32_MAX ? (int64_t)nearbyint(scaled) : INT32_MAX;
}

/* A matrix without an inverse takes all to one place. */
static void invert(const double *matrix, double *inverse) {
  const double determinant = matrix[0] * matrix[4] - matrix[1] * matrix[3];
  const double scale = determinant != 0 ? 1.0 / determinant : 0;
  inverse[0] = matrix[4] * scale;
  inverse[1] = -scale * matrix[1];
  inverse[3] = -scale * matrix[3];
  inverse[4] = matrix[0] * scale;
  inverse[2] = -inverse[0] * matrix[2] - inverse[1] * matrix[5];
  inverse[5] = -inverse[3] * matrix[2] - inverse[4] * matrix[5];
}

static void warp(const warp_job *job, int64_t *steps, const int16_t *shares, int taps) {
  const int64_t width = job->dst.width;
  const int is_nearest = job->interp == MX_IMAGE_NEAREST;
  const int64_t half = 1 << (is_nearest ? PLACE_BITS - 1 : PLACE_BITS - STEP_BITS - 1);
  const double *matrix = job->matrix;
  for (int64_t x = 0; x < width; x++) {
    steps[x] = place(matrix[0] * (double)x);
    steps[width + x] = place(matrix[3] * (double)x);
  }
  for (int64_t y = 0; y < job->dst.height; y++) {
    const warp_row row = {steps, steps + width,
                          place(matrix[1] * (double)y + matrix[2]) + half,
                          place(matrix[4] * (double)y + matrix[5]) + half};
    uint8_t *out = row_of(&job->dst, y);
    if (is_nearest) warp_nearest(job, &row, out);
    else if (taps == 2) warp_linear(job, &row, out);
    else warp_taps(job, &row, shares, taps, out);
  }
}

int mx_image_warp_affine(const mx_image *src, const mx_image *dst, const double *matrix, int interp,
                         int border, const double *values) {
  if (!are_alike(src, dst) || src->dtype != MX_IMAGE_U8 || interp < MX_IMAGE_NEAREST ||
      interp > MX_IMAGE_LANCZOS4 || border < MX_IMAGE_CONSTANT || border > MX_IMAGE_REFLECT101) {
    return MX_IMAGE_ARGUMENT;
  }
  if (is_empty(src)) return MX_IMAGE_EMPTY;
  if (is_empty(dst)) return MX_IMAGE_OK;
  const int taps = interp == MX_IMAGE_CUBIC ? 4 : interp == MX_IMAGE_LANCZOS4 ? 8 : 2;
  int16_t *shares = taps == 2 ? NULL : warp_shares(taps);
  int64_t *steps = malloc((size_t)dst->width * 2 * sizeof *steps);
  uint8_t *fill = malloc((size_t)src->channels);
  const int is_ready = steps && fill && (shares || taps == 2);
  if (is_ready) {
    warp_job job = {*src, *dst, {0}, interp, border, fill};
    for (int64_t c = 0; c < src->channels; c++) fill[c] = byte_of(values ? values[c] : 0);
    invert(matrix, job.matrix);
    warp(&job, steps, shares, taps);
  }
  free(shares);
  free(steps);
  free(fill);
  return is_ready ? MX_IMAGE_OK : MX_IMAGE_MEMORY;
}

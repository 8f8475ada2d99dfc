/* The nearest pixel to the left and above.  Pixels are copied, so the dtype does not matter. */
#include "resize.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static inline int64_t source(const resize_axis *axis, int64_t index) {
  return clip((int64_t)floor((double)(axis->first + index) * axis->scale), axis->from);
}

static void copy_pixels(uint8_t *restrict out, const uint8_t *restrict row,
                        const int32_t *restrict at, int64_t count, int64_t pixel) {
  switch (pixel) {
    case 1:
      for (int64_t x = 0; x < count; x++) out[x] = row[at[x]];
      return;
    case 3:
      for (int64_t x = 0; x < count; x++) {
        for (int c = 0; c < 3; c++) out[3 * x + c] = row[at[x] + c];
      }
      return;
    default:
      for (int64_t x = 0; x < count; x++) memcpy(out + x * pixel, row + at[x], (size_t)pixel);
  }
}

int resize_nearest(const resize_job *job) {
  const int64_t pixel = pixel_bytes(&job->src), count = job->dst.width;
  if (job->src.width > INT32_MAX / pixel) return MX_IMAGE_SIZE;
  int32_t *at = malloc((size_t)count * sizeof *at);
  if (!at) return MX_IMAGE_MEMORY;
  for (int64_t x = 0; x < count; x++) at[x] = (int32_t)(source(&job->across, x) * pixel);
  for (int64_t y = 0; y < job->dst.height; y++) {
    copy_pixels(row_of(&job->dst, y), row_of(&job->src, source(&job->down, y)), at, count, pixel);
  }
  free(at);
  return MX_IMAGE_OK;
}

/* Which neighbours a row or column takes, and their weights.  Pixel centres of both images lie half
   a pixel inside the edges. */
#include "resize.h"
#include "weights.h"

#include <math.h>
#include <stdlib.h>

/* The source pixel at or before pixel `index`, and how far behind it the pixel lies. */
static int64_t locate(const resize_axis *axis, int64_t index, int interp, float *rest) {
  if (interp == MX_IMAGE_AREA) {           /* the part of a source pixel that begins in the pixel */
    const int64_t pixel = (int64_t)floor((double)index * axis->scale);
    const float reach = (float)((double)(index + 1) - (double)(pixel + 1) * axis->inverse);
    *rest = reach <= 0 ? 0.f : reach - floorf(reach);
    return pixel;
  }
  const float at = (float)(((double)index + 0.5) * axis->scale - 0.5);
  const float pixel = floorf(at);
  *rest = at - pixel;
  return (int64_t)pixel;
}

int taps_new(resize_taps *table, const resize_axis *axis, int interp, int is_across) {
  const int taps = interp == MX_IMAGE_LANCZOS4 ? 8 : interp == MX_IMAGE_CUBIC ? 4 : 2;
  const size_t count = (size_t)axis->count;
  char *memory = malloc(count * (sizeof(int32_t) + (size_t)taps * (sizeof(float) + 2)));
  if (!memory) return MX_IMAGE_MEMORY;
  table->taps = taps;
  table->count = axis->count;
  table->start = (int32_t *)memory;
  table->weight = (float *)(table->start + count);
  table->fixed = (int16_t *)(table->weight + count * (size_t)taps);
  table->inner = axis->count;
  table->outer = 0;
  for (int64_t x = 0; x < axis->count; x++) {
    float rest;
    const int64_t start = locate(axis, axis->first + x, interp, &rest) - taps / 2 + 1;
    if (is_across && taps == 2 && (start < 0 || start + 2 > axis->from)) rest = 0;
    float *weight = table->weight + x * taps;
    weights_of(rest, taps, weight);
    for (int k = 0; k < taps; k++) {
      table->fixed[x * taps + k] = (int16_t)lrintf(weight[k] * (1 << WEIGHT_BITS));
    }
    table->start[x] = (int32_t)start;
    if (start >= 0 && table->inner > x) table->inner = x;
    if (start + taps <= axis->from) table->outer = x + 1;
  }
  if (table->outer < table->inner) table->outer = table->inner;
  return MX_IMAGE_OK;
}

void taps_free(resize_taps *table) {
  free(table->start);
}

/* Planes of floats rotated around their middle. */
#include "multiversion.h"
#include "mx_image.h"

#include <math.h>

enum { CHUNK = 256 };      /* pixels of a row at a time */

/* The four neighbours of each pixel's place in the source: where they lie in a plane, and how much
   of each is taken; of those outside, nothing. */
typedef struct neighbours {
  int64_t at[4][CHUNK];
  float weight[4][CHUNK];
} neighbours;

INLINE int is_inside(float place, float length) {
  return (place >= 0) & (place < length);
}

/* A place that is inside; 0 for others. */
INLINE int64_t index_of(float place, float length) {
  return (int32_t)(is_inside(place, length) ? place : 0.f);
}

/* Of the pixels (y, x) to (y, x + count - 1). */
MULTIVERSION static void find(neighbours *found, int64_t rows, int64_t columns, int64_t y,
                              int64_t x, int64_t count, float cos, float sin) {
  const float height = (float)rows, width = (float)columns;
  const float middle_y = (height - 1) / 2, middle_x = (width - 1) / 2;
  const float from_y = (float)y - middle_y;
  for (int64_t i = 0; i < count; i++) {
    const float from_x = (float)(int32_t)(x + i) - middle_x;
    const float place_y = from_x * sin + from_y * cos + middle_y;
    const float place_x = from_x * cos - from_y * sin + middle_x;
    const float top = floorf(place_y), left = floorf(place_x);
    const float down = place_y - top, right = place_x - left;
    for (int k = 0; k < 4; k++) {
      const float row = top + (float)(k / 2), column = left + (float)(k % 2);
      const float weight = (k / 2 ? down : 1 - down) * (k % 2 ? right : 1 - right);
      const int is_there = is_inside(row, height) & is_inside(column, width);
      found->at[k][i] = index_of(row, height) * columns + index_of(column, width);
      found->weight[k][i] = is_there ? weight : 0.f;
    }
  }
}

MULTIVERSION static void mix(const neighbours *found, const float *plane, float *out,
                             int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    float sum = 0;
    for (int k = 0; k < 4; k++) sum += found->weight[k][i] * plane[found->at[k][i]];
    out[i] = sum;
  }
}

int mx_image_rotate(const float *src, float *dst, int64_t planes, int64_t height, int64_t width,
                    float cos, float sin) {
  if (height > 1 << 30 || width > 1 << 30) return MX_IMAGE_SIZE;
  neighbours found;
  for (int64_t y = 0; y < height; y++) {
    for (int64_t x = 0; x < width; x += CHUNK) {
      const int64_t count = width - x < CHUNK ? width - x : CHUNK;
      find(&found, height, width, y, x, count, cos, sin);
      for (int64_t plane = 0; plane < planes; plane++) {
        const int64_t first = plane * height * width;
        mix(&found, src + first, dst + first + y * width + x, count);
      }
    }
  }
  return MX_IMAGE_OK;
}

/* An image turned round: left to right, or top to bottom. */
#include "image.h"

#include <string.h>

static void reverse(uint8_t *restrict out, const uint8_t *restrict row, int64_t count,
                    int64_t pixel) {
  if (pixel == 3) {
    for (int64_t x = 0; x < count; x++) {
      for (int c = 0; c < 3; c++) out[3 * x + c] = row[3 * (count - 1 - x) + c];
    }
    return;
  }
  for (int64_t x = 0; x < count; x++) {
    memcpy(out + x * pixel, row + (count - 1 - x) * pixel, (size_t)pixel);
  }
}

int mx_image_flip(const mx_image *src, const mx_image *dst, int is_upside_down) {
  if (!are_alike(src, dst) || src->height != dst->height || src->width != dst->width) {
    return MX_IMAGE_ARGUMENT;
  }
  for (int64_t y = 0; y < src->height; y++) {
    if (is_upside_down) {
      memcpy(row_of(dst, y), row_of(src, src->height - 1 - y),
             (size_t)(src->width * pixel_bytes(src)));
    } else {
      reverse(row_of(dst, y), row_of(src, y), src->width, pixel_bytes(src));
    }
  }
  return MX_IMAGE_OK;
}

/* A border around an image. */
#include "border.h"
#include "image.h"
#include "rounding.h"

#include <stdlib.h>
#include <string.h>

static void fill_pixels(const mx_image *dst, uint8_t *out, int64_t count, const double *values) {
  const int64_t channels = dst->channels;
  for (int64_t x = 0; x < count; x++) {
    for (int64_t c = 0; c < channels; c++) {
      if (dst->dtype == MX_IMAGE_U8) {
        out[x * channels + c] = byte_of(values[c]);
      } else {
        ((float *)out)[x * channels + c] = (float)values[c];
      }
    }
  }
}

/* at: (dst->width,): the source column of each column, or -1. */
static void pad_row(const mx_image *src, const mx_image *dst, int64_t y, int64_t row, int64_t left,
                    const int64_t *at, const double *values) {
  const int64_t pixel = pixel_bytes(src), inner = left + src->width;
  const uint8_t *from = row_of(src, row);
  uint8_t *out = row_of(dst, y);
  for (int64_t x = 0; x < dst->width; x = x + 1 == left ? inner : x + 1) {
    if (x >= left && x < inner) continue;              /* only where left is 0 */
    if (at[x] < 0) {
      fill_pixels(dst, out + x * pixel, 1, values);
    } else {
      memcpy(out + x * pixel, from + at[x] * pixel, (size_t)pixel);
    }
  }
  memcpy(out + left * pixel, from, (size_t)(src->width * pixel));
}

int mx_image_pad(const mx_image *src, const mx_image *dst, int64_t top, int64_t left, int mode,
                 const double *values) {
  if (!are_alike(src, dst) || mode < MX_IMAGE_CONSTANT || mode > MX_IMAGE_REFLECT101 || top < 0 ||
      left < 0 || dst->height - src->height < top || dst->width - src->width < left) {
    return MX_IMAGE_ARGUMENT;
  }
  if (is_empty(src)) return MX_IMAGE_EMPTY;
  int64_t *at = malloc((size_t)dst->width * sizeof *at);
  if (!at) return MX_IMAGE_MEMORY;
  for (int64_t x = 0; x < dst->width; x++) at[x] = border_pixel(x - left, src->width, mode);
  for (int64_t y = 0; y < dst->height; y++) {
    const int64_t row = border_pixel(y - top, src->height, mode);
    if (row < 0) {
      fill_pixels(dst, row_of(dst, y), dst->width, values);
    } else {
      pad_row(src, dst, y, row, left, at, values);
    }
  }
  free(at);
  return MX_IMAGE_OK;
}

/* Pixels to planes: the last step into a batch. */
#include "image.h"
#include "part.h"
#include "rounding.h"

#include <stddef.h>

enum { CHUNK = 256 };      /* pixels whose channels are parted at a time */

typedef struct affine {
  float mean, scale, shift;
} affine;

INLINE float value_of(uint8_t byte, float mean, affine by) {
  return ((float)byte - mean) * by.scale + by.shift;
}

/* means: as many as bytes, for each, or NULL. out[count - 1 - x] where is_mirrored. */
INLINE void floats(float *restrict out, const uint8_t *restrict bytes, const float *restrict means,
                   affine by, int64_t count, const int is_mirrored) {
  for (int64_t x = 0; x < count; x++) {
    const int64_t to = is_mirrored ? count - 1 - x : x;
    out[to] = value_of(bytes[x], means ? means[x] : by.mean, by);
  }
}

MULTIVERSION static void float_row(float *restrict out, const uint8_t *restrict bytes,
                                   const float *restrict means, affine by, int64_t count,
                                   int is_mirrored) {
  if (means && is_mirrored) floats(out, bytes, means, by, count, 1);
  else if (means) floats(out, bytes, means, by, count, 0);
  else if (is_mirrored) floats(out, bytes, NULL, by, count, 1);
  else floats(out, bytes, NULL, by, count, 0);
}

static void byte_row(uint8_t *restrict out, const uint8_t *restrict bytes, int64_t count,
                     int is_mirrored) {
  for (int64_t x = 0; x < count; x++) out[is_mirrored ? count - 1 - x : x] = bytes[x];
}

static void signed_row(int8_t *restrict out, const uint8_t *restrict bytes,
                       const float *restrict means, affine by, int64_t count, int is_mirrored) {
  for (int64_t x = 0; x < count; x++) {
    const int64_t to = is_mirrored ? count - 1 - x : x;
    const float value = value_of(bytes[x], means ? means[x] : by.mean, by);
    out[to] = (int8_t)rounded_between(value, -128, 127);
  }
}

static void chunk(const mx_image *src, const mx_image_planes *out, int64_t y, int64_t first,
                  int64_t count) {
  const int64_t channels = src->channels, area = src->height * src->width;
  const int64_t at = y * src->width + (out->is_mirrored ? src->width - first - count : first);
  const uint8_t *pixels = row_of(src, y) + first * channels;
  uint8_t parted[3][CHUNK];
  if (channels == 3) part_three(pixels, count, parted[0], parted[1], parted[2]);
  for (int64_t c = 0; c < channels; c++) {
    const uint8_t *bytes = channels == 1 ? pixels : parted[channels == 3 ? c : 0];
    const affine by = {out->mean ? out->mean[c] : 0, out->scale ? out->scale[c] : 1,
                       out->shift ? out->shift[c] : 0};
    const int64_t place = c * area + at;
    const float *means = out->mean_image
      ? out->mean_image + c * area + y * src->width + first : NULL;
    if (channels != 1 && channels != 3) {
      for (int64_t x = 0; x < count; x++) parted[0][x] = pixels[x * channels + c];
    }
    switch (out->dtype) {
      case MX_IMAGE_F32:
        float_row((float *)out->values + place, bytes, means, by, count, out->is_mirrored);
        break;
      case MX_IMAGE_I8:
        signed_row((int8_t *)out->values + place, bytes, means, by, count, out->is_mirrored);
        break;
      default: byte_row((uint8_t *)out->values + place, bytes, count, out->is_mirrored);
    }
  }
}

int mx_image_to_planes(const mx_image *src, const mx_image_planes *out) {
  if (src->dtype != MX_IMAGE_U8 || src->channels < 1 || out->dtype < MX_IMAGE_U8 ||
      out->dtype > MX_IMAGE_I8) {
    return MX_IMAGE_ARGUMENT;
  }
  for (int64_t y = 0; y < src->height; y++) {
    for (int64_t x = 0; x < src->width; x += CHUNK) {
      chunk(src, out, y, x, src->width - x < CHUNK ? src->width - x : CHUNK);
    }
  }
  return MX_IMAGE_OK;
}

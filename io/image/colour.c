/* Red, green, blue to and from hue, lightness, saturation; and to gray. */
#include "hls.h"
#include "image.h"
#include "part.h"
#include "rounding.h"

#include <float.h>

enum { CHUNK = 256 };      /* pixels whose channels are parted at a time */

typedef uint8_t channel[CHUNK];

/* Without branches, so that it is done in vectors; what gray divides by 0 is not taken. */
MULTIVERSION static void to_hls(channel *restrict rgb, channel *restrict hls, int64_t count) {
  for (int64_t x = 0; x < count; x++) {
    const float unit = 1 / 255.f;
    const float r = rgb[0][x] * unit, g = rgb[1][x] * unit, b = rgb[2][x] * unit;
    const float high = most(most(r, g), b), low = least(least(r, g), b);
    const float spread = high - low, sum = high + low, light = sum * 0.5f;
    const float part = spread / (light < 0.5f ? sum : 2 - sum), turn = 60.f / spread;
    const float from_red = (g - b) * turn, from_green = (b - r) * turn + 120.f,
                from_blue = (r - g) * turn + 240.f;
    const float hue = high == r ? from_red : high == g ? from_green : from_blue;
    const float positive = hue < 0 ? hue + 360.f : hue;
    hls[0][x] = rounded(spread > FLT_EPSILON ? positive * 0.5f : 0.f);
    hls[1][x] = rounded(light * 255.f);
    hls[2][x] = rounded(spread > FLT_EPSILON ? part * 255.f : 0.f);
  }
}

MULTIVERSION static void to_rgb(channel *restrict hls, channel *restrict rgb, int64_t count) {
  for (int64_t x = 0; x < count; x++) {
    const float light = hls[1][x] * (1 / 255.f), part = hls[2][x] * (1 / 255.f);
    const mx_range range = range_of(light, part);
    const float turns = (float)hls[0][x] * (6.f / 180.f), hue = turns >= 6 ? turns - 6 : turns;
    const float sector = (float)(int32_t)hue, rest = hue - sector;
    rgb[0][x] = rounded(in_sector(sector - 4, range, rest) * 255.f);
    rgb[1][x] = rounded(in_sector(sector, range, rest) * 255.f);
    rgb[2][x] = rounded(in_sector(sector - 2, range, rest) * 255.f);
  }
}

static int check(const mx_image *src, const mx_image *dst, int64_t channels) {
  const int is_right = src->dtype == MX_IMAGE_U8 && dst->dtype == MX_IMAGE_U8 &&
                       src->channels == 3 && dst->channels == channels &&
                       src->height == dst->height && src->width == dst->width;
  return is_right ? MX_IMAGE_OK : MX_IMAGE_ARGUMENT;
}

static int each_chunk(const mx_image *src, const mx_image *dst,
                      void (*function)(channel *from, channel *to, int64_t count)) {
  const int status = check(src, dst, 3);
  if (status != MX_IMAGE_OK) return status;
  for (int64_t y = 0; y < src->height; y++) {
    for (int64_t x = 0; x < src->width; x += CHUNK) {
      const int64_t count = src->width - x < CHUNK ? src->width - x : CHUNK;
      uint8_t *out = row_of(dst, y) + 3 * x;
      channel from[3], to[3];
      part_three(row_of(src, y) + 3 * x, count, from[0], from[1], from[2]);
      function(from, to, count);
      for (int64_t i = 0; i < count; i++) {
        for (int c = 0; c < 3; c++) out[3 * i + c] = to[c][i];
      }
    }
  }
  return MX_IMAGE_OK;
}

int mx_image_rgb_to_hls(const mx_image *src, const mx_image *dst) {
  return each_chunk(src, dst, to_hls);
}

int mx_image_hls_to_rgb(const mx_image *src, const mx_image *dst) {
  return each_chunk(src, dst, to_rgb);
}

int mx_image_rgb_to_gray(const mx_image *src, const mx_image *dst) {
  const int status = check(src, dst, 1);
  if (status != MX_IMAGE_OK) return status;
  for (int64_t y = 0; y < src->height; y++) {
    const uint8_t *in = row_of(src, y);
    uint8_t *out = row_of(dst, y);
    for (int64_t x = 0; x < src->width; x++, in += 3) {
      out[x] = (uint8_t)((in[0] * 4899 + in[1] * 9617 + in[2] * 1868 + (1 << 13)) >> 14);
    }
  }
  return MX_IMAGE_OK;
}

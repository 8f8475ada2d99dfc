/* Colours changed as MXNet's image operators change them: in float32, step by step, and for bytes
   cut to 0..255 and then towards 0, not rounded. */
#include "hls.h"
#include "image.h"
#include "part.h"

#include <float.h>
#include <math.h>

enum { CHUNK = 256 };      /* pixels at a time */

typedef float channel[CHUNK];

static const float GRAY[3] = {0.299f, 0.587f, 0.114f};     /* ITU-R BT.601 */

INLINE uint8_t cut(float value) {                          /* and not a number to 0 */
  return (uint8_t)(int32_t)(value > 0 ? value < 255 ? value : 255.f : 0.f);
}

MULTIVERSION static void blend_bytes(const uint8_t *in, uint8_t *out, int64_t count, float factor,
                                     const float *shift) {
  for (int64_t i = 0; i < count; i++) out[i] = cut((float)in[i] * factor + shift[i]);
}

MULTIVERSION static void blend_floats(const float *in, float *out, int64_t count, float factor,
                                      const float *shift) {
  for (int64_t i = 0; i < count; i++) out[i] = in[i] * factor + shift[i];
}

static int check(const mx_image *src, const mx_image *dst) {
  const int is_right = are_alike(src, dst) && src->height == dst->height &&
                       src->width == dst->width && (src->channels == 1 || src->channels == 3);
  return is_right ? MX_IMAGE_OK : MX_IMAGE_ARGUMENT;
}

int mx_image_blend(const mx_image *src, const mx_image *dst, float factor, const float *shift) {
  const int status = check(src, dst);
  if (status != MX_IMAGE_OK) return status;
  float shifts[3 * CHUNK];
  for (int i = 0; i < 3 * CHUNK; i++) shifts[i] = shift[i % src->channels];
  const int64_t row = src->width * src->channels;
  for (int64_t y = 0; y < src->height; y++) {
    for (int64_t i = 0; i < row; i += 3 * CHUNK) {
      const int64_t count = row - i < 3 * CHUNK ? row - i : 3 * CHUNK;
      uint8_t *const in = row_of(src, y), *const out = row_of(dst, y);
      if (src->dtype == MX_IMAGE_U8) {
        blend_bytes(in + i, out + i, count, factor, shifts);
      } else {
        blend_floats((float *)in + i, (float *)out + i, count, factor, shifts);
      }
    }
  }
  return MX_IMAGE_OK;
}

int mx_image_mean_luminance(const mx_image *src, float *mean) {
  const int status = check(src, src);
  if (status != MX_IMAGE_OK) return status;
  const int64_t row = src->width * src->channels;
  float sum = 0;           /* one by one, as MXNet adds */
  for (int64_t y = 0; y < src->height; y++) {
    const uint8_t *const bytes = row_of(src, y);
    const float *const floats = (const float *)bytes;
    for (int64_t i = 0; i < row; i++) {
      const float value = src->dtype == MX_IMAGE_U8 ? (float)bytes[i] : floats[i];
      sum += src->channels == 3 ? value * GRAY[i % 3] : value;
    }
  }
  *mean = sum / (float)(src->height * src->width);
  return MX_IMAGE_OK;
}

MULTIVERSION static void saturate(channel *rgb, int64_t count, float factor) {
  for (int64_t x = 0; x < count; x++) {
    const float gray = rgb[0][x] * GRAY[0] + rgb[1][x] * GRAY[1] + rgb[2][x] * GRAY[2];
    const float shift = gray * (1 - factor);
    for (int c = 0; c < 3; c++) rgb[c][x] = rgb[c][x] * factor + shift;
  }
}

MULTIVERSION static void to_hls(channel *rgb, int64_t count) {
  for (int64_t x = 0; x < count; x++) {
    const mx_colour made = hls_of(rgb[0][x], rgb[1][x], rgb[2][x]);
    rgb[0][x] = made.x;
    rgb[1][x] = made.y;
    rgb[2][x] = made.z;
  }
}

MULTIVERSION static void turn_and_back(channel *hls, int64_t count, float turn) {
  const float whole = 6 * truncf(turn);
  for (int64_t x = 0; x < count; x++) {
    const mx_colour made = turned(hls[0][x], hls[1][x], hls[2][x], turn, whole);
    hls[0][x] = made.x;
    hls[1][x] = made.y;
    hls[2][x] = made.z;
  }
}

static void turn_hue(channel *rgb, int64_t count, float turn) {
  to_hls(rgb, count);
  turn_and_back(rgb, count, turn);
}

MULTIVERSION static void take_bytes(const uint8_t *in, channel *rgb, int64_t count) {
  uint8_t bytes[3][CHUNK];
  part_three(in, count, bytes[0], bytes[1], bytes[2]);
  for (int c = 0; c < 3; c++) {
    for (int64_t x = 0; x < count; x++) rgb[c][x] = (float)bytes[c][x];
  }
}

MULTIVERSION static void put_bytes(channel *rgb, uint8_t *out, int64_t count) {
  uint8_t bytes[3][CHUNK];
  for (int c = 0; c < 3; c++) {
    for (int64_t x = 0; x < count; x++) bytes[c][x] = cut(rgb[c][x]);
  }
  for (int64_t x = 0; x < count; x++) {
    for (int c = 0; c < 3; c++) out[3 * x + c] = bytes[c][x];
  }
}

static void take_floats(const float *in, channel *rgb, int64_t count) {
  for (int64_t x = 0; x < count; x++) {
    for (int c = 0; c < 3; c++) rgb[c][x] = in[3 * x + c];
  }
}

static void put_floats(channel *rgb, float *out, int64_t count) {
  for (int64_t x = 0; x < count; x++) {
    for (int c = 0; c < 3; c++) out[3 * x + c] = rgb[c][x];
  }
}

static int each_chunk(const mx_image *src, const mx_image *dst, float number,
                      void (*function)(channel *rgb, int64_t count, float number)) {
  const int status = check(src, dst);
  if (status != MX_IMAGE_OK || src->channels != 3) return status ? status : MX_IMAGE_ARGUMENT;
  for (int64_t y = 0; y < src->height; y++) {
    for (int64_t x = 0; x < src->width; x += CHUNK) {
      const int64_t count = src->width - x < CHUNK ? src->width - x : CHUNK;
      uint8_t *const in = row_of(src, y), *const out = row_of(dst, y);
      channel rgb[3];
      if (src->dtype == MX_IMAGE_U8) {
        take_bytes(in + 3 * x, rgb, count);
        function(rgb, count, number);
        put_bytes(rgb, out + 3 * x, count);
      } else {
        take_floats((float *)in + 3 * x, rgb, count);
        function(rgb, count, number);
        put_floats(rgb, (float *)out + 3 * x, count);
      }
    }
  }
  return MX_IMAGE_OK;
}

int mx_image_saturate(const mx_image *src, const mx_image *dst, float factor) {
  return each_chunk(src, dst, factor, saturate);
}

int mx_image_turn_hue(const mx_image *src, const mx_image *dst, float turn) {
  return each_chunk(src, dst, fabsf(turn) > 4 ? fmodf(turn, 1) : turn, turn_hue);
}

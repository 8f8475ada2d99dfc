/* Bytes by weighted neighbours, in OpenCV's fixed-point arithmetic: weights in 1 / 2^11. */
#include "multiversion.h"
#include "resize.h"
#include "resize_x86.h"
#include "rounding.h"

enum { BITS = 2 * WEIGHT_BITS };

/* Channel by channel, of the pixel x; taps outside take the pixel at the edge. */
INLINE int32_t at_edge(const uint8_t *row, const resize_taps *table, int64_t x, int64_t width,
                       int64_t channels, const int taps) {
  int32_t sum = 0;
  for (int k = 0; k < taps; k++) {
    sum += table->fixed[x * taps + k] * row[clip(table->start[x] + k, width) * channels];
  }
  return sum;
}

INLINE int32_t inside(const uint8_t *row, const resize_taps *table, int64_t x,
                      const int64_t channels, const int taps) {
  const uint8_t *pixel = row + table->start[x] * channels;
  int32_t sum = 0;
  for (int k = 0; k < taps; k++) sum += table->fixed[x * taps + k] * pixel[k * channels];
  return sum;
}

#define EACH_PIXEL(FIRST, LAST, SUM)                                              \
  for (int64_t x = FIRST; x < LAST; x++) {                                        \
    for (int64_t c = 0; c < channels; c++) out[x * channels + c] = SUM;           \
  }

INLINE void across(void *sums, const void *row, const resize_taps *table, int64_t width,
                   const int64_t channels, const int taps) {
  int32_t *restrict out = sums;
  const uint8_t *restrict bytes = row;
  const int64_t first = taps_x86(sums, row, table, width, channels);
  EACH_PIXEL(0, table->inner, at_edge(bytes + c, table, x, width, channels, taps))
  EACH_PIXEL(first, table->outer, inside(bytes + c, table, x, channels, taps))
  EACH_PIXEL(table->outer, table->count, at_edge(bytes + c, table, x, width, channels, taps))
}

MULTIVERSION static void across_cubic(void *sums, const void *row, const resize_taps *table,
                                      int64_t width, int64_t channels) {
  across(sums, row, table, width, channels, 4);
}

MULTIVERSION static void across_lanczos(void *sums, const void *row, const resize_taps *table,
                                        int64_t width, int64_t channels) {
  across(sums, row, table, width, channels, 8);
}

/* In whole numbers, rounded once. */
INLINE void down_fixed(uint8_t *restrict out, void *const *sums, const int16_t *weight,
                       int64_t first, int64_t last, const int taps) {
  const int32_t *rows[MOST_TAPS];
  for (int k = 0; k < taps; k++) rows[k] = sums[k];
  for (int64_t x = first; x < last; x++) {
    int32_t sum = 1 << (BITS - 1);
    for (int k = 0; k < taps; k++) sum += weight[k] * rows[k][x];
    out[x] = saturated(sum >> BITS);
  }
}

MULTIVERSION static void down_lanczos(void *out, void *const *sums, const resize_taps *table,
                                      int64_t y, int64_t count, int64_t at, int64_t all) {
  (void)at, (void)all;
  down_fixed(out, sums, table->fixed + y * 8, 0, count, 8);
}

/* OpenCV takes these in float32, as many as fill its vectors; the rest in whole numbers. */
MULTIVERSION static void down_cubic(void *out, void *const *sums, const resize_taps *table,
                                    int64_t y, int64_t count, int64_t at, int64_t all) {
  const int16_t *fixed = table->fixed + y * 4;
  const int32_t *restrict a = sums[0], *restrict b = sums[1], *restrict c = sums[2],
                *restrict d = sums[3];
  const float unit = 1.f / (1 << BITS);
  const float wa = fixed[0] * unit, wb = fixed[1] * unit, wc = fixed[2] * unit,
              wd = fixed[3] * unit;
  const int64_t end = all / 8 * 8 - at, vectors = end < 0 ? 0 : end < count ? end : count;
  uint8_t *restrict bytes = out;
  for (int64_t x = 0; x < vectors; x++) {
    const float sum = ((float)a[x] * wa + (float)b[x] * wb) + (float)c[x] * wc + (float)d[x] * wd;
    bytes[x] = rounded(sum);
  }
  down_fixed(out, sums, fixed, vectors, count, 4);
}

/* The sums of two taps fit into 16 bits, without the four lowest, which OpenCV drops. */
MULTIVERSION static void across_linear(void *sums, const void *row, const resize_taps *table,
                                       int64_t width, int64_t channels) {
  int16_t *restrict out = sums;
  const uint8_t *restrict bytes = row;
  const int64_t first = linear_x86(sums, row, table, width, channels);
  EACH_PIXEL(0, table->inner, (int16_t)(at_edge(bytes + c, table, x, width, channels, 2) >> 4))
  EACH_PIXEL(first, table->outer, (int16_t)(inside(bytes + c, table, x, channels, 2) >> 4))
  EACH_PIXEL(table->outer, table->count,
             (int16_t)(at_edge(bytes + c, table, x, width, channels, 2) >> 4))
}

/* Bits are dropped at each step, as OpenCV does. */
MULTIVERSION static void down_linear(void *out, void *const *sums, const resize_taps *table,
                                     int64_t y, int64_t count, int64_t at, int64_t all) {
  (void)at, (void)all;
  const int16_t *restrict upper = sums[0], *restrict lower = sums[1];
  const int16_t first = table->fixed[2 * y], second = table->fixed[2 * y + 1];
  uint8_t *restrict bytes = out;
  for (int64_t x = 0; x < count; x++) {
    const int16_t up = (int16_t)((first * upper[x]) >> 16);
    const int16_t low = (int16_t)((second * lower[x]) >> 16);
    bytes[x] = (uint8_t)((uint16_t)(up + low + 2) >> 2);
  }
}

const resize_passes resize_passes_linear_u8 = {2, across_linear, down_linear};
const resize_passes resize_passes_cubic_u8 = {4, across_cubic, down_cubic};
const resize_passes resize_passes_lanczos_u8 = {4, across_lanczos, down_lanczos};

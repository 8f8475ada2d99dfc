/* float32 by weighted neighbours. */
#include "four.h"
#include "multiversion.h"
#include "resize.h"

/* Sums of pixels first <= x < last; taps outside take the pixel at the edge. */
INLINE void across_some(float *restrict out, const float *restrict pixels,
                        const resize_taps *table, int64_t width, const int64_t channels,
                        const int taps, int64_t first, int64_t last) {
  for (int64_t x = first; x < last; x++) {
    const float *weight = table->weight + x * taps;
    int64_t from[MOST_TAPS];
    for (int k = 0; k < taps; k++) from[k] = clip(table->start[x] + k, width) * channels;
    for (int64_t c = 0; c < channels; c++) {
      float sum = pixels[from[0] + c] * weight[0];
      for (int k = 1; k < taps; k++) sum += pixels[from[k] + c] * weight[k];
      out[x * channels + c] = sum;
    }
  }
}

/* Gives the first pixel not done: four floats from the last tap on must lie in the row. */
INLINE int64_t across_fours(float *restrict out, const float *restrict pixels,
                            const resize_taps *table, int64_t width, const int64_t channels,
                            const int taps) {
  int64_t last = table->outer;
  while (last > table->inner &&
         (table->start[last - 1] + taps - 1) * channels + 4 > width * channels) last--;
  for (int64_t x = table->inner; x < last; x++) {
    const float *weight = table->weight + x * taps, *pixel = pixels + table->start[x] * channels;
    four sum = four_at(pixel) * weight[0];
    for (int k = 1; k < taps; k++) sum += four_at(pixel + k * channels) * weight[k];
    put_four(out + x * channels, sum);
  }
  return last;
}

INLINE void across(void *sums, const void *row, const resize_taps *table, int64_t width,
                   const int64_t channels, const int taps) {
  int64_t done = table->inner;
  if (channels == 3 || channels == 4) {
    done = across_fours(sums, row, table, width, channels, taps);
  }
  across_some(sums, row, table, width, channels, taps, 0, table->inner);
  across_some(sums, row, table, width, channels, taps, done, table->count);
}

INLINE void down(void *out, void *const *sums, const resize_taps *table, int64_t y, int64_t count,
                 const int taps) {
  const float *rows[MOST_TAPS], *weight = table->weight + y * taps;
  float *restrict pixels = out;
  for (int k = 0; k < taps; k++) rows[k] = sums[k];
  for (int64_t x = 0; x < count; x++) {
    float sum = rows[0][x] * weight[0];
    for (int k = 1; k < taps; k++) sum += rows[k][x] * weight[k];
    pixels[x] = sum;
  }
}

#define PASSES(NAME, TAPS)                                                                    \
  MULTIVERSION static void across_##NAME(void *sums, const void *row, const resize_taps *table, \
                                         int64_t width, int64_t channels) {                   \
    switch (channels) {                                                                       \
      case 1: across(sums, row, table, width, 1, TAPS); break;                                \
      case 3: across(sums, row, table, width, 3, TAPS); break;                                \
      case 4: across(sums, row, table, width, 4, TAPS); break;                                \
      default: across(sums, row, table, width, channels, TAPS);                               \
    }                                                                                         \
  }                                                                                           \
  MULTIVERSION static void down_##NAME(void *out, void *const *sums, const resize_taps *table,  \
                                       int64_t y, int64_t count, int64_t at, int64_t all) {   \
    (void)at, (void)all;                                                                      \
    down(out, sums, table, y, count, TAPS);                                                   \
  }                                                                                           \
  const resize_passes resize_passes_##NAME##_f32 = {4, across_##NAME, down_##NAME};

PASSES(linear, 2)
PASSES(cubic, 4)
PASSES(lanczos, 8)

/* The sums across rows of bytes with AVX2, where the machine has it. */
#include "pairs_x86.h"
#include "resize_x86.h"

#ifdef MX_IMAGE_X86

/* Up to which pixel `bytes` bytes can be read from the first neighbour on. */
static int64_t readable(const resize_taps *table, int64_t width, int64_t channels, int64_t bytes) {
  int64_t last = table->outer;
  while (last > table->inner &&
         table->start[last - 1] * channels + bytes > width * channels) last--;
  return last;
}

AVX2 static __m256i two_pixels(const uint8_t *low, const uint8_t *high) {
  return _mm256_set_m128i(_mm_loadl_epi64((const __m128i *)high),
                          _mm_loadl_epi64((const __m128i *)low));
}

/* 3 or 4 channels, four pixels at a time: the first and third in one vector, the others in one. */
AVX2 static int64_t linear_colour(int16_t *sums, const uint8_t *row, const resize_taps *table,
                                  int64_t last, const int channels) {
  const __m256i pairs = _mm256_broadcastsi128_si256(pair_up(channels, 0));
  const __m256i squeeze = _mm256_broadcastsi128_si256(
      channels == 4 ? _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
                    : _mm_setr_epi8(0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, -1, -1, -1, -1));
  const __m256i of_even = _mm256_setr_epi32(0, 0, 0, 0, 2, 2, 2, 2);
  const __m256i of_odd = _mm256_setr_epi32(1, 1, 1, 1, 3, 3, 3, 3);
  int64_t x = table->inner;
  for (; x + 4 <= last; x += 4) {
    const int32_t *start = table->start + x;
    const __m256i weights = _mm256_broadcastsi128_si256(
        _mm_loadu_si128((const __m128i *)(table->fixed + 2 * x)));
    __m256i even = two_pixels(row + start[0] * channels, row + start[2] * channels);
    __m256i odd = two_pixels(row + start[1] * channels, row + start[3] * channels);
    even = _mm256_madd_epi16(_mm256_shuffle_epi8(even, pairs),
                             _mm256_permutevar8x32_epi32(weights, of_even));
    odd = _mm256_madd_epi16(_mm256_shuffle_epi8(odd, pairs),
                            _mm256_permutevar8x32_epi32(weights, of_odd));
    const __m256i all = _mm256_shuffle_epi8(
        _mm256_packs_epi32(_mm256_srai_epi32(even, 4), _mm256_srai_epi32(odd, 4)), squeeze);
    _mm_storeu_si128((__m128i *)(sums + x * channels), _mm256_castsi256_si128(all));
    _mm_storeu_si128((__m128i *)(sums + (x + 2) * channels), _mm256_extracti128_si256(all, 1));
  }
  return x;
}

/* One channel, eight pixels at a time. */
AVX2 static int64_t linear_gray(int16_t *sums, const uint8_t *row, const resize_taps *table,
                                int64_t last) {
  const __m256i pairs = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(0, -1, 1, -1, 4, -1, 5, -1, 8, -1, 9, -1, 12, -1, 13, -1));
  int64_t x = table->inner;
  for (; x + 8 <= last; x += 8) {
    const __m256i at = _mm256_loadu_si256((const __m256i *)(table->start + x));
    const __m256i pixels = _mm256_i32gather_epi32((const int *)(const void *)row, at, 1);
    const __m256i weights = _mm256_loadu_si256((const __m256i *)(table->fixed + 2 * x));
    const __m256i sum = _mm256_srai_epi32(
        _mm256_madd_epi16(_mm256_shuffle_epi8(pixels, pairs), weights), 4);
    _mm_storeu_si128((__m128i *)(sums + x), _mm_packs_epi32(_mm256_castsi256_si128(sum),
                                                            _mm256_extracti128_si256(sum, 1)));
  }
  return x;
}

int64_t linear_x86(int16_t *sums, const uint8_t *row, const resize_taps *table, int64_t width,
                   int64_t channels) {
  if (!__builtin_cpu_supports("avx2")) return table->inner;
  switch (channels) {
    case 1: return linear_gray(sums, row, table, readable(table, width, 1, 4));
    case 3: return linear_colour(sums, row, table, readable(table, width, 3, 8), 3);
    case 4: return linear_colour(sums, row, table, readable(table, width, 4, 8), 4);
    default: return table->inner;
  }
}

/* Four or eight taps of 3 or 4 channels. */
AVX2 static int64_t taps_colour(int32_t *sums, const uint8_t *row, const resize_taps *table,
                                int64_t last, const int channels, const int taps) {
  const __m256i pairs = pair_up_four(channels);
  int64_t x = table->inner;
  for (; x < last; x++) {
    const uint8_t *pixel = row + table->start[x] * channels;
    const int16_t *weight = table->fixed + x * taps;
    __m256i sum = four_taps(pixel, weight, pairs);
    if (taps == 8) {
      sum = _mm256_add_epi32(sum, four_taps(pixel + 4 * channels, weight + 4, pairs));
    }
    _mm_storeu_si128((__m128i *)(sums + x * channels), both_halves(sum));
  }
  return x;
}

/* Four taps of one channel, four pixels at a time. */
AVX2 static int64_t cubic_gray(int32_t *sums, const uint8_t *row, const resize_taps *table,
                               int64_t last) {
  int64_t x = table->inner;
  for (; x + 4 <= last; x += 4) {
    const __m128i at = _mm_loadu_si128((const __m128i *)(table->start + x));
    const __m128i bytes = _mm_i32gather_epi32((const int *)(const void *)row, at, 1);
    const __m256i weights = _mm256_loadu_si256((const __m256i *)(table->fixed + 4 * x));
    const __m256i sum = _mm256_madd_epi16(_mm256_cvtepu8_epi16(bytes), weights);
    _mm_storeu_si128((__m128i *)(sums + x), _mm_hadd_epi32(_mm256_castsi256_si128(sum),
                                                           _mm256_extracti128_si256(sum, 1)));
  }
  return x;
}

int64_t taps_x86(int32_t *sums, const uint8_t *row, const resize_taps *table, int64_t width,
                 int64_t channels) {
  if (!__builtin_cpu_supports("avx2")) return table->inner;
  const int taps = table->taps, c = (int)channels;
  const int64_t last = readable(table, width, channels, channels == 1 ? taps : (taps - 4) * c + 16);
  if (channels == 1 && taps == 4) return cubic_gray(sums, row, table, last);
  if (channels == 3 && taps == 4) return taps_colour(sums, row, table, last, 3, 4);
  if (channels == 3) return taps_colour(sums, row, table, last, 3, 8);
  if (channels == 4) return taps_colour(sums, row, table, last, 4, taps);
  return table->inner;
}

#else

int64_t linear_x86(int16_t *sums, const uint8_t *row, const resize_taps *table, int64_t width,
                   int64_t channels) {
  (void)sums, (void)row, (void)width, (void)channels;
  return table->inner;
}

int64_t taps_x86(int32_t *sums, const uint8_t *row, const resize_taps *table, int64_t width,
                 int64_t channels) {
  (void)sums, (void)row, (void)width, (void)channels;
  return table->inner;
}

#endif

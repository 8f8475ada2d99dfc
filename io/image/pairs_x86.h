/* Pixels as multiply-add takes them, with AVX2. */
#ifndef MX_IMAGE_PAIRS_X86_H
#define MX_IMAGE_PAIRS_X86_H

#if defined(__x86_64__) && defined(__GNUC__)
#define MX_IMAGE_X86 1

#include <immintrin.h>
#include <stdint.h>

#define AVX2 __attribute__((target("avx2")))

/* A shuffle of bytes: one tap's and the next one's byte of each of 3 or 4 channels, as 16 bits,
   side by side. */
AVX2 static inline __m128i pair_up(int channels, int tap) {
  char at[16];
  for (int c = 0; c < 4; c++) {
    at[4 * c] = (char)(c < channels ? tap * channels + c : -1);
    at[4 * c + 2] = (char)(c < channels ? (tap + 1) * channels + c : -1);
    at[4 * c + 1] = at[4 * c + 3] = -1;
  }
  return _mm_loadu_si128((const __m128i *)at);
}

/* The taps 0 and 1 in the low half, 2 and 3 in the high. */
AVX2 static inline __m256i pair_up_four(int channels) {
  return _mm256_set_m128i(pair_up(channels, 2), pair_up(channels, 0));
}

/* Four taps, from 16 bytes that begin with the first, times four weights; for each channel a sum in
   each half. */
AVX2 static inline __m256i four_taps(const uint8_t *pixels, const int16_t *weights,
                                     __m256i pairs) {
  const __m256i halves = _mm256_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1);
  const __m128i bytes = _mm_loadu_si128((const __m128i *)pixels);
  const __m128i four = _mm_loadl_epi64((const __m128i *)weights);
  return _mm256_madd_epi16(_mm256_shuffle_epi8(_mm256_broadcastsi128_si256(bytes), pairs),
                           _mm256_permutevar8x32_epi32(_mm256_castsi128_si256(four), halves));
}

AVX2 static inline __m128i both_halves(__m256i sums) {
  return _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
}

#endif
#endif

#include "part.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

/* The bytes of channel c among bytes 16 k to 16 k + 15 of 48, in their places among 16. */
__attribute__((target("avx2"))) static __m128i picks(int c, int k) {
  char from[16];
  for (int x = 0; x < 16; x++) {
    const int at = 3 * x + c - 16 * k;
    from[x] = (char)(at >= 0 && at < 16 ? at : -1);
  }
  return _mm_loadu_si128((const __m128i *)from);
}

__attribute__((target("avx2"))) static int64_t part_sixteens(const uint8_t *pixels, int64_t count,
                                                             uint8_t *const *planes) {
  __m128i pick[3][3];
  int64_t x = 0;
  for (int c = 0; c < 3; c++) {
    for (int k = 0; k < 3; k++) pick[c][k] = picks(c, k);
  }
  for (; x + 16 <= count; x += 16) {
    const __m128i *at = (const __m128i *)(pixels + 3 * x);
    const __m128i a = _mm_loadu_si128(at), b = _mm_loadu_si128(at + 1), d = _mm_loadu_si128(at + 2);
    for (int c = 0; c < 3; c++) {
      const __m128i plane = _mm_or_si128(
          _mm_or_si128(_mm_shuffle_epi8(a, pick[c][0]), _mm_shuffle_epi8(b, pick[c][1])),
          _mm_shuffle_epi8(d, pick[c][2]));
      _mm_storeu_si128((__m128i *)(planes[c] + x), plane);
    }
  }
  return x;
}

#endif

void part_three(const uint8_t *pixels, int64_t count, uint8_t *first, uint8_t *second,
                uint8_t *third) {
  int64_t x = 0;
#if defined(__x86_64__) && defined(__GNUC__)
  uint8_t *const planes[] = {first, second, third};
  if (__builtin_cpu_supports("avx2")) x = part_sixteens(pixels, count, planes);
#endif
  for (; x < count; x++) {
    first[x] = pixels[3 * x];
    second[x] = pixels[3 * x + 1];
    third[x] = pixels[3 * x + 2];
  }
}

/* The pixels around places of a warp, with AVX2. */
#include "warp.h"
#include "pairs_x86.h"

#ifdef MX_IMAGE_X86

AVX2 int64_t warp_taps_x86(const warp_job *job, const warp_row *row, const int16_t *shares,
                           int taps, int64_t first, uint8_t *out) {
  if (job->src.channels != 3 || !__builtin_cpu_supports("avx2")) return first;
  const __m256i pairs = pair_up_four(3);
  const __m128i half = _mm_set1_epi32(1 << (SHARE_BITS - 1));
  const int64_t rows = job->src.height - taps, bytes = 3 * job->src.width - 3 * (taps - 4) - 16;
  int64_t i = first;
  for (; i < job->dst.width; i++) {
    const warp_place at = place_of(row, i, taps);
    const int64_t left = 3 * at.left;
    if (at.top < 0 || at.top > rows || left < 0 || left > bytes) break;
    const uint8_t *pixel = row_of(&job->src, at.top) + left;
    const int16_t *share = shares + at.share * taps * taps;
    __m256i sum = _mm256_setzero_si256();
    for (int y = 0; y < taps; y++, pixel += job->src.stride) {
      for (int x = 0; x < taps; x += 4, share += 4) {
        sum = _mm256_add_epi32(sum, four_taps(pixel + 3 * x, share, pairs));
      }
    }
    const __m128i whole = _mm_srai_epi32(_mm_add_epi32(both_halves(sum), half), SHARE_BITS);
    const __m128i words = _mm_packs_epi32(whole, whole);
    const int32_t colours = _mm_cvtsi128_si32(_mm_packus_epi16(words, words));
    for (int c = 0; c < 3; c++) out[3 * i + c] = (uint8_t)(colours >> 8 * c);
  }
  return i;
}

#else

int64_t warp_taps_x86(const warp_job *job, const warp_row *row, const int16_t *shares, int taps,
                      int64_t first, uint8_t *out) {
  (void)job, (void)row, (void)shares, (void)taps, (void)out;
  return first;
}

#endif

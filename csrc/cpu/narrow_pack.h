/* Numbers of bfloat16, or as sums of such, in the order in which they are multiplied.
 *
 * A number of float16 is the sum of two parts of bfloat16: itself, rounded, and the rest.  (G. Henry,
 * P. Tang, A. Heinecke, "Leveraging the bfloat16 Artificial Intelligence Datatype for
 * Higher-Precision Computations", 2019.)
 *
 * A tile holds 32 steps of k of 16 lines: rows of the left factor, columns of the right one.  On the
 * left a row of the tile is a line; on the right it is a pair of steps, [pair][line][2].  As items of
 * 4 bytes, pairs of steps, one is the other turned.  A panel is 32 lines: for every 32 steps, for
 * each part, the tile of its first 16 lines, then that of its last.  What is missing is 0. */
#ifndef NARROW_PACK_H
#define NARROW_PACK_H
#include <immintrin.h>
#include <stdint.h>

#include "mx_size.h"
#include "narrow_product.h"

enum { TILE_LINES = 16, TILE_STEPS = 32, TILE_ITEMS = TILE_LINES * TILE_STEPS,
       PANEL_LINES = 2 * TILE_LINES, PANEL_ITEMS = 2 * TILE_ITEMS, MOST_PARTS = 2 };

#define ALWAYS static inline __attribute__((always_inline))

/* Number k of line l is number l * line + k * step from `at`; one of the two steps is 1. */
typedef struct {
  const uint16_t *at;
  int64_t line, step;
} narrow_lines;

ALWAYS int narrow_num_parts(narrow_dtype dtype) { return dtype == NARROW_BF16 ? 1 : 2; }
ALWAYS narrow_kind narrow_kind_of(narrow_dtype dtype) {
  return dtype == NARROW_BF16 ? NARROW_ONE_PART : NARROW_TWO_PARTS;
}

/* A bit for each of the first `count` numbers. */
static inline __mmask32 narrow_first(int64_t count) {
  return count >= 32 ? 0xffffffffu : count > 0 ? ((uint32_t)1 << count) - 1 : 0;
}

ALWAYS __m512 narrow_float_of(__m256i bf16) {
  return (__m512)_mm512_slli_epi32(_mm512_cvtepu16_epi32(bf16), 16);
}

ALWAYS __m512 narrow_float(narrow_dtype dtype, __m256i items) {
  return dtype == NARROW_F16 ? _mm512_cvtph_ps(items) : narrow_float_of(items);
}
/* The numbers x[0] ... x[15] that the mask has, 0 for others; x[0]. */
ALWAYS __m512 narrow_load(narrow_dtype dtype, __mmask16 mask, const uint16_t *x) {
  return narrow_float(dtype, _mm256_maskz_loadu_epi16(mask, x));
}
ALWAYS float narrow_number(narrow_dtype dtype, const uint16_t *x) {
  return dtype == NARROW_F16 ? mx_f16_to_float(*x) : mx_bf16_to_float(*x);
}

/* 16 results, rounded, to those of y[0] ... y[15] that the mask has. */
ALWAYS void narrow_store(narrow_dtype dtype, uint16_t *y, __mmask16 mask, __m512 x) {
  if (dtype == NARROW_F16)
    _mm256_mask_storeu_epi16(y, mask, _mm512_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT));
  else _mm256_mask_storeu_epi16(y, mask, (__m256i)_mm512_cvtneps_pbh(x));
}

/* The first part of 16 numbers, in the upper halves of the items, which they lose; of numbers half-way
 * between two the one of greater magnitude.  They are the other part then. */
ALWAYS __m512i narrow_first_part(__m512 *x) {
  const __m512i rounded = _mm512_add_epi32((__m512i)*x, _mm512_set1_epi32(0x8000));
  *x -= (__m512)_mm512_and_si512(rounded, _mm512_set1_epi32((int)0xffff0000));
  return rounded;
}

/* The upper halves of 16 items of step k and of 16 of step k + 1, in pairs; or one after the other. */
ALWAYS __m512i narrow_upper_pairs(__m512i first, __m512i second) {
  return _mm512_mask_blend_epi16(0xaaaaaaaa, _mm512_srli_epi32(first, 16), second);
}
ALWAYS __m512i narrow_upper_halves(__m512i first, __m512i second) {
  return _mm512_inserti64x4(
      _mm512_castsi256_si512(_mm512_cvtepi32_epi16(_mm512_srli_epi32(first, 16))),
      _mm512_cvtepi32_epi16(_mm512_srli_epi32(second, 16)), 1);
}

/* 16 numbers of step k and 16 of step k + 1, in pairs. */
ALWAYS __m512i narrow_pairs(__m256i first, __m256i second) {
  return _mm512_or_si512(_mm512_cvtepu16_epi32(first),
                         _mm512_slli_epi32(_mm512_cvtepu16_epi32(second), 16));
}

/* The largest magnitude of numbers that were packed, as bits.  Infinities and NaN have no parts. */
ALWAYS void narrow_note(__m512i *largest, __m512 x) {
  const __m512i magnitude = _mm512_and_si512((__m512i)x, _mm512_set1_epi32(0x7fffffff));
  *largest = _mm512_max_epu32(*largest, magnitude);
}
static inline int narrow_has_no_parts(__m512i largest) {
  return _mm512_reduce_max_epu32(largest) >= 0x7f800000u;
}

/* A 16 x 16 matrix of 4-byte items, turned. */
static inline void narrow_turn(__m512i *x) {
  __m512i y[TILE_LINES];
  for (int i = 0; i < TILE_LINES; i += 2) {
    y[i] = _mm512_unpacklo_epi32(x[i], x[i + 1]);
    y[i + 1] = _mm512_unpackhi_epi32(x[i], x[i + 1]);
  }
  for (int i = 0; i < TILE_LINES; i += 4) {         /* then lane l of x[i + c] has column 4 l + c */
    x[i] = _mm512_unpacklo_epi64(y[i], y[i + 2]);
    x[i + 1] = _mm512_unpackhi_epi64(y[i], y[i + 2]);
    x[i + 2] = _mm512_unpacklo_epi64(y[i + 1], y[i + 3]);
    x[i + 3] = _mm512_unpackhi_epi64(y[i + 1], y[i + 3]);
  }
  for (int c = 0; c < 4; c++) {
    y[c] = _mm512_shuffle_i32x4(x[c], x[c + 4], 0x88);            /* lanes 0 and 2 of both */
    y[c + 4] = _mm512_shuffle_i32x4(x[c], x[c + 4], 0xdd);        /* lanes 1 and 3 */
    y[c + 8] = _mm512_shuffle_i32x4(x[c + 8], x[c + 12], 0x88);
    y[c + 12] = _mm512_shuffle_i32x4(x[c + 8], x[c + 12], 0xdd);
  }
  for (int c = 0; c < 4; c++) {
    x[c] = _mm512_shuffle_i32x4(y[c], y[c + 8], 0x88);
    x[c + 4] = _mm512_shuffle_i32x4(y[c + 4], y[c + 12], 0x88);
    x[c + 8] = _mm512_shuffle_i32x4(y[c], y[c + 8], 0xdd);
    x[c + 12] = _mm512_shuffle_i32x4(y[c + 4], y[c + 12], 0xdd);
  }
}

/* Row i of a tile is a line, or, if it is to be turned, will be one. */
ALWAYS void narrow_put_tile(int parts, int turned, __m512i (*x)[TILE_LINES], mx_bf16 *to) {
  for (int p = 0; p < parts; p++, to += PANEL_ITEMS) {
    if (turned) narrow_turn(x[p]);
    for (int i = 0; i < TILE_LINES; i++) _mm512_store_si512((__m512i *)(void *)to + i, x[p][i]);
  }
}

/* Two times 16 floats as row i of a tile: steps of a line, or a pair of steps of 16 lines. */
ALWAYS void narrow_split(int are_pairs, __m512 a, __m512 b, __m512i (*x)[TILE_LINES], int i,
                         __m512i *largest) {
  narrow_note(largest, a);
  narrow_note(largest, b);
  const __m512i first = narrow_first_part(&a), second = narrow_first_part(&b);
  x[0][i] = are_pairs ? narrow_upper_pairs(first, second) : narrow_upper_halves(first, second);
  x[1][i] = are_pairs ? narrow_upper_pairs((__m512i)a, (__m512i)b)
                      : narrow_upper_halves((__m512i)a, (__m512i)b);
}

ALWAYS void narrow_pack_some(narrow_dtype dtype, narrow_lines from, int64_t lines, int64_t steps,
                             int is_left, mx_bf16 *to, __m512i *largest) {
  __m512i x[MOST_PARTS][TILE_LINES];
  if (from.step == 1) {
    const __mmask32 all = narrow_first(steps);
    for (int i = 0; i < TILE_LINES; i++) {
      const uint16_t *at = from.at + (i < lines ? i * from.line : 0);
      const __mmask32 mask = i < lines ? all : 0;
      if (dtype == NARROW_BF16) x[0][i] = _mm512_maskz_loadu_epi16(mask, at);
      else
        narrow_split(0, narrow_load(dtype, (__mmask16)mask, at),
                     narrow_load(dtype, (__mmask16)(mask >> 16), at + (steps > 16 ? 16 : 0)), x, i,
                     largest);
    }
  } else {
    const __mmask16 mask = (__mmask16)narrow_first(lines);
    for (int i = 0; i < TILE_LINES; i++) {
      const uint16_t *at = from.at + (2 * i < steps ? 2 * i * from.step : 0);
      const uint16_t *next = at + (2 * i + 1 < steps ? from.step : 0);
      const __mmask16 first = 2 * i < steps ? mask : 0, second = 2 * i + 1 < steps ? mask : 0;
      if (dtype == NARROW_BF16)
        x[0][i] = narrow_pairs(_mm256_maskz_loadu_epi16(first, at),
                               _mm256_maskz_loadu_epi16(second, next));
      else
        narrow_split(1, narrow_load(dtype, first, at), narrow_load(dtype, second, next), x, i,
                     largest);
    }
  }
  narrow_put_tile(narrow_num_parts(dtype), (from.step == 1) != is_left, x, to);
}

ALWAYS int narrow_pack_as(narrow_dtype dtype, narrow_lines from, int64_t count, int64_t K,
                          int is_left, mx_bf16 *to) {
  int has_no_parts = 0;
  for (int64_t l = 0; l < count; l += PANEL_LINES) {
    __m512i largest = _mm512_setzero_si512();
    for (int64_t k = 0; k < K; k += TILE_STEPS, to += narrow_num_parts(dtype) * PANEL_ITEMS)
      for (int64_t half = 0; half < PANEL_LINES && l + half < count; half += TILE_LINES) {
        const int64_t lines = count - l - half, steps = K - k;
        const narrow_lines tile = {from.at + (l + half) * from.line + k * from.step, from.line,
                                   from.step};
        mx_bf16 *y = to + half * TILE_STEPS;
        if (lines >= TILE_LINES && steps >= TILE_STEPS)       /* without masks */
          narrow_pack_some(dtype, tile, TILE_LINES, TILE_STEPS, is_left, y, &largest);
        else narrow_pack_some(dtype, tile, lines, steps, is_left, y, &largest);
      }
    if (dtype == NARROW_F16) has_no_parts |= narrow_has_no_parts(largest);
  }
  return has_no_parts;
}

/* `count` lines, as many panels as they fill, [panel][32 steps][part][tile].  Returns whether there
 * are numbers without parts. */
static inline int narrow_pack(narrow_dtype dtype, narrow_lines from, int64_t count, int64_t K,
                              int is_left, mx_bf16 *to) {
  if (dtype == NARROW_BF16) return narrow_pack_as(NARROW_BF16, from, count, K, is_left, to);
  return narrow_pack_as(NARROW_F16, from, count, K, is_left, to);
}

/* `count` lines of K integers of 8 bits, the first at `at`, the next one `line` behind it: four steps
 * in an item of 4 bytes, so that a tile has 64.  is_shifted: 128 more than they are. */
static inline void narrow_pack_bytes(const uint8_t *at, int64_t line, int64_t count, int64_t K,
                                     int is_left, int is_shifted, uint16_t *to) {
  const __m512i shift = _mm512_set1_epi8(is_shifted ? (char)0x80 : 0);
  for (int64_t l = 0; l < count; l += PANEL_LINES)
    for (int64_t k = 0; k < K; k += 2 * TILE_STEPS, to += PANEL_ITEMS)
      for (int64_t half = 0; half < PANEL_LINES && l + half < count; half += TILE_LINES) {
        const __mmask64 mask = K - k >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << (K - k)) - 1;
        __m512i x[1][TILE_LINES];
        for (int64_t i = 0; i < TILE_LINES; i++)
          x[0][i] = l + half + i < count
                        ? _mm512_xor_si512(shift, _mm512_maskz_loadu_epi8(
                                                      mask, at + (l + half + i) * line + k))
                        : _mm512_setzero_si512();
        narrow_put_tile(1, !is_left, x, to + half * TILE_STEPS);
      }
}
#endif

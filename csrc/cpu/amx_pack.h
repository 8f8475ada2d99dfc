/* Numbers of bfloat16 in the order in which AMX multiplies them, and results back as such numbers.
 *
 * A tile holds 32 steps of k of 16 lines: rows of the left factor, columns of the right one.  On the
 * left a row of the tile is a line; on the right it is a pair of steps, [pair][line][2].  As items of
 * 4 bytes, pairs of steps, one is the other turned.  A panel is 32 lines: for every 32 steps
 * the tile of its first 16 lines, then that of its last.  What is missing at the edges is 0. */
#ifndef AMX_PACK_H
#define AMX_PACK_H
#include <immintrin.h>
#include <stdint.h>

#include "mx_dtype.h"

enum { TILE_LINES = 16, TILE_STEPS = 32, TILE_ITEMS = TILE_LINES * TILE_STEPS,
       PANEL_LINES = 2 * TILE_LINES, PANEL_ITEMS = 2 * TILE_ITEMS };

/* Number k of line l is at[l * line + k * step]; one of the two steps is 1. */
typedef struct {
  const mx_bf16 *at;
  int64_t line, step;
} amx_lines;

static inline int64_t amx_parts(int64_t size, int64_t part) { return (size + part - 1) / part; }
static inline int64_t amx_least(int64_t x, int64_t y) { return x < y ? x : y; }

/* A bit for each of the first `count` numbers. */
static inline __mmask32 amx_first(int64_t count) {
  return count >= 32 ? 0xffffffffu : count > 0 ? ((uint32_t)1 << count) - 1 : 0;
}

/* A 16 x 16 matrix of 4-byte items, turned. */
static inline void amx_turn(__m512i *x) {
  __m512i y[16];
  for (int i = 0; i < 16; i += 2) {
    y[i] = _mm512_unpacklo_epi32(x[i], x[i + 1]);
    y[i + 1] = _mm512_unpackhi_epi32(x[i], x[i + 1]);
  }
  for (int i = 0; i < 16; i += 4) {         /* then lane l of x[i + c] has column 4 l + c */
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

/* 16 numbers of step k and 16 of step k + 1, in pairs. */
static inline __m512i amx_pairs(__m256i first, __m256i second) {
  return _mm512_or_si512(_mm512_cvtepu16_epi32(first),
                         _mm512_slli_epi32(_mm512_cvtepu16_epi32(second), 16));
}

static inline __attribute__((always_inline)) void amx_pack_some(
    amx_lines from, int64_t lines, int64_t steps, int is_left, mx_bf16 *to) {
  __m512i x[16];
  if (from.step == 1) {
    const __mmask32 mask = amx_first(steps);
    for (int i = 0; i < 16; i++)
      x[i] = i < lines ? _mm512_maskz_loadu_epi16(mask, from.at + i * from.line)
                       : _mm512_setzero_si512();
  } else {
    const __mmask16 mask = (__mmask16)amx_first(lines);
    for (int i = 0; i < 16; i++) {
      const mx_bf16 *at = from.at + 2 * i * from.step;
      const __mmask16 first = 2 * i < steps ? mask : 0, second = 2 * i + 1 < steps ? mask : 0;
      x[i] = amx_pairs(_mm256_maskz_loadu_epi16(first, at),
                       _mm256_maskz_loadu_epi16(second, at + from.step));
    }
  }
  if ((from.step == 1) != is_left) amx_turn(x);
  for (int i = 0; i < 16; i++) _mm512_store_si512((__m512i *)(void *)to + i, x[i]);
}

static inline void amx_pack_tile(amx_lines from, int64_t lines, int64_t steps, int is_left,
                                 mx_bf16 *to) {
  if (lines >= TILE_LINES && steps >= TILE_STEPS)       /* without masks */
    amx_pack_some(from, TILE_LINES, TILE_STEPS, is_left, to);
  else amx_pack_some(from, lines, steps, is_left, to);
}

/* `count` lines, as many panels as they fill, [panel][32 steps][tile]. */
static inline void amx_pack(amx_lines from, int64_t count, int64_t K, int is_left, mx_bf16 *to) {
  for (int64_t l = 0; l < count; l += PANEL_LINES)
    for (int64_t k = 0; k < K; k += TILE_STEPS, to += PANEL_ITEMS)
      for (int64_t half = 0; half < PANEL_LINES; half += TILE_LINES) {
        const amx_lines tile = {from.at + (l + half) * from.line + k * from.step, from.line,
                                from.step};
        if (l + half < count)
          amx_pack_tile(tile, count - l - half, K - k, is_left, to + half * TILE_STEPS);
      }
}

/* 16 results, rounded, to those of to[0] ... to[15] that the mask has. */
static inline void amx_store(mx_bf16 *to, __mmask16 mask, __m512 x) {
  _mm256_mask_storeu_epi16(to, mask, (__m256i)_mm512_cvtneps_pbh(x));
}
#endif

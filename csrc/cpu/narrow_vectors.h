/* The sums of narrow_tiles.h of integers, one factor of which is unsigned, by dot products of
 * vectors (AVX512_VNNI). */
#ifndef NARROW_VECTORS_H
#define NARROW_VECTORS_H
#include <string.h>

#include "narrow_pack.h"

enum { VECTOR_ROWS = 8 };      /* of sums, two vectors each, in registers */

ALWAYS __m512i dot_product(narrow_kind kind, __m512i sum, __m512i left, __m512i right) {
  if (kind == NARROW_LEFT_UNSIGNED) return _mm512_dpbusd_epi32(sum, left, right);
  return _mm512_dpbusd_epi32(sum, right, left);
}

/* Sums of some rows; left is at the line of the first of them. */
ALWAYS void multiply_rows(narrow_kind kind, int wide, int64_t tiles, const mx_bf16 *left,
                          const mx_bf16 *right, float *sums, int64_t step, int add) {
  __m512i sum[VECTOR_ROWS][2];
  for (int r = 0; r < VECTOR_ROWS; r++)
    for (int v = 0; v < 2; v++)
      sum[r][v] = add ? _mm512_loadu_si512(sums + r * step + v * TILE_LINES)
                      : _mm512_setzero_si512();
  for (int64_t t = 0; t < tiles; t++, left += PANEL_ITEMS, right += PANEL_ITEMS)
    for (int i = 0; i < TILE_LINES; i++) {
      const __m512i *b = (const __m512i *)(const void *)right + i;
      const __m512i first = _mm512_load_si512(b);
      const __m512i second = wide ? _mm512_load_si512(b + TILE_LINES) : first;
      for (int r = 0; r < VECTOR_ROWS; r++) {
        int32_t item;
        memcpy(&item, left + r * TILE_STEPS + 2 * i, sizeof item);
        const __m512i all = _mm512_set1_epi32(item);
        sum[r][0] = dot_product(kind, sum[r][0], all, first);
        if (wide) sum[r][1] = dot_product(kind, sum[r][1], all, second);
      }
    }
  for (int r = 0; r < VECTOR_ROWS; r++)
    for (int v = 0; v <= wide; v++)
      _mm512_storeu_si512(sums + r * step + v * TILE_LINES, sum[r][v]);
}

ALWAYS void multiply_by_vectors(narrow_kind kind, int64_t rows, int64_t cols, int64_t tiles,
                                const mx_bf16 *left, const mx_bf16 *right, float *sums,
                                int64_t step, int add) {
  for (int64_t i = 0; i < mx_lesser(rows, PANEL_LINES); i += VECTOR_ROWS) {
    const mx_bf16 *a = left + i / TILE_LINES * TILE_ITEMS + i % TILE_LINES * TILE_STEPS;
    if (cols > TILE_LINES) multiply_rows(kind, 1, tiles, a, right, sums + i * step, step, add);
    else multiply_rows(kind, 0, tiles, a, right, sums + i * step, step, add);
  }
}
#endif

/* Sums of products of panels (narrow_pack.h) by the tiles of AMX: four tiles of sums, two of each
 * factor at a time. */
#ifndef NARROW_TILES_H
#define NARROW_TILES_H
#include "narrow_pack.h"

enum { ROW_BYTES = TILE_STEPS * sizeof(mx_bf16) };

/* Eight tiles of TILE_LINES rows of ROW_BYTES; a thread has none until it says so. */
static inline void configure_tiles(void) {
  struct {
    uint8_t palette, start, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
  } tiles = {.palette = 1};
  for (int i = 0; i < 8; i++) tiles.row_bytes[i] = ROW_BYTES, tiles.rows[i] = TILE_LINES;
  _tile_loadconfig(&tiles);
}

/* Compilers do not know that tiles are loaded from memory and stored there. */
#define BARRIER() __asm__ volatile("" ::: "memory")

/* Four tiles of sums, or those there are of two rows and two columns of tiles. */
#define EACH_SUM(first, right, below, last) \
  first; \
  if (wide) right; \
  if (tall) below; \
  if (tall && wide) last;

ALWAYS void begin_sums(int tall, int wide, const float *c, int64_t step, int add) {
  const int64_t bytes = step * (int64_t)sizeof(float);
  const float *below = c + TILE_LINES * step;
  if (add) {
    EACH_SUM(_tile_loadd(0, c, bytes), _tile_loadd(1, c + TILE_LINES, bytes),
             _tile_loadd(2, below, bytes), _tile_loadd(3, below + TILE_LINES, bytes))
  } else {
    EACH_SUM(_tile_zero(0), _tile_zero(1), _tile_zero(2), _tile_zero(3))
  }
}

ALWAYS void end_sums(int tall, int wide, float *c, int64_t step) {
  const int64_t bytes = step * (int64_t)sizeof(float);
  float *below = c + TILE_LINES * step;
  EACH_SUM(_tile_stored(0, c, bytes), _tile_stored(1, c + TILE_LINES, bytes),
           _tile_stored(2, below, bytes), _tile_stored(3, below + TILE_LINES, bytes))
}

/* The tiles of a part of 32 steps, of the left factor and of the right one; their products. */
#define LEFT(part) \
  _tile_loadd(4, a + (part) * PANEL_ITEMS, ROW_BYTES); \
  if (tall) _tile_loadd(5, a + (part) * PANEL_ITEMS + TILE_ITEMS, ROW_BYTES);
#define RIGHT(part) \
  _tile_loadd(6, b + (part) * PANEL_ITEMS, ROW_BYTES); \
  if (wide) _tile_loadd(7, b + (part) * PANEL_ITEMS + TILE_ITEMS, ROW_BYTES);
#define EACH_PRODUCT(product) \
  EACH_SUM(product(0, 4, 6), product(1, 4, 7), product(2, 5, 6), product(3, 5, 7))
#define MULTIPLY() \
  if (kind < NARROW_SIGNED) { EACH_PRODUCT(_tile_dpbf16ps) } \
  else if (kind == NARROW_SIGNED) { EACH_PRODUCT(_tile_dpbssd) } \
  else if (kind == NARROW_LEFT_UNSIGNED) { EACH_PRODUCT(_tile_dpbusd) } \
  else { EACH_PRODUCT(_tile_dpbsud) }

/* The sums of a panel of rows and one of columns, or of the first tile of each, of `tiles` tiles;
 * added to the sums or written there. */
ALWAYS void multiply_panels(narrow_kind kind, int tall, int wide, int64_t tiles, const mx_bf16 *left,
                            const mx_bf16 *right, float *sum, int64_t step, int add) {
  const int parts = kind == NARROW_TWO_PARTS ? 2 : 1;
  const int64_t panel = parts * PANEL_ITEMS;
  const mx_bf16 *a = left, *b = right;
  BARRIER();
  begin_sums(tall, wide, sum, step, add);
  for (int64_t i = 0; i < tiles; i++, a += panel, b += panel) {
    LEFT(0) RIGHT(0) MULTIPLY()
    if (parts > 1) {
      RIGHT(1) MULTIPLY()
      LEFT(1) MULTIPLY()
      RIGHT(0) MULTIPLY()
    }
  }
  end_sums(tall, wide, sum, step);
  BARRIER();
}

ALWAYS void multiply_by_tiles(narrow_kind kind, int64_t rows, int64_t cols, int64_t tiles,
                              const mx_bf16 *a, const mx_bf16 *b, float *sum, int64_t step,
                              int add) {
#define PANELS(tall, wide) multiply_panels(kind, tall, wide, tiles, a, b, sum, step, add)
  if (rows > TILE_LINES && cols > TILE_LINES) PANELS(1, 1);
  else if (rows > TILE_LINES) PANELS(1, 0);
  else if (cols > TILE_LINES) PANELS(0, 1);
  else PANELS(0, 0);
#undef PANELS
}

#undef BARRIER
#undef EACH_SUM
#undef LEFT
#undef RIGHT
#undef EACH_PRODUCT
#undef MULTIPLY
#endif
